//! What an endpoint is, as data: from it come its route, its checks and its description.

use axum::http::Method;
use axum::routing::MethodFilter;
use hc_core::party::Duty;
use hc_core::store::PartyKind;

use crate::problem::ProblemType;

/// One operation of the interface.
#[derive(Debug)]
pub struct Operation {
    /// Its name, unique: the `operationId` of `OpenAPI` and the route in metrics.
    pub id: &'static str,
    /// The method.
    pub verb: Verb,
    /// The path, as the router reads it; [`Self::described_path`] is the one of the description.
    pub path: &'static str,
    /// What it does, in one sentence.
    pub summary: &'static str,
    /// Who is served.
    pub side: Side,
    /// By what the caller is known.
    pub credential: Credential,
    /// What it waits for.
    pub lane: Lane,
    /// What is sent.
    pub body: Option<BodyForm>,
    /// What stands in query, header or path.
    pub parameters: &'static [Parameter],
    /// What comes back.
    pub success: &'static [Success],
    /// What may be wrong beside what follows from credential, lane and body.
    pub problems: &'static [ProblemType],
}

/// A method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// GET: changes nothing but the log of looks.
    Get,
    /// POST.
    Post,
    /// DELETE.
    Delete,
}

/// On which side an operation is offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// To everybody.
    Public,
    /// On the operators' own listener.
    Operators,
    /// On both.
    Both,
}

/// By what a caller is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential {
    /// By nothing.
    None,
    /// A device token as `Authorization: Bearer` (RFC 6750).
    Device,
    /// A registered source's signature (RFC 9421).
    Source,
    /// A registered gate's signature.
    Gate,
    /// A registered application's signature inside the message (GB/T 38963).
    Application,
    /// The signature of an officer who is registered for one of these duties.
    Officer(&'static [Duty]),
}

/// What an operation waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// For memory alone; it is never held up by acts.
    Memory,
    /// For the store, with the others that do.
    Act,
    /// For an identity provider, and only then for the store with the others: no turn is held while
    /// somebody else's service answers.
    Proof,
}

/// What is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyForm {
    /// JSON of a schema of `openapi.json`, at most 64 KiB.
    Json(&'static str),
    /// A batch of evidence as NDJSON or CSV, at most 16 MiB.
    Batch,
    /// A file of one media type.
    File(FileForm),
}

/// A file that is sent whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileForm {
    /// Its media type.
    pub media: &'static str,
    /// What it is, in one sentence.
    pub says: &'static str,
    /// The most bytes.
    pub most: usize,
}

/// A parameter in query, header or path.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// Where it stands.
    pub place: ParameterPlace,
    /// What it says.
    pub says: &'static str,
    /// Whether it must be there.
    pub required: bool,
    /// The least and the most of a number; a text where there is none.
    pub range: Option<(u32, u32)>,
}

/// Where a parameter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterPlace {
    /// In the query.
    Query,
    /// In a header.
    Header,
    /// In the path, in braces; with a star it is the rest of the path with its slashes.
    Path,
}

/// An answer that is no problem.
#[derive(Clone, Copy, Debug)]
pub struct Success {
    /// The status.
    pub status: u16,
    /// When it comes, in one sentence.
    pub says: &'static str,
    /// The media type; empty for an answer without a body.
    pub media: &'static str,
    /// The schema of a JSON body.
    pub schema: Option<&'static str>,
}

/// The media types of batches.
pub(crate) const BATCH_MEDIA: [&str; 2] = ["application/x-ndjson", "text/csv"];
/// The media type of JSON.
pub(crate) const JSON: &str = "application/json";

impl Success {
    pub(crate) const fn json(status: u16, schema: &'static str, says: &'static str) -> Self {
        Self {
            status,
            says,
            media: JSON,
            schema: Some(schema),
        }
    }

    pub(crate) const fn plain(status: u16, media: &'static str, says: &'static str) -> Self {
        Self {
            status,
            says,
            media,
            schema: None,
        }
    }
}

impl Parameter {
    /// A header that must be there.
    pub(crate) const fn header(name: &'static str, says: &'static str) -> Self {
        Self::text(name, ParameterPlace::Header, says)
    }

    /// What stands in the path for a name in braces.
    pub(crate) const fn path(name: &'static str, says: &'static str) -> Self {
        Self::text(name, ParameterPlace::Path, says)
    }

    const fn text(name: &'static str, place: ParameterPlace, says: &'static str) -> Self {
        Self {
            name,
            place,
            says,
            required: true,
            range: None,
        }
    }
}

impl Verb {
    /// The method.
    pub const fn method(self) -> Method {
        match self {
            Self::Get => Method::GET,
            Self::Post => Method::POST,
            Self::Delete => Method::DELETE,
        }
    }

    pub(crate) const fn filter(self) -> MethodFilter {
        match self {
            Self::Get => MethodFilter::GET,
            Self::Post => MethodFilter::POST,
            Self::Delete => MethodFilter::DELETE,
        }
    }
}

impl Credential {
    /// The kind of party that signs, where one does.
    pub const fn party(self) -> Option<PartyKind> {
        match self {
            Self::None | Self::Device | Self::Application => None,
            Self::Source => Some(PartyKind::Source),
            Self::Gate => Some(PartyKind::Gate),
            Self::Officer(_) => Some(PartyKind::Officer),
        }
    }
}

impl Operation {
    /// The path as the description writes it.
    pub fn described_path(&self) -> String {
        self.path.replace("{*", "{")
    }

    /// Every problem that the operation may answer with, by slug.
    pub fn all_problems(&self) -> Vec<ProblemType> {
        use ProblemType as P;
        let mut all = vec![P::Internal, P::BadQuery];
        all.extend_from_slice(self.problems);
        match self.credential {
            Credential::None | Credential::Application => {}
            Credential::Device => all.extend([
                P::CredentialMissing,
                P::CredentialRefused,
                P::CredentialEnded,
                P::Withdrawn,
                P::NotEnrolled,
                P::TooMany,
            ]),
            Credential::Source => all.extend([
                P::CredentialMissing,
                P::CredentialRefused,
                P::CredentialEnded,
                P::TooMany,
                P::StoreUnavailable,
            ]),
            Credential::Gate | Credential::Officer(_) => all.extend([
                P::CredentialMissing,
                P::CredentialRefused,
                P::CredentialEnded,
                P::CredentialUsed,
                P::BadHeader,
                P::NotAllowed,
                P::TooMany,
                P::StoreUnavailable,
                P::Overloaded,
            ]),
        }
        if self.lane != Lane::Memory {
            all.extend([P::StoreUnavailable, P::Overloaded, P::NoAnswerInTime]);
        }
        if self.body.is_some() {
            all.extend([
                P::BodyTooLarge,
                P::BodyTooSlow,
                P::WrongMediaType,
                P::BodyCut,
            ]);
        }
        if matches!(self.body, Some(BodyForm::Json(_))) {
            all.extend([P::BadJson, P::BadFields]);
        }
        all.sort_by_key(|problem| problem.slug());
        all.dedup();
        all
    }
}

/// All operations, in the order of the description.
pub fn all() -> &'static [&'static Operation] {
    ALL
}

const ALL: &[&Operation] = &[
    &crate::people::identity_methods::OPERATION,
    &crate::people::sign_ins::OPERATION,
    &crate::people::enrolments::OPERATION,
    &crate::people::declarations::OPERATION,
    &crate::people::code::OPERATION,
    &crate::people::carried::OPERATION,
    &crate::people::papers::OPERATION,
    &crate::people::paper_withdrawals::OPERATION,
    &crate::people::why::OPERATION,
    &crate::people::log::OPERATION,
    &crate::people::log_proof::OPERATION,
    &crate::people::export::OPERATION,
    &crate::people::withdrawal::OPERATION,
    &crate::people::appeals::MAKE,
    &crate::people::appeals::LIST,
    &crate::people::profile::OPERATION,
    &crate::people::grants::OFFER,
    &crate::people::grants::ACCEPT,
    &crate::people::grants::LIST,
    &crate::people::grants::END,
    &crate::people::applications::MAKE,
    &crate::people::applications::LIST,
    &crate::people::applications::END,
    &crate::people::subject::OPERATION,
    &crate::people::change::OPERATION,
    &crate::people::known::TESTS,
    &crate::people::known::VACCINATIONS,
    &crate::people::papers::LIST,
    &crate::people::paper_prints::OPERATION,
    &crate::gates::verdicts::OPERATION,
    &crate::gates::forms::OPERATION,
    &crate::gates::keys::OPERATION,
    &crate::gates::paper_list::OPERATION,
    &crate::gates::status_list::LIST,
    &crate::gates::status_list::SHARD,
    &crate::gates::trust::LIST,
    &crate::gates::trust::SETTINGS,
    &crate::gates::recognition::OPERATION,
    &crate::gates::receipts::OPERATION,
    &crate::gates::elsewhere::KEYS,
    &crate::gates::elsewhere::SHARD,
    &crate::gates::elsewhere::PAPER,
    &crate::gates::elsewhere::POLICY,
    &crate::sources::batches::OPERATION,
    &crate::log::checkpoint::CHECKPOINT,
    &crate::log::checkpoint::KEY,
    &crate::log::tiles::OPERATION,
    &crate::log::consistency::OPERATION,
    &crate::gates::own::OPERATION,
    &crate::officers::own::OPERATION,
    &crate::officers::parties::OPERATION,
    &crate::officers::proposals::MAKE,
    &crate::officers::proposals::LIST,
    &crate::officers::proposals::ONE,
    &crate::officers::proposals::APPROVE,
    &crate::officers::proposals::REFUSE,
    &crate::officers::batches::LIST,
    &crate::officers::batches::ONE,
    &crate::officers::batches::RELEASE,
    &crate::officers::batches::REFUSE,
    &crate::officers::counter::OPERATION,
    &crate::officers::appeals::LIST,
    &crate::officers::appeals::ANSWER,
    &crate::officers::rules::UPLOAD,
    &crate::officers::rules::LIST,
    &crate::officers::rules::ONE,
    &crate::officers::rules::TRY,
    &crate::officers::rules::TRIAL,
    &crate::officers::areas::OPERATION,
    &crate::officers::degraded::DECLARE,
    &crate::officers::degraded::END,
    &crate::officers::overrides::OPERATION,
    &crate::officers::passkeys::TICKET,
    &crate::officers::passkeys::LIST,
    &crate::officers::passkeys::END,
    &crate::officers::overview::OPERATION,
    &crate::officers::records::OPERATION,
    &crate::officers::audited::LIST,
    &crate::officers::audited::ONE,
    &crate::gates::notices::SIGNED,
    &crate::gates::notices::SHOWN,
    &crate::gates::look_ups::OPERATION,
    &crate::national::declare_health::OPERATION,
    &crate::national::declare_trip::OPERATION,
    &crate::national::query_health::OPERATION,
    &crate::national::apply_call::OPERATION,
    &crate::national::make_code::OPERATION,
    &crate::national::verify_code::OPERATION,
    &crate::national::correct_health::OPERATION,
    &crate::national::keys::OPERATION,
    &crate::gates::removals::OPERATION,
    &crate::service::neighbours::OPERATION,
    &crate::service::health::OPERATION,
    &crate::service::metrics::OPERATION,
    &crate::service::description::OPERATION,
    &crate::people::transfers::PREVIEW,
    &crate::people::transfers::BEGIN,
    &crate::people::transfers::ARRIVE,
    &crate::people::transfers::PICK_UP,
    &crate::people::reports::REPORT,
    &crate::people::reports::CONVERT,
];
