//! What other regions say of a person, beside what this one says: the list of practice that is called
//! `healthyReport` (`spec/gbt38963.md` §5.2).

use std::sync::Arc;

use hc_code::day_index::SubjectNumber;
use hc_code::parcel::Report;
use hc_code::{DivisionCode, Level, ReasonClass, Timestamp};
use hc_core::evidence::ScannedCode;
use hc_core::store::Store;
use hc_gbt::{Fault, Fields, ResultCode};
use hc_node::region::{ReportError, Reported};
use serde_json::{Map, Value, json};

use super::message::time;
use super::refusal::Refusal;
use crate::api::Root;
use crate::call::Call;

/// The most codes of one message: who has more has not been asked for them at a door.
const MOST: usize = 8;
/// More characters than the largest QR code holds.
const LONGEST: usize = 8192;

/// The codes of a message, each with a fault of its own where it is none or a second one of its region.
pub(super) fn read(fields: &mut Fields<'_>) -> Vec<String> {
    let codes = match fields.value("otherCodes") {
        None => return Vec::new(),
        Some(Value::Array(codes)) if codes.is_empty() => Err(ResultCode::FieldLength),
        Some(Value::Array(codes)) if codes.len() > MOST => Err(ResultCode::ListTooLong),
        Some(Value::Array(codes)) => Ok(codes),
        Some(_) => Err(ResultCode::FieldShape),
    };
    let codes = match codes {
        Ok(codes) => codes,
        Err(code) => {
            fields.refuse("otherCodes", code);
            return Vec::new();
        }
    };
    let mut regions: Vec<DivisionCode> = Vec::new();
    let mut read = Vec::new();
    for (place, code) in codes.iter().enumerate() {
        let found = match code.as_str() {
            None => Err(ResultCode::FieldShape),
            Some(text) if text.len() > LONGEST => Err(ResultCode::FieldLength),
            Some(text) => ScannedCode::parse(text)
                .map_err(|_| ResultCode::CodeText)
                .map(|code| (code.issuer(), text)),
        };
        match found {
            Ok((region, _)) if regions.contains(&region) => {
                fields.refuse(format!("otherCodes[{place}]"), ResultCode::FieldDomain);
            }
            Ok((region, text)) => {
                regions.push(region);
                read.push(text.to_owned());
            }
            Err(code) => fields.refuse(format!("otherCodes[{place}]"), code),
        }
    }
    read
}

/// What each region says now. One that says nothing stands there as unknown: a list that left it out would look
/// as if nobody had asked.
///
/// # Errors
/// A code of this region, or of one that nothing is exchanged with.
pub(super) async fn reports<S: Store, R: Root>(
    call: &Arc<Call<S, R>>,
    number: SubjectNumber,
    texts: &[String],
) -> Result<Vec<Value>, Refusal> {
    let region = call.api.region();
    let mut reports = Vec::new();
    for (place, text) in texts.iter().enumerate() {
        let refused = || {
            vec![Fault::new(
                format!("otherCodes[{place}]"),
                ResultCode::CodeIssuer,
            )]
        };
        let said = match region.ask_report_for(number, text).await {
            Ok(Reported { region, report, .. }) => entry(region, report),
            Err(ReportError::NotACode(_) | ReportError::Own | ReportError::NoWay(_)) => {
                return Err(refused().into());
            }
            Err(ReportError::Region(error)) => return Err(error.into()),
            // A region that does not answer, or not in this form: nothing is known of what it says.
            Err(_) => {
                let code = ScannedCode::parse(text).map_err(|_| refused())?;
                entry(code.issuer(), Report::Unknown)
            }
        };
        reports.push(said);
    }
    Ok(reports)
}

fn entry(region: DivisionCode, report: Report) -> Value {
    let Report::Known {
        level,
        reason,
        as_of,
        ..
    } = report
    else {
        return json!({"division": region.to_string(), "level": Level::Unknown.code()});
    };
    said(region, (level, reason), as_of)
}

/// What a region says: level, time, and the reason where the level is not low.
pub(super) fn said(
    region: DivisionCode,
    (level, reason): (Level, ReasonClass),
    as_of: Timestamp,
) -> Value {
    let mut said = Map::new();
    said.insert("division".to_owned(), region.to_string().into());
    said.insert("level".to_owned(), level.code().into());
    said.insert("asOf".to_owned(), time(as_of));
    if reason != ReasonClass::None {
        said.insert("reason".to_owned(), reason.word_zh().into());
    }
    Value::Object(said)
}
