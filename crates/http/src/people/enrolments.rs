//! `POST /v1/enrolments`: the first code in one round trip.
//!
//! Document and name are those that the proof of identity says; what was typed may only agree.

use axum::body::Body;
use axum::http::Response;
use hc_code::{Span, Timestamp};
use hc_core::act::{Consent, Enrolment, HealthDeclaration, Profile};
use hc_core::document::{Document, DocumentType};
use hc_core::domain_table::{Code, Country};
use hc_core::personal::{Address, PersonName, Phone};
use hc_core::store::Store;
use serde::Deserialize;

use super::asked::{AskedDeclaration, refused};
use crate::api::Root;
use crate::call::Call;
use crate::identity::{IdentifyError, IdentityProof, ProofError, Typed};
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
    lane: Lane::Proof,
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
        ProblemType::SignInEnded,
        ProblemType::ProviderUnavailable,
        ProblemType::ConsentMissing,
        ProblemType::DocumentTaken,
        ProblemType::TooMany,
        ProblemType::NoKey,
    ],
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sent {
    identity: AskedIdentity,
    profile: Option<AskedProfile>,
    document: Option<AskedDocument>,
    consents: Vec<AskedConsent>,
    declaration: Option<AskedDeclaration>,
}

struct Asked {
    identity: AskedIdentity,
    person: AskedPerson,
}

/// Who is to be enrolled, as it is sent.
pub(crate) struct AskedPerson {
    pub(crate) profile: Option<AskedProfile>,
    pub(crate) document: Option<AskedDocument>,
    pub(crate) consents: Vec<AskedConsent>,
    pub(crate) declaration: Option<AskedDeclaration>,
}

impl From<Sent> for Asked {
    fn from(sent: Sent) -> Self {
        Self {
            identity: sent.identity,
            person: AskedPerson {
                profile: sent.profile,
                document: sent.document,
                consents: sent.consents,
                declaration: sent.declaration,
            },
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AskedIdentity {
    method: String,
    #[serde(default)]
    proof: String,
    session: Option<String>,
    state: Option<String>,
    issuer: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AskedProfile {
    name: Option<String>,
    phone: Option<String>,
    address: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AskedDocument {
    #[serde(rename = "type")]
    kind: String,
    number: String,
    country: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AskedConsent {
    purpose: String,
    version: u32,
    days: u16,
}

/// The most days of a consent: three years.
const MOST_DAYS: u16 = 1096;

pub(crate) async fn answer<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let api = &call.api;
    let now = api.region().now();
    let read = Asked::from(json::read::<Sent>(&call.body)?).read(now);
    let (proof, typed, rest) = read.map_err(refused)?;
    // One document cannot be tried again and again; nothing is remembered of it but a count.
    let tried = |document: &Document| {
        let key = document.key();
        api.pace.step(key.expose_for_keyed_hash(), now)
    };
    typed.document.as_ref().map_or(Ok(()), tried)?;
    // Before the turn: whoever waits for a provider holds nobody up.
    let identified = api.identify().identify(&proof, &typed, now).await;
    let person = identified.map_err(|error| not_proved(error, &typed))?;
    if typed.document.is_none() {
        tried(&person.document)?;
    }
    let enrolment = rest.of(person.document, person.name);
    let enrolled = async { Ok(api.region().enrol(enrolment).await?) };
    let signed_in = door::act(api, enrolled).await?;
    let (shown, _) = api.region().show(&signed_in.token, 1)?;
    let mut body = Vec::with_capacity(1024);
    body.extend_from_slice(b"{\"new\":");
    body.extend_from_slice(if signed_in.enrolled.new {
        b"true"
    } else {
        b"false"
    });
    body.extend_from_slice(b",\"identity\":");
    shown::text(&mut body, &person.by);
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

/// The problem of an identity that was not proved.
pub(crate) fn not_proved(error: IdentifyError, typed: &Typed) -> Problem {
    let kind = match error {
        IdentifyError::Untyped => {
            let missing = [
                (typed.document.is_none(), "document"),
                (typed.name.is_none(), "profile.name"),
            ];
            let faults = missing.into_iter().filter(|(missing, _)| *missing);
            let faults = faults.map(|(_, path)| Fault::new(path, "is missing"));
            return refused(faults.collect());
        }
        IdentifyError::SignIn => ProblemType::SignInEnded,
        IdentifyError::Unavailable | IdentifyError::Misconfigured => {
            ProblemType::ProviderUnavailable
        }
        _ => ProblemType::IdentityNotProved,
    };
    let mut problem = Problem::new(kind).with_detail(error.to_string());
    if let IdentifyError::Differs { document, name } = error {
        let differ = [(document, "document"), (name, "profile.name")];
        let faults = differ.into_iter().filter(|(differs, _)| *differs);
        let faults = faults.map(|(_, path)| Fault::new(path, "is not what the provider says"));
        problem = problem.with_faults(faults.collect());
    }
    problem
}

/// What an enrolment has beside the person's document and name.
pub(crate) struct Rest {
    phone: Option<Phone>,
    address: Option<Address>,
    consents: Vec<Consent>,
    declaration: Option<HealthDeclaration>,
}

impl Asked {
    /// Reads everything, and names everything that is wrong at once.
    fn read(self, now: Timestamp) -> Result<(IdentityProof, Typed, Rest), Vec<Fault>> {
        let proof = self.identity.read();
        let person = self.person.read(now);
        match (proof, person) {
            (Ok(proof), Ok((typed, rest))) => Ok((proof, typed, rest)),
            (proof, person) => {
                let proof = proof.err().map(|error| Fault::new("identity", &error));
                let faults = proof.into_iter();
                Err(faults.chain(person.err().unwrap_or_default()).collect())
            }
        }
    }
}

impl AskedPerson {
    /// Reads everything, and names everything that is wrong at once.
    pub(crate) fn read(self, now: Timestamp) -> Result<(Typed, Rest), Vec<Fault>> {
        let mut faults = Vec::new();
        let profile = self.profile.unwrap_or_default().read(&mut faults);
        let document = self
            .document
            .map(|document| document.read(now, &mut faults).ok_or(()))
            .transpose();
        let consents: Vec<Option<Consent>> = (0..)
            .zip(&self.consents)
            .map(|(place, consent)| consent.read(place, &mut faults))
            .collect();
        let declaration = self.declaration.map(|asked| asked.read(now)).transpose();
        let declaration = declaration.map_err(|wrong| {
            faults.extend(wrong.into_iter().map(|fault| fault.inside("declaration")));
        });
        match (profile, document, declaration) {
            (Some((name, phone, address)), Ok(document), Ok(declaration)) if faults.is_empty() => {
                let rest = Rest {
                    phone,
                    address,
                    consents: consents.into_iter().flatten().collect(),
                    declaration,
                };
                Ok((Typed { document, name }, rest))
            }
            _ => Err(faults),
        }
    }
}

impl Rest {
    /// The enrolment of a person whose document and name are known.
    pub(crate) fn of(self, document: Document, name: PersonName) -> Enrolment {
        Enrolment {
            profile: Profile {
                name,
                phone: self.phone,
                address: self.address,
            },
            document,
            consents: self.consents,
            declaration: self.declaration,
        }
    }
}

impl AskedIdentity {
    fn read(self) -> Result<IdentityProof, ProofError> {
        let proof = IdentityProof::new(&self.method, &self.proof)?;
        match (self.session, self.state) {
            (None, None) => Ok(proof),
            // Half a sign-in is one that does not fit: the provider's check says so.
            (session, state) => proof.signed_in(
                session.unwrap_or_default(),
                state.unwrap_or_default(),
                self.issuer,
            ),
        }
    }
}

impl AskedProfile {
    fn read(
        &self,
        faults: &mut Vec<Fault>,
    ) -> Option<(Option<PersonName>, Option<Phone>, Option<Address>)> {
        let name = self.name.as_deref().map(PersonName::parse).transpose();
        let name = name.map_err(|error| faults.push(Fault::new("profile.name", &error)));
        let phone = self.phone.as_deref().map(Phone::parse).transpose();
        let phone = phone.map_err(|error| faults.push(Fault::new("profile.phone", &error)));
        let address = self.address.as_deref().map(Address::parse).transpose();
        let address = address.map_err(|error| faults.push(Fault::new("profile.address", &error)));
        Some((name.ok()?, phone.ok()?, address.ok()?))
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
