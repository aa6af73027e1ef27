//! Codes as they are answered: written by hand, because nothing is written more often.

use std::io::Write as _;

use hc_code::statement::LastTest;
use hc_code::{Offset, Timestamp};
use hc_node::show::Shown;

/// Writes codes, level and, where there is one, the token given anew.
pub(crate) fn write(to: &mut Vec<u8>, offset: Offset, shown: &Shown, token: Option<&str>) {
    to.extend_from_slice(b"{\"codes\":[");
    for (place, code) in shown.codes.iter().enumerate() {
        if place > 0 {
            to.push(b',');
        }
        to.extend_from_slice(b"{\"text\":");
        text(to, &code.text);
        to.extend_from_slice(b",\"from\":");
        time(to, offset, code.from);
        to.push(b'}');
    }
    to.extend_from_slice(b"],\"level\":");
    text(to, shown.level.code());
    to.extend_from_slice(b",\"reason\":");
    text(to, shown.class.word());
    to.extend_from_slice(b",\"asOf\":");
    time(to, offset, shown.as_of);
    to.extend_from_slice(b",\"until\":");
    time(to, offset, shown.until);
    to.extend_from_slice(b",\"lastTest\":");
    last_test(to, offset, shown.last_test);
    if let Some(token) = token {
        to.extend_from_slice(b",\"token\":");
        text(to, token);
    }
    to.push(b'}');
}

/// Writes a text as JSON.
pub(crate) fn text(to: &mut Vec<u8>, text: &str) {
    // A vector takes everything, and every text has a JSON form.
    let written = serde_json::to_writer(to, text);
    debug_assert!(written.is_ok(), "a vector takes everything");
}

/// Writes a time of RFC 3339, or `null` for never.
pub(crate) fn time(to: &mut Vec<u8>, offset: Offset, at: Timestamp) {
    if at == Timestamp::MAX {
        to.extend_from_slice(b"null");
    } else {
        let written = write!(to, "\"{}\"", at.at_offset(offset));
        debug_assert!(written.is_ok(), "a vector takes everything");
    }
}

/// Writes the last negative test, or `null`.
pub(crate) fn last_test(to: &mut Vec<u8>, offset: Offset, test: Option<LastTest>) {
    let Some(test) = test else {
        to.extend_from_slice(b"null");
        return;
    };
    to.extend_from_slice(b"{\"kind\":");
    text(to, crate::told::test_kind(test.kind()));
    to.extend_from_slice(b",\"at\":");
    time(to, offset, test.time());
    to.push(b'}');
}

#[cfg(test)]
mod tests {
    use super::*;
    use hc_code::statement::TestKind;
    use hc_code::{Level, ReasonClass};
    use hc_node::show::LiveCode;
    use serde_json::{Value, json};

    #[test]
    fn what_is_written_by_hand_is_json() {
        let at = Timestamp::from_unix(1_656_388_800);
        let code = |text: &str| LiveCode {
            text: text.to_owned(),
            from: at,
        };
        let shown = Shown {
            codes: vec![code("HC1:A \"$%*+-./:"), code("B")],
            level: Level::High,
            class: ReasonClass::Test,
            as_of: at,
            until: Timestamp::MAX,
            last_test: LastTest::at(at, TestKind::NucleicAcid),
        };
        let mut bytes = Vec::new();
        write(&mut bytes, Offset::CHINA, &shown, Some("t"));
        let noon = "2022-06-28T12:00:00+08:00";
        assert_eq!(
            serde_json::from_slice::<Value>(&bytes).unwrap(),
            json!({
                "codes": [{"text": "HC1:A \"$%*+-./:", "from": noon}, {"text": "B", "from": noon}],
                "level": "10",
                "reason": "test",
                "asOf": noon,
                "until": null,
                "lastTest": {"kind": "nucleic-acid", "at": noon},
                "token": "t",
            })
        );
    }
}
