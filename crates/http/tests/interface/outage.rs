//! The store is gone: showing and verifying go on, acts are refused with a time to come back.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hc_code::Span;
use hc_core::store::{Reading, Store, StoreError, Writing};
use hc_http::serve::Connections;
use hc_http::{Credential, Lane, Limits, Side};
use hc_store_sqlite::SqliteStore;
use serde_json::json;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::client::ask;
use crate::sample;
use crate::signers;
use crate::world::{World, sqlite};

/// A store that can be cut off, or made to wait.
pub(crate) struct Severed {
    store: SqliteStore,
    cut: Arc<AtomicBool>,
    pass: Arc<Semaphore>,
}

impl Severed {
    pub(crate) fn new(folder: &Path) -> (Self, Arc<AtomicBool>, Arc<Semaphore>) {
        let cut = Arc::new(AtomicBool::new(false));
        let pass = Arc::new(Semaphore::new(1000));
        let severed = Self {
            store: sqlite(folder),
            cut: Arc::clone(&cut),
            pass: Arc::clone(&pass),
        };
        (severed, cut, pass)
    }
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
        let _passed = self.pass.acquire().await;
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
    let (store, cut, _) = Severed::new(folder.path());
    let world = World::over(store, folder, Limits::default(), Connections::default()).await;
    let token = world.token(sample::NUMBERS[0]).await;
    let (li, gate) = (signers::li(&world).await, signers::gate(&world).await);
    cut.store(true, Ordering::SeqCst);
    let mut refused = 0;
    for operation in hc_http::all() {
        let to = match operation.side {
            Side::Operators => world.operators,
            Side::Public | Side::Both => world.public,
        };
        let signer = match operation.credential {
            Credential::Gate => Some(&gate),
            Credential::Officer(_) => Some(&li),
            Credential::None | Credential::Device | Credential::Source => None,
            // What an application is answered stands in the message: national.rs.
            Credential::Application => continue,
        };
        let path = sample::path_of(operation);
        let answer = if let Some(signer) = signer {
            let method = operation.verb.method();
            let mut asks = signer
                .asks(&world, method.as_str(), &path)
                .of(&world, operation);
            if let Some((media, body)) = sample::signed_body_of(operation) {
                asks = asks.body(media, body);
            }
            asks.send().await
        } else {
            let asking = ask(to, operation.verb.method().as_str(), &path).token(&token);
            let asking = match sample::body_of(operation.id) {
                Some(body) => asking.json(&body),
                None => asking,
            };
            asking.send().await
        };
        // Who signs is known from the store, whatever they ask for.
        let lane = signer.map_or(operation.lane, |_| Lane::Act);
        match lane {
            // Without a hub there is nobody else, and nothing was ever removed; nor was a policy published.
            Lane::Memory
                if ["removals", "neighbours", "recognitionPolicy"].contains(&operation.id) =>
            {
                assert_eq!(answer.status, 404);
            }
            Lane::Memory => assert!(answer.status.is_success(), "{}: {answer:?}", operation.id),
            Lane::Act if operation.id == "sendBatch" => assert_eq!(answer.status, 401),
            // What is no offer is known to be none without a store.
            Lane::Act if operation.id == "acceptGrant" => assert_eq!(answer.status, 409),
            // Nor is a store needed to see what is no paper code.
            Lane::Act if operation.id == "printPaper" => assert_eq!(answer.status, 422),
            // That there is no other region is known without a store.
            Lane::Act | Lane::Proof if sample::needs_others(operation.id) => {
                let status = answer.status.as_u16();
                assert!(
                    [404, 422, 503].contains(&status),
                    "{}: {answer:?}",
                    operation.id
                );
            }
            // The demonstration has no provider to sign in at.
            Lane::Proof if operation.id == "beginSignIn" => assert_eq!(answer.status, 403),
            Lane::Act | Lane::Proof => {
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

#[tokio::test]
async fn more_acts_than_can_be_carried_are_refused_at_once_and_showing_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _, pass) = Severed::new(folder.path());
    let limits = Limits {
        acts_at_once: 2,
        acts_waiting: 3,
        ..Limits::default()
    };
    let world = World::over(store, folder, limits, Connections::default()).await;
    let token = world.token(sample::NUMBERS[0]).await;
    // The store takes nothing any more.
    let held = Arc::clone(&pass).acquire_many_owned(1000).await.unwrap();
    let mut acts = JoinSet::new();
    for _ in 0..40 {
        let asking = world.ask("POST", "/v1/declarations").token(&token);
        acts.spawn(asking.json(&sample::declaration()).send());
    }
    let mut after = BTreeSet::new();
    for _ in 0..35 {
        let answer = acts.join_next().await.unwrap().unwrap();
        assert_eq!(answer.outcome(), (503, "overloaded".to_owned()));
        after.insert(answer.headers["retry-after"].to_str().unwrap().to_owned());
    }
    assert!(after.len() > 4, "{after:?}");
    for _ in 0..20 {
        let shown = world.ask("GET", "/v1/code").token(&token).send().await;
        assert_eq!(shown.status, 200);
    }
    drop(held);
    while let Some(answer) = acts.join_next().await {
        assert_eq!(answer.unwrap().status, 201);
    }
    let answer = world
        .ask("POST", "/v1/declarations")
        .token(&token)
        .json(&sample::declaration())
        .send()
        .await;
    assert_eq!(answer.status, 201);
}
