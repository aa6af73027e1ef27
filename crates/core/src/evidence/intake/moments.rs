//! The times of a line, and what they may be to each other.

use hc_code::{Span, Timestamp};

use super::cells::Cells;
use super::field::LineKind;
use super::{Field, Reason, Receipt};
use crate::evidence::EventKind;

/// How far a source's clock may be ahead of ours.
const CLOCKS_DIFFER: Span = Span::seconds(600);

/// The times of one line.
#[derive(Clone, Copy)]
pub(super) struct Moments {
    pub at: Timestamp,
    pub until: Timestamp,
    pub known: Timestamp,
    pub expires: Timestamp,
}

/// Reads the times of a line of a kind; notes everything that is wrong.
///
/// `received` is the receipt that the caller states; a receipt in the line goes before it.
pub(super) fn read(
    cells: &mut Cells<'_>,
    kind: Option<LineKind>,
    received: Receipt,
) -> Option<Moments> {
    let from_archive = matches!(received, Receipt::Archived(_));
    let received = received.latest();
    if !cells.sees(Field::At) {
        cells.refuse(Field::At, Reason::Missing);
    }
    let at = time(cells, Field::At);
    let until = time(cells, Field::Until);
    let reported = time(cells, Field::Reported);
    let expires = time(cells, Field::Expires);
    let stated = time(cells, Field::Received);
    let mut not_after = |field, moment: Option<Timestamp>, receipt: Timestamp| {
        if moment.is_some_and(|moment| moment > receipt.plus(CLOCKS_DIFFER)) {
            cells.refuse(field, Reason::Future);
        }
    };
    not_after(Field::Received, stated, received);
    let received = stated.unwrap_or(received);
    not_after(Field::At, at, received);
    not_after(Field::Reported, reported, received);
    // An ordered quarantine ends in the future; what is over cannot.
    if kind != Some(LineKind::Event(EventKind::Quarantine)) {
        not_after(Field::Until, until, received);
    }
    let at = at?;
    for (field, moment) in [(Field::Until, until), (Field::Reported, reported)] {
        if moment.is_some_and(|moment| moment < at) {
            cells.refuse(field, Reason::BeforeAt);
        }
    }
    if expires.is_some_and(|expires| expires <= at) {
        cells.refuse(Field::Expires, Reason::NeverCounts);
    }
    let until_or_at = until.unwrap_or(at);
    let known = if from_archive && stated.is_none() {
        // A quarantine is known when it is ordered; whatever else has a length, when it is over.
        let ordered = kind == Some(LineKind::Event(EventKind::Quarantine));
        reported.unwrap_or(if ordered { at } else { until_or_at })
    } else {
        reported.map_or(received, |reported| reported.max(received))
    };
    Some(Moments {
        at,
        until: until_or_at,
        known,
        expires: expires.unwrap_or(Timestamp::MAX),
    })
}

fn time(cells: &mut Cells<'_>, field: Field) -> Option<Timestamp> {
    let text = cells.text(field)?;
    let moment = has_form(text.as_bytes())
        .then(|| text.parse().ok())
        .flatten();
    if moment.is_none() {
        cells.refuse(field, Reason::Time);
    }
    moment
}

/// Whether a text has the form of RFC 3339 §5.6: seconds and offset, in capitals. The library also
/// reads shorter forms and names of zones, which other programs would not.
fn has_form(text: &[u8]) -> bool {
    let Some((moment, rest)) = text.split_at_checked(19) else {
        return false;
    };
    let follows = |text: &[u8], form: &[u8]| {
        text.len() == form.len()
            && text.iter().zip(form).all(|(byte, class)| match class {
                b'0' => byte.is_ascii_digit(),
                _ => byte == class,
            })
    };
    let offset = match rest.strip_prefix(b".") {
        Some(fraction) => {
            let digits = fraction
                .iter()
                .take_while(|byte| byte.is_ascii_digit())
                .count();
            match fraction.split_at_checked(digits) {
                Some((_, offset)) if (1..=9).contains(&digits) => offset,
                _ => return false,
            }
        }
        None => rest,
    };
    follows(moment, b"0000-00-00T00:00:00")
        && (offset == b"Z" || follows(offset, b"+00:00") || follows(offset, b"-00:00"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_seconds_and_an_offset() {
        for text in [
            "2022-06-28T09:00:00+08:00",
            "2022-06-28T01:00:00Z",
            "2022-06-28T01:00:00.123Z",
            "2022-06-27T22:00:00.5-03:00",
        ] {
            assert!(has_form(text.as_bytes()), "{text}");
        }
        for text in [
            "",
            "2022-06-28",
            "2022-06-28T09:00:00",
            "2022-06-28T09:00+08:00",
            "2022-06-28 09:00:00+08:00",
            "2022-06-28T09:00:00+0800",
            "2022-06-28T09:00:00+08",
            "2022-06-28T09:00:00.+08:00",
            "2022-06-28T09:00:00+08:00[Asia/Shanghai]",
            "2022-06-28t09:00:00z",
            "20220628T090000Z",
        ] {
            assert!(!has_form(text.as_bytes()), "{text}");
        }
    }
}
