//! What every answer must be, and what one step expects of it.

use base64ct::{Base64, Encoding};
use hc_code::signing::{Algorithm, PublicKey};
use hc_code::{Span, Timestamp};
use serde_json::Value;

use super::template::Names;
use super::vector::Expected;
use crate::envelope::{Envelope, Sign, Way};
use crate::{json, moment};

/// Pixels on a side of a module that is drawn.
const PIXELS: usize = 4;

/// By what an answer is known to be the service's.
pub(super) struct Authority<'a> {
    pub(super) keys: &'a [PublicKey],
    /// The random number of the call and the application's algorithm, where this very message had a code of it.
    pub(super) coded: Option<([u8; 32], Algorithm)>,
}

/// The package of an answer, if it is one: an envelope, authentic, about this message, consistent in itself; and the
/// time that it says.
pub(super) fn read(
    status: u16,
    body: &[u8],
    authority: &Authority<'_>,
    (message, now): (&Value, Timestamp),
) -> Result<(Value, Timestamp), String> {
    if status != 200 {
        return Err(format!("HTTP status {status}, not 200"));
    }
    let envelope = Envelope::read(body).map_err(|code| format!("the answer: {}", code.row().en))?;
    let authentic = match (envelope.sign(), authority.coded) {
        (Sign::Code(_), Some((random, algorithm))) => {
            envelope.is_under(&random, algorithm, Way::Answer)
        }
        (Sign::Signature(_) | Sign::SignedData(_), _) => {
            authority.keys.iter().any(|key| envelope.is_by(key))
        }
        (Sign::Code(_), None) => false,
    };
    if !authentic {
        return Err("the answer is not signed by the service".to_owned());
    }
    let package = json::read(envelope.package()).map_err(|error| format!("the answer: {error}"))?;
    let text = |name: &str| package.get(name).and_then(Value::as_str);
    let code = text("errorCode").ok_or("errorCode is missing")?;
    if package.get("success").and_then(Value::as_bool) != Some(code == "0") {
        return Err("success and errorCode say different things".to_owned());
    }
    for name in ["errorDesc", "errorDescEn", "region", "method"] {
        if text(name).is_none() {
            return Err(format!("{name} is missing"));
        }
    }
    let at = text("timeStamp").and_then(moment::read);
    let at = at.ok_or("timeStamp is not yyyyMMddHHmmssSSS")?;
    let tolerance = Span::seconds(300);
    if at.plus(tolerance) < now || now.plus(tolerance) < at {
        return Err("timeStamp is more than five minutes away".to_owned());
    }
    // Whose message it was is repeated, once it is known.
    for name in ["custNum", "messageId"] {
        let said = text(name);
        if said.is_some() && said != message.get(name).and_then(Value::as_str) {
            return Err(format!("{name} is another message's"));
        }
        if code == "0" && said.is_none() {
            return Err(format!("{name} is not repeated"));
        }
    }
    Ok((package, at))
}

/// Whether a package is what a step expects.
pub(super) fn fits(package: &Value, expected: &Expected, names: &Names) -> Result<(), String> {
    let code = package.get("errorCode").and_then(Value::as_str);
    let also = expected.also.iter().any(|one| Some(one.as_str()) == code);
    if code != Some(&expected.code) && !also {
        let wanted = crate::ResultCode::from_code(&expected.code).map_or("", |one| one.row().en);
        return Err(format!(
            "result code {}, not {} ({wanted})",
            code.unwrap_or("none"),
            expected.code
        ));
    }
    if let Some(path) = &expected.path {
        let said = package.pointer("/errors/0/path").and_then(Value::as_str);
        if said != Some(path) {
            return Err(format!("the place of the fault is {said:?}, not {path:?}"));
        }
    }
    let at = |place: &str| package.pointer(place).filter(|value| !value.is_null());
    for place in &expected.has {
        if at(place).is_none() {
            return Err(format!("{place} is missing"));
        }
    }
    for (place, value) in &expected.equal {
        if at(place) != Some(&names.value(value)) {
            return Err(format!("{place} is not {}", names.value(value)));
        }
    }
    for (place, value) in &expected.differ {
        if at(place) == Some(&names.value(value)) {
            return Err(format!("{place} is the same as before"));
        }
    }
    for (place, values) in &expected.among {
        let known = values
            .as_array()
            .is_some_and(|all| at(place).is_some_and(|one| all.contains(one)));
        if !known {
            return Err(format!("{place} is none of {values}"));
        }
    }
    let whole = package.to_string();
    for text in &expected.never {
        if whole.contains(&names.text(text)) {
            return Err("the answer says what it must not".to_owned());
        }
    }
    if expected.image {
        image(package)?;
    }
    Ok(())
}

/// Whether `imgStream` and `width` draw `codeContent`.
fn image(package: &Value) -> Result<(), String> {
    let text = |name: &str| package.get(name).and_then(Value::as_str);
    let stream = text("imgStream").ok_or("imgStream is missing")?;
    let bytes = Base64::decode_vec(stream).map_err(|_| "imgStream is not base64")?;
    let width = package.get("width").and_then(Value::as_u64);
    let width = usize::try_from(width.unwrap_or(0)).unwrap_or(0);
    if !(21..=177).contains(&width) {
        return Err("width is no width of a QR code".to_owned());
    }
    let a_row = width.div_ceil(8);
    if bytes.len() != a_row * width {
        return Err(format!(
            "imgStream has {} bytes, not {}",
            bytes.len(),
            a_row * width
        ));
    }
    let side = (width + 10) * PIXELS;
    let dark = |x: usize, y: usize| {
        let (column, row) = ((x / PIXELS).wrapping_sub(5), (y / PIXELS).wrapping_sub(5));
        column < width
            && row < width
            && bytes
                .get(row * a_row + column / 8)
                .is_some_and(|byte| byte & (0x80 >> (column % 8)) != 0)
    };
    let mut drawn =
        rqrr::PreparedImage::prepare_from_greyscale(
            side,
            side,
            |x, y| {
                if dark(x, y) { 0 } else { 255 }
            },
        );
    let found = drawn.detect_grids();
    let read = found.first().and_then(|grid| grid.decode().ok());
    match read {
        Some((_, read)) if Some(read.as_str()) == text("codeContent") => Ok(()),
        Some(_) => Err("imgStream draws another text than codeContent".to_owned()),
        None => Err("imgStream draws no QR code".to_owned()),
    }
}
