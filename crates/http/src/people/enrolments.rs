//! `POST /v1/enrolments`: the first code in one round trip.

use axum::body::Body;
use axum::http::Response;
use hc_code::{Span, Timestamp};
use hc_core::act::{Consent, Enrolment, Profile};
use hc_core::document::{Document, DocumentType};
use hc_core::domain_table::{Code, Country};
use hc_core::personal::{Address, PersonName, Phone};
use hc_core::store::Store;
use serde::Deserialize;

use super::asked::{AskedDeclaration, refused};
use crate::api::Root;
use crate::call::Call;
use crate::identity::{IdentifyError, IdentityProof};
use crate::operation::{BodyForm, Credential, JSON, Lane, Operation, Side, Success, Verb};
use crate::problem::{Fault, Problem, ProblemType};
use crate::{door, json, shown};

pub(crate) const OPERATION: Operation = Operation {
    id: "enrol",
    verb: Verb::Post,
    path: "/v1/enrolments",
    summary: "Enrols a person whose document was proved, takes the first declaration, and gives a device token and the first code.",
    side: Side::Public,
    credential: Credential::None,
    lane: Lane::Act,
    body: Some(BodyForm::Json("Enrolment")),
    parameters: &[],
    success: &[
        Success::json(201, "Enrolled", "The person is enrolled."),
        Success::json(
            200,
            "Enrolled",
            "The person had enrolled before; what is kept was brought up to date, and this device has a token too.",
        ),
    ],
    problems: &[
        ProblemType::IdentityNotProved,
        ProblemType::ConsentMissing,
        ProblemType::DocumentTaken,
        ProblemType::TooMany,
        ProblemType::NoKey,
    ],
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    identity: AskedIdentity,
    profile: AskedProfile,
    document: AskedDocument,
    consents: Vec<AskedConsent>,
    declaration: Option<AskedDeclaration>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AskedIdentity {
    method: String,
    #[serde(default)]
    proof: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AskedProfile {
    name: String,
    phone: Option<String>,
    address: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AskedDocument {
    #[serde(rename = "type")]
    kind: String,
    number: String,
    country: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AskedConsent {
    purpose: String,
    version: u32,
    days: u16,
}

/// The most days of a consent: three years.
const MOST_DAYS: u16 = 1096;

pub(crate) async fn answer<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let api = &call.api;
    let now = api.region().now();
    let (proof, enrolment) = json::read::<Asked>(&call.body)?
        .read(now)
        .map_err(refused)?;
    // One document cannot be tried again and again; nothing is remembered of it but a count.
    api.pace
        .step(enrolment.document.key().expose_for_keyed_hash(), now)?;
    let identified = api
        .identify()
        .identify(&proof, &enrolment.document, &enrolment.profile.name)
        .await
        .map_err(|error| {
            let kind = match error {
                IdentifyError::Unavailable => ProblemType::Overloaded,
                IdentifyError::Method | IdentifyError::Refused => ProblemType::IdentityNotProved,
            };
            Problem::new(kind).with_detail(error.to_string())
        })?;
    let signed_in = api.region().enrol(enrolment).await?;
    let (shown, _) = api.region().show(&signed_in.token, 1)?;
    let mut body = Vec::with_capacity(1024);
    body.extend_from_slice(b"{\"new\":");
    body.extend_from_slice(if signed_in.enrolled.new {
        b"true"
    } else {
        b"false"
    });
    body.extend_from_slice(b",\"identity\":");
    shown::text(&mut body, identified.by);
    body.extend_from_slice(b",\"shown\":");
    shown::write(
        &mut body,
        api.region().terms().offset,
        &shown,
        Some(&signed_in.token),
    );
    body.push(b'}');
    let status = if signed_in.enrolled.new { 201 } else { 200 };
    Ok(door::answer(status, JSON, body))
}

impl Asked {
    /// Reads everything, and names everything that is wrong at once.
    fn read(self, now: Timestamp) -> Result<(IdentityProof, Enrolment), Vec<Fault>> {
        let mut faults = Vec::new();
        let proof = IdentityProof::new(&self.identity.method, &self.identity.proof)
            .map_err(|error| faults.push(Fault::new("identity", &error)));
        let profile = self.profile.read(&mut faults);
        let document = self.document.read(now, &mut faults);
        let consents: Vec<Option<Consent>> = (0..)
            .zip(&self.consents)
            .map(|(place, consent)| consent.read(place, &mut faults))
            .collect();
        let declaration = self.declaration.map(|asked| asked.read(now)).transpose();
        let declaration = declaration.map_err(|wrong| {
            faults.extend(wrong.into_iter().map(|fault| fault.inside("declaration")));
        });
        match (proof, profile, document, declaration) {
            (Ok(proof), Some(profile), Some(document), Ok(declaration)) if faults.is_empty() => {
                let consents = consents.into_iter().flatten().collect();
                let enrolment = Enrolment {
                    profile,
                    document,
                    consents,
                    declaration,
                };
                Ok((proof, enrolment))
            }
            _ => Err(faults),
        }
    }
}

impl AskedProfile {
    fn read(&self, faults: &mut Vec<Fault>) -> Option<Profile> {
        let name = PersonName::parse(&self.name);
        let name = name.map_err(|error| faults.push(Fault::new("profile.name", &error)));
        let phone = self.phone.as_deref().map(Phone::parse).transpose();
        let phone = phone.map_err(|error| faults.push(Fault::new("profile.phone", &error)));
        let address = self.address.as_deref().map(Address::parse).transpose();
        let address = address.map_err(|error| faults.push(Fault::new("profile.address", &error)));
        Some(Profile {
            name: name.ok()?,
            phone: phone.ok()?,
            address: address.ok()?,
        })
    }
}

impl AskedDocument {
    fn read(&self, now: Timestamp, faults: &mut Vec<Fault>) -> Option<Document> {
        let kind = self.kind.parse::<DocumentType>();
        let kind = kind.map_err(|error| faults.push(Fault::new("document.type", &error)));
        let country = self.country.as_deref().map(str::parse::<Code<Country>>);
        let country = country.transpose();
        let country = country.map_err(|error| faults.push(Fault::new("document.country", &error)));
        let (kind, country) = (kind.ok()?, country.ok()?);
        Document::parse(kind, &self.number, country, now)
            .map_err(|error| faults.push(Fault::new("document", &error)))
            .ok()
    }
}

impl AskedConsent {
    fn read(&self, place: usize, faults: &mut Vec<Fault>) -> Option<Consent> {
        let mut refuse = |member: &str, problem: String| {
            faults.push(Fault::new(format!("consents[{place}].{member}"), &problem));
        };
        let known = self.purpose == Consent::CODE;
        if !known {
            refuse(
                "purpose",
                format!("is not a purpose: it is {}", Consent::CODE),
            );
        }
        let fits = (1..=MOST_DAYS).contains(&self.days);
        if !fits {
            refuse(
                "days",
                format!("is not a number of days from 1 to {MOST_DAYS}"),
            );
        }
        (known && fits).then(|| Consent {
            purpose: Consent::CODE,
            version: self.version,
            lasts: Span::days(self.days),
        })
    }
}
