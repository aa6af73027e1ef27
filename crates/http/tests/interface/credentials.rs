//! Every operation without a credential, with a wrong, a foreign and an ended one.

use hc_code::Span;
use hc_code::signing::Signer as _;
use hc_http::{Credential, Lane, Operation, Side};
use hc_node::token::{DeviceToken, LIFETIME, TokenSealer};
use zeroize::Zeroizing;

use crate::client::{Answer, ask};
use crate::sample::{self, Batch};
use crate::world::World;

type Change = fn(&mut Batch);

/// A request that would be done with a credential.
async fn send(world: &World, operation: &Operation, authorization: &[&str]) -> Answer {
    let to = match operation.side {
        Side::Operators => world.operators,
        Side::Public | Side::Both => world.public,
    };
    let path = sample::path_of(operation);
    let mut asking = ask(to, operation.verb.method().as_str(), &path);
    if operation.body.is_some() && sample::body_of(operation.id).is_none() {
        asking = asking.body("application/json", "{}");
    }
    if let Some(body) = sample::body_of(operation.id) {
        asking = asking.json(&body);
    }
    for value in authorization {
        asking = asking.header("authorization", value);
    }
    asking.send().await
}

#[tokio::test]
async fn every_operation_asks_for_the_credential_that_it_says() {
    let world = World::new().await;
    let token = world.token(sample::NUMBERS[0]).await;
    let now = world.region.now();
    let foreign = TokenSealer::new(&Zeroizing::new([99; 32])).seal(&DeviceToken {
        number: hc_code::day_index::SubjectNumber::new(1),
        device: [0; 8],
        issued: now,
    });
    let mut damaged = token.clone();
    damaged.replace_range(20..21, if &token[20..21] == "A" { "B" } else { "A" });
    let bearer = |token: &str| format!("Bearer {token}");
    let wrong = [
        (vec![], "credential-missing"),
        (vec!["Bearer".to_owned()], "credential-refused"),
        (vec!["Basic YTpi".to_owned()], "credential-refused"),
        (vec![bearer("x")], "credential-refused"),
        (vec![bearer(&"A".repeat(5000))], "credential-refused"),
        (vec![bearer(&damaged)], "credential-refused"),
        (vec![bearer(&foreign)], "credential-refused"),
        (vec![bearer(&token), bearer(&token)], "credential-refused"),
    ];
    let mut devices = 0;
    for operation in hc_http::all() {
        // An application is known by its message: national.rs and national_defects.rs.
        if operation.credential == Credential::Application {
            continue;
        }
        for (values, slug) in &wrong {
            let values: Vec<&str> = values.iter().map(String::as_str).collect();
            let outcome = send(&world, operation, &values).await.outcome();
            let expected = match operation.credential {
                // A bearer token is not what somebody is known by who signs.
                Credential::Source | Credential::Gate | Credential::Officer(_) => {
                    (401, "credential-missing")
                }
                Credential::Device => (401, *slug),
                // There is no provider to sign in at.
                Credential::None if operation.id == "beginSignIn" => (403, "identity-not-proved"),
                // Without a hub nothing was ever removed; nor was a policy published.
                Credential::None
                    if ["removals", "neighbours", "recognitionPolicy"].contains(&operation.id) =>
                {
                    (404, "not-found")
                }
                // The receipt is of a gate that nobody knows.
                Credential::None if operation.id == "checkReceipt" => (404, "not-registered"),
                // What moves between regions carries its own proof; here is nobody to move to.
                Credential::None if sample::needs_others(operation.id) => {
                    assert!(
                        [404, 422].contains(&outcome.0),
                        "{}: {outcome:?}",
                        operation.id
                    );
                    continue;
                }
                Credential::None | Credential::Application => {
                    assert!(outcome.0 < 300, "{}: {outcome:?}", operation.id);
                    continue;
                }
            };
            assert_eq!(
                (outcome.0, outcome.1.as_str()),
                expected,
                "{}",
                operation.id
            );
        }
        devices += usize::from(operation.credential == Credential::Device);
    }
    assert!(devices >= 7);
}

#[tokio::test]
async fn an_ended_token_is_refused_by_every_operation_of_people() {
    let world = World::new().await;
    let token = world.token(sample::NUMBERS[0]).await;
    world.later(LIFETIME);
    for operation in hc_http::all() {
        if operation.credential == Credential::Device {
            let answer = send(&world, operation, &[&format!("Bearer {token}")]).await;
            assert_eq!(answer.outcome(), (401, "credential-ended".to_owned()));
            assert!(answer.headers.contains_key("www-authenticate"));
        }
    }
}

#[tokio::test]
async fn a_refused_credential_is_refused_before_the_body_is_looked_at() {
    let world = World::new().await;
    for operation in hc_http::all() {
        let by_head = !matches!(
            operation.credential,
            Credential::None | Credential::Application
        );
        if by_head && operation.body.is_some() {
            let to = match operation.side {
                Side::Operators => world.operators,
                Side::Public | Side::Both => world.public,
            };
            let path = sample::path_of(operation);
            let asking = ask(to, operation.verb.method().as_str(), &path);
            let answer = asking.body("text/plain", "{").send().await;
            assert_eq!(answer.status, 401, "{}", operation.id);
        }
    }
}

#[tokio::test]
async fn a_subject_asks_for_so_many_acts_a_minute_and_shows_as_often_as_it_likes() {
    let world = World::new().await;
    let token = world.token(sample::NUMBERS[0]).await;
    let mut refused = 0;
    for _ in 0..70 {
        let answer = world.ask("GET", "/v1/log").token(&token).send().await;
        if answer.status == 429 {
            assert_eq!(answer.outcome().1, "too-many");
            assert!(answer.headers.contains_key("retry-after"));
            refused += 1;
        }
    }
    assert_eq!(refused, 10);
    for _ in 0..70 {
        let answer = world.ask("GET", "/v1/code").token(&token).send().await;
        assert_eq!(answer.status, 200);
    }
    world.later(Span::seconds(60));
    let answer = world.ask("GET", "/v1/log").token(&token).send().await;
    assert_eq!(answer.status, 200);
    assert!(
        hc_http::all()
            .iter()
            .any(|one| one.id == "ownLog" && one.lane == Lane::Act)
    );
}

#[tokio::test]
async fn a_batch_is_taken_only_with_the_signature_that_belongs_to_it() {
    let world = World::new().await;
    let lab = sample::lab(&world).await;
    let good = Batch::of(&lab, "B-1", &sample::test_line("T-1", "negative"));
    let wrong: [(&str, Change, &str); 13] = [
        (
            "no signature",
            |batch| batch.leave_out = "signature",
            "credential-missing",
        ),
        (
            "no input",
            |batch| batch.leave_out = "signature-input",
            "credential-missing",
        ),
        (
            "no digest",
            |batch| batch.leave_out = "content-digest",
            "bad-header",
        ),
        (
            "no reference",
            |batch| batch.leave_out = "batch-reference",
            "bad-header",
        ),
        (
            "another body",
            |batch| batch.sent = Some(sample::test_line("T-1", "positive")),
            "credential-refused",
        ),
        (
            "another reference",
            |batch| batch.sent_reference = Some("B-2".to_owned()),
            "credential-refused",
        ),
        (
            "another region",
            |batch| batch.tag = "healthcode-batch-310000".to_owned(),
            "credential-refused",
        ),
        (
            "another use",
            |batch| batch.tag = "healthcode-330000".to_owned(),
            "credential-refused",
        ),
        (
            "nobody's key",
            |batch| {
                batch.key = hc_testkit::regions::key(hc_code::signing::Algorithm::Ed25519, 77, 7);
            },
            "credential-refused",
        ),
        (
            "an unknown source",
            |batch| batch.source = "lab-9".to_owned(),
            "credential-refused",
        ),
        ("too old", |batch| batch.created -= 301, "credential-ended"),
        (
            "ahead of time",
            |batch| batch.created += 301,
            "credential-ended",
        ),
        (
            "not base64",
            |batch| batch.spoil = true,
            "credential-refused",
        ),
    ];
    for (what, change, slug) in wrong {
        let mut batch = good.clone_with(&lab);
        change(&mut batch);
        let outcome = batch.send(&world).await.outcome();
        assert_eq!(outcome.1, slug, "{what}");
    }
    assert_eq!(good.send(&world).await.status, 201);
    assert_eq!(lab.public_key().algorithm().name(), "Ed25519");
}

#[tokio::test]
async fn a_source_whose_registration_has_ended_is_refused() {
    let world = World::new().await;
    let lab = sample::lab(&world).await;
    world.later(Span::days(366));
    let mut batch = Batch::of(&lab, "B-1", &sample::test_line("T-1", "negative"));
    batch.created = world.region.now().unix();
    assert_eq!(
        batch.send(&world).await.outcome(),
        (401, "credential-refused".to_owned())
    );
}

#[tokio::test]
async fn a_batch_is_signed_with_the_algorithm_of_the_registered_key_and_no_other() {
    use hc_code::signing::Algorithm;
    let world = World::new().await;
    for (number, algorithm) in (0..).zip(Algorithm::ALL) {
        let lab = sample::lab_with(&world, algorithm).await;
        for other in Algorithm::ALL {
            let reference = format!("B-{number}-{other}");
            let line = sample::test_line(&reference, "negative");
            let mut batch = Batch::of(&lab, &reference, &line);
            batch.key = hc_testkit::regions::key(other, 77, 1);
            let status = batch.send(&world).await.status;
            assert_eq!(
                status,
                if other == algorithm { 201 } else { 401 },
                "{algorithm} {other}"
            );
        }
    }
}
