//! Taking a region's key list anew from the region itself, when a message needs it now: the hub's mirror
//! may be some seconds behind, and a node that began again signs and opens with other keys.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use hc_code::DivisionCode;
use hc_code::trust_list::EndpointKind;
use hc_http::peers::Fetcher;
use hc_node::federation::{Later, Renew};
use tokio::sync::Mutex as Turn;
use tokio::time::Instant;

use super::node::Node;

/// The most bytes of a key list.
const MOST: usize = 2 << 20;
/// So long a region is not asked again: whoever comes meanwhile has what came.
const PAUSE: Duration = Duration::from_secs(1);

/// When a region was asked last; whoever holds it asks.
type Asked = Arc<Turn<Option<Instant>>>;

/// Whoever asks regions for their key lists.
pub(crate) struct Renewing {
    /// The node holds this, so this does not hold the node.
    node: Weak<Node>,
    fetcher: Arc<Fetcher>,
    asked: Mutex<BTreeMap<DivisionCode, Asked>>,
}

impl Renewing {
    /// For a node.
    pub(crate) fn of(node: &Arc<Node>, fetcher: Arc<Fetcher>) -> Self {
        Self {
            node: Arc::downgrade(node),
            fetcher,
            asked: Mutex::default(),
        }
    }

    /// As a node's neighbours ask it.
    pub(crate) fn renew(self) -> Renew {
        let renewing = Arc::new(self);
        Box::new(move |region| {
            let renewing = Arc::clone(&renewing);
            Box::pin(async move { renewing.ask(region).await }) as Later<'static, ()>
        })
    }

    async fn ask(&self, region: DivisionCode) {
        let asked = {
            let mut all = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(all.entry(region).or_default())
        };
        let mut turn = asked.lock().await;
        if turn.is_some_and(|at| at.elapsed() < PAUSE) {
            return;
        }
        let Some(node) = self.node.upgrade() else {
            return;
        };
        let foreign = node.foreign();
        let address = foreign
            .held()
            .address(region, EndpointKind::Keys, node.now())
            .cloned();
        let Some(address) = address else {
            return;
        };
        // What cannot be had is noticed by whoever needs it: there is no key still, and it is tried again.
        if let Ok(came) = self.fetcher.get(address.as_str(), None, MOST).await
            && let Some(bytes) = came.bytes
        {
            let _passed_over = foreign.take_keys(region, &bytes, node.now());
        }
        *turn = Some(Instant::now());
    }
}
