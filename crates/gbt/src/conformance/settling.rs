//! A service that has just begun.
//!
//! A node knows no message that was sent before it began, so it takes none, lest one be taken twice; and as a time may
//! be said in whole seconds, what is sent in its first second counts as one of those. A kit that is run right after a
//! start would call that a fault in every case, so it waits until a message of now is not too old.

use hc_code::Timestamp;
use hc_code::signing::Signer;
use serde_json::{Value, json};

use super::clock::Clock;
use super::report::Note;
use super::walk::{Service, Settings};
use crate::envelope::{Envelope, signed};
use crate::{ResultCode, moment};

/// Longer than any service needs, and soon enough for one that calls every message too old.
const MOST_SECONDS: u8 = 5;

/// Waits until the service takes messages of now; what is to be said of it.
pub(super) fn settle<K: Signer>(
    service: &mut impl Service,
    settings: &Settings<'_, K>,
    clock: &Clock,
) -> Option<Note> {
    let mut waited: u8 = 0;
    while waited < MOST_SECONDS && is_too_old(service, settings, clock.at(service.now())) {
        service.wait_a_second();
        waited = waited.saturating_add(1);
    }
    (waited > 0).then(|| {
        Note::of(
            format!("服务称当前时间的报文过旧（多因刚启动），已等待 {waited} 秒后检查。"),
            format!(
                "The service called messages of now too old, as one that has just begun does: it is looked at {waited} s later."
            ),
        )
    })
}

/// Whether a message of now is refused for its age. Whatever else is wrong, the cases will name.
fn is_too_old<K: Signer>(
    service: &mut impl Service,
    settings: &Settings<'_, K>,
    now: Timestamp,
) -> bool {
    let package = json!({
        "custNum": settings.application,
        "timeStamp": moment::write(now),
        "region": settings.region.to_string(),
        "method": "applyCall",
        "messageId": hex::encode(service.drawn()),
        "opType": "make",
    });
    let Ok(message) = signed(&package.to_string(), settings.key) else {
        return false;
    };
    let Ok((200, body)) = service.post("/gbt38963/applyCall", &message) else {
        return false;
    };
    let package = Envelope::read(&body)
        .ok()
        .and_then(|envelope| serde_json::from_str::<Value>(envelope.package()).ok());
    let code = package
        .as_ref()
        .and_then(|package| package.get("errorCode"));
    code.and_then(Value::as_str) == Some(ResultCode::TimeOld.row().code)
}
