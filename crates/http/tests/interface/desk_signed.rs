//! What an officer does alone at the desk is signed for by their passkey, each signature can be verified from the log, and
//! strangers do not keep officers out.

use hc_code::Span;
use hc_node::passkeys::{RelyingParty, Statement};
use hc_tlog::entry::Part;

use crate::desk::{Authenticator, Browser, ORIGIN, Seen, signed_in};
use crate::signers::{auditor, li};
use crate::world::World;

/// The text of an attribute.
pub(crate) fn plain(attribute: &str) -> String {
    let plain = attribute.replace("&lt;", "<").replace("&gt;", ">");
    plain.replace("&quot;", "\"").replace("&amp;", "&")
}

impl Browser<'_> {
    /// Opens a page, sends the form on it that goes to a place, and signs for it on the page that asks again.
    pub(crate) async fn confirm(
        &mut self,
        page: &str,
        action: &str,
        (authenticator, fields): (&mut Authenticator, &[(&str, &str)]),
    ) -> Seen {
        let asked = self.fill(page, action, fields).await;
        if asked.status != 200 {
            return asked;
        }
        let signed = authenticator.get(&asked.of_form(action, "data-challenge"));
        let mut all = vec![("seal".to_owned(), asked.hidden(action, "seal"))];
        for (name, _) in fields {
            let value = asked.hidden(action, name);
            // As browsers send what they show.
            all.push(((*name).to_owned(), value.replace('\n', "\r\n")));
        }
        all.extend(
            signed
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value)),
        );
        let all: Vec<(&str, &str)> = all
            .iter()
            .map(|(name, value)| (&**name, &**value))
            .collect();
        self.post(action, &all).await
    }
}

#[tokio::test]
async fn what_one_officer_does_alone_takes_the_passkey_for_that_very_form() {
    let world = World::new().await;
    let li = li(&world).await;
    let (mut browser, mut keys) = signed_in(&world, &li, 1).await;
    let to = "/desk/degraded";
    let fields = [
        ("kind", "facts-stale"),
        ("hours", "2"),
        ("reason", "line-cut"),
    ];
    // A session alone asks, and nothing is done.
    let asked = browser.fill(to, to, &fields).await;
    assert_eq!(asked.status, 200, "{}", asked.text);
    assert!(asked.text.contains("line-cut") && asked.text.contains("Nothing is done yet"));
    assert!(world.region.degraded().is_empty());
    // Signed for two hours, sent for twenty-four.
    let signed = keys.get(&asked.of_form(to, "data-challenge"));
    let seal = asked.hidden(to, "seal");
    let with = |hours: &'static str| {
        let mut all = vec![("seal", seal.as_str()), ("kind", "facts-stale")];
        all.extend([("hours", hours), ("reason", "line-cut")]);
        all.extend(signed.iter().map(|(name, value)| (*name, value.as_str())));
        all
    };
    let other = browser.post(to, &with("24")).await;
    assert_eq!(other.status, 401, "{}", other.text);
    assert!(world.region.degraded().is_empty());
    // As it was shown: once.
    let done = browser.post(to, &with("2")).await;
    assert_eq!(done.to(), to, "{}", done.text);
    assert_eq!(world.region.degraded().len(), 1);
    let again = browser.post(to, &with("2")).await;
    assert_eq!(again.status, 401, "{}", again.text);
    assert_eq!(world.region.degraded().len(), 1);
    // To end it takes as much, and a signature for the one act is none for the other.
    let number = world.region.degraded()[0].notice.number();
    let end = format!("/desk/degraded/{number}/end");
    let mut crossed = vec![("seal", seal.as_str()), ("reason", "restored")];
    crossed.extend(signed.iter().map(|(name, value)| (*name, value.as_str())));
    assert_eq!(browser.post(&end, &crossed).await.status, 401);
    let fields = [("reason", "restored")];
    let ended = browser.confirm(to, &end, (&mut keys, &fields)).await;
    assert_eq!(ended.to(), to, "{}", ended.text);
    let now = world.region.now();
    assert!(!world.region.degraded()[0].notice.holds_at(now));
    // The signatures stand in the log, each verifiable by itself, and only those that counted.
    let shen = auditor(&world).await;
    let told = shen.asks(&world, "GET", "/v1/log-entries").send().await;
    let told = told.json();
    let entries = told["entries"].as_array().unwrap();
    let of = |kind: &str| -> Vec<serde_json::Value> {
        let all = entries.iter().filter(|entry| entry["kind"] == kind);
        all.cloned().collect()
    };
    let values = |entry: &serde_json::Value, field: &str| -> Vec<String> {
        let all = entry["details"].as_array().unwrap().iter();
        let own = all.filter(|detail| detail["field"] == field);
        own.map(|detail| detail["value"].as_str().unwrap().to_owned())
            .collect()
    };
    let used = of("passkey-used");
    assert_eq!(used.len(), 2, "{used:?}");
    assert_eq!(values(&used[0], "act"), ["form /desk/degraded"]);
    let added = &of("passkey-added")[0];
    assert_eq!(values(added, "digest"), values(&used[0], "digest"));
    let desk = RelyingParty::parse(ORIGIN).unwrap();
    let elsewhere = RelyingParty::parse("https://evil.example").unwrap();
    for entry in &used {
        let parts: Vec<Part> = values(entry, "signed")
            .iter()
            .map(|part| Part::read_from(&hex::decode(part).unwrap()).unwrap())
            .collect();
        let statement = Statement::from_parts(&parts).unwrap();
        assert_eq!(statement.verify(&desk), Ok(()));
        assert!(statement.verify(&elsewhere).is_err());
        let key = format!(
            "{}:{}",
            statement.key().algorithm().name(),
            hex::encode(statement.key().as_bytes())
        );
        assert_eq!(values(added, "key"), [key]);
    }
    // And the auditor's page says so.
    let (mut reader, _) = signed_in(&world, &shen, 7).await;
    let place = format!("/desk/log/{}", used[0]["sequence"]);
    let page = reader.get(&place).await;
    assert!(page.text.contains("✓ It holds"), "{}", page.text);
    // A publication of areas is refused after the signature, with everything that is wrong with it.
    let fields = [("areas", "{\"x\": \"<b>\"}")];
    let refused = browser
        .confirm("/desk/areas", "/desk/areas", (&mut keys, &fields))
        .await;
    assert!((400..500).contains(&refused.status), "{}", refused.text);
    assert_ne!(refused.status, 401, "{}", refused.text);
}

#[tokio::test]
async fn strangers_at_one_place_keep_no_officer_from_the_desk() {
    let world = World::new().await;
    let li = li(&world).await;
    let (mut browser, _) = signed_in(&world, &li, 1).await;
    let mut last = 200;
    let mut asked = 0;
    while last == 200 && asked < 700 {
        // Each with a cookie of its own, as whoever throws cookies away has.
        last = Browser::new(&world).get("/desk/sign-in").await.status;
        asked += 1;
    }
    assert_eq!(last, 429, "{asked} were answered");
    assert!(asked > 500, "only {asked}");
    assert_eq!(browser.get("/desk/").await.status, 200);
    world.later(Span::seconds(60));
    let seen = Browser::new(&world).get("/desk/sign-in").await;
    assert_eq!(seen.status, 200);
}
