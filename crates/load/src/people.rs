//! The people whom the generator enrols first.

use std::net::SocketAddr;

use anyhow::{Context, Result, ensure};
use hc_people::Crowd;
use serde_json::Value;

use crate::args::Target;
use crate::connection::{Connection, Way};
use crate::{report, request};

/// What can be asked for, by person.
pub(crate) struct People {
    pub(crate) show: Vec<Vec<u8>>,
    pub(crate) declare: Vec<Vec<u8>>,
    pub(crate) tokens: Vec<String>,
    address: SocketAddr,
    way: Way,
    /// The next who is not enrolled.
    next: u32,
    crowd: Crowd,
    now: String,
}

impl People {
    /// Enrols people at a service that takes demonstration identities.
    pub(crate) async fn enrol(target: &Target) -> Result<Self> {
        let way = Way::of(target)?;
        let mut connection = Connection::by(&way);
        let now = asked(&mut connection, &get(target, "/demo/now", None)).await?;
        let now = text(&now, "/now")?;
        let mut people = Self {
            show: Vec::new(),
            declare: Vec::new(),
            tokens: Vec::new(),
            address: target.address,
            way,
            next: target.first,
            crowd: Crowd::hangzhou(),
            now,
        };
        for _ in 0..target.people {
            let made = asked(&mut connection, &people.enrolment()).await?;
            let token = text(&made, "/shown/token")?;
            people.show.push(get(target, "/v1/code", Some(&token)));
            let body = request::healthy(&people.now);
            let declare = request::of(
                target.address,
                "POST",
                "/v1/declarations",
                Some(&token),
                Some(&body),
            );
            people.declare.push(declare);
            people.tokens.push(token);
        }
        Ok(people)
    }

    /// A token of each by which an application may make codes for them.
    pub(crate) async fn agreed(&self, target: &Target, application: &str) -> Result<Vec<String>> {
        let consent = serde_json::json!({
            "application": application, "functions": ["makeCode"], "minutes": 1440, "version": 1,
        });
        let mut connection = Connection::by(&self.way);
        let mut agreed = Vec::with_capacity(self.tokens.len());
        for token in &self.tokens {
            let path = "/v1/application-consents";
            let request = request::of(target.address, "POST", path, Some(token), Some(&consent));
            let given = asked(&mut connection, &request).await?;
            agreed.push(text(&given, "/subjectToken")?);
        }
        Ok(agreed)
    }

    /// The request of somebody who is not enrolled yet.
    pub(crate) fn enrolment(&mut self) -> Vec<u8> {
        self.stranger().1
    }

    /// Somebody who is not enrolled yet: the number of the identity card, and the request.
    pub(crate) fn stranger(&mut self) -> (String, Vec<u8>) {
        let person = self.crowd.person(self.next);
        self.next = self.next.wrapping_add(1);
        let request = request::enrolment(self.address, &person.name, &person.number, &self.now);
        (person.number, request)
    }

    /// The texts of codes that were just shown.
    pub(crate) async fn codes(&self, count: usize) -> Result<Vec<String>> {
        let mut connection = Connection::by(&self.way);
        let mut codes = Vec::with_capacity(count);
        for show in self.show.iter().cycle().take(count) {
            let shown = asked(&mut connection, show).await?;
            codes.push(text(&shown, "/codes/0/text")?);
        }
        Ok(codes)
    }

    /// Requests to verify, each of a code that was just shown.
    pub(crate) async fn verdicts(&self, count: usize) -> Result<Vec<Vec<u8>>> {
        let mut connection = Connection::by(&self.way);
        let mut requests = Vec::with_capacity(count);
        for show in self.show.iter().cycle().take(count) {
            let shown = asked(&mut connection, show).await?;
            let code = text(&shown, "/codes/0/text")?;
            let body = serde_json::json!({ "text": code });
            requests.push(request::of(
                self.address,
                "POST",
                "/v1/verdicts",
                None,
                Some(&body),
            ));
        }
        Ok(requests)
    }
}

/// What the demonstration tells of its region, as it is.
pub(crate) async fn counts(target: &Target) -> Result<()> {
    let mut connection = Connection::by(&Way::of(target)?);
    let told = asked(&mut connection, &get(target, "/demo/now", None)).await?;
    report::measured(&told, true)
}

/// Enrols one person, and says the token of their device.
pub(crate) async fn token(target: &Target, json: bool) -> Result<()> {
    let one = Target {
        people: 1,
        ..target.clone()
    };
    let people = People::enrol(&one).await?;
    let token = people.tokens.first();
    report::measured(&serde_json::json!({ "token": token }), json)
}

pub(crate) fn get(target: &Target, path: &str, token: Option<&str>) -> Vec<u8> {
    request::of(target.address, "GET", path, token, None)
}

/// Asks, and reads the answer as JSON.
pub(crate) async fn asked(connection: &mut Connection, request: &[u8]) -> Result<Value> {
    let answer = connection.ask(request).await?;
    let body = String::from_utf8_lossy(answer.body);
    ensure!(
        (200..300).contains(&answer.status),
        "the service answers {}: {body}",
        answer.status
    );
    serde_json::from_str(&body).context("the answer is no JSON")
}

pub(crate) fn text(value: &Value, pointer: &str) -> Result<String> {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found
        .map(str::to_owned)
        .with_context(|| format!("no {pointer} in the answer"))
}
