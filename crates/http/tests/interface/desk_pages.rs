//! Every page of the desk: only for whom it is, only from its own forms, and nothing in it but text.

use hc_code::Span;
use hc_core::party::Duty;
use hc_core::word::Word as _;

use crate::desk::{Browser, signed_in};
use crate::sample;
use crate::signers::{auditor, li, officer};
use crate::world::World;

/// A path of a page, with something for each name in braces.
fn path(template: &str) -> String {
    let part = |part: &str| match part {
        "{kind}" => "officer".to_owned(),
        "{source}" => "lab-3".to_owned(),
        "{reference}" => "B-1".to_owned(),
        "{id}" => "0".repeat(32),
        "{digest}" => "0".repeat(64),
        "{version}" | "{sequence}" | "{number}" => "1".to_owned(),
        part => {
            assert!(!part.starts_with('{'), "{part}");
            part.to_owned()
        }
    };
    template.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// What the matrix says of a page: duties, or `None` for everybody.
fn duties(id: &str, method: &str) -> Option<Vec<String>> {
    let text = hc_http::desk_permissions();
    let row = text
        .lines()
        .map(|line| line.split('\t').collect::<Vec<_>>())
        .find(|row| row[0] == id && row[1] == method)
        .unwrap();
    match row[3] {
        "anybody" => None,
        "every officer" => Some(
            Duty::ALL
                .iter()
                .map(|duty| duty.word().to_owned())
                .collect(),
        ),
        duties => Some(duties.split(' ').map(str::to_owned).collect()),
    }
}

#[tokio::test]
async fn every_page_is_only_for_the_duties_that_the_matrix_names() {
    let world = World::new().await;
    let mut refused = 0;
    for (number, duty) in (10..).zip(Duty::ALL) {
        let party = officer(
            &world,
            (duty.word(), &format!("officer {number}"), number),
            &[*duty],
        )
        .await;
        let (mut browser, _) = signed_in(&world, &party, number).await;
        for (id, method, template) in hc_http::desk_pages() {
            world.later(Span::seconds(3));
            if id == "desk-sign-out" {
                continue;
            }
            let path = path(template);
            let seal = browser
                .get("/desk/own")
                .await
                .hidden("/desk/sign-out", "seal");
            let seen = match method {
                "GET" => browser.get(&path).await,
                _ => browser.post(&path, &[("seal", &seal)]).await,
            };
            let may = duties(id, method).is_none_or(|all| all.iter().any(|one| one == duty.word()));
            let what = format!("{id} {method} by {}: {}", duty.word(), seen.status);
            if may {
                assert_ne!(seen.status, 403, "{what}");
                assert_ne!(seen.status, 500, "{what}");
            } else {
                assert_eq!(seen.status, 403, "{what}");
                refused += 1;
            }
        }
    }
    assert!(refused > 60, "{refused}");
}

#[tokio::test]
async fn whoever_is_not_signed_in_sees_the_sign_in_and_changes_nothing() {
    let world = World::new().await;
    let mut browser = Browser::new(&world);
    browser.get("/desk/sign-in").await;
    for (id, method, template) in hc_http::desk_pages() {
        world.later(Span::seconds(3));
        let open = duties(id, method).is_none();
        let seen = match method {
            "GET" => browser.get(&path(template)).await,
            _ => browser.post(&path(template), &[]).await,
        };
        match (open, method) {
            (true, "GET") => assert_eq!(seen.status, 200, "{id}"),
            (true, _) => assert_eq!(seen.status, 403, "{id}"),
            (false, "GET") => assert_eq!(seen.to(), "/desk/sign-in", "{id}"),
            (false, _) => assert_eq!(seen.status, 401, "{id}"),
        }
    }
}

#[tokio::test]
async fn a_form_of_another_site_or_session_does_nothing() {
    let world = World::new().await;
    let li = li(&world).await;
    let (mut browser, _) = signed_in(&world, &li, 1).await;
    let seal = browser
        .get("/desk/own")
        .await
        .hidden("/desk/sign-out", "seal");
    let mut held = 0;
    for (id, method, template) in hc_http::desk_pages() {
        if method != "POST" {
            continue;
        }
        world.later(Span::seconds(6));
        let path = path(template);
        let fields = [("seal", seal.as_str())];
        for (origin, site) in [
            ("https://evil.example", "cross-site"),
            ("https://evil.example", "same-origin"),
            ("null", "same-origin"),
            (crate::desk::ORIGIN, "cross-site"),
            (crate::desk::ORIGIN, "same-site"),
        ] {
            (browser.origin, browser.site) = (origin, site);
            let seen = browser.post(&path, &fields).await;
            assert_eq!(seen.status, 403, "{id} from {origin} {site}");
            held += 1;
        }
        (browser.origin, browser.site) = (crate::desk::ORIGIN, "same-origin");
        for wrong in ["", "x", &"A".repeat(43)] {
            let seen = browser.post(&path, &[("seal", wrong)]).await;
            assert_eq!(seen.status, 403, "{id}");
        }
        let twice = browser
            .post(&path, &[("seal", &seal), ("seal", &seal)])
            .await;
        assert_eq!(twice.status, 422, "{id}");
    }
    assert!(held > 80, "{held}");
    assert_eq!(
        browser.get("/desk/").await.status,
        200,
        "the session is whole"
    );
    // Another name of the same listener is no desk: nobody is led there by DNS.
    browser.host = "evil.example";
    assert_eq!(browser.get("/desk/").await.status, 404);
}

#[tokio::test]
async fn what_anybody_writes_is_shown_as_text() {
    let evil = "\"><img src=x onerror=alert(1)><script>alert(1)</script>";
    let world = World::new().await;
    let li = officer(
        &world,
        ("li", "<script>alert(1)</script>", 1),
        &[Duty::Operator, Duty::Health, Duty::Counter],
    )
    .await;
    auditor(&world).await;
    let (mut browser, mut keys) = signed_in(&world, &li, 1).await;
    let forms: [(&str, &str, &[&str]); 8] = [
        ("/desk/rules", "/desk/rules", &["pack"]),
        ("/desk/areas", "/desk/areas", &["areas"]),
        (
            "/desk/degraded",
            "/desk/degraded",
            &["kind", "hours", "reason"],
        ),
        (
            "/desk/records",
            "/desk/records",
            &["type", "number", "country", "purpose"],
        ),
        (
            "/desk/counter",
            "/desk/counter",
            &[
                "name",
                "type",
                "number",
                "country",
                "phone",
                "symptoms",
                "risk",
                "contact",
                "temperature",
            ],
        ),
        (
            "/desk/registers/officer",
            "/desk/registers/officer",
            &["id", "name", "duties", "algorithm", "public", "until"],
        ),
        (
            "/desk/registers/gate",
            "/desk/registers/gate",
            &[
                "id",
                "name",
                "venue",
                "class",
                "division",
                "attended",
                "purposes",
                "algorithm",
                "public",
                "until",
            ],
        ),
        (
            "/desk/registers/source",
            "/desk/registers/source",
            &[
                "id",
                "name",
                "source-kind",
                "lines",
                "divisions",
                "algorithm",
                "public",
                "until",
            ],
        ),
    ];
    for (page, action, names) in forms {
        for name in names {
            world.later(Span::seconds(3));
            let mut fields: Vec<(&str, &str)> = names.iter().map(|name| (*name, "x")).collect();
            fields.retain(|(known, _)| known != name);
            fields.push((name, evil));
            let mut seen = browser.fill(page, action, &fields).await;
            if seen.status == 200 {
                // It is shown again to be signed for.
                assert!(!seen.text.contains("<img"), "{action} {name}");
                assert!(seen.text.contains("&lt;img src=x"), "{action} {name}");
                seen = browser.confirm(page, action, (&mut keys, &fields)).await;
            }
            assert!(
                (400..500).contains(&seen.status),
                "{action} {name}: {}",
                seen.status
            );
            assert!(
                !seen.text.contains("<img") && !seen.text.contains("alert(1)</script>"),
                "{action} {name}"
            );
        }
    }
    // What is kept and shown: a name with tags in it, in the registers and in every head.
    let register = browser.get("/desk/registers/officer").await;
    assert!(
        register
            .text
            .contains("&lt;script&gt;alert(1)&lt;/script&gt;")
    );
}

#[tokio::test]
async fn the_counter_enrols_and_prints_a_sheet() {
    let world = World::new().await;
    let li = li(&world).await;
    let (mut browser, _) = signed_in(&world, &li, 1).await;
    let fields = [
        ("name", "张晓"),
        ("type", "111"),
        ("number", sample::NUMBERS[0]),
        ("symptoms", "1"),
        ("risk", "2"),
        ("contact", "2"),
        ("temperature", "36.5"),
        ("consent", "yes"),
    ];
    let unwilling = &fields[..7];
    let refused = browser
        .fill("/desk/counter", "/desk/counter", unwilling)
        .await;
    assert!((400..500).contains(&refused.status), "{}", refused.text);
    let seen = browser
        .fill("/desk/counter", "/desk/counter", &fields)
        .await;
    assert_eq!(seen.status, 200, "{}", seen.text);
    assert!(seen.text.contains("<svg") && seen.text.contains("张晓"));
    assert!(
        !seen.text.contains(sample::NUMBERS[0]),
        "the number of the document is on no page"
    );
}

#[tokio::test]
async fn pages_are_whole_in_both_languages() {
    let world = World::new().await;
    let li = li(&world).await;
    let (mut browser, _) = signed_in(&world, &li, 1).await;
    let chosen = browser
        .fill("/desk/", "/desk/language", &[("language", "zh")])
        .await;
    assert_eq!(chosen.status, 303, "{}", chosen.text);
    for (id, method, template) in hc_http::desk_pages() {
        if method != "GET" || template.contains('{') {
            continue;
        }
        world.later(Span::seconds(3));
        let seen = browser.get(template).await;
        if seen.status != 200 {
            continue;
        }
        assert!(seen.text.contains("lang=\"zh-CN\""), "{id}");
        let (_, main) = seen.text.split_once("<h1>").unwrap();
        let title = main.split("</h1>").next().unwrap();
        assert!(!title.is_ascii(), "{id}: {title}");
    }
}
