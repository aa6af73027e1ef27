//! `/v1/rules`: rule packs, uploaded and tried; put in force by a proposal.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Response;
use hc_core::party::Duty;
use hc_core::rules::{MAX_PACK_BYTES, RulePack};
use hc_core::store::{PackRow, Store};
use hc_node::region::PackError;
use hc_node::rules::{Progress, Trial};
use serde_json::{Value, json};

use crate::api::Root;
use crate::call::Call;
use crate::door;
use crate::operation::{
    BodyForm, Credential, FileForm, JSON, Lane, Operation, Parameter, Side, Success, Verb,
};
use crate::people::why::aside;
use crate::problem::{Fault, Problem, ProblemType};
use crate::told::Telling;

const BY: Credential = Credential::Officer(&[Duty::Operator]);
const SEEN_BY: Credential = Credential::Officer(&[Duty::Operator, Duty::Health, Duty::Auditor]);
const VERSION: &[Parameter] = &[Parameter::path("version", "The pack's version.")];
const TOML: &str = "application/toml";
/// So many people are tried at once, so that nobody waits long behind them.
const TRIED_AT_ONCE: u32 = 500;

pub(crate) const UPLOAD: Operation = Operation {
    id: "uploadRules",
    verb: Verb::Post,
    path: "/v1/rules",
    summary: "Keeps a rule pack that is proved; it decides nobody before two officers activate it. Everything that is wrong with it is named at once.",
    side: Side::Operators,
    credential: BY,
    lane: Lane::Act,
    body: Some(BodyForm::File(FileForm {
        media: TOML,
        says: "A rule pack of spec/rule-packs.md.",
        most: MAX_PACK_BYTES,
    })),
    parameters: &[],
    success: &[Success::json(201, "RulePack", "The pack is kept.")],
    problems: &[ProblemType::BadRules, ProblemType::RulesPassed],
};

pub(crate) const LIST: Operation = Operation {
    id: "listRules",
    verb: Verb::Get,
    path: "/v1/rules",
    summary: "Which rule packs were uploaded, which one decides, and how far deciding everybody anew has come.",
    side: Side::Operators,
    credential: SEEN_BY,
    lane: Lane::Act,
    body: None,
    parameters: &[],
    success: &[Success::json(200, "RulePacks", "By version.")],
    problems: &[],
};

pub(crate) const ONE: Operation = Operation {
    id: "rules",
    verb: Verb::Get,
    path: "/v1/rules/{version}",
    summary: "A rule pack as it was uploaded.",
    side: Side::Operators,
    credential: SEEN_BY,
    lane: Lane::Act,
    body: None,
    parameters: VERSION,
    success: &[Success::plain(200, TOML, "The file.")],
    problems: &[ProblemType::NoRules],
};

pub(crate) const TRY: Operation = Operation {
    id: "tryRules",
    verb: Verb::Post,
    path: "/v1/rules/{version}/trial",
    summary: "Begins to try a rule pack on everybody, changing nothing: how many people of which division would go from which level to which.",
    side: Side::Operators,
    credential: BY,
    lane: Lane::Act,
    body: None,
    parameters: VERSION,
    success: &[Success::json(
        202,
        "Trial",
        "It has begun; ask how far it is.",
    )],
    problems: &[ProblemType::NoRules, ProblemType::TrialUnderWay],
};

pub(crate) const TRIAL: Operation = Operation {
    id: "trial",
    verb: Verb::Get,
    path: "/v1/rules/{version}/trial",
    summary: "How far trying a rule pack has come, and what was found so far. Kept by the node that does it, until another is tried.",
    side: Side::Operators,
    credential: SEEN_BY,
    lane: Lane::Memory,
    body: None,
    parameters: VERSION,
    success: &[Success::json(200, "Trial", "The trial.")],
    problems: &[ProblemType::NoRules],
};

pub(crate) async fn upload<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let by = call.officer()?.id().clone();
    let region = Arc::clone(call.api.region());
    let text = String::from_utf8(call.body.to_vec()).map_err(|_| {
        let fault = Fault::new("", "is not UTF-8");
        Problem::new(ProblemType::BadRules).with_faults(vec![fault])
    })?;
    let proving = Arc::clone(&region);
    let (pack, text) = aside(move || (proving.prove_pack(&text), text)).await?;
    let row = region.upload_pack(pack?, text, by).await?;
    let told = told(&row, call.telling());
    Ok(door::answer(201, JSON, told.to_string()))
}

pub(crate) async fn list<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let telling = call.telling();
    let packs = call.api.region().packs().await?;
    let all: Vec<Value> = packs
        .uploaded
        .iter()
        .map(|row| told(row, telling))
        .collect();
    let told = json!({
        "inForce": packs.in_force,
        "uploaded": all,
        "redeciding": packs.redeciding.map(|progress| progress_told(progress, telling)),
    });
    Ok(door::answer(200, JSON, told.to_string()))
}

pub(crate) async fn one<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let row = call.api.region().pack(version(&call)?).await?;
    Ok(door::answer(200, TOML, row.text))
}

pub(crate) async fn begin<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let region = Arc::clone(call.api.region());
    let (trial, rulebook) = region.begin_trial(version(&call)?).await?;
    let told = trial_told(&trial, call.telling());
    // It ends with the runtime; whoever asks sees how far it came.
    drop(tokio::spawn(async move {
        region.run_trial(rulebook, TRIED_AT_ONCE).await;
    }));
    Ok(door::answer(202, JSON, told.to_string()))
}

pub(crate) async fn trial<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let found = call.api.region().trial(version(&call)?);
    let found = found.ok_or_else(|| Problem::new(ProblemType::NoRules));
    let told = trial_told(&found?, call.telling());
    std::future::ready(Ok(door::answer(200, JSON, told.to_string()))).await
}

fn version<S, R>(call: &Call<S, R>) -> Result<u32, Problem> {
    let text = call.segment("version");
    let plain = text.bytes().all(|byte| byte.is_ascii_digit());
    let version = text.parse().ok().filter(|_| plain);
    version.ok_or_else(|| Problem::new(ProblemType::NoRules))
}

fn told(row: &PackRow, telling: Telling) -> Value {
    let mut told = json!({
        "version": row.version,
        "uploaded": telling.time(row.at),
        "inForceFrom": row.activated.map(|at| telling.time(at)),
    });
    // A pack that was proved is read again; one that an older program kept may not be.
    if let (Ok(pack), Value::Object(members)) = (RulePack::parse(&row.text), &mut told) {
        let name = json!({"zh": pack.name.zh, "en": pack.name.en});
        members.insert("name".to_owned(), name);
        members.insert("rules".to_owned(), pack.rules.len().into());
        members.insert("validFrom".to_owned(), telling.time(pack.valid_from));
        members.insert("validUntil".to_owned(), telling.time(pack.valid_until));
    }
    told
}

fn progress_told(progress: Progress, telling: Telling) -> Value {
    json!({
        "began": telling.time(progress.began),
        "looked": progress.looked,
        "of": progress.of,
        "ended": progress.ended.map(|at| telling.time(at)),
        "failed": progress.failed,
    })
}

fn trial_told(trial: &Trial, telling: Telling) -> Value {
    let code = |level: hc_code::Level| level.code();
    let turns: Vec<Value> = trial
        .turns
        .iter()
        .map(|(turn, people)| {
            json!({
                "division": turn.division.map(|division| division.to_string()),
                "from": turn.from.map(code),
                "to": code(turn.to),
                "people": people,
            })
        })
        .collect();
    json!({
        "version": trial.version,
        "progress": progress_told(trial.progress, telling),
        "turns": turns,
    })
}

impl From<PackError> for Problem {
    fn from(error: PackError) -> Self {
        let detail = error.to_string();
        let kind = match error {
            PackError::Act(error) => return error.into(),
            PackError::Findings(findings) => {
                let faults = findings.iter().map(|finding| {
                    let rule = finding.rule.as_ref();
                    let rule = rule.map_or_else(String::new, |rule| format!("rule {rule}: "));
                    let says = format!("{rule}{}", finding.message);
                    Fault::new(format!("line[{}]", finding.line), &says)
                });
                return Self::new(ProblemType::BadRules).with_faults(faults.collect());
            }
            PackError::OtherRegion(_) => ProblemType::BadRules,
            PackError::Version { .. } | PackError::Activated | PackError::Ended => {
                ProblemType::RulesPassed
            }
            PackError::Nothing => ProblemType::NoRules,
            PackError::Busy => ProblemType::TrialUnderWay,
        };
        Self::new(kind).with_detail(detail)
    }
}
