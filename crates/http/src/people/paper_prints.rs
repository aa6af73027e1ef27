//! `POST /v1/paper-prints`: a paper code as a sheet for a printer.

use std::future::ready;

use axum::body::Body;
use axum::http::Response;
use hc_code::Class;
use hc_code::claims::{Body as Content, Claims};
use hc_code::cose::Sign1;
use hc_code::text::CodeText;
use hc_code::verify::Action;
use hc_core::store::Store;
use hc_qr::{PaperSheet, SheetLayout, paper_pdf};
use serde::Deserialize;

use crate::api::Root;
use crate::call::Call;
use crate::operation::{BodyForm, Credential, Lane, Operation, Side, Success, Verb};
use crate::problem::{Fault, Problem, ProblemType};
use crate::told::hexadecimal;
use crate::{door, json};

/// The media type of PDF.
const PDF: &str = "application/pdf";
/// Longer texts are no paper codes.
const LONGEST: usize = 1024;

pub(crate) const OPERATION: Operation = Operation {
    id: "printPaper",
    verb: Verb::Post,
    path: "/v1/paper-prints",
    summary: "Gives a paper code of this region as PDF, as a card or as a sheet of A4, in Chinese and English; nothing is kept of it.",
    side: Side::Public,
    credential: Credential::Device,
    // Drawing takes longer than showing: it is done in turn, and not too often for one person.
    lane: Lane::Act,
    body: Some(BodyForm::Json("PaperPrint")),
    parameters: &[],
    success: &[Success::plain(200, PDF, "The sheet.")],
    problems: &[],
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    text: String,
    layout: Layout,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Layout {
    Card,
    A4,
}

pub(crate) async fn answer<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    ready(printed(&call)).await
}

fn printed<S: Store, R: Root>(call: &Call<S, R>) -> Result<Response<Body>, Problem> {
    let asked: Asked = json::read(&call.body)?;
    let region = call.api.region();
    let refused = |problem: &str| {
        let fault = Fault::new("text", problem);
        Problem::new(ProblemType::BadFields).with_faults(vec![fault])
    };
    let not_ours = || refused("is no paper code of this region that counts");
    if asked.text.len() > LONGEST {
        return Err(not_ours());
    }
    // A sheet looks official: only what gates would read as a paper code is printed.
    let verdict = region.verify(&asked.text);
    if verdict.class != Some(Class::Paper) || verdict.action == Action::Invalid {
        return Err(not_ours());
    }
    let text = CodeText::parse(&asked.text).map_err(|_| not_ours())?;
    let signed = Sign1::parse(text.security()).map_err(|_| not_ours())?;
    let claims = Claims::decode(signed.payload()).map_err(|_| not_ours())?;
    let Content::Paper(paper) = claims.body() else {
        return Err(not_ours());
    };
    let until = call.api.time(claims.expires_at()).unwrap_or_default();
    let pointer = hexadecimal(paper.pointer().as_bytes());
    let sheet = PaperSheet {
        text: &asked.text,
        region: &region.division().to_string(),
        until: until.split('T').next().unwrap_or_default(),
        number: pointer.get(26..).unwrap_or_default(),
    };
    let layout = match asked.layout {
        Layout::Card => SheetLayout::Card,
        Layout::A4 => SheetLayout::A4,
    };
    let bytes = paper_pdf(&sheet, layout).map_err(|_| Problem::new(ProblemType::Internal))?;
    Ok(door::answer(200, PDF, bytes))
}
