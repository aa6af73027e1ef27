//! Notice and end of a pack.

use hc_code::{DivisionCode, Span};

use crate::division::DivisionTable;
use crate::rules::{Findings, RulePack};

/// The notice that every pack keeps unless it declares an emergency.
const LEAST_LEAD: Span = Span::hours(24);
/// How long an emergency pack may live.
const LONGEST_EMERGENCY: Span = Span::days(31);
/// What a low level stands on holds at least so long.
const LEAST_BASE: Span = Span::hours(24);
/// The most stages of all rules together; the longest published table comes to 30.
const MOST_STAGES: usize = 200;
/// How long any pack may live before it must be published again.
const LONGEST_PACK: Span = Span::days(366);

pub(super) fn check(pack: &RulePack, findings: &mut Findings) {
    let mut wrong = |message: String| findings.add(1, None, message);
    if pack.region == DivisionCode::COUNTRY {
        wrong("a pack belongs to one region, not to the whole country".to_owned());
    } else if !DivisionTable::bundled().existed_ever(pack.region) {
        wrong(format!(
            "region {} is not in the table of GB/T 2260",
            pack.region
        ));
    }
    if pack.valid_from >= pack.valid_until {
        wrong(format!(
            "the pack ends ({}) before it begins ({})",
            pack.valid_until, pack.valid_from
        ));
    }
    let longest = if pack.emergency.is_some() {
        LONGEST_EMERGENCY
    } else {
        LONGEST_PACK
    };
    if pack.valid_until.since(pack.valid_from) > longest {
        wrong(format!(
            "the pack is valid for {}; {} may be valid for at most {longest}",
            pack.valid_until.since(pack.valid_from),
            if pack.emergency.is_some() {
                "an emergency pack"
            } else {
                "a pack"
            },
        ));
    }
    let least = if pack.emergency.is_some() {
        pack.lead_time
    } else {
        pack.lead_time.max(LEAST_LEAD)
    };
    if pack.published.plus(least) > pack.valid_from {
        wrong(format!(
            "the lead time is not kept: published {}, valid from {}, but {least} must lie between; \
             a pack that cannot wait says why in `emergency`",
            pack.published, pack.valid_from,
        ));
    }
    if pack.base.valid < LEAST_BASE {
        wrong(format!(
            "low would stand on nothing: `base.valid` is {}, and nobody declares more often than daily",
            pack.base.valid
        ));
    }
    let stages: usize = pack.rules.iter().map(|rule| rule.stages.len()).sum();
    if stages > MOST_STAGES {
        wrong(format!(
            "the pack has {stages} stages in all; nobody can read more than {MOST_STAGES}"
        ));
    }
}
