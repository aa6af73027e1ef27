//! A batch that waits for an officer, with documents in place of this region's codes: a day later nobody
//! could tell any more whose they were.

use hc_core::act::{self, ActError};
use hc_core::document::Document;
use hc_core::evidence::ScannedCode;
use hc_core::evidence::intake::{Field, Named, Row, line_of_row};
use hc_core::place::PlaceTable;
use hc_core::store::Writing;
use serde_json::{Map, Value};

use super::scanned::Resolver;
use super::{BatchForm, Sent};

/// The batch with every code that can be resolved replaced by a document of its subject; none where it
/// names nobody by a code.
pub(super) fn resolved(
    writing: &mut dyn Writing,
    resolver: &Resolver,
    (sent, rows): (&Sent, &[Row]),
    places: &PlaceTable,
) -> Result<Option<Sent>, ActError> {
    let by_code = |row: &Row| matches!(row.named(), Named::Code(_));
    if !rows.iter().any(by_code) {
        return Ok(None);
    }
    let mut bytes = Vec::with_capacity(sent.bytes.len());
    match sent.form {
        BatchForm::Ndjson => {
            for line in sent.bytes.split(|byte| *byte == b'\n') {
                match with_document(writing, resolver, line)? {
                    Some(changed) => bytes.extend_from_slice(changed.as_bytes()),
                    None => bytes.extend_from_slice(line),
                }
                bytes.push(b'\n');
            }
        }
        // A cell more or less would be another header: the good lines are written in the other form.
        BatchForm::Csv => {
            for row in rows {
                let document = match row.named() {
                    Named::Code(code) => document_of(writing, resolver, code)?,
                    Named::Document(_) => None,
                };
                let named = document.map(Named::Document);
                let line = line_of_row(row, named.as_ref().unwrap_or_else(|| row.named()), places);
                bytes.extend_from_slice(line.as_bytes());
                bytes.push(b'\n');
            }
        }
    }
    Ok(Some(Sent {
        form: BatchForm::Ndjson,
        bytes: bytes.into(),
        ..sent.clone()
    }))
}

/// A line with a document in place of its code; none where it has no code that can be resolved.
fn with_document(
    writing: &mut dyn Writing,
    resolver: &Resolver,
    line: &[u8],
) -> Result<Option<String>, ActError> {
    let Ok(mut object) = serde_json::from_slice::<Map<String, Value>>(line) else {
        return Ok(None);
    };
    let code = object.get(Field::Code.name()).and_then(Value::as_str);
    let Some(code) = code.and_then(|text| ScannedCode::parse(text).ok()) else {
        return Ok(None);
    };
    let Some(document) = document_of(writing, resolver, &code)? else {
        return Ok(None);
    };
    object.remove(Field::Code.name());
    let mut put = |field: Field, text: &str| {
        object.insert(field.name().to_owned(), Value::String(text.to_owned()));
    };
    put(Field::DocumentType, document.kind().code());
    put(Field::Document, &document.expose_number());
    if let Some(country) = document.country() {
        put(Field::Country, country.code());
    }
    Ok(Some(Value::Object(object).to_string()))
}

fn document_of(
    writing: &mut dyn Writing,
    resolver: &Resolver,
    code: &ScannedCode,
) -> Result<Option<Document>, ActError> {
    let Some(number) = resolver.subject(writing, code)? else {
        return Ok(None);
    };
    let documents = act::documents(writing, number, resolver.now())?;
    Ok(documents.into_iter().next())
}
