//! How a trust list differs from the one before, line by line in words that people compare.

use core::fmt;

use hc_code::DivisionCode;
use hc_code::signing::{KeyId, PublicKey};
use hc_code::trust_list::{Endpoint, EndpointKind, IssuerEntry, Role, Roles, RootKey, TrustList};
use hc_core::division::DivisionTable;

/// One line: something came, went or changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Of a region.
    Region(DivisionCode, RegionChange),
    /// A key that may sign the next list, and whether it came.
    HubKey(KeyId, bool),
    /// A key that may remove, and whether it came.
    RemovalKey(KeyId, bool),
}

/// What changed of a region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegionChange {
    /// It is on the list now.
    Came,
    /// It is not any more.
    Went,
    /// A root, with what it is for, and whether it came.
    Root(KeyId, Roles, bool),
    /// An address, and whether it came.
    Endpoint(Endpoint, bool),
    /// Where its days begin: before and after.
    Offset(String, String),
    /// How old its facts may be: before and after.
    StalenessLimit(String, String),
}

/// All changes, in the order of regions; nothing where only version and times differ.
pub fn changes(before: Option<&TrustList>, after: &TrustList) -> Vec<Change> {
    let mut found = Vec::new();
    let held = |list: Option<&TrustList>| list.map(|list| list.hub_keys().to_vec());
    let removers = |list: Option<&TrustList>| list.map(|list| list.removal_keys().to_vec());
    let differ = |before: Vec<PublicKey>, after: Vec<PublicKey>| {
        let ids = |keys: &[PublicKey]| keys.iter().map(PublicKey::id).collect::<Vec<_>>();
        came_and_went(&ids(&before), &ids(&after))
    };
    let hub = differ(held(before).unwrap_or_default(), after.hub_keys().to_vec());
    found.extend(hub.into_iter().map(|(key, came)| Change::HubKey(key, came)));
    let remove = differ(
        removers(before).unwrap_or_default(),
        after.removal_keys().to_vec(),
    );
    found.extend(
        remove
            .into_iter()
            .map(|(key, came)| Change::RemovalKey(key, came)),
    );
    let none: &[IssuerEntry] = &[];
    let old = before.map_or(none, TrustList::issuers);
    let regions =
        |entries: &[IssuerEntry]| entries.iter().map(IssuerEntry::region).collect::<Vec<_>>();
    let mut all = [regions(old), regions(after.issuers())].concat();
    all.sort_unstable();
    all.dedup();
    for region in all {
        let (was, is) = (
            before.and_then(|list| list.issuer(region)),
            after.issuer(region),
        );
        let changes = of_region(was, is).into_iter();
        found.extend(changes.map(|change| Change::Region(region, change)));
    }
    found
}

/// What changed of one region.
pub fn of_region(was: Option<&IssuerEntry>, is: Option<&IssuerEntry>) -> Vec<RegionChange> {
    let mut found = Vec::new();
    match (was, is) {
        (None, Some(_)) => found.push(RegionChange::Came),
        (Some(_), None) => {
            found.push(RegionChange::Went);
            return found;
        }
        (None, None) => return found,
        (Some(was), Some(is)) => {
            let (before, after) = (was.offset().to_string(), is.offset().to_string());
            if before != after {
                found.push(RegionChange::Offset(before, after));
            }
            let limits = (was.staleness_limit(), is.staleness_limit());
            if limits.0 != limits.1 {
                let (before, after) = (limits.0.to_string(), limits.1.to_string());
                found.push(RegionChange::StalenessLimit(before, after));
            }
        }
    }
    let roots = |entry: Option<&IssuerEntry>| {
        let roots = entry.map(IssuerEntry::roots).unwrap_or_default().iter();
        let roots = roots.map(|root: &RootKey| (root.key().id(), root.roles().bits()));
        roots.collect::<Vec<_>>()
    };
    for ((key, bits), came) in came_and_went(&roots(was), &roots(is)) {
        // Bits that came out of roles are roles.
        if let Ok(roles) = Roles::from_bits(u64::from(bits)) {
            found.push(RegionChange::Root(key, roles, came));
        }
    }
    let endpoints = |entry: Option<&IssuerEntry>| {
        entry
            .map(IssuerEntry::endpoints)
            .unwrap_or_default()
            .to_vec()
    };
    let addresses = came_and_went(&endpoints(was), &endpoints(is)).into_iter();
    found.extend(addresses.map(|(endpoint, came)| RegionChange::Endpoint(endpoint, came)));
    found
}

/// What only the second has (`true`), and what only the first has.
fn came_and_went<T: Clone + PartialEq>(before: &[T], after: &[T]) -> Vec<(T, bool)> {
    let went = before.iter().filter(|item| !after.contains(item));
    let came = after.iter().filter(|item| !before.contains(item));
    let went = went.map(|item| (item.clone(), false));
    went.chain(came.map(|item| (item.clone(), true))).collect()
}

/// The word of a role.
pub const fn role_word(role: Role) -> &'static str {
    match role {
        Role::Codes => "codes",
        Role::Lists => "lists",
        Role::Rules => "rules",
        Role::Log => "log",
        Role::Evidence => "evidence",
    }
}

/// The word of a kind of endpoint.
pub const fn endpoint_word(kind: EndpointKind) -> &'static str {
    match kind {
        EndpointKind::Keys => "keys",
        EndpointKind::Status => "status lists",
        EndpointKind::Paper => "paper list",
        EndpointKind::Rules => "rules",
        EndpointKind::Peer => "door",
    }
}

/// The words of roles.
pub fn roles_words(roles: Roles) -> String {
    let words = Role::ALL.into_iter().filter(|role| roles.contains(*role));
    words.map(role_word).collect::<Vec<_>>().join(", ")
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = |came: bool| if came { '+' } else { '-' };
        match self {
            Self::HubKey(key, came) => write!(f, "{} hub key {key}", sign(*came)),
            Self::RemovalKey(key, came) => write!(f, "{} removal key {key}", sign(*came)),
            Self::Region(region, change) => match change {
                RegionChange::Came | RegionChange::Went => {
                    let came = *change == RegionChange::Came;
                    let name = DivisionTable::bundled().name(*region).unwrap_or("?");
                    write!(f, "{} {region} {name}", sign(came))
                }
                RegionChange::Root(key, roles, came) => {
                    write!(
                        f,
                        "{} {region} root {key} for {}",
                        sign(*came),
                        roles_words(*roles)
                    )
                }
                RegionChange::Endpoint(endpoint, came) => {
                    let word = endpoint_word(endpoint.kind);
                    write!(f, "{} {region} {word} at {}", sign(*came), endpoint.address)
                }
                RegionChange::Offset(before, after) => {
                    write!(f, "~ {region} offset {before} becomes {after}")
                }
                RegionChange::StalenessLimit(before, after) => {
                    write!(f, "~ {region} staleness limit {before} becomes {after}")
                }
            },
        }
    }
}
