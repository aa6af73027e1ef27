//! A day on which neither the store nor the identity provider answers.

use std::sync::atomic::Ordering;
use std::time::Duration;

use hc_code::{Span, Timestamp};
use hc_http::Limits;
use hc_http::identity::{
    Answer, Demonstration, Identify, IdentityProof, OpenIdTerms, OutgoingTerms, Provider,
    Providers, Typed,
};
use hc_http::journal::Journal;
use hc_http::serve::Connections;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::foreign::{openid, providers};
use crate::outage::Severed;
use crate::sample;
use crate::world::{NOON, World};

/// People of before proved themselves to the demonstration; whoever comes now needs the provider.
struct Both(Providers);

impl Identify for Both {
    fn begin<'a>(&'a self, method: &'a str, now: Timestamp) -> hc_http::identity::Beginning<'a> {
        self.0.begin(method, now)
    }

    fn identify<'a>(
        &'a self,
        proof: &'a IdentityProof,
        typed: &'a Typed,
        now: Timestamp,
    ) -> Answer<'a> {
        if proof.method() == "demo" {
            Demonstration.identify(proof, typed, now)
        } else {
            self.0.identify(proof, typed, now)
        }
    }
}

/// A provider of which only the address is left.
async fn gone() -> Provider {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    Provider::OpenId(Box::new(OpenIdTerms {
        outgoing: OutgoingTerms {
            within: Duration::from_secs(2),
            ..OutgoingTerms::default()
        },
        ..openid(&format!("http://{address}"))
    }))
}

async fn code(world: &World<Severed>, token: &str) -> Value {
    let shown = world.ask("GET", "/v1/code").token(token).send().await;
    assert_eq!(shown.status, 200, "{shown:?}");
    shown.json()
}

#[tokio::test]
async fn holders_show_until_the_staleness_limit_and_nothing_is_claimed_beyond() {
    let folder = tempfile::tempdir().unwrap();
    let (store, cut, _) = Severed::new(folder.path());
    let identify = Both(providers(vec![gone().await], Journal::default()));
    let kept = (store, folder);
    let (limits, connections) = (Limits::default(), Connections::default());
    let world = World::identified(kept, limits, connections, Box::new(identify), NOON).await;
    let token = world.token(sample::NUMBERS[0]).await;
    let as_of = code(&world, &token).await["asOf"].clone();
    cut.store(true, Ordering::SeqCst);
    for hour in 1..=24 {
        world.later(Span::hours(1));
        assert!(world.region.tend().await.is_err(), "hour {hour}");
        // Lists go on from memory, of the same time.
        world.region.publish_lists().unwrap();
        let shown = code(&world, &token).await;
        let (level, action) = if hour < 4 {
            ("00", "pass")
        } else {
            ("20", "unknown")
        };
        assert_eq!(
            (&shown["level"], &shown["asOf"]),
            (&json!(level), &as_of),
            "hour {hour}"
        );
        let scan = json!({"text": shown["codes"][0]["text"]});
        let seen = world
            .ask("POST", "/v1/verdicts")
            .json(&scan)
            .send()
            .await
            .json();
        assert_eq!(
            (&seen["level"], &seen["action"]),
            (&json!(level), &json!(action)),
            "hour {hour}: {seen}"
        );
        let body = sample::declaration();
        let declared = world
            .ask("POST", "/v1/declarations")
            .token(&token)
            .json(&body);
        assert_eq!(
            declared.send().await.outcome(),
            (503, "store-unavailable".to_owned())
        );
        let asked = json!({"method": "national"});
        let begun = world
            .ask("POST", "/v1/identity/sessions")
            .json(&asked)
            .send()
            .await;
        assert_eq!(
            begun.outcome(),
            (503, "provider-unavailable".to_owned()),
            "hour {hour}"
        );
    }
    cut.store(false, Ordering::SeqCst);
    world.region.tend().await.unwrap();
    world.region.redecide_due(100).await.unwrap();
    let shown = code(&world, &token).await;
    assert_eq!(shown["level"], "00");
    assert_ne!(shown["asOf"], as_of);
}
