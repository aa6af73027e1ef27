//! The door of the desk: host, origin, session, pace, form and its seal, then the page.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, COOKIE, HOST, LOCATION, ORIGIN, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response};
use hc_core::store::{PartyKind, Store};
use hc_node::party::Terms;
use tokio::time::Instant;

use super::fields::Fields;
use super::language::{self, Language};
use super::page::{Page, Who};
use super::session::Told;
use super::visit::{Reply, Seat, Visit};
use super::{Desk, layout, seal};
use crate::api::{Api, Root};
use crate::journal::{Level, Record};
use crate::problem::{Problem, ProblemType};
use crate::serve::{Peer, network};
use crate::{body, door, path};

/// What every page allows the browser: its own script, style and forms, and nothing of anybody else.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";
const FEATURES: &str = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), \
    publickey-credentials-create=(self), publickey-credentials-get=(self)";

/// Cookies of the desk, by whether its pages come over TLS: without it browsers take no `__Host-` name.
pub(super) const fn session_cookie(secure: bool) -> &'static str {
    if secure {
        "__Host-healthcode-desk"
    } else {
        "healthcode-desk"
    }
}

const fn visit_cookie(secure: bool) -> &'static str {
    if secure {
        "__Host-healthcode-visit"
    } else {
        "healthcode-visit"
    }
}

/// What is known of whoever asks, also where they are refused.
struct Known {
    language: Language,
    seat: Option<Seat>,
    visit: Option<String>,
    fresh_visit: bool,
}

/// Lets a request through to its page, and the page out.
pub(super) async fn pass<S, R, F, A>(
    api: Arc<Api<S, R>>,
    page: &'static Page,
    request: Request,
    answer: F,
) -> Response<Body>
where
    S: Store,
    R: Root,
    F: FnOnce(Arc<Visit<S, R>>) -> A + Send,
    A: Future<Output = Result<Reply, Problem>> + Send,
{
    let begun = Instant::now();
    let (head, sent) = request.into_parts();
    let secure = api.desk().is_some_and(|desk| desk.relying().is_secure());
    let mut known = Known {
        language: Language::of(&head.headers, cookie(&head.headers, language::COOKIE)),
        seat: None,
        visit: cookie(&head.headers, visit_cookie(secure)).map(str::to_owned),
        fresh_visit: false,
    };
    let answered = enter(&api, page, (&head, sent), &mut known, answer).await;
    let problem = answered.as_ref().err().map(Problem::kind);
    let mut response = match answered {
        Ok(reply) => replied(&api, reply, &known, secure),
        Err(problem) => refused(&api, page, &problem, &known),
    };
    if known.fresh_visit
        && let Some(visit) = &known.visit
    {
        set_cookie(&mut response, visit_cookie(secure), visit, secure);
    }
    note(&api, page, &response, (begun, problem));
    finish(response)
}

fn note<S: Store, R: Root>(
    api: &Api<S, R>,
    page: &'static Page,
    response: &Response<Body>,
    (begun, problem): (Instant, Option<ProblemType>),
) {
    let status = response.status().as_u16();
    if let Some(problem) = problem {
        api.metrics.refuse(problem);
    }
    let level = match status {
        500 => Level::Error,
        501.. => Level::Warn,
        _ => Level::Debug,
    };
    if api.journal.takes(level) {
        api.journal.record(Record::Request {
            level,
            id: api.request_id(),
            operation: page.id,
            status,
            micros: u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX),
            problem,
        });
    }
}

async fn enter<S, R, F, A>(
    api: &Arc<Api<S, R>>,
    page: &'static Page,
    (head, sent): (&Parts, Body),
    known: &mut Known,
    answer: F,
) -> Result<Reply, Problem>
where
    S: Store,
    R: Root,
    F: FnOnce(Arc<Visit<S, R>>) -> A + Send,
    A: Future<Output = Result<Reply, Problem>> + Send,
{
    let desk = api
        .desk()
        .ok_or_else(|| Problem::new(ProblemType::NotFound))?;
    let now = api.region().now();
    own_site(desk, head)?;
    let secure = desk.relying().is_secure();
    if let Some(secret) = cookie(&head.headers, session_cookie(secure)) {
        known.seat = seated(api, desk, secret).await?;
    }
    let changes = head.method != Method::GET;
    match (&known.seat, page.who) {
        (None, Who::Officer | Who::As(_)) if changes => {
            return Err(Problem::new(ProblemType::CredentialEnded));
        }
        (None, Who::Officer | Who::As(_)) => return Ok(Reply::To("/desk/sign-in".to_owned())),
        (Some(seat), Who::As(_)) => {
            let held = seat.officer.duties();
            if !page.duties().iter().any(|duty| held.contains(*duty)) {
                return Err(Problem::new(ProblemType::NotAllowed));
            }
        }
        _ => {}
    }
    if known.seat.is_none() && known.visit.as_ref().is_none_or(|visit| visit.len() != 43) {
        if changes {
            return Err(forged());
        }
        known.visit = Some(seal::text(&api.region().random()));
        known.fresh_visit = true;
    }
    if known.seat.is_none() {
        // A cookie is anew for whoever throws it away; where they are is not. Before a balancer all are one place, so it
        // is a limit for many.
        let network = head.extensions.get::<Peer>().map(|peer| network(peer.0));
        desk.strangers.step(&network.unwrap_or_default(), now)?;
    }
    let caller = match &known.seat {
        Some(seat) => format!("officer {}", seat.officer.id()),
        None => format!("desk {}", known.visit.as_deref().unwrap_or_default()),
    };
    api.pace.step(caller.as_bytes(), now)?;
    let visit = known.visit.clone().unwrap_or_default();
    let seal = match &known.seat {
        Some(seat) => seat.session.seal.clone(),
        None => desk.visit_seal(&visit),
    };
    let mut fields = Fields::default();
    if changes {
        let limits = api.limits();
        if body::media_type(&head.headers).as_deref() != Some("application/x-www-form-urlencoded") {
            return Err(Problem::new(ProblemType::WrongMediaType));
        }
        let read = body::read(sent, page.most, limits.json_within).await?;
        fields = Fields::read(&read)?;
        if !seal::same(fields.one("seal")?, &seal) {
            return Err(forged());
        }
    }
    let query = head.uri.query().unwrap_or_default();
    let query = form_urlencoded::parse(query.as_bytes()).into_owned();
    let visit = Visit {
        api: Arc::clone(api),
        language: known.language,
        seat: known.seat.clone(),
        stranger: visit,
        seal,
        fields,
        path: path::values(page.path, head.uri.path())?,
        query: query.take(4).collect(),
    };
    answer(Arc::new(visit)).await
}

fn forged() -> Problem {
    let detail = "the form is not of this session: open the page again";
    Problem::new(ProblemType::NotAllowed).with_detail(detail)
}

/// Whether a request names the desk's own host and, where it changes something, comes from its own pages.
fn own_site(desk: &Desk, head: &Parts) -> Result<(), Problem> {
    let relying = desk.relying();
    let text = |name: HeaderName| {
        let mut values = head.headers.get_all(name).iter();
        match (values.next(), values.next()) {
            (Some(value), None) => Ok(Some(value.to_str().unwrap_or("?"))),
            (None, _) => Ok(None),
            (Some(_), Some(_)) => Err(forged()),
        }
    };
    if text(HOST)? != Some(relying.authority()) {
        let detail = "the desk has another address: that of its configuration";
        return Err(Problem::new(ProblemType::NotFound).with_detail(detail));
    }
    let site = text(HeaderName::from_static("sec-fetch-site"))?;
    if head.method != Method::GET {
        let same_site = site.is_none_or(|site| site == "same-origin");
        if text(ORIGIN)? != Some(relying.origin()) || !same_site {
            return Err(forged());
        }
    }
    Ok(())
}

/// Who is signed in by a secret: officer and passkey must hold now.
async fn seated<S: Store, R: Root>(
    api: &Api<S, R>,
    desk: &Desk,
    secret: &str,
) -> Result<Option<Seat>, Problem> {
    let digest = seal::digest(secret);
    let region = api.region();
    let Some(session) = desk.sessions().enter(&digest, region.now()) else {
        return Ok(None);
    };
    let asked = async {
        let terms = region
            .party(PartyKind::Officer, session.officer.clone())
            .await;
        let passkeys = region.passkeys(session.officer.clone()).await;
        (terms, passkeys)
    };
    let (terms, passkeys) = tokio::time::timeout(api.limits().turn_within, asked)
        .await
        .map_err(|_| Problem::new(ProblemType::NoAnswerInTime))?;
    let held = passkeys?
        .iter()
        .any(|passkey| passkey.digest() == session.passkey);
    let officer = match terms.map_err(Problem::from) {
        Ok(Terms::Officer(officer)) if held => officer,
        Err(problem) if problem.kind().status() >= 500 => return Err(problem),
        _ => {
            desk.sessions().end(&digest);
            return Ok(None);
        }
    };
    Ok(Some(Seat {
        digest,
        session,
        officer,
    }))
}

fn replied<S: Store, R: Root>(
    api: &Api<S, R>,
    reply: Reply,
    known: &Known,
    secure: bool,
) -> Response<Body> {
    let to = |to: &str| {
        let mut response = door::answer(303, "", "");
        if let Ok(to) = HeaderValue::from_str(to) {
            response.headers_mut().insert(LOCATION, to);
        }
        response
    };
    match reply {
        Reply::Shown {
            status,
            title,
            body,
        } => {
            let told = told(api, known);
            let frame = frame(api, known);
            html(status, layout::page(&frame, title, told.as_ref(), &body).0)
        }
        Reply::To(place) => to(&place),
        Reply::SignedIn(secret) => {
            let mut response = to("/desk/");
            set_cookie(&mut response, session_cookie(secure), &secret, secure);
            response
        }
        Reply::SignedOut => {
            let mut response = to("/desk/sign-in");
            set_cookie(&mut response, session_cookie(secure), "", secure);
            let clear = HeaderValue::from_static("\"cache\"");
            response.headers_mut().insert("clear-site-data", clear);
            response
        }
        Reply::Chosen(language, back) => {
            let mut response = to(&back);
            set_cookie(&mut response, language::COOKIE, language.word(), secure);
            response
        }
    }
}

fn told<S: Store, R: Root>(api: &Api<S, R>, known: &Known) -> Option<Told> {
    let seat = known.seat.as_ref()?;
    api.desk()?.sessions().told(&seat.digest)
}

fn frame<'a, S: Store, R: Root>(api: &Api<S, R>, known: &'a Known) -> layout::Frame<'a> {
    let visit = known.visit.as_deref().unwrap_or_default();
    let seal = match (&known.seat, api.desk()) {
        (Some(seat), _) => seat.session.seal.clone(),
        (None, Some(desk)) => desk.visit_seal(visit),
        (None, None) => String::new(),
    };
    layout::Frame {
        language: known.language,
        officer: known.seat.as_ref().map(|seat| &seat.officer),
        region: api.region().division().to_string(),
        seal,
    }
}

fn refused<S: Store, R: Root>(
    api: &Api<S, R>,
    page: &'static Page,
    problem: &Problem,
    known: &Known,
) -> Response<Body> {
    let body = layout::problem(problem, known.language, page);
    let title = ("未能完成", "Not done");
    let page = layout::page(&frame(api, known), title, None, &body);
    let mut response = html(problem.kind().status(), page.0);
    // When to come back, where the problem says so.
    if let Some(value) = problem.response().headers().get("retry-after") {
        response.headers_mut().insert("retry-after", value.clone());
    }
    response
}

fn html(status: u16, text: String) -> Response<Body> {
    door::answer(status, "text/html; charset=utf-8", text)
}

/// A cookie by name; the first counts, as browsers send the most specific first.
fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(COOKIE).iter();
    let texts = all.filter_map(|value| value.to_str().ok());
    let mut pairs = texts
        .flat_map(|text| text.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value)
}

/// Sets a cookie for as long as the browser runs; an empty value takes it away.
fn set_cookie(response: &mut Response<Body>, name: &str, value: &str, secure: bool) {
    let secure = if secure { "; Secure" } else { "" };
    let age = if value.is_empty() { "; Max-Age=0" } else { "" };
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict{secure}{age}");
    if let Ok(text) = HeaderValue::from_str(&text) {
        response.headers_mut().append(SET_COOKIE, text);
    }
}

/// Puts the headers on that every answer of the desk has.
pub(super) fn finish(response: Response<Body>) -> Response<Body> {
    let mut response = door::finish(response);
    let headers = response.headers_mut();
    for (name, value) in [
        ("content-security-policy", POLICY),
        ("permissions-policy", FEATURES),
        ("referrer-policy", "same-origin"),
        ("x-frame-options", "DENY"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let html = headers
        .get(CONTENT_TYPE)
        .is_some_and(|media| media.as_bytes().starts_with(b"text/html"));
    if html {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}
