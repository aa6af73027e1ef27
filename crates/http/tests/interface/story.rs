//! A person's way through the interface, from enrolment to erasure.

use hc_code::Span;
use serde_json::{Value, json};

use crate::sample::{self, Batch};
use crate::signers;
use crate::world::World;

async fn verdict(world: &World, text: &str) -> Value {
    let scan = json!({ "text": text });
    let answer = world.ask("POST", "/v1/verdicts").json(&scan).send().await;
    assert_eq!(answer.status, 200);
    answer.json()
}

fn text(shown: &Value) -> &str {
    shown["codes"][0]["text"].as_str().unwrap()
}

#[tokio::test]
async fn whoever_declares_has_a_code_that_a_gate_passes_in_one_round_trip() {
    let world = World::new().await;
    let enrolled = world.enrol(sample::NUMBERS[0]).await;
    assert_eq!(enrolled["new"], true);
    assert_eq!(enrolled["identity"], "demo");
    let shown = &enrolled["shown"];
    assert_eq!(shown["level"], "00");
    let seen = verdict(&world, text(shown)).await;
    assert_eq!(seen["action"], "pass", "{seen}");
    assert_eq!(seen["class"], "live");
    // The same person again, on another device: known, and with a token of its own.
    let again = world
        .ask("POST", "/v1/enrolments")
        .json(&sample::enrolment(sample::NUMBERS[0]))
        .send()
        .await;
    assert_eq!(again.status, 200);
    assert_eq!(again.json()["new"], false);
    assert_ne!(again.json()["shown"]["token"], shown["token"]);
}

#[tokio::test]
async fn an_answer_with_one_code_has_at_most_a_kilobyte_with_its_head() {
    let world = World::new().await;
    let token = world.token(sample::NUMBERS[0]).await;
    // A day later the token is given anew as well: the longest answer.
    world.later(Span::hours(25));
    world.region.tend().await.unwrap();
    let answer = world.ask("GET", "/v1/code").token(&token).send().await;
    assert!(answer.json()["token"].is_string());
    let head: usize = answer
        .headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + 4)
        .sum();
    let whole = "HTTP/1.1 200 OK\r\n\r\n".len() + head + answer.body.len();
    eprintln!(
        "an answer with one code: {whole} bytes, {} of them body",
        answer.body.len()
    );
    assert!(whole <= 1024, "{whole} bytes: {:?}", answer.body);
}

#[tokio::test]
async fn codes_ahead_are_good_one_after_the_other() {
    let world = World::new().await;
    let token = world.token(sample::NUMBERS[0]).await;
    let answer = world
        .ask("GET", "/v1/code?ahead=4")
        .token(&token)
        .send()
        .await;
    let shown = answer.json();
    let codes = shown["codes"].as_array().unwrap();
    assert_eq!(codes.len(), 5);
    for code in codes {
        let from = code["from"].as_str().unwrap().parse().unwrap();
        world.clock.set(from);
        let seen = verdict(&world, code["text"].as_str().unwrap()).await;
        assert_eq!(seen["action"], "pass", "{seen}");
    }
}

#[tokio::test]
async fn a_declaration_with_a_fever_turns_the_code_and_says_why() {
    let world = World::new().await;
    let token = world.token(sample::NUMBERS[0]).await;
    let before = world
        .ask("GET", "/v1/code")
        .token(&token)
        .send()
        .await
        .json();
    world.later(Span::seconds(10));
    let mut declaration = sample::declaration();
    declaration["health"]["temperature"] = json!("38.4");
    let answer = world
        .ask("POST", "/v1/declarations")
        .token(&token)
        .json(&declaration)
        .send()
        .await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.json()["level"], "01");
    // The code of ten seconds ago is genuine; the region knows better already.
    let seen = verdict(&world, text(&before)).await;
    assert_eq!(seen["cause"], "newer");
    assert_eq!(seen["level"], "01");
    let why = world
        .ask("GET", "/v1/why")
        .token(&token)
        .send()
        .await
        .json();
    assert_eq!(why["level"], "01");
    let reason = &why["reasons"][0];
    assert!(!reason["says"]["zh"].as_str().unwrap().is_empty());
    assert!(!reason["next"]["en"].as_str().unwrap().is_empty());
    assert!(reason["until"].is_string());
    let evidence = &reason["evidence"][0];
    let told = why["evidence"].as_array().unwrap();
    let named = told.iter().find(|one| one["id"] == *evidence).unwrap();
    assert_eq!(named["states"]["temperature"], "38.4");
    let log = world
        .ask("GET", "/v1/log")
        .token(&token)
        .send()
        .await
        .json();
    let entries = log["entries"].as_array().unwrap();
    assert_eq!(entries[0]["kind"], "decision");
    let level = entries[0]["details"]
        .as_array()
        .unwrap()
        .iter()
        .find(|detail| detail["field"] == "level");
    assert_eq!(level.unwrap()["value"], "01");
}

#[tokio::test]
async fn a_person_sees_everything_that_is_kept_and_that_it_was_seen() {
    let world = World::new().await;
    let token = world.token(sample::NUMBERS[0]).await;
    let export = world
        .ask("GET", "/v1/export")
        .token(&token)
        .send()
        .await
        .json();
    assert_eq!(export["profile"]["name"], "张晓");
    assert_eq!(export["documents"][0]["number"], sample::NUMBERS[0]);
    assert_eq!(export["consents"][0]["purpose"], "code");
    let declared = &export["declarations"][0]["declared"];
    assert_eq!(
        declared["itinerary"][0]["arriveDivision"]["value"],
        "310115"
    );
    let kinds: Vec<&str> = export["evidence"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == "stay").count(), 2);
    assert!(kinds.contains(&"declaration"));
    let log = world
        .ask("GET", "/v1/log")
        .token(&token)
        .send()
        .await
        .json();
    assert_eq!(log["entries"][0]["kind"], "export");
    assert_eq!(log["entries"][0]["actor"]["role"], "subject");
}

#[tokio::test]
async fn a_withdrawn_token_is_refused_and_the_new_one_shows() {
    let world = World::new().await;
    let token = world.token(sample::NUMBERS[0]).await;
    let old = world
        .ask("GET", "/v1/code")
        .token(&token)
        .send()
        .await
        .json();
    let answer = world
        .ask("POST", "/v1/withdrawal")
        .token(&token)
        .json(&json!({"reason": "lost-device"}))
        .send()
        .await;
    assert_eq!(answer.status, 201);
    let fresh = answer.json()["token"].as_str().unwrap().to_owned();
    let refused = world.ask("GET", "/v1/code").token(&token).send().await;
    assert_eq!(refused.outcome(), (401, "withdrawn".to_owned()));
    assert_eq!(verdict(&world, text(&old)).await["cause"], "newer");
    assert_ne!(verdict(&world, text(&old)).await["action"], "pass");
    let shown = world.ask("GET", "/v1/code").token(&fresh).send().await;
    assert_eq!(verdict(&world, text(&shown.json())).await["action"], "pass");
    // The declaration went over.
    assert_eq!(shown.json()["level"], "00");
}

#[tokio::test]
async fn whoever_is_erased_is_gone_and_can_begin_again() {
    let world = World::new().await;
    let token = world.token(sample::NUMBERS[0]).await;
    let answer = world
        .ask("DELETE", "/v1/subject")
        .token(&token)
        .send()
        .await;
    assert_eq!(answer.status, 204);
    for path in ["/v1/code", "/v1/why", "/v1/log", "/v1/export"] {
        let refused = world.ask("GET", path).token(&token).send().await;
        assert_eq!(refused.outcome(), (401, "withdrawn".to_owned()), "{path}");
    }
    assert_eq!(world.enrol(sample::NUMBERS[0]).await["new"], true);
}

#[tokio::test]
async fn a_positive_test_of_a_laboratory_turns_the_code_and_its_correction_turns_it_back() {
    let world = World::new().await;
    let token = world.token(sample::NUMBERS[0]).await;
    let lab = sample::lab(&world).await;
    let before = world
        .ask("GET", "/v1/code")
        .token(&token)
        .send()
        .await
        .json();
    assert_eq!(verdict(&world, text(&before)).await["action"], "pass");
    let batch = Batch::of(&lab, "B-1", &sample::test_line("T-1", "positive"));
    let receipt = batch.send(&world).await;
    assert_eq!(receipt.status, 201);
    let told = receipt.json();
    assert_eq!(
        (&told["rows"], &told["new"], &told["changed"]),
        (&json!(1), &json!(1), &json!(1))
    );
    let shown = world
        .ask("GET", "/v1/code")
        .token(&token)
        .send()
        .await
        .json();
    assert_eq!(
        (&shown["level"], &shown["reason"]),
        (&json!("10"), &json!("test"))
    );
    assert_eq!(verdict(&world, text(&before)).await["cause"], "newer");
    let why = world
        .ask("GET", "/v1/why")
        .token(&token)
        .send()
        .await
        .json();
    assert_eq!(why["evidence"][0]["by"], "lab-3");
    // The same again is the same: no second row, the same receipt.
    let again = batch.send(&world).await;
    assert_eq!(again.status, 200);
    assert_eq!(again.json(), told);
    // Other content under the reference is refused.
    let other = Batch::of(&lab, "B-1", &sample::test_line("T-2", "negative"));
    assert_eq!(
        other.send(&world).await.outcome(),
        (409, "other-content".to_owned())
    );
    // The laboratory takes it back.
    world.later(Span::seconds(60));
    let line = json!({
        "ref": "C-1", "of": "T-1", "source": "laboratory", "by": "lab-3",
        "document_type": "111", "document": sample::NUMBERS[0],
        "kind": "correction", "at": "2022-07-15T12:00:30+08:00",
    });
    let correction = Batch::of(&lab, "B-2", &format!("{line}\n"));
    assert_eq!(correction.send(&world).await.status, 201);
    let shown = world
        .ask("GET", "/v1/code")
        .token(&token)
        .send()
        .await
        .json();
    assert_eq!(shown["level"], "00");
    let log = world
        .ask("GET", "/v1/log")
        .token(&token)
        .send()
        .await
        .json();
    assert_eq!(log["entries"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn bad_lines_and_lines_beyond_the_terms_are_quarantined_and_the_others_count() {
    let world = World::new().await;
    let lab = sample::lab(&world).await;
    let good = sample::test_line("T-1", "negative");
    let lines = [
        good.clone(),
        "no json\n".to_owned(),
        good.replace("T-1", "T-3").replace("lab-3", "lab-4"),
        good.replace("T-1", "T-4").replace("laboratory", "hospital"),
        good.replace("T-1", "T-5").replace("negative", "green"),
        sample::test_line("T-6", "negative").replace(
            "\"kind\":\"test\"",
            "\"kind\":\"test\",\"received\":\"2022-07-15T10:00:00+08:00\"",
        ),
        good,
    ];
    let batch = Batch::of(&lab, "B-1", &lines.concat());
    let told = batch.send(&world).await.json();
    assert_eq!(told["rows"], 1);
    assert_eq!(told["repeated"], 1);
    assert_eq!(told["quarantined"], 5);
    let quarantined: Vec<u64> = told["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["line"].as_u64().unwrap())
        .collect();
    assert_eq!(quarantined, [2, 3, 4, 5, 6]);
    assert_eq!(told["lines"][3]["problems"][0]["field"], "result");
}

#[tokio::test]
async fn a_batch_that_turns_too_many_waits_until_an_officer_has_looked() {
    let world = World::new().await;
    let lab = sample::lab(&world).await;
    let mut tokens = Vec::new();
    for number in sample::NUMBERS {
        tokens.push(world.token(number).await);
    }
    let lines: String = sample::NUMBERS
        .iter()
        .map(|number| sample::line_of(number, &format!("T-{number}"), "positive"))
        .collect();
    let batch = Batch::of(&lab, "B-1", &lines);
    let answer = batch.send(&world).await;
    assert_eq!(answer.status, 202);
    assert_eq!(answer.json()["state"], "waiting");
    for token in &tokens {
        let shown = world
            .ask("GET", "/v1/code")
            .token(token)
            .send()
            .await
            .json();
        assert_eq!(shown["level"], "00");
    }
    let li = signers::li(&world).await;
    let path = "/v1/batches/lab-3/B-1/release";
    let word = serde_json::json!({"reason": "outbreak-confirmed"});
    let released = li.asks(&world, "POST", path).json(&word).send().await;
    assert_eq!(released.status, 200);
    assert_eq!(released.json()["changed"], 2);
    for token in &tokens {
        let shown = world
            .ask("GET", "/v1/code")
            .token(token)
            .send()
            .await
            .json();
        assert_eq!(shown["level"], "10");
    }
    assert_eq!(batch.send(&world).await.json()["state"], "accepted");
}

#[tokio::test]
async fn a_source_sends_no_more_than_it_is_registered_for() {
    let world = World::new().await;
    let lab = sample::lab(&world).await;
    let lines = |batch: u32, count: u32| -> String {
        (0..count)
            .map(|row| sample::test_line(&format!("T-{batch}-{row}"), "negative"))
            .collect()
    };
    let too_large = Batch::of(&lab, "B-0", &lines(0, 101)).send(&world).await;
    assert_eq!(too_large.outcome(), (403, "not-allowed".to_owned()));
    assert_eq!(
        Batch::of(&lab, "B-1", &lines(1, 100))
            .send(&world)
            .await
            .status,
        201
    );
    let day_full = Batch::of(&lab, "B-2", &lines(2, 51)).send(&world).await;
    assert_eq!(day_full.outcome(), (429, "too-many".to_owned()));
    assert_eq!(
        Batch::of(&lab, "B-3", &lines(3, 50))
            .send(&world)
            .await
            .status,
        201
    );
    world.later(Span::days(1));
    let mut next_day = Batch::of(&lab, "B-2", &lines(2, 51));
    next_day.created = world.region.now().unix();
    assert_eq!(next_day.send(&world).await.status, 201);
}

#[tokio::test]
async fn a_paper_code_passes_until_it_is_withdrawn_and_is_the_holders_to_withdraw() {
    let world = World::new().await;
    let token = world.token(sample::NUMBERS[0]).await;
    let other = world.token(sample::NUMBERS[1]).await;
    let before = world.ask("GET", "/v1/paper-list").send().await;
    assert_eq!(before.status, 200);
    let paper = world.ask("POST", "/v1/papers").token(&token).send().await;
    assert_eq!(paper.status, 201);
    let paper = paper.json();
    let seen = verdict(&world, paper["text"].as_str().unwrap()).await;
    assert_eq!(
        (&seen["class"], &seen["action"]),
        (&json!("paper"), &json!("pass")),
        "{seen}"
    );
    let withdraw = |token: String| {
        let asking = world.ask("POST", "/v1/paper-withdrawals").token(&token);
        asking.json(&json!({"pointer": paper["pointer"]})).send()
    };
    let foreign = withdraw(other).await;
    assert_eq!(foreign.outcome(), (404, "no-paper".to_owned()));
    assert_eq!(withdraw(token).await.status, 204);
    let seen = verdict(&world, paper["text"].as_str().unwrap()).await;
    assert_ne!(seen["action"], "pass", "{seen}");
    world.later(Span::seconds(60));
    world.region.publish_lists().unwrap();
    let list = world.ask("GET", "/v1/paper-list").send().await;
    assert_ne!(list.body, before.body);
}

#[tokio::test]
async fn a_gate_fetches_the_days_list_and_then_what_changed() {
    use hc_code::Offset;
    use hc_code::status_list::{Delta, HeldLists, ListIssuer, SignedShard};
    let world = World::new().await;
    world.region.publish_lists().unwrap();
    let key = world.region.list_key();
    let issuer = ListIssuer {
        region: world.region.division(),
        key: &key,
        offset: Offset::CHINA,
    };
    let get = |path: &str| world.ask("GET", path).send();
    let mut held = HeldLists::new();
    let mut take = |bytes: &[u8]| {
        let delta = Delta::open(bytes, &issuer).unwrap();
        held.accept_delta(&delta, world.region.now()).unwrap();
        delta.edition().sequence()
    };
    let first = take(&get("/v1/status-list").await.body);
    let current = format!("/v1/status-list?after={first}");
    assert_eq!(get(&current).await.status, 204);
    for _ in 0..2 {
        world.later(Span::seconds(60));
        world.region.publish_lists().unwrap();
    }
    // One delta after the other, until there is none.
    let next = take(&get(&current).await.body);
    assert_eq!(next, first + 1);
    let last = take(&get(&format!("/v1/status-list?after={next}")).await.body);
    assert_eq!(last, first + 2);
    let shard = get("/v1/status-shard").await;
    let shard = SignedShard::open(&shard.body, &issuer).unwrap();
    assert_eq!((shard.number(), shard.edition().sequence()), (0, last));
    for path in [
        "/v1/status-shard?shard=1",
        "/v1/status-list?day=0",
        "/v1/status-shard?day=1",
    ] {
        assert_eq!(
            get(path).await.outcome(),
            (404, "not-found".to_owned()),
            "{path}"
        );
    }
    let wrong = get("/v1/status-list?day=65536").await;
    assert_eq!(wrong.outcome(), (400, "bad-query".to_owned()));
}

#[tokio::test]
async fn a_carried_code_is_given_for_a_key_of_the_holder_and_for_no_other_text() {
    let world = World::new().await;
    let token = world.token(sample::NUMBERS[0]).await;
    let ask = |body: Value| {
        world
            .ask("POST", "/v1/carried")
            .token(&token)
            .json(&body)
            .send()
    };
    let carried = ask(sample::body_of("carry").unwrap()).await;
    assert_eq!(carried.status, 200);
    assert_eq!(carried.json()["codes"].as_array().unwrap().len(), 1);
    for key in ["", "!", "AAAA", &"A".repeat(44)] {
        let refused = ask(json!({ "key": key })).await;
        assert_eq!(refused.outcome(), (422, "bad-fields".to_owned()), "{key}");
    }
}

#[tokio::test]
async fn a_batch_that_an_officer_refused_never_counts() {
    let world = World::new().await;
    let lab = sample::lab(&world).await;
    let mut lines = String::new();
    for number in sample::NUMBERS {
        world.token(number).await;
        lines += &sample::line_of(number, &format!("T-{number}"), "positive");
    }
    let batch = Batch::of(&lab, "B-1", &lines);
    assert_eq!(batch.send(&world).await.status, 202);
    let li = signers::li(&world).await;
    let word = serde_json::json!({"reason": "not-confirmed"});
    let decide = |what: &str| {
        let path = format!("/v1/batches/lab-3/B-1/{what}");
        li.asks(&world, "POST", &path).json(&word)
    };
    assert_eq!(decide("refusal").send().await.status, 204);
    assert_eq!(batch.send(&world).await.json()["state"], "refused");
    let late = (409, "not-waiting".to_owned());
    assert_eq!(decide("release").send().await.outcome(), late);
    assert_eq!(decide("refusal").send().await.outcome(), late);
    assert_eq!(world.region.load().0.exceptions, 0);
}

#[tokio::test]
async fn a_batch_of_csv_is_read_by_its_header_and_refused_without_one() {
    let world = World::new().await;
    let lab = sample::lab(&world).await;
    let number = sample::NUMBERS[0];
    let line = format!(
        "T-1,laboratory,lab-3,111,{number},test,2022-07-15T09:00:00+08:00,nucleic-acid,single,negative\n"
    );
    let header = "ref,source,by,document_type,document,kind,at,method,pooling,result\n";
    let mut batch = Batch::of(&lab, "B-1", &format!("{header}{line}"));
    batch.media = "text/csv";
    let answer = batch.send(&world).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["rows"]),
        (201, &json!(1))
    );
    let mut without = Batch::of(&lab, "B-2", &line);
    without.media = "text/csv";
    let refused = without.send(&world).await;
    assert_eq!(refused.outcome(), (422, "bad-batch".to_owned()));
    assert!(!String::from_utf8_lossy(&refused.body).contains(number));
    // A refused batch leaves its reference free.
    let again = Batch::of(&lab, "B-2", &sample::test_line("T-2", "negative"));
    assert_eq!(again.send(&world).await.status, 201);
}

#[tokio::test]
async fn a_batch_for_somebody_who_has_not_enrolled_waits_for_them() {
    let world = World::new().await;
    let lab = sample::lab(&world).await;
    let batch = Batch::of(&lab, "B-1", &sample::test_line("T-1", "positive"));
    let told = batch.send(&world).await.json();
    assert_eq!((&told["new"], &told["changed"]), (&json!(1), &json!(0)));
    let enrolled = world.enrol(sample::NUMBERS[0]).await;
    assert_eq!(enrolled["shown"]["level"], "10");
}

#[tokio::test]
async fn small_batches_turn_no_more_people_a_day_than_a_large_one() {
    let world = World::new().await;
    let lab = sample::lab(&world).await;
    let mut states = Vec::new();
    for number in sample::NUMBERS {
        world.token(number).await;
        let line = sample::line_of(number, number, "positive");
        let receipt = Batch::of(&lab, number, &line).send(&world).await;
        states.push(receipt.status.as_u16());
    }
    assert_eq!(states, [201, 202]);
    assert_eq!(world.region.load().0.exceptions, 1);
}
