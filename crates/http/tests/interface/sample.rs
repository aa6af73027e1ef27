//! What people send: numbers of nobody, healthy answers.

use serde_json::{Value, json};

/// Identity numbers with a right last digit, of nobody.
pub(crate) const NUMBERS: [&str; 2] = ["11010519491231002X", "440524188001010014"];

pub(crate) fn health() -> Value {
    json!({
        "symptoms": ["1"],
        "stayedHighRisk": "2",
        "contactWithCase": "2",
        "temperature": "36.5",
        "reportedAt": "2022-07-15T11:59:00+08:00",
    })
}

pub(crate) fn trip() -> Value {
    json!({
        "startDivision": "330106",
        "arriveDivision": "310115",
        "departTime": "2022-07-14T08:00:00+08:00",
        "arriveTime": "2022-07-14T10:00:00+08:00",
    })
}

pub(crate) fn declaration() -> Value {
    json!({"health": health(), "itinerary": [trip()]})
}

pub(crate) fn enrolment(number: &str) -> Value {
    json!({
        "identity": {"method": "demo"},
        "profile": {"name": "张晓", "phone": "13800138000"},
        "document": {"type": "111", "number": number},
        "consents": [{"purpose": "code", "version": 1, "days": 365}],
        "declaration": declaration(),
    })
}
