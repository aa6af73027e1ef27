//! `/v1/proposals`: what takes two officers.

use axum::body::Body;
use axum::http::Response;
use hc_code::Timestamp;
use hc_core::party::Duty;
use hc_core::store::{ProposalState, Store};
use hc_node::proposals::{Proposal, ProposalId, Proposed};
use hc_node::region::{ProposalError, RecognitionError};
use hc_node::registration::RegistrationError;
use serde::Deserialize;
use serde_json::{Value, json};

use super::asked::{self, AskedProposal};
use super::registered;
use crate::api::Root;
use crate::call::Call;
use crate::operation::{
    BodyForm, Credential, JSON, Lane, Operation, Parameter, Side, Success, Verb,
};
use crate::problem::{Fault, Problem, ProblemType};
use crate::told::Telling;
use crate::{door, json};

const BY: Credential = Credential::Officer(&[Duty::Operator]);
const SEEN_BY: Credential = Credential::Officer(&[Duty::Operator, Duty::Auditor]);
const ID: Parameter = Parameter::path("id", "The proposal, 32 hexadecimal digits.");
const TOLD: &str = "Proposal";

pub(crate) const MAKE: Operation = Operation {
    id: "propose",
    verb: Verb::Post,
    path: "/v1/proposals",
    summary: "Proposes what takes two officers; it lapses after 48 hours. What could not be done now is refused at once.",
    side: Side::Operators,
    credential: BY,
    lane: Lane::Act,
    body: Some(BodyForm::Json("ProposalToMake")),
    parameters: &[],
    success: &[Success::json(
        201,
        TOLD,
        "The proposal waits for another officer.",
    )],
    problems: &[
        ProblemType::AlreadyRegistered,
        ProblemType::NotRegistered,
        ProblemType::LastOperators,
        ProblemType::TooMany,
        ProblemType::NoRules,
        ProblemType::BadRules,
        ProblemType::RulesPassed,
    ],
};

pub(crate) const LIST: Operation = Operation {
    id: "listProposals",
    verb: Verb::Get,
    path: "/v1/proposals",
    summary: "The latest 100 proposals of each state, the latest first.",
    side: Side::Operators,
    credential: SEEN_BY,
    lane: Lane::Act,
    body: None,
    parameters: &[],
    success: &[Success::json(200, "Proposals", "All that are kept.")],
    problems: &[],
};

pub(crate) const ONE: Operation = Operation {
    id: "proposal",
    verb: Verb::Get,
    path: "/v1/proposals/{id}",
    summary: "One proposal.",
    side: Side::Operators,
    credential: SEEN_BY,
    lane: Lane::Act,
    body: None,
    parameters: &[ID],
    success: &[Success::json(200, TOLD, "The proposal.")],
    problems: &[ProblemType::NoProposal],
};

pub(crate) const APPROVE: Operation = Operation {
    id: "approve",
    verb: Verb::Post,
    path: "/v1/proposals/{id}/approval",
    summary: "Approves another officer's proposal, which does it in the same act.",
    side: Side::Operators,
    credential: BY,
    lane: Lane::Act,
    body: None,
    parameters: &[ID],
    success: &[Success::json(200, TOLD, "It is done.")],
    problems: &[
        ProblemType::NoProposal,
        ProblemType::ProposalClosed,
        ProblemType::SameOfficer,
        ProblemType::NoRules,
        ProblemType::RulesPassed,
        ProblemType::AlreadyRegistered,
        ProblemType::NotRegistered,
        ProblemType::LastOperators,
    ],
};

pub(crate) const REFUSE: Operation = Operation {
    id: "refuse",
    verb: Verb::Post,
    path: "/v1/proposals/{id}/refusal",
    summary: "Refuses a proposal, one's own too.",
    side: Side::Operators,
    credential: BY,
    lane: Lane::Act,
    body: Some(BodyForm::Json("Refusal")),
    parameters: &[ID],
    success: &[Success::json(200, TOLD, "It will not be done.")],
    problems: &[ProblemType::NoProposal, ProblemType::ProposalClosed],
};

/// The most proposals of a state that are told.
const MOST_TOLD: usize = 100;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Refusal {
    reason: String,
}

pub(crate) async fn make<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let region = call.api.region();
    let by = call.officer()?.id().clone();
    let asked: AskedProposal = json::read(&call.body)?;
    let proposed = match asked {
        AskedProposal::ActivateRules(asked) => region.proposed_rules(asked.version).await?,
        asked => asked.read(region.now()).map_err(refused)?,
    };
    let proposal = region.propose(proposed, by).await?;
    Ok(answered(&call, 201, &proposal))
}

pub(crate) async fn list<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let region = call.api.region();
    let (now, telling) = (region.now(), call.telling());
    let all = region.proposals(MOST_TOLD).await?;
    let all: Vec<Value> = all.iter().map(|one| told(one, now, telling)).collect();
    Ok(door::answer(
        200,
        JSON,
        json!({"proposals": all}).to_string(),
    ))
}

pub(crate) async fn one<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let proposal = call.api.region().proposal(id(&call)?).await?;
    Ok(answered(&call, 200, &proposal))
}

pub(crate) async fn approve<S: Store, R: Root>(
    call: Call<S, R>,
) -> Result<Response<Body>, Problem> {
    let by = call.officer()?.id().clone();
    let proposal = call
        .api
        .region()
        .approve_by(id(&call)?, by, call.proved)
        .await?;
    Ok(answered(&call, 200, &proposal))
}

pub(crate) async fn refuse<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let by = call.officer()?.id().clone();
    let asked: Refusal = json::read(&call.body)?;
    let reason = asked::read_reason(&asked.reason)?;
    let region = call.api.region();
    let proposal = region.refuse(id(&call)?, by, reason, call.proved).await?;
    Ok(answered(&call, 200, &proposal))
}

fn refused(faults: Vec<Fault>) -> Problem {
    Problem::new(ProblemType::BadFields).with_faults(faults)
}

pub(crate) fn id<S, R>(call: &Call<S, R>) -> Result<ProposalId, Problem> {
    let mut id = [0; 16];
    hex::decode_to_slice(call.segment("id"), &mut id)
        .map_err(|_| Problem::new(ProblemType::NoProposal))?;
    Ok(id)
}

fn answered<S: Store, R: Root>(
    call: &Call<S, R>,
    status: u16,
    proposal: &Proposal,
) -> Response<Body> {
    let told = told(proposal, call.api.region().now(), call.telling());
    door::answer(status, JSON, told.to_string())
}

fn told(proposal: &Proposal, now: Timestamp, telling: Telling) -> Value {
    let state = match proposal.state {
        ProposalState::Waiting if !proposal.waits_at(now) => "lapsed".to_owned(),
        state => state.to_string(),
    };
    let decided = proposal.decided.as_ref().map(|decided| {
        json!({
            "by": decided.by,
            "at": telling.time(Timestamp::from_unix(decided.at)),
            "reason": decided.reason,
        })
    });
    let mut told = json!({
        "id": hex::encode(proposal.id),
        "act": proposal.proposed.act(),
        "state": state,
        "by": proposal.by.as_str(),
        "at": telling.time(proposal.at),
        "until": telling.time(proposal.until),
        "decided": decided,
    });
    let Value::Object(members) = &mut told else {
        return told;
    };
    match &proposal.proposed {
        Proposed::Register(terms) => {
            members.insert("party".to_owned(), registered::party(terms, telling));
        }
        Proposed::End { kind, id, reason } => {
            let party = json!({"kind": kind.to_string(), "id": id.as_str()});
            members.insert("party".to_owned(), party);
            members.insert("reason".to_owned(), reason.as_str().into());
        }
        Proposed::PublishRecognition { version, text } => {
            let policy = json!({"version": version, "text": text});
            members.insert("recognition".to_owned(), policy);
        }
        Proposed::ActivateRules { version, digest } => {
            let rules = json!({"version": version, "digest": hex::encode(digest)});
            members.insert("rules".to_owned(), rules);
        }
    }
    told
}

impl From<RegistrationError> for Problem {
    fn from(error: RegistrationError) -> Self {
        let detail = error.to_string();
        let kind = match error {
            RegistrationError::Act(error) => return error.into(),
            RegistrationError::IdTaken(_)
            | RegistrationError::KeyTaken { .. }
            | RegistrationError::NameTaken
            | RegistrationError::PersonTaken => ProblemType::AlreadyRegistered,
            RegistrationError::NotRegistered(_) => ProblemType::NotRegistered,
            RegistrationError::LastOperators => ProblemType::LastOperators,
            RegistrationError::Terms(_) => ProblemType::BadFields,
        };
        Self::new(kind).with_detail(detail)
    }
}

impl From<RecognitionError> for Problem {
    fn from(error: RecognitionError) -> Self {
        let detail = error.to_string();
        let kind = match error {
            RecognitionError::Act(error) => return error.into(),
            RecognitionError::Findings(findings) => {
                let faults = findings.iter().map(|finding| {
                    let rule = finding.rule.as_ref();
                    let rule = rule.map_or_else(String::new, |rule| format!("rule {rule}: "));
                    let says = format!("{rule}{}", finding.message);
                    Fault::new(format!("line[{}]", finding.line), &says)
                });
                return Self::new(ProblemType::BadRules).with_faults(faults.collect());
            }
            RecognitionError::TooLong
            | RecognitionError::OtherRegion(_)
            | RecognitionError::Policy(_)
            | RecognitionError::EasesNothing => ProblemType::BadRules,
            RecognitionError::Ended(_)
            | RecognitionError::Meanwhile
            | RecognitionError::TooMany => ProblemType::RulesPassed,
            RecognitionError::Signing(_) => ProblemType::Internal,
        };
        Self::new(kind).with_detail(detail)
    }
}

impl From<ProposalError> for Problem {
    fn from(error: ProposalError) -> Self {
        let detail = error.to_string();
        let kind = match error {
            ProposalError::Act(error) => return error.into(),
            ProposalError::Registration(error) => return error.into(),
            ProposalError::Pack(error) => return error.into(),
            ProposalError::Recognition(error) => return error.into(),
            ProposalError::Kept(_) => return Self::new(ProblemType::Internal),
            ProposalError::Nothing => ProblemType::NoProposal,
            ProposalError::Closed => ProblemType::ProposalClosed,
            ProposalError::Same => ProblemType::SameOfficer,
            ProposalError::Duty => ProblemType::NotAllowed,
            ProposalError::TooMany => ProblemType::TooMany,
        };
        Self::new(kind).with_detail(detail)
    }
}
