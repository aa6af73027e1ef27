//! `POST /gbt38963/makeCode` (GB/T 38963, 6.6): a code of a person, with what the application binds into it.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Response;
use hc_code::Extension;
use hc_code::live::Live;
use hc_core::document::{Document, DocumentType};
use hc_core::party::Function;
use hc_core::store::Store;
use hc_gbt::image::BitImage;
use hc_gbt::{Fields, ResultCode};

use super::calls::CallKind;
use super::message::{Message, finish, handle, time};
use super::refusal::Refusal;
use super::reply::Reply;
use super::subject;
use crate::api::Root;
use crate::call::Call;
use crate::operation::{Lane, Operation};
use crate::problem::Problem;

pub(crate) const OPERATION: Operation = super::function(
    "makeCode",
    "/gbt38963/makeCode",
    "GB/T 38963, 6.6: makes a live code for a person by their own token, as text and, where asked for, as a bit matrix; bizExtData is bound into it and signed with it.",
    (Lane::Memory, "NationalMakeCode"),
);

pub(crate) async fn answer<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    handle(call, Function::MakeCode, |call, message| async move {
        make(&call, &message)
    })
    .await
}

fn make<S: Store, R: Root>(
    call: &Arc<Call<S, R>>,
    message: &Arc<Message>,
) -> Result<Reply, Refusal> {
    let mut fields = message.fields();
    message.take_call(call, CallKind::Make, &mut fields)?;
    let token = subject::read_token(&mut fields);
    let extension = extension(&mut fields, message);
    let image = fields.flag("wantImage");
    finish(fields)?;
    let (Some(token), Some(extension), Some(image)) = (token, extension, image) else {
        return Err(ResultCode::Internal.into());
    };
    let region = call.api.region();
    let authority = region.authority(token, message.terms.id(), Function::MakeCode)?;
    let shown = region.show_with(&authority, &extension)?;
    let code = shown.codes.first().ok_or(ResultCode::Internal)?;
    let mut reply = Reply::new();
    reply.put("codeContent", code.text.as_str());
    reply.put("status", shown.level.code());
    reply.put("asOf", time(shown.as_of));
    reply.put("validFrom", time(code.from));
    reply.put(
        "validUntil",
        time(code.from.plus(Live::LIFETIME).min(shown.until)),
    );
    if image {
        let image = BitImage::of(&code.text).map_err(|_| ResultCode::Internal)?;
        reply.put("imgStream", image.stream());
        reply.put("width", image.width());
    }
    Ok(reply)
}

/// What is to be bound into the code: a text of at most 200 bytes without anybody's number.
fn extension(fields: &mut Fields<'_>, message: &Message) -> Option<Extension> {
    let Some(text) = fields.optional_text("bizExtData", usize::MAX) else {
        return Some(Extension::empty());
    };
    if names_somebody(text, message) {
        fields.refuse("bizExtData", ResultCode::ExtensionPersonal);
        return None;
    }
    if let Ok(extension) = Extension::new(text.as_bytes()) {
        Some(extension)
    } else {
        fields.refuse("bizExtData", ResultCode::ExtensionLength);
        None
    }
}

/// Whether an identity number stands somewhere in a text. The text is in the open in the code.
fn names_somebody(text: &str, message: &Message) -> bool {
    let Ok(kind) = DocumentType::from_word("resident-id") else {
        return false;
    };
    digits(text).any(|run| {
        run.as_bytes().windows(18).any(|part| {
            core::str::from_utf8(part)
                .is_ok_and(|part| Document::parse(kind, part, None, message.now).is_ok())
        })
    })
}

/// The runs of digits and X of a text, in ASCII: as half and full width are written, with or without what people put
/// between groups of digits.
fn digits(text: &str) -> impl Iterator<Item = String> {
    let mut runs = vec![String::new()];
    for character in text.chars() {
        match half_width(character) {
            Some(digit) => {
                if let Some(run) = runs.last_mut() {
                    run.push(digit);
                }
            }
            None if is_between(character) => {}
            None => runs.push(String::new()),
        }
    }
    runs.into_iter()
}

fn half_width(character: char) -> Option<char> {
    let ascii = match character {
        // The full-width forms stand as far behind the others as U+FF01 behind U+0021.
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(character) - 0xfee0)?,
        other => other,
    };
    (ascii.is_ascii_digit() || matches!(ascii, 'X' | 'x')).then_some(ascii)
}

/// Spaces of every width, hyphens and dashes, dots, strokes, and what has no width at all.
fn is_between(character: char) -> bool {
    character.is_whitespace()
        || matches!(
            character,
            '-' | '.' | '_' | '/' | '\u{b7}' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ff0d}'
                | '\u{ff0e}' | '\u{ff3f}' | '\u{ff0f}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}'
        )
}
