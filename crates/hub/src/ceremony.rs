//! The ceremony: the next trust list is put together and signed where the offline key is, out of one
//! file that the hub made.
//!
//! The file has nothing in it that must be believed: the list before is signed, each root's request by
//! that root, removals by the removal key. What people have to compare is its fingerprint, and the
//! difference in words.

use std::collections::BTreeMap;

use hc_code::signing::{KeyId, PublicKey};
use hc_code::trust_list::{
    IssuerEntry, IssuerError, RemovalList, RemovalListError, Request, RequestError, TrustDraft,
    TrustList, TrustListError,
};
use hc_code::{DivisionCode, Span, Timestamp};
use serde::{Deserialize, Serialize};

use crate::act::KeyText;
use crate::digest::Digest;
use crate::register::{Member, Register};

/// What the hub proposes for the next list.
#[derive(Clone, Debug)]
pub struct Proposal {
    hub: String,
    made_at: Timestamp,
    before: Option<TrustList>,
    removals: Option<RemovalList>,
    members: BTreeMap<DivisionCode, Member>,
    hub_keys: Vec<PublicKey>,
    removal_keys: Vec<PublicKey>,
}

/// What the people of the ceremony decide themselves.
#[derive(Clone, Debug, Default)]
pub struct Decided {
    /// Keys that may sign later lists as well, from this one on.
    pub more_signers: Vec<PublicKey>,
    /// Keys that may sign no later list.
    pub fewer_signers: Vec<KeyId>,
    /// Keys that may remove, from this list on.
    pub more_removers: Vec<PublicKey>,
    /// Keys that may remove no more.
    pub fewer_removers: Vec<KeyId>,
}

/// Why there is no next list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CeremonyError {
    /// Not a file of the hub's.
    #[error("it is no proposal of a hub: line {line}, column {column}")]
    Form {
        /// The line.
        line: usize,
        /// The column.
        column: usize,
    },
    /// Of another version of this program.
    #[error("it is a proposal of another form than {FORMAT:?}")]
    Format,
    /// Not hexadecimal.
    #[error("{0} is not hexadecimal")]
    Hexadecimal(&'static str),
    /// The list before.
    #[error("the list before is not to be believed: {0}")]
    Before(TrustListError),
    /// A request.
    #[error("a request is not to be believed: {0}")]
    Request(#[from] RequestError),
    /// The requests of one region name several regions, or one root twice.
    #[error("the requests of {0} do not go together")]
    Requests(DivisionCode),
    /// The removals.
    #[error("the removals are not to be believed: {0}")]
    Removals(#[from] RemovalListError),
    /// An issuer.
    #[error("issuer {region}: {error}")]
    Issuer {
        /// Which.
        region: DivisionCode,
        /// Why.
        error: IssuerError,
    },
    /// Time went back.
    #[error(
        "it is to be signed at {at}, and the list or the removals before were signed at {before}"
    )]
    Time {
        /// Of the signature.
        at: Timestamp,
        /// Of what is there.
        before: Timestamp,
    },
    /// There is no further version.
    #[error("there is no further version")]
    Version,
    /// Gates would go on to refuse it.
    #[error(
        "{region} has something on the list that was removed at {removed_at} and that this list cannot settle: gates go on to refuse it"
    )]
    Contradiction {
        /// The region.
        region: DivisionCode,
        /// When.
        removed_at: Timestamp,
    },
    /// The list.
    #[error(transparent)]
    List(#[from] TrustListError),
}

const FORMAT: &str = "healthcode proposal 1";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct ProposalFile {
    format: String,
    hub: String,
    made_at: Timestamp,
    before: Option<String>,
    removals: Option<String>,
    hub_keys: Vec<KeyText>,
    removal_keys: Vec<KeyText>,
    members: Vec<MemberFile>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct MemberFile {
    region: DivisionCode,
    since: Timestamp,
    requests: Vec<String>,
}

/// The file of a proposal, made by a hub.
///
/// # Errors
/// [`CeremonyError::Request`] where the register's own file of a request is not there.
pub fn propose(
    register: &Register,
    now: Timestamp,
    file: &dyn Fn(Digest) -> Option<Vec<u8>>,
) -> Result<Vec<u8>, CeremonyError> {
    let mut members = Vec::new();
    for (region, member) in register.members() {
        let mut requests = Vec::new();
        for (digest, _) in member.requests() {
            let bytes = file(*digest).ok_or(CeremonyError::Requests(*region))?;
            requests.push(hex::encode(bytes));
        }
        members.push(MemberFile {
            region: *region,
            since: member.since(),
            requests,
        });
    }
    let texts = |keys: &[PublicKey]| keys.iter().cloned().map(KeyText).collect();
    let file = ProposalFile {
        format: FORMAT.to_owned(),
        hub: register.name().to_owned(),
        made_at: now,
        before: register.list_bytes().map(hex::encode),
        removals: register.removal_bytes().map(hex::encode),
        hub_keys: texts(register.next_keys()),
        removal_keys: texts(register.removal_keys()),
        members,
    };
    let mut bytes = serde_json::to_vec_pretty(&file).map_err(|error| form(&error))?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn form(error: &serde_json::Error) -> CeremonyError {
    CeremonyError::Form {
        line: error.line(),
        column: error.column(),
    }
}

fn bytes_of(what: &'static str, text: &str) -> Result<Vec<u8>, CeremonyError> {
    hex::decode(text).map_err(|_| CeremonyError::Hexadecimal(what))
}

impl Proposal {
    /// Reads a proposal and checks every signature in it. The list before must be signed by one of
    /// `believed`: the key of the ceremony itself, or the one before it.
    ///
    /// # Errors
    /// [`CeremonyError`].
    pub fn read(bytes: &[u8], believed: &[PublicKey]) -> Result<Self, CeremonyError> {
        let file: ProposalFile = serde_json::from_slice(bytes).map_err(|error| form(&error))?;
        if file.format != FORMAT {
            return Err(CeremonyError::Format);
        }
        let before = match &file.before {
            Some(text) => {
                let bytes = bytes_of("before", text)?;
                let list = TrustList::open(&bytes, believed).map_err(CeremonyError::Before)?;
                Some(list)
            }
            None => None,
        };
        let given: Vec<PublicKey> = file.removal_keys.into_iter().map(|key| key.0).collect();
        // Who may remove is the list's to say, once there is one.
        let removal_keys = match &before {
            Some(list) => list.removal_keys().to_vec(),
            None => given,
        };
        let hub_keys = match &before {
            Some(list) => list.hub_keys().to_vec(),
            None => file.hub_keys.into_iter().map(|key| key.0).collect(),
        };
        let removals = match &file.removals {
            Some(text) => Some(RemovalList::open(
                &bytes_of("removals", text)?,
                &removal_keys,
            )?),
            None => None,
        };
        let mut members = BTreeMap::new();
        for member in file.members {
            let region = member.region;
            let (mut requests, mut texts) = (Vec::new(), Vec::new());
            for text in &member.requests {
                let bytes = bytes_of("a request", text)?;
                let request = Request::open(&bytes)?;
                let twice = requests
                    .iter()
                    .any(|held: &Request| held.says().root == request.says().root);
                if request.says().region != region || twice {
                    return Err(CeremonyError::Requests(region));
                }
                requests.push(request);
                texts.push(bytes);
            }
            let read = Member::of(member.since, requests, &texts);
            let read = read.ok_or(CeremonyError::Requests(region))?;
            if members.insert(region, read).is_some() {
                return Err(CeremonyError::Requests(region));
            }
        }
        Ok(Self {
            hub: file.hub,
            made_at: file.made_at,
            before,
            removals,
            members,
            hub_keys,
            removal_keys,
        })
    }

    /// Whose proposal it says that it is.
    pub fn hub(&self) -> &str {
        &self.hub
    }

    /// When it was made, by the hub's clock.
    pub const fn made_at(&self) -> Timestamp {
        self.made_at
    }

    /// The list before.
    pub const fn before(&self) -> Option<&TrustList> {
        self.before.as_ref()
    }

    /// The members that the next list is to have, ascending.
    pub const fn members(&self) -> &BTreeMap<DivisionCode, Member> {
        &self.members
    }

    /// The next list, to be signed at a time and to be good for some.
    ///
    /// # Errors
    /// [`CeremonyError`].
    pub fn next(
        &self,
        decided: &Decided,
        at: Timestamp,
        life: Span,
    ) -> Result<TrustList, CeremonyError> {
        let newest = self.before.as_ref().map(TrustList::issued_at);
        let newest = newest.max(self.removals.as_ref().map(RemovalList::issued_at));
        if let Some(before) = newest.filter(|before| *before > at) {
            return Err(CeremonyError::Time { at, before });
        }
        let version = match &self.before {
            Some(before) => before
                .version()
                .checked_add(1)
                .ok_or(CeremonyError::Version)?,
            None => 1,
        };
        let end = at.plus(life);
        let mut issuers = Vec::new();
        for (region, member) in &self.members {
            let entry = member.entry(at, end);
            let entry = entry.map_err(|error| CeremonyError::Issuer {
                region: *region,
                error,
            })?;
            issuers.extend(entry);
        }
        let settled = self.settled();
        self.contradicts_none(&issuers, settled.unwrap_or(at))?;
        Ok(TrustList::new(TrustDraft {
            version,
            issued_at: at,
            expires_at: end,
            // Before there were removals there is nothing to be kept open.
            removals_settled_until: settled.unwrap_or(at),
            hub_keys: changed(
                &self.hub_keys,
                &decided.more_signers,
                &decided.fewer_signers,
            ),
            removal_keys: changed(
                &self.removal_keys,
                &decided.more_removers,
                &decided.fewer_removers,
            ),
            issuers,
        })?)
    }

    /// Until when removals are followed or meant to lapse. A list cannot follow the removal of a key
    /// under a root: that stays open, with everything after it.
    fn settled(&self) -> Option<Timestamp> {
        let removals = self.removals.as_ref()?;
        let before = self.before.as_ref();
        let is_root = |region: DivisionCode, key: KeyId| {
            let listed = before.and_then(|list| list.issuer(region));
            let listed = listed.map(IssuerEntry::roots).unwrap_or_default();
            listed.iter().any(|root| root.key().id() == key)
        };
        let followed = removals
            .removals()
            .iter()
            .filter(|removal| removal.key.is_some_and(|key| !is_root(removal.region, key)));
        let open = followed.map(|removal| removal.removed_at).min();
        let settled = match open {
            Some(first) => first.minus(Span::seconds(1)),
            None => removals.issued_at(),
        };
        Some(before.map_or(settled, |list| settled.max(list.removals_settled_until())))
    }

    fn contradicts_none(
        &self,
        issuers: &[IssuerEntry],
        settled: Timestamp,
    ) -> Result<(), CeremonyError> {
        let removals = self.removals.iter().flat_map(RemovalList::removals);
        for removal in removals.filter(|removal| removal.removed_at > settled) {
            let mut issuers = issuers
                .iter()
                .filter(|entry| entry.region() == removal.region);
            let listed = issuers.any(|entry| {
                let mut roots = entry.roots().iter();
                removal
                    .key
                    .is_none_or(|key| roots.any(|root| root.key().id() == key))
            });
            if listed {
                return Err(CeremonyError::Contradiction {
                    region: removal.region,
                    removed_at: removal.removed_at,
                });
            }
        }
        Ok(())
    }
}

fn changed(held: &[PublicKey], more: &[PublicKey], fewer: &[KeyId]) -> Vec<PublicKey> {
    let mut keys: Vec<PublicKey> = held.to_vec();
    for key in more {
        if !keys.contains(key) {
            keys.push(key.clone());
        }
    }
    keys.retain(|key| !fewer.contains(&key.id()));
    keys
}
