//! Who is on the trust list, and with which keys: all of them in the hands of these tests.

use hc_code::keys::{KeyList, KeyUse, NodeKey, SealingKey};
use hc_code::parcel::SealingSecret;
use hc_code::signing::{Algorithm, Signer, SigningKey};
use hc_code::trust_list::{
    Endpoint, EndpointKind, IssuerEntry, Removal, RemovalList, Role, Roles, RootKey, TrustDraft,
    TrustList, Validity,
};
use hc_code::{DivisionCode, HttpsUri, Offset, Span, Timestamp};
use hc_testkit::regions::{key, random};

use crate::world::{CHONGQING, GUANGDONG, SICHUAN, division, noon, root};

/// In good standing, and as honest as it says.
pub(super) const ZHEJIANG: u32 = 330_000;
/// In good standing, and lies.
pub(super) const FUJIAN: u32 = 350_000;
/// Its root is trusted for codes and for nothing else.
pub(super) const HAINAN: u32 = 460_000;
/// Removed by the hub.
pub(super) const HUNAN: u32 = 430_000;
/// Never listed.
pub(super) const GANSU: u32 = 620_000;
/// Everybody that the trust list has.
const LISTED: [u32; 7] = [
    ZHEJIANG, FUJIAN, HAINAN, HUNAN, CHONGQING, SICHUAN, GUANGDONG,
];

/// The hub's key before the one that holds now.
const HUB_BEFORE: u8 = 9;
const HUB: u8 = 1;
const REMOVER: u8 = 2;
/// Version of the trust list that is held.
pub(super) const TRUST_VERSION: u32 = 5;

pub(super) fn old_hub() -> SigningKey {
    key(Algorithm::Ed25519, 1, HUB_BEFORE)
}

pub(super) fn hub() -> SigningKey {
    key(Algorithm::Ed25519, 1, HUB)
}

pub(super) fn remover() -> SigningKey {
    key(Algorithm::Ed25519, 1, REMOVER)
}

/// The hub of another federation.
pub(super) fn other_hub() -> SigningKey {
    key(Algorithm::Ed25519, 2, HUB)
}

/// What a region's key is for, and why it may not do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of {
    /// A key that holds.
    Use(KeyUse),
    /// Listed, and removed by the region.
    Removed(KeyUse),
    /// Listed, and removed by the hub.
    RemovedByHub(KeyUse),
    /// Its time is over.
    Over(KeyUse),
    /// Its time has not come.
    NotYet(KeyUse),
    /// A root with the roles for codes and lists.
    NarrowRoot,
    /// A root that the hub has removed.
    RemovedRoot,
}

/// A key of a region.
pub(super) fn key_of(region: u32, of: Of) -> SigningKey {
    let number = match of {
        Of::Use(key_use) => 10 + key_use.number(),
        Of::Removed(key_use) => 20 + key_use.number(),
        Of::RemovedByHub(key_use) => 30 + key_use.number(),
        Of::Over(key_use) => 40 + key_use.number(),
        Of::NotYet(key_use) => 50 + key_use.number(),
        Of::NarrowRoot => 60,
        Of::RemovedRoot => 61,
    };
    let seed = u8::try_from(region / 10_000).unwrap();
    key(Algorithm::Ed25519, seed, u8::try_from(number).unwrap())
}

/// Keys that a region lists and that may not sign what keys for `good` may.
pub(super) fn known_but(region: u32, good: Option<KeyUse>) -> Vec<(&'static str, SigningKey)> {
    let mut known = vec![
        ("the hub", hub()),
        ("the hub's key before", old_hub()),
        ("the removal key", remover()),
        ("another hub", other_hub()),
        ("a narrow root", key_of(region, Of::NarrowRoot)),
        ("a removed root", key_of(region, Of::RemovedRoot)),
        ("another region's root", root(FUJIAN)),
    ];
    for key_use in KeyUse::ALL {
        if Some(key_use) != good {
            known.push(("a key for something else", key_of(region, Of::Use(key_use))));
        }
    }
    if let Some(good) = good {
        known.push(("the root itself", root(region)));
        known.push(("another region's key", key_of(FUJIAN, Of::Use(good))));
        for of in [
            Of::Removed(good),
            Of::RemovedByHub(good),
            Of::Over(good),
            Of::NotYet(good),
        ] {
            known.push(("a key that holds no more or not yet", key_of(region, of)));
        }
    }
    known
}

/// The secret that parcels to a region are opened with.
pub(super) fn sealing(region: u32) -> SealingSecret {
    SealingSecret::generate(&mut random(region.into()))
}

/// A region's key list, by its root.
pub(super) fn key_list(region: u32, version: u64) -> KeyList {
    let now = noon();
    let mut keys = Vec::new();
    for key_use in KeyUse::ALL {
        let (good, over, to_come) = (Span::hours(20), Span::hours(30), Span::hours(2));
        for (of, from, until) in [
            (Of::Use(key_use), now.minus(good), now.plus(good)),
            (Of::Removed(key_use), now.minus(good), now.plus(good)),
            (Of::RemovedByHub(key_use), now.minus(good), now.plus(good)),
            (Of::Over(key_use), now.minus(over), now.minus(to_come)),
            (Of::NotYet(key_use), now.plus(to_come), now.plus(over)),
        ] {
            let key = key_of(region, of).public_key().clone();
            let key = NodeKey::new(key, key_use, from, until).unwrap();
            let removed = matches!(of, Of::Removed(_));
            keys.push(if removed { key.removed() } else { key });
        }
    }
    let (from, until) = (now.minus(Span::hours(1)), now.plus(Span::hours(40)));
    let opening = SealingKey::new(*sealing(region).public(), from, until).unwrap();
    let list = KeyList::new(division(region), version, from, until, keys).unwrap();
    list.with_sealing_keys([opening]).unwrap()
}

/// What the hub's removal key said: a region, a root, and a key of each use.
pub(super) fn removals(issued_at: Timestamp) -> RemovalList {
    let removal = |region, key| Removal {
        region: division(region),
        key,
        removed_at: noon().minus(Span::hours(1)),
    };
    let mut all = vec![
        removal(HUNAN, None),
        removal(
            ZHEJIANG,
            Some(key_of(ZHEJIANG, Of::RemovedRoot).public_key().id()),
        ),
    ];
    for key_use in KeyUse::ALL {
        let key = key_of(ZHEJIANG, Of::RemovedByHub(key_use));
        all.push(removal(ZHEJIANG, Some(key.public_key().id())));
    }
    RemovalList::new(issued_at, all).unwrap()
}

/// A trust list of a version; `variant` makes another one of it.
pub(super) fn draft(version: u32, variant: u32) -> TrustDraft {
    let issued_at = noon()
        .minus(Span::seconds(1800))
        .plus(Span::seconds(version));
    let hub_keys = match version {
        ..4 => vec![old_hub()],
        4 => vec![old_hub(), hub()],
        _ => vec![hub()],
    };
    let publics = |keys: Vec<SigningKey>| keys.iter().map(|key| key.public_key().clone()).collect();
    TrustDraft {
        version,
        issued_at,
        expires_at: issued_at.plus(Span::days(14)),
        removals_settled_until: noon().minus(Span::days(1)),
        hub_keys: publics(hub_keys),
        removal_keys: publics(vec![remover()]),
        issuers: LISTED
            .into_iter()
            .map(|region| entry(region, variant))
            .collect(),
    }
}

fn entry(region: u32, variant: u32) -> IssuerEntry {
    let always = Validity::new(noon().minus(Span::days(2)), noon().plus(Span::days(300))).unwrap();
    let rooted = |key: SigningKey, roles: &[Role]| {
        let roles = Roles::new(roles.iter().copied()).unwrap();
        RootKey::new(key.public_key().clone(), roles, always)
    };
    let mut roots = vec![match region {
        HAINAN => rooted(root(HAINAN), &[Role::Codes]),
        _ => rooted(root(region), &Role::ALL),
    }];
    if region == ZHEJIANG {
        let narrow = key_of(region, Of::NarrowRoot);
        roots.push(rooted(narrow, &[Role::Codes, Role::Lists]));
        roots.push(rooted(key_of(region, Of::RemovedRoot), &Role::ALL));
    }
    let address = HttpsUri::parse(&format!("https://{region}.example/{variant}/keys")).unwrap();
    let keys = Endpoint {
        kind: EndpointKind::Keys,
        address,
    };
    let region = division(region);
    IssuerEntry::new(
        region,
        Offset::CHINA,
        Span::hours(4),
        always,
        roots,
        vec![keys],
    )
    .unwrap()
}

/// A trust list as one of the hub's keys signs it.
pub(super) fn signed_trust(draft: TrustDraft, by: &SigningKey) -> Vec<u8> {
    TrustList::new(draft).unwrap().sign(by).unwrap()
}

/// A key list as a root signs it.
pub(super) fn signed_keys(list: &KeyList, by: &SigningKey) -> Vec<u8> {
    list.sign(by).unwrap().as_bytes().to_vec()
}

/// Everybody that is asked about: listed, half trusted, removed, unknown.
pub(super) fn everybody() -> impl Iterator<Item = DivisionCode> {
    LISTED.into_iter().chain([GANSU]).map(division)
}
