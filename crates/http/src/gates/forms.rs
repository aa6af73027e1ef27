//! `POST /v1/gate-forms/{form}`: a verdict in the form that a kind of gate knows already.

use std::sync::LazyLock;

use axum::body::Body;
use axum::http::Response;
use hc_core::store::Store;
use hc_gbt::adapter::{GateForm, Verdict};
use hc_gbt::json;

use crate::api::Root;
use crate::call::Call;
use crate::door;
use crate::operation::{
    BodyForm, Credential, JSON, Lane, Operation, Parameter, Side, Success, Verb,
};
use crate::problem::{Fault, Problem, ProblemType};

pub(crate) const OPERATION: Operation = Operation {
    id: "verifyInForm",
    verb: Verb::Post,
    path: "/v1/gate-forms/{form}",
    summary: "Verifies a code as /v1/verdicts does, asked and answered in the form of a kind of gate of practice; a table of spec/gate-forms says how.",
    side: Side::Public,
    credential: Credential::None,
    lane: Lane::Memory,
    body: Some(BodyForm::Json("GateFormRequest")),
    parameters: &[Parameter::path(
        "form",
        "The form: status, zero-to-eight, one-to-seven, one-to-four, gateway or colour.",
    )],
    success: &[Success::json(
        200,
        "GateFormReply",
        "The reply that the gate knows.",
    )],
    problems: &[ProblemType::NotFound],
};

/// More bytes than the largest QR code holds.
const LONGEST: usize = 8192;

static FORMS: LazyLock<Vec<GateForm>> = LazyLock::new(|| GateForm::bundled().unwrap_or_default());

pub(crate) async fn answer<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let name = call.segment("form");
    let form = FORMS.iter().find(|form| form.name() == name);
    let form = form.ok_or_else(|| Problem::new(ProblemType::NotFound))?;
    let text = core::str::from_utf8(&call.body).unwrap_or_default();
    let request = json::read(text).map_err(|error| {
        let fault = Fault::new("", &error);
        Problem::new(ProblemType::BadJson).with_faults(vec![fault])
    })?;
    let refused = |problem: &str| {
        let place = form.place().trim_start_matches('/').replace('/', ".");
        Problem::new(ProblemType::BadFields).with_faults(vec![Fault::new(place, problem)])
    };
    let code = form.code(&request);
    let code = code.ok_or_else(|| refused("the text of the code is missing"))?;
    if code.len() > LONGEST {
        return Err(refused("has more than 8192 bytes"));
    }
    let region = call.api.region();
    let told = region.verify(code);
    let as_of = told.as_of.and_then(|at| call.api.time(at));
    let verdict = Verdict {
        action: told.action,
        cause: told.cause,
        level: told.level,
        reason: told.reason.word_zh(),
        as_of: as_of.as_deref(),
        last_test: told.last_test.map(hc_code::statement::LastTest::time),
    };
    let reply = form.reply(&verdict, region.now()).to_string();
    std::future::ready(Ok(door::answer(200, JSON, reply))).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_that_comes_with_the_program_is_offered() {
        assert_eq!(FORMS.len(), GateForm::bundled().unwrap().len());
        let said = OPERATION.parameters[0].says;
        assert!(FORMS.iter().all(|form| said.contains(form.name())));
    }
}
