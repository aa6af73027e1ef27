//! What a node says of other regions' codes while it has no list that says who they are.

use hc_code::federation::Federation;
use hc_code::verify::Action;

use crate::world::{CHONGQING, Regions, SICHUAN};

#[tokio::test]
async fn who_follows_a_hub_without_a_list_that_holds_cannot_tell_of_others() {
    let regions = Regions::three().await;
    regions.exchange_keys();
    let (home, here) = (
        regions.enrol(CHONGQING, 1).await,
        regions.enrol(SICHUAN, 2).await,
    );
    let (code, own) = (regions.code(CHONGQING, &home), regions.code(SICHUAN, &here));
    let sichuan = regions.node(SICHUAN);
    assert_eq!(sichuan.verify(&code).action, Action::Pass);
    // Begun again after the list has ended: who may sign the next is known, and nothing else.
    let pinned = sichuan.foreign().held().next_keys().to_vec();
    sichuan.foreign().begin(Federation::new(pinned));
    let verdict = sichuan.verify(&code);
    assert_eq!(
        (verdict.action, verdict.cause),
        (Action::Unknown, "trust-list-missing")
    );
    assert_eq!(sichuan.verify(&own).action, Action::Pass);
    // Who follows nobody knows that there are no others.
    sichuan.foreign().begin(Federation::new(Vec::new()));
    let verdict = sichuan.verify(&code);
    assert_eq!(
        (verdict.action, verdict.cause),
        (Action::Invalid, "issuer-unknown")
    );
}
