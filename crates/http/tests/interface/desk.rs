//! The desk over real HTTP, with an authenticator written from the specification: signing in, two officers,
//! and everything that must not work.

use std::collections::BTreeMap;

use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use bytes::Bytes;
use hc_code::Span;
use hc_code::cbor::Writer;
use hc_code::signing::{Algorithm, Signer, SigningKey};
use hc_core::party::Duty;
use hc_core::store::{PartyKind, Store as _, StoreError};
use hc_testkit::regions::key;
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper_util::rt::TokioIo;
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::net::TcpStream;

use crate::sample;
use crate::signers::{Party, auditor, li, officer, wang};
use crate::world::World;

/// Where the desk of tests is.
pub(crate) const ORIGIN: &str = "https://desk.example";

/// An authenticator with one passkey: Ed25519, a counter, a verified person.
pub(crate) struct Authenticator {
    key: SigningKey,
    credential: Vec<u8>,
    counter: u32,
}

impl Authenticator {
    pub(crate) fn new(number: u8) -> Self {
        Self {
            key: key(Algorithm::Ed25519, 80, number),
            credential: vec![number; 24],
            counter: 0,
        }
    }

    fn client(kind: &str, challenge: &str) -> Vec<u8> {
        let json = json!({"type": kind, "challenge": challenge, "origin": ORIGIN});
        json.to_string().into_bytes()
    }

    fn data(&mut self, flags: u8) -> Vec<u8> {
        self.counter += 1;
        let mut data = Sha256::digest("desk.example").to_vec();
        data.push(flags);
        data.extend(self.counter.to_be_bytes());
        data
    }

    pub(crate) fn create(&mut self, challenge: &str) -> Vec<(&'static str, String)> {
        let mut data = self.data(0x45);
        data.extend([0; 16]);
        data.extend([0, u8::try_from(self.credential.len()).unwrap()]);
        data.extend(&self.credential);
        let mut cose = Writer::new();
        cose.map(4).int(1).int(1).int(3).int(-8).int(-1).int(6);
        cose.int(-2).bytes(self.key.public_key().as_bytes());
        data.extend(cose.into_bytes());
        let client = Self::client("webauthn.create", challenge);
        vec![
            ("client", Base64::encode_string(&client)),
            ("data", Base64::encode_string(&data)),
        ]
    }

    pub(crate) fn get(&mut self, challenge: &str) -> Vec<(&'static str, String)> {
        let data = self.data(0x05);
        let client = Self::client("webauthn.get", challenge);
        let mut signed = data.clone();
        signed.extend(Sha256::digest(&client));
        let signature = self.key.sign(&signed).unwrap();
        vec![
            ("credential", Base64::encode_string(&self.credential)),
            ("client", Base64::encode_string(&client)),
            ("data", Base64::encode_string(&data)),
            ("signature", Base64::encode_string(signature.as_bytes())),
        ]
    }
}

/// An answer of the desk.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) status: u16,
    pub(crate) headers: hyper::HeaderMap,
    pub(crate) text: String,
}

impl Seen {
    pub(crate) fn to(&self) -> &str {
        assert_eq!(self.status, 303, "{}", self.text);
        self.headers["location"].to_str().unwrap()
    }

    /// The value of an attribute of the form that goes to a place.
    pub(crate) fn of_form(&self, action: &str, attribute: &str) -> String {
        let (_, form) = self
            .text
            .split_once(&format!("action=\"{action}\""))
            .unwrap_or_else(|| panic!("no form to {action}: {}", self.text));
        let (form, _) = form.split_once("</form>").unwrap();
        let (_, value) = form.split_once(&format!("{attribute}=\"")).unwrap();
        value.split_once('"').unwrap().0.to_owned()
    }

    /// The value of a hidden field of the form that goes to a place.
    pub(crate) fn hidden(&self, action: &str, name: &str) -> String {
        crate::desk_signed::plain(&self.of_form(action, &format!("name=\"{name}\" value")))
    }
}

/// A browser that keeps cookies and follows nothing by itself.
pub(crate) struct Browser<'w> {
    pub(crate) world: &'w World,
    pub(crate) cookies: BTreeMap<String, String>,
    pub(crate) host: &'static str,
    pub(crate) origin: &'static str,
    pub(crate) site: &'static str,
}

impl<'w> Browser<'w> {
    pub(crate) fn new(world: &'w World) -> Self {
        Self {
            world,
            cookies: BTreeMap::new(),
            host: "desk.example",
            origin: ORIGIN,
            site: "same-origin",
        }
    }

    async fn send(&mut self, method: &str, path: &str, body: Option<String>) -> Seen {
        let stream = TcpStream::connect(self.world.operators).await.unwrap();
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .unwrap();
        drop(tokio::spawn(connection));
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", self.host)
            .header("cookie", cookies.join("; "))
            .header("accept-language", "en");
        if body.is_some() {
            request = request
                .header("origin", self.origin)
                .header("sec-fetch-site", self.site)
                .header("content-type", "application/x-www-form-urlencoded");
        }
        let body = Bytes::from(body.unwrap_or_default());
        let response = sender
            .send_request(request.body(Full::new(body)).unwrap())
            .await
            .unwrap();
        let (head, body) = response.into_parts();
        for set in head.headers.get_all("set-cookie") {
            let set = set.to_str().unwrap();
            for needed in ["; Path=/", "; HttpOnly", "; SameSite=Strict", "; Secure"] {
                assert!(set.contains(needed), "{set}");
            }
            let (name, value) = set.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let text = body.collect().await.unwrap().to_bytes();
        let seen = Seen {
            status: head.status.as_u16(),
            headers: head.headers,
            text: String::from_utf8(text.to_vec()).unwrap(),
        };
        seen.is_guarded(path);
        seen
    }

    pub(crate) async fn get(&mut self, path: &str) -> Seen {
        self.send("GET", path, None).await
    }

    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Seen {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(fields);
        self.send("POST", path, Some(body.finish())).await
    }

    /// Opens a page and sends the form on it that goes to a place, with a passkey's signature.
    pub(crate) async fn sign(
        &mut self,
        page: &str,
        action: &str,
        (authenticator, fields): (&mut Authenticator, &[(&str, &str)]),
    ) -> Seen {
        let seen = self.get(page).await;
        assert_eq!(seen.status, 200, "{}", seen.text);
        let signed = authenticator.get(&seen.of_form(action, "data-challenge"));
        let seal = seen.hidden(action, "seal");
        let mut all: Vec<(&str, &str)> = vec![("seal", &seal)];
        all.extend(signed.iter().map(|(name, value)| (*name, value.as_str())));
        all.extend(fields);
        self.post(action, &all).await
    }

    /// Opens a page and sends the form on it that goes to a place.
    pub(crate) async fn fill(&mut self, page: &str, action: &str, fields: &[(&str, &str)]) -> Seen {
        let seen = self.get(page).await;
        assert_eq!(seen.status, 200, "{page}: {}", seen.text);
        let seal = seen.hidden(action, "seal");
        let mut all = vec![("seal", seal.as_str())];
        all.extend(fields);
        self.post(action, &all).await
    }

    pub(crate) async fn sign_in(&mut self, authenticator: &mut Authenticator) -> Seen {
        let seen = self.get("/desk/sign-in").await;
        let to = "/desk/sign-in";
        let signed = authenticator.get(&seen.of_form(to, "data-challenge"));
        let hidden = ["seal", "stamp"].map(|name| (name, seen.hidden(to, name)));
        let mut all: Vec<(&str, &str)> = Vec::new();
        all.extend(hidden.iter().map(|(name, value)| (*name, value.as_str())));
        all.extend(signed.iter().map(|(name, value)| (*name, value.as_str())));
        self.post(to, &all).await
    }
}

impl Seen {
    /// Nothing of anybody else, nothing inline, nothing that frames or keeps it.
    fn is_guarded(&self, path: &str) {
        let header = |name: &str| {
            self.headers
                .get(name)
                .map_or("", |value| value.to_str().unwrap())
        };
        // What is no page of the desk is an operation of the same listener.
        if header("content-security-policy").is_empty() {
            assert!(matches!(self.status, 404 | 405), "{path}");
            return;
        }
        assert!(
            header("content-security-policy").starts_with("default-src 'none'; script-src 'self'")
        );
        assert!(!header("content-security-policy").contains("unsafe"));
        assert_eq!(header("x-frame-options"), "DENY", "{path}");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("referrer-policy"), "same-origin");
        if !header("content-type").starts_with("text/html") {
            return;
        }
        assert_eq!(header("cache-control"), "no-store", "{path}");
        let text = &self.text;
        assert!(!text.contains(" style="), "{path}: an inline style");
        assert!(!text.contains("<style"), "{path}");
        assert!(!text.contains("javascript:"), "{path}");
        for script in text.split("<script").skip(1) {
            assert!(
                script.starts_with(" type=\"module\" src=\"/desk/assets/"),
                "{path}"
            );
        }
        for attribute in [" href=\"", " src=\"", " action=\""] {
            for value in text.split(attribute).skip(1) {
                let value = value.split('"').next().unwrap();
                let own = value.starts_with("/desk/") || value == "#main";
                assert!(own, "{path}: {attribute}{value}");
            }
        }
        for tag in text.split('<').skip(1) {
            // What stands in quotes is a value, whatever it says.
            let tag: String = tag
                .split('>')
                .next()
                .unwrap()
                .split('"')
                .step_by(2)
                .collect();
            for attribute in tag.split(" on").skip(1) {
                let name =
                    attribute.trim_start_matches(|letter: char| letter.is_ascii_alphabetic());
                assert!(!name.starts_with('='), "{path}: {tag}");
            }
        }
    }
}

/// An officer who is signed in at the desk.
pub(crate) async fn signed_in<'w>(
    world: &'w World,
    party: &Party,
    number: u8,
) -> (Browser<'w>, Authenticator) {
    let mut browser = Browser::new(world);
    let mut authenticator = Authenticator::new(number);
    assert_eq!(
        browser.enrol(party, &mut authenticator).await.to(),
        "/desk/sign-in"
    );
    assert_eq!(browser.sign_in(&mut authenticator).await.to(), "/desk/");
    (browser, authenticator)
}

#[tokio::test]
async fn an_officer_adds_a_passkey_on_a_ticket_and_signs_in_with_it() {
    let world = World::new().await;
    let li = li(&world).await;
    let (mut browser, mut authenticator) = signed_in(&world, &li, 1).await;
    assert!(browser.cookies.contains_key("__Host-healthcode-desk"));
    let overview = browser.get("/desk/").await;
    assert_eq!(overview.status, 200);
    assert!(overview.text.contains("李明") && overview.text.contains("Rule packs"));
    // The same device again: that passkey is there already.
    let again = browser.enrol(&li, &mut authenticator).await;
    assert_eq!(again.status, 409, "{}", again.text);
    let own = browser.get("/desk/own").await;
    assert!(own.text.contains("key of a test"), "{}", own.text);
    let seal = own.hidden("/desk/sign-out", "seal");
    let out = browser.post("/desk/sign-out", &[("seal", &seal)]).await;
    assert_eq!(out.to(), "/desk/sign-in");
    assert_eq!(browser.get("/desk/").await.to(), "/desk/sign-in");
}

#[tokio::test]
async fn a_ticket_is_used_once_and_a_sign_in_is_signed_once() {
    let world = World::new().await;
    let li = li(&world).await;
    let mut browser = Browser::new(&world);
    let wrong = [("ticket", "x"), ("label", "y")];
    let refused = browser.fill("/desk/enrol", "/desk/enrol", &wrong).await;
    assert_eq!(refused.status, 401, "{}", refused.text);
    let mut authenticator = Authenticator::new(1);
    browser.enrol(&li, &mut authenticator).await;
    let page = browser.get("/desk/sign-in").await;
    let to = "/desk/sign-in";
    let signed = authenticator.get(&page.of_form(to, "data-challenge"));
    let hidden = ["seal", "stamp"].map(|name| (name, page.hidden(to, name)));
    let fields: Vec<(&str, &str)> = hidden
        .iter()
        .chain(&signed)
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    // Another browser, with another visit: its form and challenge are others.
    let mut other = Browser::new(&world);
    other.get(to).await;
    assert_eq!(other.post(to, &fields).await.status, 403);
    // Too late.
    world.later(Span::seconds(301));
    assert_eq!(browser.post(to, &fields).await.status, 401);
    let signed_in = browser.sign_in(&mut authenticator).await;
    assert_eq!(signed_in.to(), "/desk/");
    // Somebody else's passkey, or one of nobody.
    let mut stranger = Authenticator::new(9);
    let refused = Browser::new(&world).sign_in(&mut stranger).await;
    assert_eq!(refused.status, 401, "{}", refused.text);
    // A copy of the passkey whose counter lags behind.
    let mut copy = Authenticator::new(1);
    let refused = Browser::new(&world).sign_in(&mut copy).await;
    assert_eq!(refused.status, 401, "{}", refused.text);
}

#[tokio::test]
async fn a_session_ends_with_the_officer_the_passkey_and_by_itself() {
    let world = World::new().await;
    let (li, wang) = (li(&world).await, wang(&world).await);
    let (mut browser, mut authenticator) = signed_in(&world, &li, 1).await;
    let (mut second, mut keys) = signed_in(&world, &wang, 2).await;
    world.later(Span::seconds(899));
    assert_eq!(browser.get("/desk/").await.status, 200);
    world.later(Span::seconds(900));
    assert_eq!(browser.get("/desk/").await.to(), "/desk/sign-in");
    browser.sign_in(&mut authenticator).await;
    let own = browser.get("/desk/own").await;
    let (_, rest) = own.text.split_once("action=\"/desk/own/").unwrap();
    let action = format!("/desk/own/{}", rest.split('"').next().unwrap());
    let seal = own.hidden(&action, "seal");
    let ended = browser.post(&action, &[("seal", &seal)]).await;
    assert_eq!(ended.to(), "/desk/own");
    assert_eq!(browser.get("/desk/own").await.to(), "/desk/sign-in");
    assert_eq!(browser.sign_in(&mut authenticator).await.status, 401);
    // The registration ends: at once, whatever was open.
    second.sign_in(&mut keys).await;
    assert_eq!(second.get("/desk/").await.status, 200);
    let now = world.region.now();
    let ended = world.region.store().write(move |writing| {
        let mut row = writing.party(PartyKind::Officer, "wang")?.unwrap();
        row.until = now;
        writing.set_party(&row)?;
        Ok::<_, StoreError>(())
    });
    ended.await.unwrap();
    assert_eq!(second.get("/desk/").await.to(), "/desk/sign-in");
    assert_eq!(second.sign_in(&mut keys).await.status, 401);
}

#[tokio::test]
async fn rules_are_proposed_by_one_and_approved_by_anothers_passkey_over_that_very_proposal() {
    let world = World::new().await;
    let (li, wang, shen) = (li(&world).await, wang(&world).await, auditor(&world).await);
    let (mut one, mut keys_one) = signed_in(&world, &li, 1).await;
    let (mut two, mut keys_two) = signed_in(&world, &wang, 2).await;
    world.token(sample::NUMBERS[0]).await;
    let bad = one
        .fill("/desk/rules", "/desk/rules", &[("pack", "version = 0")])
        .await;
    assert_eq!(bad.status, 422, "{}", bad.text);
    assert!(
        bad.text.contains("line["),
        "findings stand in a table: {}",
        bad.text
    );
    let pack = crate::rules::next().replace('\n', "\r\n");
    let kept = one
        .confirm(
            "/desk/rules",
            "/desk/rules",
            (&mut keys_one, &[("pack", &pack)]),
        )
        .await;
    assert_eq!(kept.to(), "/desk/rules/2");
    let trial = one.fill("/desk/rules/2", "/desk/rules/2/trial", &[]).await;
    assert_eq!(trial.to(), "/desk/rules/2");
    let page = one.get("/desk/rules/2").await;
    assert!(
        page.text.contains("positive-test"),
        "the difference in words"
    );
    assert!(page.text.contains("Looked at"));
    let made = one
        .fill("/desk/rules/2", "/desk/rules/2/proposal", &[])
        .await;
    let place = made.to().to_owned();
    let approval = format!("{place}/approval");
    // Who made it finds no form, and their signature is none for it.
    let own = one.get(&place).await;
    assert!(!own.text.contains(&approval));
    let seal = own.hidden("/desk/sign-out", "seal");
    let signed = keys_one.get(&Base64UrlUnpadded::encode_string(&[1; 32]));
    let mut fields = vec![("seal", seal.as_str())];
    fields.extend(signed.iter().map(|(name, value)| (*name, value.as_str())));
    assert_eq!(one.post(&approval, &fields).await.status, 401);
    // The second one without a signature, and with another passkey's.
    let bare = two.fill(&place, &approval, &[]).await;
    assert_eq!(bare.status, 401, "{}", bare.text);
    let foreign = two.sign(&place, &approval, (&mut keys_one, &[])).await;
    assert_eq!(foreign.status, 401, "{}", foreign.text);
    // A signature for another act of the same officer is none for this one.
    let other = json!({"endParty": {"kind": "officer", "id": "shen", "reason": "moved"}});
    let asks = li.asks(&world, "POST", "/v1/proposals").json(&other);
    let other = asks.send().await.json()["id"].as_str().unwrap().to_owned();
    let elsewhere = format!("/desk/proposals/{other}");
    let seen = two.get(&elsewhere).await;
    let challenge = seen.of_form(&format!("{elsewhere}/approval"), "data-challenge");
    let signed = keys_two.get(&challenge);
    let seal = seen.hidden("/desk/sign-out", "seal");
    let mut fields = vec![("seal", seal.as_str())];
    fields.extend(signed.iter().map(|(name, value)| (*name, value.as_str())));
    let crossed = two.post(&approval, &fields).await;
    assert_eq!(crossed.status, 401, "{}", crossed.text);
    // And now as it should be; once.
    let done = two.sign(&place, &approval, (&mut keys_two, &[])).await;
    assert_eq!(done.to(), place);
    let seen = two.get(&place).await;
    assert!(seen.text.contains("Approved and done") && seen.text.contains("wang"));
    let again = two.post(&approval, &fields).await;
    assert_eq!(again.status, 401, "{}", again.text);
    // The log says by which kind of credential.
    let log = shen
        .asks(&world, "GET", "/v1/log-entries")
        .send()
        .await
        .json();
    let entries = log["entries"].as_array().unwrap();
    let second = entries
        .iter()
        .find(|entry| entry["kind"] == "second-credential")
        .unwrap();
    assert_eq!(second["actor"]["id"], "wang");
    let details = second["details"].as_array().unwrap();
    let by = details.iter().find(|one| one["field"] == "credential");
    assert_eq!(by.unwrap()["value"], "passkey");
    let (mut auditor, _) = signed_in(&world, &shen, 3).await;
    world.region.sign_log().await.unwrap();
    let sequence = second["sequence"].as_u64().unwrap();
    let entry = auditor.get(&format!("/desk/log/{sequence}")).await;
    assert!(entry.text.contains("What this proves") && entry.text.contains("c2sp.org/tlog-proof"));
}

#[tokio::test]
async fn a_batch_that_waits_is_released_with_a_signature_for_it() {
    let world = World::new().await;
    crate::waiting::waiting(&world).await;
    let li = li(&world).await;
    let (mut browser, mut keys) = signed_in(&world, &li, 1).await;
    let place = "/desk/batches/lab-3/B%2F1";
    let list = browser.get("/desk/batches").await;
    assert!(list.text.contains(place), "{}", list.text);
    let seen = browser.get(place).await;
    assert!(seen.text.contains("Quarantined lines"), "{}", seen.text);
    for number in sample::NUMBERS {
        assert!(!seen.text.contains(number), "nobody is named");
    }
    let release = "/desk/batches/lab-3/B%2F1/release";
    let reason = [("reason", "verified")];
    let unsigned = browser.fill(place, release, &reason).await;
    assert_eq!(unsigned.status, 401, "{}", unsigned.text);
    let done = browser.sign(place, release, (&mut keys, &reason)).await;
    assert_eq!(done.to(), "/desk/batches");
    assert_eq!(browser.get(place).await.status, 200);
}

#[tokio::test]
async fn a_record_is_opened_for_a_purpose_and_the_person_sees_who_looked() {
    let world = World::new().await;
    let li = li(&world).await;
    let (mut browser, _) = signed_in(&world, &li, 1).await;
    let token = world.token(sample::NUMBERS[0]).await;
    let fields = |number| [("type", "111"), ("number", number), ("purpose", "appeal")];
    let seen = browser
        .fill(
            "/desk/records",
            "/desk/records",
            &fields(sample::NUMBERS[0]),
        )
        .await;
    assert_eq!(seen.status, 200, "{}", seen.text);
    assert!(seen.text.contains("Reasons in force") || seen.text.contains("no reason above low"));
    assert!(
        !seen.text.contains(sample::NUMBERS[0]),
        "what was typed is not repeated"
    );
    let own = world
        .ask("GET", "/v1/log")
        .token(&token)
        .send()
        .await
        .json();
    let looked = own["entries"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["kind"] == "look-up");
    assert_eq!(looked.unwrap()["actor"]["id"], "li");
    let nobody = browser
        .fill(
            "/desk/records",
            "/desk/records",
            &fields(sample::NUMBERS[1]),
        )
        .await;
    assert!(nobody.text.contains("Nobody is enrolled"));
    let unsaid = [
        ("type", "111"),
        ("number", sample::NUMBERS[0]),
        ("purpose", "curiosity"),
    ];
    let refused = browser
        .fill("/desk/records", "/desk/records", &unsaid)
        .await;
    assert_eq!(refused.status, 422);
    for _ in 0..58 {
        world.later(Span::seconds(3));
        browser
            .fill(
                "/desk/records",
                "/desk/records",
                &fields(sample::NUMBERS[1]),
            )
            .await;
    }
    world.later(Span::seconds(60));
    let enough = browser
        .fill(
            "/desk/records",
            "/desk/records",
            &fields(sample::NUMBERS[0]),
        )
        .await;
    assert_eq!(enough.status, 429, "{}", enough.text);
    let health = officer(&world, ("he", "何静", 7), &[Duty::Counter]).await;
    let (mut counter, _) = signed_in(&world, &health, 7).await;
    assert_eq!(counter.get("/desk/records").await.status, 403);
}
