//! Answers that have the right code and say what cannot be: each is told by somebody who signs everything anew.

use hc_gbt::envelope::{Way, coded};
use serde_json::{Value, json};

use super::{Fault, Proxy, sample};

/// A lie, what the kit must say of it, and who it is told about.
pub(super) struct Lie {
    pub(super) name: &'static str,
    pub(super) says: &'static str,
    pub(super) sick: bool,
    pub(super) proxy: Proxy,
    pub(super) fault: Fault,
}

const fn lie(name: &'static str, says: &'static str, fault: Fault) -> Lie {
    Lie {
        name,
        says,
        sick: false,
        proxy: Proxy::Signs,
        fault,
    }
}

/// Puts another value where there is one.
fn put(told: &mut Value, name: &str, value: Value) {
    if told.get(name).is_some_and(|now| !now.is_null()) {
        told[name] = value;
    }
}

fn leave_out(told: &mut Value, name: &str) {
    if let Some(members) = told.as_object_mut() {
        members.remove(name);
    }
}

/// One of the numbers in the certificate of a query.
fn certify(told: &mut Value, name: &str, value: Value) {
    if let Some(item) = told.pointer_mut(&format!("/certificate/{name}/value")) {
        *item = value;
    }
}

const LONG_AGO: &str = "1999-01-01T00:00:00+08:00";
const FAR_AHEAD: &str = "2099-01-01T00:00:00+08:00";

pub(super) const LIES: &[Lie] = &[
    lie(
        "another region",
        "region is another region",
        |_, _, told| {
            told["region"] = json!("999999");
        },
    ),
    lie(
        "another method",
        "method is another function",
        |_, _, told| {
            told["method"] = json!("zzz");
        },
    ),
    lie(
        "no words in English",
        "errorDescEn is missing",
        |_, _, told| {
            leave_out(told, "errorDescEn");
        },
    ),
    lie("the name as its mask", "maskedName shows", |_, _, told| {
        certify(told, "maskedName", json!("欧阳修"));
    }),
    lie("a mask of one digit", "maskedNumber shows", |_, _, told| {
        certify(told, "maskedNumber", json!("1101051949123*002X"));
    }),
    lie("a name in every answer", "is no member", |_, _, told| {
        told["name"] = json!("某某");
    }),
    lie("the name among words", "the person's name", |_, _, told| {
        told["errorDesc"] = json!("成功，张晓");
    }),
    lie("the telephone number", "telephone number", |_, _, told| {
        told["errorDesc"] = json!("成功 13800138000");
    }),
    lie("another's number", "an identity number", |_, _, told| {
        told["errorDescEn"] = json!(format!("of {}", sample::NUMBERS[1]));
    }),
    Lie {
        sick: true,
        ..lie(
            "everybody is let in",
            "result is pass where",
            |_, _, told| {
                put(told, "result", json!("pass"));
            },
        )
    },
    Lie {
        sick: true,
        ..lie(
            "everybody is well",
            "the code itself says 10",
            |_, _, told| {
                put(told, "status", json!("00"));
            },
        )
    },
    Lie {
        sick: true,
        ..lie(
            "well when asked about",
            "certificate.level is not",
            |function, _, told| {
                if function == "queryHealth" {
                    put(told, "status", json!("00"));
                }
            },
        )
    },
    Lie {
        sick: true,
        ..lie(
            "well, in a certificate too",
            "/status is not \"10\"",
            |function, _, told| {
                if function == "queryHealth" {
                    put(told, "status", json!("00"));
                    certify(told, "level", json!("00"));
                }
            },
        )
    },
    lie(
        "it ended long ago",
        "validUntil has passed",
        |_, _, told| {
            put(told, "validUntil", json!(LONG_AGO));
        },
    ),
    lie("it never ends", "later than a live code", |_, _, told| {
        put(told, "validUntil", json!(FAR_AHEAD));
    }),
    lie(
        "a level that holds for life",
        "until which a level",
        |function, _, told| {
            if function == "queryHealth" && told["success"] == true {
                told["validUntil"] = json!(FAR_AHEAD);
            }
        },
    ),
    lie("facts of long ago", "asOf is older", |_, _, told| {
        put(told, "asOf", json!(LONG_AGO));
    }),
    lie(
        "facts of the future",
        "asOf is in the future",
        |_, _, told| {
            put(told, "asOf", json!(FAR_AHEAD));
        },
    ),
    lie("no time of facts", "asOf is missing", |_, _, told| {
        leave_out(told, "asOf");
    }),
    lie("a call that ended", "expiresAt is not", |_, _, told| {
        put(told, "expiresAt", json!(LONG_AGO));
    }),
    lie("a call for life", "expiresAt is not", |_, _, told| {
        put(told, "expiresAt", json!(FAR_AHEAD));
    }),
    lie("no word of tests", "lastTest is missing", |_, _, told| {
        leave_out(told, "lastTest");
    }),
    lie(
        "a cause that is none",
        "cause is no word",
        |function, _, told| {
            if function == "verifyCode" {
                put(told, "cause", json!("because"));
            }
        },
    ),
    lie(
        "a reason that is none",
        "reason is no word",
        |_, _, told| {
            put(told, "reason", json!("because"));
        },
    ),
    lie(
        "one ticket for all",
        "/ticketId is the same",
        |_, _, told| {
            put(told, "ticketId", json!("1"));
        },
    ),
    Lie {
        proxy: Proxy::Codes,
        ..lie(
            "a code for a signature",
            "not signed by the service",
            |_, _, _| {},
        )
    },
    lie(
        "another's call is used",
        "result code 0, not 130103",
        |_, _, told| {
            super::excuse(told, "130103");
        },
    ),
    lie(
        "a call lives on",
        "result code 0, not 130101",
        |_, asked, told| {
            if asked["bizSerialNum"] != json!("0".repeat(32)) {
                super::excuse(told, "130101");
            }
        },
    ),
    lie(
        "any purpose will do",
        "result code 0, not 120103",
        |_, _, told| {
            super::excuse(told, "120103");
        },
    ),
    lie(
        "a token never ends",
        "result code 0, not 140116",
        |_, _, told| {
            super::excuse(told, "140116");
        },
    ),
    lie(
        "calls for whoever repeats",
        "result code 0, not 110109",
        |function, _, told| {
            if function == "applyCall" {
                super::excuse(told, "110109");
            }
        },
    ),
];

/// An answer under the random number that a signed message named.
pub(super) fn coded_answer(
    asked: &Value,
    package: &Value,
    algorithm: hc_code::signing::Algorithm,
) -> Option<String> {
    let mut random = [0; 32];
    hex::decode_to_slice(asked["randomNumber"].as_str()?, &mut random).ok()?;
    let package = package.to_string();
    Some(coded(&package, &random, algorithm, Way::Answer))
}
