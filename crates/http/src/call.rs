//! One request that has passed the door.

use std::sync::Arc;

use axum::http::HeaderMap;
use bytes::Bytes;
use hc_core::store::Store;
use hc_node::gates::GateTerms;
use hc_node::officers::{OfficerTerms, ProvedBy};
use hc_node::party::Terms;

use crate::api::{Api, Root};
use crate::problem::{Problem, ProblemType};
use crate::signature::Signed;
use crate::told::Telling;

/// What an endpoint is called with.
pub(crate) struct Call<S, R> {
    pub(crate) api: Arc<Api<S, R>>,
    /// The device token, where the operation asks for one; it was opened already.
    pub(crate) token: String,
    /// Who signed, where the operation asks for a signature; it was verified, and the body is the one
    /// that was signed.
    pub(crate) party: Option<(Signed, Terms)>,
    /// By what an officer proved themselves.
    pub(crate) proved: ProvedBy,
    /// The numbers of the query.
    pub(crate) query: Vec<(&'static str, u32)>,
    /// What stands in the path for the names in braces.
    pub(crate) path: Vec<(&'static str, String)>,
    pub(crate) headers: HeaderMap,
    /// The body; empty where the operation has none.
    pub(crate) body: Bytes,
}

impl<S, R> Call<S, R> {
    /// A number of the query.
    pub(crate) fn number(&self, name: &str) -> Option<u32> {
        let mut found = self.query.iter().filter(|(known, _)| *known == name);
        found.next().map(|(_, number)| *number)
    }

    /// What stands in the path for a name.
    pub(crate) fn segment(&self, name: &str) -> &str {
        let mut found = self.path.iter().filter(|(known, _)| *known == name);
        found.next().map_or("", |(_, value)| value)
    }

    /// A number in the path, written in one way only.
    pub(crate) fn whole(&self, name: &str) -> Option<u64> {
        let text = self.segment(name);
        let plain = text.bytes().all(|byte| byte.is_ascii_digit());
        let once = text == "0" || !text.starts_with('0');
        text.parse().ok().filter(|_| plain && once)
    }

    /// How times are told.
    pub(crate) fn telling(&self) -> Telling
    where
        S: Store,
        R: Root,
    {
        Telling {
            offset: self.api.region().terms().offset,
        }
    }

    /// The officer who signed.
    ///
    /// # Errors
    /// [`ProblemType::CredentialMissing`] where the operation asks for no officer.
    pub(crate) fn officer(&self) -> Result<&OfficerTerms, Problem> {
        match &self.party {
            Some((_, Terms::Officer(terms))) => Ok(terms),
            _ => Err(Problem::new(ProblemType::CredentialMissing)),
        }
    }

    /// The gate that signed.
    ///
    /// # Errors
    /// [`ProblemType::CredentialMissing`] where the operation asks for no gate.
    pub(crate) fn gate(&self) -> Result<&GateTerms, Problem> {
        match &self.party {
            Some((_, Terms::Gate(terms))) => Ok(terms),
            _ => Err(Problem::new(ProblemType::CredentialMissing)),
        }
    }
}
