//! Adding a passkey on a ticket, with what is wrong told before an authenticator makes one that nobody could add; and
//! addresses of the desk at which there is no page.

use crate::desk::{Authenticator, Browser, Seen, signed_in};
use crate::signers::{Party, li};
use crate::world::World;

impl Browser<'_> {
    /// Adds a passkey for an officer, on a ticket that their key signs for.
    pub(crate) async fn enrol(&mut self, party: &Party, authenticator: &mut Authenticator) -> Seen {
        let ticket = self.ticket(party).await;
        let fields = [("ticket", ticket.as_str()), ("label", "key of a test")];
        let seen = self.fill("/desk/enrol", "/desk/enrol", &fields).await;
        assert_eq!(seen.status, 200, "{}", seen.text);
        self.create(&seen, None, authenticator).await
    }

    async fn ticket(&self, party: &Party) -> String {
        let asks = party.asks(self.world, "POST", "/v1/officer/passkey-tickets");
        let answer = asks.send().await;
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.json()["ticket"].as_str().unwrap().to_owned()
    }

    /// Has the authenticator make the passkey that a page asks for, and sends it, under another name where one is given.
    async fn create(
        &mut self,
        seen: &Seen,
        label: Option<&str>,
        authenticator: &mut Authenticator,
    ) -> Seen {
        let to = "/desk/enrol/passkey";
        let made = authenticator.create(&seen.of_form(to, "data-challenge"));
        let mut hidden =
            ["seal", "ticket", "label", "stamp"].map(|name| (name, seen.hidden(to, name)));
        if let Some(label) = label {
            label.clone_into(&mut hidden[2].1);
        }
        let mut all: Vec<(&str, &str)> = Vec::new();
        all.extend(hidden.iter().map(|(name, value)| (*name, value.as_str())));
        all.extend(made.iter().map(|(name, value)| (*name, value.as_str())));
        self.post(to, &all).await
    }
}

#[tokio::test]
async fn a_name_that_cannot_be_is_refused_before_the_passkey_and_the_ticket_stays_good() {
    let world = World::new().await;
    let li = li(&world).await;
    let mut browser = Browser::new(&world);
    let form = browser.get("/desk/enrol").await.text;
    for name in ["ticket", "label"] {
        let (_, input) = form.split_once(&format!("<input id=\"{name}\"")).unwrap();
        let (input, _) = input.split_once('>').unwrap();
        assert!(input.contains(" required"), "{input}");
    }
    let ticket = browser.ticket(&li).await;
    let long = "长".repeat(65);
    for label in ["", "  ", &long, "a\u{7}b"] {
        let fields = [("ticket", ticket.as_str()), ("label", label)];
        let seen = browser.fill("/desk/enrol", "/desk/enrol", &fields).await;
        assert_eq!(seen.status, 422, "{label}: {}", seen.text);
        assert!(seen.text.contains("1 to 64 characters"), "{}", seen.text);
        assert!(!seen.text.contains("data-passkey"), "{}", seen.text);
    }
    let fields = [("ticket", ticket.as_str()), ("label", "key of a test")];
    let asked = browser.fill("/desk/enrol", "/desk/enrol", &fields).await;
    assert_eq!(asked.status, 200, "{}", asked.text);
    // A form that was changed on the way loses the name, not the ticket.
    let mut authenticator = Authenticator::new(1);
    let refused = browser.create(&asked, Some(" "), &mut authenticator).await;
    assert_eq!(refused.status, 422, "{}", refused.text);
    let added = browser.create(&asked, None, &mut authenticator).await;
    assert_eq!(added.to(), "/desk/sign-in", "{}", added.text);
    // Used once.
    let again = browser.fill("/desk/enrol", "/desk/enrol", &fields).await;
    assert_eq!(again.status, 401, "{}", again.text);
}

#[tokio::test]
async fn whoever_has_as_many_passkeys_as_may_be_is_told_before_another_is_made() {
    let world = World::new().await;
    let li = li(&world).await;
    let mut browser = Browser::new(&world);
    for number in 1..=8 {
        let added = browser.enrol(&li, &mut Authenticator::new(number)).await;
        assert_eq!(added.to(), "/desk/sign-in", "{}", added.text);
    }
    let ticket = browser.ticket(&li).await;
    let fields = [("ticket", ticket.as_str()), ("label", "the ninth")];
    let seen = browser.fill("/desk/enrol", "/desk/enrol", &fields).await;
    assert!((400..500).contains(&seen.status), "{}", seen.status);
    assert!(!seen.text.contains("data-passkey"), "{}", seen.text);
}

#[tokio::test]
async fn an_address_at_which_there_is_no_page_answers_with_a_page() {
    let world = World::new().await;
    let li = li(&world).await;
    let (mut browser, _) = signed_in(&world, &li, 1).await;
    for (path, status) in [
        ("/desk/none", 404),
        ("/desk/batches/a/b/c/d", 404),
        ("/desk/sign-out", 405),
        ("/desk/enrol/passkey", 405),
    ] {
        for browser in [&mut browser, &mut Browser::new(&world)] {
            let seen = browser.get(path).await;
            assert_eq!(seen.status, status, "{path}: {}", seen.text);
            let media = seen.headers["content-type"].to_str().unwrap();
            assert!(media.starts_with("text/html"), "{path}: {media}");
            assert!(seen.text.contains("href=\"/desk/\""), "{}", seen.text);
            assert!(seen.headers.contains_key("content-security-policy"));
        }
    }
    // What is no page stays an operation of the listener.
    let other = Browser::new(&world).get("/v1/none").await;
    assert!(other.text.starts_with('{'), "{}", other.text);
}
