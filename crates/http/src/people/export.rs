//! `GET /v1/export`: everything that is kept about the person, for the person.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Response;
use hc_code::Offset;
use hc_core::act::Export;
use hc_core::domain_table::Code;
use hc_core::place::PlaceTable;
use hc_core::store::Store;
use serde_json::{Value, json};

use super::why::aside;
use crate::api::Root;
use crate::call::Call;
use crate::door;
use crate::operation::{Credential, JSON, Lane, Operation, Side, Success, Verb};
use crate::problem::Problem;
use crate::told::{Telling, hexadecimal};

pub(crate) const OPERATION: Operation = Operation {
    id: "exportOwnData",
    verb: Verb::Get,
    path: "/v1/export",
    summary: "Gives everything that is kept about the person; that it was given is logged.",
    side: Side::Public,
    credential: Credential::Device,
    lane: Lane::Act,
    body: None,
    parameters: &[],
    success: &[Success::json(200, "Export", "Everything.")],
    problems: &[],
};

pub(crate) async fn answer<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let region = Arc::clone(call.api.region());
    let export = region.export(&call.token).await?;
    let telling = Telling {
        offset: region.terms().offset,
    };
    let told = aside(move || {
        let mut rulebook = region.rulebook();
        whole(telling, &export, rulebook.places()).to_string()
    })
    .await?;
    Ok(door::answer(200, JSON, told))
}

/// An export as it is given over HTTP, with times where the region's people live. `places` is the table
/// that the evidence's places were interned in.
pub fn exported(offset: Offset, export: &Export, places: &PlaceTable) -> Value {
    whole(Telling { offset }, export, places)
}

fn whole(telling: Telling, export: &Export, places: &PlaceTable) -> Value {
    let profile = &export.profile;
    let documents = export.documents.iter().map(|document| {
        json!({
            "type": document.kind().code(),
            "number": document.expose_number(),
            "country": document.country().map(Code::code),
        })
    });
    let declarations = export.declarations.iter().map(|row| {
        // What cannot be read any more is said to be so, not left out.
        let content = serde_json::from_slice::<Value>(&row.content).unwrap_or(Value::Null);
        json!({"at": telling.time(row.at), "declared": content})
    });
    let consents = export.consents.iter().map(|row| {
        json!({
            "purpose": row.purpose,
            "version": row.version,
            "at": telling.time(row.at),
            "until": telling.time(row.until),
        })
    });
    // Numbers of other people mean nothing to anybody outside.
    let grants = export.grants.iter().map(|row| {
        let side = if row.guardian == export.number {
            "guardian"
        } else {
            "ward"
        };
        json!({"side": side, "at": telling.time(row.at), "until": telling.time(row.until)})
    });
    let appeals = export.appeals.iter();
    let papers = export.papers.iter().map(|row| {
        json!({
            "pointer": hexadecimal(&row.pointer),
            "at": telling.time(row.at),
            "until": telling.time(row.until),
            "withdrawn": row.withdrawn.map(|at| telling.time(at)),
        })
    });
    let evidence = export.evidence.iter();
    let log = export.log.iter();
    json!({
        "since": telling.time(export.since),
        "profile": {
            "name": profile.name.expose_name(),
            "phone": profile.phone.as_ref().map(hc_core::personal::Phone::expose_number),
            "address": profile.address.as_ref().map(hc_core::personal::Address::expose_address),
        },
        "documents": documents.collect::<Vec<_>>(),
        "declarations": declarations.collect::<Vec<_>>(),
        "consents": consents.collect::<Vec<_>>(),
        "grants": grants.collect::<Vec<_>>(),
        "appeals": appeals
            .map(|row| super::appeals::told(row, telling).unwrap_or(Value::Null))
            .collect::<Vec<_>>(),
        "papers": papers.collect::<Vec<_>>(),
        "evidence": evidence.map(|one| telling.evidence(one, places)).collect::<Vec<_>>(),
        "log": log.map(|row| telling.log_row(row)).collect::<Vec<_>>(),
    })
}
