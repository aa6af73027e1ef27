//! What is wrong with a request. Everything is looked at and everything is said, before anybody is let
//! in.

use hc_code::keys::{KeyList, KeyListError, KeyUse, SignedKeyList};
use hc_code::signing::KeyId;
use hc_code::trust_list::{Endpoint, EndpointKind, RemovalList, Request, Role};
use hc_code::{DivisionCode, HttpsUri, Span, Timestamp};
use hc_core::division::DivisionTable;

use crate::difference::{endpoint_word, role_word};
use crate::digest::Fingerprint;
use crate::register::Register;

/// What came of asking a region's endpoint.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The endpoint.
    pub endpoint: Endpoint,
    /// What it gave; the reason where it gave nothing.
    pub answer: Result<Vec<u8>, String>,
    /// The time by the region's clock, where it was told.
    pub clock: Option<Timestamp>,
}

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Finding {
    /// Another file than the one whose fingerprint was told.
    #[error(
        "the file has the fingerprint {found}, and {told} was told: it is another file than the region made"
    )]
    Fingerprint {
        /// What the file has.
        found: Fingerprint,
        /// What was told.
        told: Fingerprint,
    },
    /// No division of GB/T 2260.
    #[error("{0} is no division of GB/T 2260")]
    NoDivision(DivisionCode),
    /// A member already has other roots.
    #[error("{region} is a member already, with root {}; a second root must be asked for", .roots.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))]
    Held {
        /// The region.
        region: DivisionCode,
        /// The roots that it has.
        roots: Vec<KeyId>,
    },
    /// The root is another region's.
    #[error("root {key} is already listed for {region}: a root is one region's")]
    RootElsewhere {
        /// The root.
        key: KeyId,
        /// Whose it is.
        region: DivisionCode,
    },
    /// The root signs or removes at the hub.
    #[error("root {0} is a key of the hub")]
    HubKey(KeyId),
    /// The root was removed and the removal holds.
    #[error("root {0} was removed at {1}")]
    RemovedRoot(KeyId, Timestamp),
    /// The same address is another region's.
    #[error("{address} is also an address of {region}")]
    SharedAddress {
        /// The address.
        address: HttpsUri,
        /// Whose it is.
        region: DivisionCode,
    },
    /// Made in the future.
    #[error("it was made at {made_at}, and here it is {now}: one of the two clocks is wrong")]
    FromTheFuture {
        /// When it was made, by the region's clock.
        made_at: Timestamp,
        /// The hub's time.
        now: Timestamp,
    },
    /// Too old.
    #[error("it was made at {0}: a request is good for 30 days")]
    Old(Timestamp),
    /// The root may not do what a member's must.
    #[error("the root is not asked for {}: nothing of the region's could be believed", role_word(*.0))]
    NoRole(Role),
    /// The root is not for something that members have as a rule.
    #[error("the root is not asked for {}", role_word(*.0))]
    FewerRoles(Role),
    /// An address is missing without which gates have nothing.
    #[error("it names no address of its {}", endpoint_word(*.0))]
    NoEndpoint(EndpointKind),
    /// An address that gates do without.
    #[error("it names no address of its {}", endpoint_word(*.0))]
    FewerEndpoints(EndpointKind),
    /// An address that gives nothing.
    #[error("{} at {address}: {why}", endpoint_word(*.kind))]
    Unreachable {
        /// What.
        kind: EndpointKind,
        /// Where.
        address: HttpsUri,
        /// Why.
        why: String,
    },
    /// The region's clock is off.
    #[error("the clock of {address} is {seconds} s {}", if *.ahead { "ahead" } else { "behind" })]
    ClockSkew {
        /// Where.
        address: HttpsUri,
        /// By how much.
        seconds: i64,
        /// In which direction.
        ahead: bool,
    },
    /// The key list is not under the root of the request.
    #[error("the key list at {address} is not under the root of the request: {error}")]
    KeyList {
        /// Where.
        address: HttpsUri,
        /// Why.
        error: KeyListError,
    },
    /// The key list has ended.
    #[error("the key list at {address} ended at {ended}")]
    KeyListEnded {
        /// Where.
        address: HttpsUri,
        /// When.
        ended: Timestamp,
    },
    /// Nobody could sign.
    #[error("the key list names no key for {} that is good now", use_word(*.0))]
    NoKey(KeyUse),
    /// Other regions could not be met.
    #[error(
        "the key list names no key for doors that is good now: other regions' doors stay closed"
    )]
    NoDoorKey,
}

/// How far clocks may be apart without a word.
const CLOCKS: Span = Span::seconds(60);
/// Lists from further ahead are refused by everybody.
const CLOCKS_AT_MOST: Span = Span::seconds(600);
/// How long a request is good.
const GOOD_FOR: Span = Span::days(30);

const fn use_word(key_use: KeyUse) -> &'static str {
    match key_use {
        KeyUse::Codes => "codes",
        KeyUse::Lists => "lists",
        KeyUse::Paper => "paper",
        KeyUse::Door => "doors",
        KeyUse::Parcels => "parcels",
    }
}

impl Finding {
    /// Whether a region cannot be let in as long as this is so. The rest is to be known.
    pub const fn is_grave(&self) -> bool {
        match self {
            Self::SharedAddress { .. }
            | Self::FewerRoles(_)
            | Self::FewerEndpoints(_)
            | Self::NoDoorKey => false,
            Self::ClockSkew { seconds, .. } => *seconds > CLOCKS_AT_MOST.as_seconds(),
            _ => true,
        }
    }
}

/// What is asked of an examination beside the request itself.
#[derive(Clone, Copy, Debug)]
pub struct Against<'a> {
    /// The federation as it is.
    pub register: &'a Register,
    /// The fingerprint of the file, and the one that was told.
    pub fingerprints: (Fingerprint, Fingerprint),
    /// Whether a second root beside the first one is meant.
    pub another_root: bool,
    /// The hub's time.
    pub now: Timestamp,
}

/// Looks at everything, and says all of it.
pub fn examine(request: &Request, against: &Against<'_>, asked: &[Asked]) -> Vec<Finding> {
    let mut found = Vec::new();
    let (print, told) = against.fingerprints;
    if print != told {
        found.push(Finding::Fingerprint { found: print, told });
    }
    found.extend(of_the_region(request, against));
    found.extend(of_roles_and_addresses(request));
    for asked in asked {
        found.extend(of_an_endpoint(request, asked, against.now));
    }
    found
}

fn of_the_region(request: &Request, against: &Against<'_>) -> Vec<Finding> {
    let (says, now) = (request.says(), against.now);
    let (region, root) = (says.region, says.root.id());
    let mut found = Vec::new();
    if !DivisionTable::bundled().existed_ever(region) {
        found.push(Finding::NoDivision(region));
    }
    if says.made_at > now.plus(CLOCKS) {
        found.push(Finding::FromTheFuture {
            made_at: says.made_at,
            now,
        });
    }
    if says.made_at.plus(GOOD_FOR) <= now {
        found.push(Finding::Old(says.made_at));
    }
    let register = against.register;
    for key in register.next_keys().iter().chain(register.removal_keys()) {
        if key.id() == root {
            found.push(Finding::HubKey(root));
        }
    }
    let removals = register
        .removals()
        .into_iter()
        .flat_map(RemovalList::removals);
    for removal in removals.filter(|removal| removal.key == Some(root)) {
        found.push(Finding::RemovedRoot(root, removal.removed_at));
    }
    for (other, member) in register.members() {
        let roots: Vec<KeyId> = member
            .requests()
            .iter()
            .map(|(_, request)| request.says().root.id())
            .collect();
        if *other == region {
            if !roots.contains(&root) && !against.another_root {
                found.push(Finding::Held { region, roots });
            }
            continue;
        }
        if roots.contains(&root) {
            found.push(Finding::RootElsewhere {
                key: root,
                region: *other,
            });
        }
        let theirs = member.newest().map(|request| &request.says().endpoints);
        for endpoint in &says.endpoints {
            let mut theirs = theirs.into_iter().flatten();
            if theirs.any(|other| other.address == endpoint.address) {
                found.push(Finding::SharedAddress {
                    address: endpoint.address.clone(),
                    region: *other,
                });
            }
        }
    }
    found
}

fn of_roles_and_addresses(request: &Request) -> Vec<Finding> {
    let roles = request.says().roles;
    let mut found = Vec::new();
    for role in Role::ALL.into_iter().filter(|role| !roles.contains(*role)) {
        found.push(match role {
            Role::Codes | Role::Lists => Finding::NoRole(role),
            _ => Finding::FewerRoles(role),
        });
    }
    for kind in EndpointKind::ALL {
        if request.endpoint(kind).is_none() {
            match kind {
                EndpointKind::Keys | EndpointKind::Status => found.push(Finding::NoEndpoint(kind)),
                EndpointKind::Paper | EndpointKind::Peer => {
                    found.push(Finding::FewerEndpoints(kind));
                }
                EndpointKind::Rules => {}
            }
        }
    }
    found
}

fn of_an_endpoint(request: &Request, asked: &Asked, now: Timestamp) -> Vec<Finding> {
    let address = asked.endpoint.address.clone();
    let mut found = Vec::new();
    if let Some(clock) = asked.clock {
        let ahead = clock > now;
        let apart = if ahead {
            clock.since(now)
        } else {
            now.since(clock)
        };
        if apart > CLOCKS {
            found.push(Finding::ClockSkew {
                address: address.clone(),
                seconds: apart.as_seconds(),
                ahead,
            });
        }
    }
    match &asked.answer {
        Err(why) => found.push(Finding::Unreachable {
            kind: asked.endpoint.kind,
            address,
            why: why.clone(),
        }),
        Ok(bytes) if asked.endpoint.kind == EndpointKind::Keys => {
            let signed = SignedKeyList::from_bytes(bytes.clone());
            let root = std::slice::from_ref(&request.says().root);
            match signed.verify(request.says().region, root) {
                Ok((list, _)) => found.extend(of_keys(&list, address, now)),
                Err(error) => found.push(Finding::KeyList { address, error }),
            }
        }
        Ok(_) => {}
    }
    found
}

fn of_keys(list: &KeyList, address: HttpsUri, now: Timestamp) -> Vec<Finding> {
    if list.expires_at() <= now {
        let ended = list.expires_at();
        return vec![Finding::KeyListEnded { address, ended }];
    }
    let mut found = Vec::new();
    for key_use in [KeyUse::Codes, KeyUse::Lists, KeyUse::Door] {
        let good = list.keys().iter().any(|key| {
            key.key_use() == key_use && !key.is_removed() && key.from() <= now && now < key.until()
        });
        if !good {
            found.push(match key_use {
                KeyUse::Door => Finding::NoDoorKey,
                _ => Finding::NoKey(key_use),
            });
        }
    }
    found
}
