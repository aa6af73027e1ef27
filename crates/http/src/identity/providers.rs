//! The identity providers of a region, by method.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use hc_code::Timestamp;
use hc_node::region::Random;

use super::openid::{OpenId, OpenIdTerms};
use super::outgoing::{NotProved, OutgoingError, Trust};
use super::session::{Session, SessionSealer};
use super::super_app::{SuperApp, SuperAppTerms};
use super::{
    Answer, Beginning, Identified, Identify, IdentifyError, IdentityProof, Method, Typed, Way,
    is_method,
};
use crate::journal::{Journal, Level};

/// The name of a method: 1 to 32 lower-case letters, digits and hyphens.
pub type MethodName = Arc<str>;

/// One provider.
#[derive(Clone, Debug)]
pub enum Provider {
    /// `OpenID` Connect.
    OpenId(Box<OpenIdTerms>),
    /// A super app's codes.
    SuperApp(Box<SuperAppTerms>),
}

/// Why the providers of a region are refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProvidersError {
    /// A name.
    #[error("{0:?} is no name of a method: 1 to 32 lower-case letters, digits and hyphens")]
    Name(String),
    /// Twice.
    #[error("the method {0} stands twice")]
    Twice(String),
    /// Nothing could be checked.
    #[error("the method {0} allows no algorithm")]
    NoAlgorithm(String),
    /// No token would come.
    #[error("the scopes of the method {0} lack openid")]
    NoOpenId(String),
}

/// The providers of a region.
pub struct Providers {
    all: Vec<(One, Counts)>,
    sealer: SessionSealer,
    random: Mutex<Random>,
    journal: Journal,
}

enum One {
    OpenId(OpenId),
    SuperApp(SuperApp),
}

/// How identifications ended.
#[derive(Default)]
struct Counts {
    proved: AtomicU64,
    refused: AtomicU64,
    unavailable: AtomicU64,
}

impl Providers {
    /// Sets the providers up; nobody is asked yet.
    ///
    /// # Errors
    /// [`ProvidersError`].
    pub fn new(
        providers: Vec<Provider>,
        trust: &Trust,
        sealer: SessionSealer,
        random: Random,
        journal: Journal,
    ) -> Result<Self, ProvidersError> {
        let mut all: Vec<(One, Counts)> = Vec::new();
        for provider in providers {
            let one = match provider {
                Provider::OpenId(terms) => {
                    if terms.algorithms.is_empty() {
                        return Err(ProvidersError::NoAlgorithm(terms.name.to_string()));
                    }
                    if !terms.scopes.iter().any(|scope| scope == "openid") {
                        return Err(ProvidersError::NoOpenId(terms.name.to_string()));
                    }
                    One::OpenId(OpenId::new(*terms, trust))
                }
                Provider::SuperApp(terms) => One::SuperApp(SuperApp::new(*terms, trust)),
            };
            let name = one.name();
            if !is_method(name) {
                return Err(ProvidersError::Name(name.to_string()));
            }
            if all.iter().any(|(other, _)| other.name() == name) {
                return Err(ProvidersError::Twice(name.to_string()));
            }
            all.push((one, Counts::default()));
        }
        Ok(Self {
            all,
            sealer,
            random: Mutex::new(random),
            journal,
        })
    }

    /// Whether a provider can be reached and says of itself what it should; nothing of one that can
    /// only be asked with a person's code. For a look at a region, not for its service.
    pub async fn reach(&self, method: &str, now: Timestamp) -> Option<Result<(), String>> {
        let Ok((One::OpenId(provider), _)) = self.by_name(method) else {
            return None;
        };
        let reached = provider.reach(now).await;
        Some(reached.map_err(|error| error.to_string()))
    }

    fn by_name(&self, method: &str) -> Result<&(One, Counts), IdentifyError> {
        let mut all = self.all.iter();
        all.find(|(one, _)| &**one.name() == method)
            .ok_or(IdentifyError::Method)
    }

    async fn sign_in(&self, method: &str, now: Timestamp) -> Result<super::Begun, IdentifyError> {
        let (one, counts) = self.by_name(method)?;
        let One::OpenId(provider) = one else {
            return Err(IdentifyError::Method);
        };
        let session = {
            let mut random = self.random.lock().unwrap_or_else(PoisonError::into_inner);
            Session::new(&mut **random, now)
        };
        let begun = provider.begin(session, &self.sealer, now).await;
        begun.map_err(|error| self.told(one, counts, error))
    }

    async fn prove(
        &self,
        proof: &IdentityProof,
        typed: &Typed,
        now: Timestamp,
    ) -> Result<Identified, IdentifyError> {
        let (one, counts) = self.by_name(proof.method())?;
        let proved = match one {
            One::OpenId(provider) => provider.identify(proof, &self.sealer, now).await,
            One::SuperApp(app) => app.identify(proof, now).await,
        };
        let proved = proved.and_then(|proved| Ok(proved.agreeing(typed)?));
        let proved = proved.map_err(|error| self.told(one, counts, error))?;
        counts.proved.fetch_add(1, Ordering::Relaxed);
        Ok(proved)
    }

    /// Counts what went wrong, and tells the operators what is theirs to mend.
    fn told(&self, one: &One, counts: &Counts, error: NotProved) -> IdentifyError {
        let told = IdentifyError::from(error);
        let counter = match told {
            IdentifyError::Unavailable | IdentifyError::Misconfigured => &counts.unavailable,
            _ => &counts.refused,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        let level = match error {
            NotProved::Proof(IdentifyError::Misconfigured) => Some(Level::Error),
            // Said once when it begins; while it lasts, the counters say it. So do refusals.
            NotProved::Service(OutgoingError::Busy | OutgoingError::Down) | NotProved::Proof(_) => {
                None
            }
            NotProved::Service(_) => Some(Level::Warn),
        };
        if let Some(level) = level {
            let why = format!("{}: {error}", one.name());
            self.journal.because(level, "identify", why);
        }
        told
    }
}

impl One {
    fn name(&self) -> &MethodName {
        match self {
            Self::OpenId(provider) => &provider.terms().name,
            Self::SuperApp(app) => &app.terms().name,
        }
    }

    fn described(&self) -> Method {
        let (name, way, title) = match self {
            Self::OpenId(one) => (&one.terms().name, Way::Redirect, &one.terms().title),
            Self::SuperApp(one) => (&one.terms().name, Way::Code, &one.terms().title),
        };
        Method {
            name: Arc::clone(name),
            way,
            title: title.clone(),
        }
    }
}

impl Identify for Providers {
    fn methods(&self) -> Vec<Method> {
        self.all.iter().map(|(one, _)| one.described()).collect()
    }

    fn begin<'a>(&'a self, method: &'a str, now: Timestamp) -> Beginning<'a> {
        Box::pin(self.sign_in(method, now))
    }

    fn identify<'a>(
        &'a self,
        proof: &'a IdentityProof,
        typed: &'a Typed,
        now: Timestamp,
    ) -> Answer<'a> {
        Box::pin(self.prove(proof, typed, now))
    }

    fn counts(&self) -> Vec<(Arc<str>, &'static str, u64)> {
        let all = self.all.iter().flat_map(|(one, counts)| {
            [
                ("proved", &counts.proved),
                ("refused", &counts.refused),
                ("unavailable", &counts.unavailable),
            ]
            .map(|(end, count)| (Arc::clone(one.name()), end, count.load(Ordering::Relaxed)))
        });
        all.collect()
    }
}

impl fmt::Debug for Providers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.all.iter().map(|(one, _)| one.name());
        f.debug_list().entries(names).finish()
    }
}
