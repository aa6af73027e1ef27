//! Whether the keys of the answers are the region's.
//!
//! Whoever stands between the kit and a service can name keys of their own and sign everything anew. So where a key is
//! known, or the region's root, the keys that the service names are held against it.

use hc_code::keys::{KeyUse, SignedKeyList};
use hc_code::signing::PublicKey;
use hc_code::{DivisionCode, Timestamp};

use super::report::{Case, Note};
use super::walk::Service;

/// By what it is known which keys answer.
#[derive(Clone, Debug, Default)]
pub enum AnswerKeys {
    /// The service's own word.
    #[default]
    AsItSays,
    /// One of them, by its bytes.
    Pinned(Vec<u8>),
    /// The region's signed key list, by one of these roots.
    ListedBy(Vec<PublicKey>),
}

/// What came of holding them against it.
pub(super) enum Vouched {
    /// Nothing was to be held against: that is noted.
    Taken(Note),
    /// The case of it.
    Looked(Case),
}

impl AnswerKeys {
    /// Leaves those keys that are vouched for; all of them where none is, so that the rest can be looked at.
    pub(super) fn check(
        &self,
        service: &mut impl Service,
        region: DivisionCode,
        keys: &mut Vec<PublicKey>,
        now: Timestamp,
    ) -> Vouched {
        let vouched: Result<Vec<PublicKey>, String> = match self {
            Self::AsItSays => {
                return Vouched::Taken(Note::of(
                    "应答密钥以服务自己所称为准：未给出 --answer-key 或 --root，中间人可以冒充。",
                    "The keys of the answers are taken on the service's word: without --answer-key or --root somebody in between may have signed them.",
                ));
            }
            Self::Pinned(bytes) => Ok(keys
                .iter()
                .filter(|key| key.as_bytes() == bytes.as_slice())
                .cloned()
                .collect()),
            Self::ListedBy(roots) => listed(service, region, roots, now).map(|listed| {
                keys.iter()
                    .filter(|key| listed.contains(key))
                    .cloned()
                    .collect()
            }),
        };
        let fault = match vouched {
            Ok(vouched) if vouched.is_empty() => {
                Some("no key that the service names is the region's".to_owned())
            }
            Ok(vouched) => {
                *keys = vouched;
                None
            }
            Err(why) => Some(why),
        };
        Vouched::Looked(Case {
            clause: "38963 5".to_owned(),
            name: "the_keys_of_answers_are_the_regions".to_owned(),
            zh: "应答密钥属于本区划".to_owned(),
            en: "the keys of answers are the region's".to_owned(),
            fault,
            lacks: None,
        })
    }
}

/// The keys that sign for the region now, by its key list.
fn listed(
    service: &mut impl Service,
    region: DivisionCode,
    roots: &[PublicKey],
    now: Timestamp,
) -> Result<Vec<PublicKey>, String> {
    let (status, body) = service.get("/v1/keys")?;
    if status != 200 {
        return Err(format!("/v1/keys has no key list (HTTP status {status})"));
    }
    let (list, _) = SignedKeyList::from_bytes(body)
        .verify(region, roots)
        .map_err(|why| format!("the region's key list: {why}"))?;
    if list.expires_at() <= now {
        return Err("the region's key list has ended".to_owned());
    }
    let keys = list
        .keys()
        .iter()
        .filter(|key| key.key_use() == KeyUse::Lists && !key.is_removed() && key.covers(now, now));
    Ok(keys.map(|key| key.key().clone()).collect())
}
