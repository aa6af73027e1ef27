//! Signing in, adding a passkey, and signing for one act: what pages ask of an authenticator.

use std::sync::Arc;

use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use hc_core::store::Store;
use hc_node::passkeys::{Asserted, Challenge, Created, MOST_PASSKEYS, check_label};
use hc_node::region::PasskeyError;
use maud::{Markup, html};

use super::Desk;
use super::language::Language;
use super::seal::{self, act};
use super::show::{needed, note, seal as sealed};
use super::visit::{Reply, Visit};
use crate::api::Root;
use crate::problem::{Problem, ProblemType};

type Visited<S, R> = Arc<Visit<S, R>>;

fn bytes(text: &str) -> Result<Vec<u8>, Problem> {
    Base64::decode_vec(text).map_err(|_| Problem::new(ProblemType::CredentialRefused))
}

fn url(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

/// Where an authenticator's refusal is told, in words that stand in the page already.
fn alert(l: Language) -> Markup {
    html! {
        p .alert role="alert"
            data-failed=(l.say("未完成：已取消、超时，或没有可用的通行密钥。请再试一次。", "Not done: cancelled, too late, or no passkey that fits. Try again."))
            data-taken=(l.say("这个认证器已有您的通行密钥。", "This authenticator has a passkey of yours already."))
            data-unsupported=(l.say("此浏览器不支持通行密钥。", "This browser knows no passkeys.")) {}
        noscript { p .wrong { (l.say("使用通行密钥需要脚本。", "Passkeys need scripts.")) } }
    }
}

/// What an authenticator's use fills.
fn assertion_fields() -> Markup {
    html! {
        @for name in ["credential", "client", "data", "signature"] {
            input type="hidden" name=(name);
        }
    }
}

/// The page to sign in on.
pub(super) async fn sign_in<S: Store, R: Root>(visit: Visited<S, R>) -> Result<Reply, Problem> {
    let l = visit.language;
    let desk = visit.desk()?;
    let stamp = visit.now().unix().to_string();
    let challenge = desk.stamped("sign-in", &visit.stranger, &stamp);
    let body = html! {
        @if visit.seat.is_some() {
            p { a href="/desk/" { (l.say("您已登录，打开概览", "You are signed in: open the overview")) } }
        } @else {
            form .sheet method="post" action="/desk/sign-in" data-passkey="get"
                data-challenge=(url(challenge.as_bytes())) data-rp=(desk.relying().id()) data-allow="" {
                (sealed(&visit))
                input type="hidden" name="stamp" value=(stamp);
                (assertion_fields())
                p { (l.say("用通行密钥登录：会要求 PIN、指纹或面容。", "Sign in with a passkey: it asks for a PIN, finger or face.")) }
                button type="submit" { (l.say("用通行密钥登录", "Sign in with a passkey")) }
                (alert(l))
            }
            h2 { (l.say("还没有通行密钥？", "No passkey yet?")) }
            p {
                (l.say("用登记的密钥申请一次性凭条：", "Ask for a ticket with your registered key: "))
                code { "healthcode officer call … POST /v1/officer/passkey-tickets" }
            }
            p { a href="/desk/enrol" { (l.say("凭条在手，添加通行密钥", "I have a ticket: add a passkey")) } }
        }
    };
    std::future::ready(Ok(Reply::page("登录", "Sign in", body))).await
}

/// Signs in.
pub(super) async fn signing_in<S: Store, R: Root>(visit: Visited<S, R>) -> Result<Reply, Problem> {
    let desk = visit.desk()?;
    let now = visit.now();
    let stamp = visit.fields.one("stamp")?;
    if !Desk::is_fresh(stamp, now) {
        return Err(too_late());
    }
    let challenge = desk.stamped("sign-in", &visit.stranger, stamp);
    let region = visit.api.region();
    let asserted = asserted(&visit)?;
    let relying = desk.relying().clone();
    let used = region.use_passkey(asserted, relying, challenge).await;
    // Whose passkey it is not, or no longer, is nobody's to know.
    let (passkey, officer) = used.map_err(|error| match error {
        PasskeyError::Unknown => Problem::new(ProblemType::CredentialRefused),
        other => other.into(),
    })?;
    let secret = seal::text(&region.random());
    let form = seal::text(&region.random());
    let mut sessions = desk.sessions();
    if !sessions.first_use(challenge, now) {
        return Err(too_late());
    }
    let who = (officer.id().clone(), passkey.digest());
    sessions.open(seal::digest(&secret), who, form, now);
    drop(sessions);
    Ok(Reply::SignedIn(secret))
}

fn too_late() -> Problem {
    let detail = "the page was open too long, or was used: open it again";
    Problem::new(ProblemType::CredentialEnded).with_detail(detail)
}

fn asserted<S: Store, R: Root>(visit: &Visit<S, R>) -> Result<Asserted, Problem> {
    let one = |name| bytes(visit.fields.one(name)?);
    Ok(Asserted {
        credential: one("credential")?,
        client_data: one("client")?,
        data: one("data")?,
        signature: one("signature")?,
    })
}

/// Ends the session.
pub(super) async fn sign_out<S: Store, R: Root>(visit: Visited<S, R>) -> Result<Reply, Problem> {
    let seat = visit.seat()?;
    visit.desk()?.sessions().end(&seat.digest);
    std::future::ready(Ok(Reply::SignedOut)).await
}

/// Notes the language that was chosen.
pub(super) async fn choose_language<S: Store, R: Root>(
    visit: Visited<S, R>,
) -> Result<Reply, Problem> {
    let chosen = Language::from_word(visit.fields.one("language")?);
    let chosen = chosen.ok_or_else(|| Problem::new(ProblemType::BadFields))?;
    let back = if visit.seat.is_some() {
        "/desk/"
    } else {
        "/desk/sign-in"
    };
    std::future::ready(Ok(Reply::Chosen(chosen, back.to_owned()))).await
}

/// The page on which a ticket is shown.
pub(super) async fn enrol<S: Store, R: Root>(visit: Visited<S, R>) -> Result<Reply, Problem> {
    let l = visit.language;
    let body = html! {
        form .sheet method="post" action="/desk/enrol" {
            (sealed(&visit))
            (needed("ticket", l.say("凭条", "Ticket"), l.say("申请后十分钟内有效，用一次。", "Good for ten minutes, and once."), "text"))
            (needed("label", l.say("给这个通行密钥起个名字", "A name for this passkey"), l.say("例如：办公室安全密钥", "For example: office security key"), "text"))
            button type="submit" { (l.say("下一步", "Next")) }
        }
        (note("凭条由本人登记的密钥签名申请，并记入赋码日志。", "A ticket is asked for with the officer's own registered key, which stands in the decision log.", l))
    };
    std::future::ready(Ok(Reply::page("添加通行密钥", "Add a passkey", body))).await
}

/// Takes the ticket and asks the authenticator.
pub(super) async fn enrolling<S: Store, R: Root>(visit: Visited<S, R>) -> Result<Reply, Problem> {
    let l = visit.language;
    let desk = visit.desk()?;
    let ticket = visit.fields.trimmed("ticket")?;
    let label = visit.fields.trimmed("label")?;
    let officer = desk.tickets().officer(ticket, visit.now());
    let officer = officer.ok_or_else(no_ticket)?;
    // Whatever would refuse the passkey later refuses it before the authenticator makes one that nobody could add.
    check_label(label).map_err(PasskeyError::from)?;
    let held = visit.api.region().passkeys(officer.clone()).await?;
    if held.len() >= MOST_PASSKEYS {
        return Err(PasskeyError::TooMany.into());
    }
    let held: Vec<String> = held.iter().map(|one| url(one.credential())).collect();
    let stamp = visit.now().unix().to_string();
    let challenge = desk.stamped("enrol", &visit.visit_or_seat(), &stamp);
    let body = html! {
        p { (l.say("为此人添加通行密钥：", "A passkey is added for: ")) strong { (officer) } }
        form .sheet method="post" action="/desk/enrol/passkey" data-passkey="create"
            data-challenge=(url(challenge.as_bytes())) data-rp=(desk.relying().id())
            data-rp-name=(l.say("健康码工作台", "Health code desk"))
            data-user=(url(officer.as_str().as_bytes())) data-user-name=(officer)
            data-exclude=(held.join(" ")) {
            (sealed(&visit))
            input type="hidden" name="ticket" value=(ticket);
            input type="hidden" name="label" value=(label);
            input type="hidden" name="stamp" value=(stamp);
            input type="hidden" name="client";
            input type="hidden" name="data";
            button type="submit" { (l.say("创建通行密钥", "Create the passkey")) }
            (alert(l))
        }
    };
    Ok(Reply::page("添加通行密钥", "Add a passkey", body))
}

fn no_ticket() -> Problem {
    let detail = "the ticket is none, was used, or has ended: ask for another one";
    Problem::new(ProblemType::CredentialRefused).with_detail(detail)
}

/// Adds the passkey.
pub(super) async fn enrolled<S: Store, R: Root>(visit: Visited<S, R>) -> Result<Reply, Problem> {
    let desk = visit.desk()?;
    let now = visit.now();
    let stamp = visit.fields.one("stamp")?;
    if !Desk::is_fresh(stamp, now) {
        return Err(too_late());
    }
    let challenge = desk.stamped("enrol", &visit.visit_or_seat(), stamp);
    let client = bytes(visit.fields.one("client")?)?;
    let data = bytes(visit.fields.one("data")?)?;
    let created = Created::read(&client, &data, (desk.relying(), challenge));
    let created = created.map_err(PasskeyError::from)?;
    let label = visit.fields.trimmed("label")?.to_owned();
    check_label(&label).map_err(PasskeyError::from)?;
    // Whatever is wrong with the rest, a ticket is used once.
    let officer = desk.tickets().take(visit.fields.one("ticket")?, now);
    let officer = officer.ok_or_else(no_ticket)?;
    let region = visit.api.region();
    region.add_passkey(officer, created, label).await?;
    if visit.seat.is_some() {
        visit.tell("通行密钥已添加", "The passkey was added");
        return Ok(Reply::To("/desk/own".to_owned()));
    }
    Ok(Reply::To("/desk/sign-in".to_owned()))
}

impl<S: Store, R: Root> Visit<S, R> {
    /// What a ceremony is bound to: the session, or the browser before there is one.
    fn visit_or_seat(&self) -> String {
        match &self.seat {
            Some(seat) => url(&seat.digest),
            None => self.stranger.clone(),
        }
    }

    /// A form that takes a passkey's signature for one act: the challenge stands for that act alone.
    ///
    /// # Errors
    /// Where nobody is signed in.
    pub(super) async fn signed_form(
        &self,
        action: &str,
        act: [u8; 32],
        fields: &Markup,
        word: &str,
    ) -> Result<Markup, Problem> {
        let l = self.language;
        let (desk, seat) = (self.desk()?, self.seat()?);
        let region = self.api.region();
        let fresh = region.random();
        let challenge = Challenge::of(&fresh, &act);
        let held = region.passkeys(seat.officer.id().clone()).await?;
        let held: Vec<String> = held.iter().map(|one| url(one.credential())).collect();
        desk.sessions().ask(&seat.digest, (fresh, act), self.now());
        Ok(html! {
            form .sheet method="post" action=(action) data-passkey="get"
                data-challenge=(url(challenge.as_bytes())) data-rp=(desk.relying().id())
                data-allow=(held.join(" ")) {
                (sealed(self))
                (assertion_fields())
                (fields)
                button type="submit" { (word) }
                (alert(l))
            }
        })
    }

    /// Believes the passkey's signature for an act: of whoever is signed in, and asked for by this session. It is kept in
    /// the log, with words for people.
    ///
    /// # Errors
    /// [`ProblemType::CredentialRefused`]; [`ProblemType::CredentialEnded`].
    pub(super) async fn signed_for(&self, act: [u8; 32], words: String) -> Result<(), Problem> {
        let (desk, seat) = (self.desk()?, self.seat()?);
        let asserted = asserted(self)?;
        let stated = challenge_of(&asserted.client_data)?;
        let taken = desk
            .sessions()
            .take(&seat.digest, (&stated, &act), self.now());
        let fresh = taken.ok_or_else(|| {
            let detail = "the signature is for another act, or came too late: open the page again";
            Problem::new(ProblemType::CredentialRefused).with_detail(detail)
        })?;
        let relying = desk.relying().clone();
        let signs = (seat.officer.id().clone(), words);
        let region = self.api.region();
        let signed = region.sign_act(signs, asserted, relying, (fresh, act));
        signed.await.map_err(|error| match error {
            PasskeyError::Unknown => {
                let detail = "the passkey is not one of the officer's who is signed in";
                Problem::new(ProblemType::CredentialRefused).with_detail(detail)
            }
            other => other.into(),
        })
    }
}

/// The challenge that client data state, before anything of them is believed.
fn challenge_of(client_data: &[u8]) -> Result<[u8; 32], Problem> {
    let refused = || Problem::new(ProblemType::CredentialRefused);
    let stated: serde_json::Value = serde_json::from_slice(client_data).map_err(|_| refused())?;
    let text = stated["challenge"].as_str().ok_or_else(refused)?;
    let mut challenge = [0; 32];
    let read = Base64UrlUnpadded::decode(text, &mut challenge).map(<[u8]>::len);
    match read {
        Ok(32) => Ok(challenge),
        _ => Err(refused()),
    }
}

/// What is signed for where a proposal is approved: that very proposal.
pub(super) fn approval(id: &[u8], digest: &[u8; 32]) -> [u8; 32] {
    act(&[b"approve", id, digest])
}

/// What is signed for where a batch is released: that very batch.
pub(super) fn release(source: &str, reference: &str, digest: &[u8]) -> [u8; 32] {
    act(&[b"release", source.as_bytes(), reference.as_bytes(), digest])
}
