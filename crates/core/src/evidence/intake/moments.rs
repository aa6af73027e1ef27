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
    let moment = text.parse().ok();
    if moment.is_none() {
        cells.refuse(field, Reason::Time);
    }
    moment
}
