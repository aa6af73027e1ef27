//! The hub's door: where it is, with which key the hub proves itself there, and who may come in.

use std::fmt;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Response};
use hc_code::federation::NoPeer;
use hc_code::signing::{KeyId, SigningKey};
use hc_code::trust_list::HeldTrust;
use hc_code::{DivisionCode, HttpsUri};

use super::{COSE, ShownHub, for_now};
use crate::peers::{About, Neighbours};

/// `GET /hub/v1/door`: signed by the key that removes, which the trust list names.
pub(super) async fn stated(
    State(shown): State<Arc<ShownHub>>,
    headers: HeaderMap,
) -> Response<Body> {
    for_now(&headers, COSE, shown.door_statement())
}

/// All regions, as the hub's own door sees them.
pub struct HubNeighbours(Arc<ShownHub>);

impl HubNeighbours {
    /// By what the hub holds.
    pub const fn new(shown: Arc<ShownHub>) -> Self {
        Self(shown)
    }

    fn noted<T>(&self, known: Result<T, NoPeer>) -> Result<T, NoPeer> {
        if matches!(known, Err(NoPeer::NotListed(_) | NoPeer::NoKeyList(_))) {
            self.0.want_keys();
        }
        known
    }
}

impl Neighbours for HubNeighbours {
    fn peer(&self, key: KeyId) -> Result<DivisionCode, NoPeer> {
        let now = self.0.now();
        self.noted(self.0.ask(|federation| federation.peer(key, now)))
    }

    fn is_peer(&self, region: DivisionCode, key: KeyId) -> Result<(), NoPeer> {
        let now = self.0.now();
        self.noted(
            self.0
                .ask(|federation| federation.is_peer(region, key, now)),
        )
    }

    fn own_key(&self) -> Option<Arc<SigningKey>> {
        self.0.door_key()
    }

    /// The hub goes to nobody's door.
    fn door_of(&self, _region: DivisionCode) -> Option<HttpsUri> {
        None
    }

    fn about(&self) -> About {
        let (trust_version, trust_until) = self.0.ask(|federation| {
            let list = federation.trust().map(HeldTrust::list);
            (
                list.map(hc_code::trust_list::TrustList::version),
                list.map(hc_code::trust_list::TrustList::expires_at),
            )
        });
        About {
            region: DivisionCode::COUNTRY,
            now: self.0.now(),
            trust_version,
            trust_until,
            key_version: None,
        }
    }
}

impl fmt::Debug for HubNeighbours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HubNeighbours(…)")
    }
}
