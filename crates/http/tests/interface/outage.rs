//! The store is gone: showing and verifying go on, acts are refused with a time to come back.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hc_code::Span;
use hc_core::store::{Reading, Store, StoreError, Writing};
use hc_http::serve::Connections;
use hc_http::{Lane, Limits, Side};
use hc_store_sqlite::SqliteStore;
use serde_json::json;

use crate::client::ask;
use crate::sample;
use crate::world::{World, sqlite};

/// A store that can be cut off.
struct Severed {
    store: SqliteStore,
    cut: Arc<AtomicBool>,
}

impl Severed {
    fn check(&self) -> Result<(), StoreError> {
        if self.cut.load(Ordering::SeqCst) {
            Err(StoreError::Unavailable("cut off".to_owned()))
        } else {
            Ok(())
        }
    }
}

impl Store for Severed {
    async fn write<T, E>(
        &self,
        act: impl FnMut(&mut dyn Writing) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.check()?;
        self.store.write(act).await
    }

    async fn read<T, E>(
        &self,
        query: impl FnMut(&mut dyn Reading) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.check()?;
        self.store.read(query).await
    }
}

#[tokio::test]
async fn without_a_store_codes_are_shown_and_verified_and_acts_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let cut = Arc::new(AtomicBool::new(false));
    let store = Severed {
        store: sqlite(folder.path()),
        cut: Arc::clone(&cut),
    };
    let world = World::over(store, Limits::default(), Connections::default()).await;
    let token = world.token(sample::NUMBERS[0]).await;
    cut.store(true, Ordering::SeqCst);
    let mut refused = 0;
    for operation in hc_http::all() {
        let to = match operation.side {
            Side::Operators => world.operators,
            Side::Public | Side::Both => world.public,
        };
        let asking = ask(to, operation.verb.method().as_str(), operation.path).token(&token);
        let asking = match sample::body_of(operation.id) {
            Some(body) => asking.json(&body),
            None => asking,
        };
        let answer = asking.send().await;
        match operation.lane {
            Lane::Memory => assert!(answer.status.is_success(), "{}: {answer:?}", operation.id),
            Lane::Act if operation.id == "sendBatch" => assert_eq!(answer.status, 401),
            Lane::Act => {
                let outcome = answer.outcome();
                assert_eq!(
                    outcome,
                    (503, "store-unavailable".to_owned()),
                    "{}",
                    operation.id
                );
                let after: u32 = answer.headers["retry-after"]
                    .to_str()
                    .unwrap()
                    .parse()
                    .unwrap();
                assert!((1..=8).contains(&after));
                refused += 1;
            }
        }
    }
    assert!(refused >= 7);
    // A tend that fails lets as-of stand still; past the staleness limit nothing is claimed any more.
    world.later(Span::hours(1));
    assert!(world.region.tend().await.is_err());
    let shown = world
        .ask("GET", "/v1/code")
        .token(&token)
        .send()
        .await
        .json();
    assert_eq!(
        (&shown["level"], &shown["asOf"]),
        (&json!("00"), &json!("2022-07-15T12:00:00+08:00"))
    );
    world.later(Span::hours(3));
    let stale = world
        .ask("GET", "/v1/code")
        .token(&token)
        .send()
        .await
        .json();
    assert_eq!(
        (&stale["level"], &stale["until"]),
        (&json!("20"), &json!(null))
    );
    let scan = json!({"text": stale["codes"][0]["text"]});
    let seen = world
        .ask("POST", "/v1/verdicts")
        .json(&scan)
        .send()
        .await
        .json();
    assert_eq!(
        (&seen["level"], &seen["action"]),
        (&json!("20"), &json!("unknown")),
        "{seen}"
    );
    let health = world.ask("GET", "/healthz").send().await.json();
    assert_eq!(health["fresh"], false);
    // And back again.
    cut.store(false, Ordering::SeqCst);
    world.region.tend().await.unwrap();
    let health = world.ask("GET", "/healthz").send().await.json();
    assert_eq!(health["fresh"], true);
    let declared = world
        .ask("POST", "/v1/declarations")
        .token(&token)
        .json(&sample::declaration())
        .send()
        .await;
    assert_eq!(declared.status, 201);
}
