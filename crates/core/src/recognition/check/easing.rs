//! A policy beside the one before: it follows, and where it says that it eases, it does for every code.

use hc_code::recognition::Ruling;
use hc_code::verify::{Action, Considered};

use super::super::{PolicyFile, space};
use crate::rules::Findings;

/// Proves that `new` may follow `old`: of the same region, a higher version, published and in force no
/// sooner; and if it says that it eases, easier or the same for every kind of code, age of facts and
/// last test that the rules of both can tell apart.
///
/// # Errors
/// Every finding, by line of `new`.
pub fn follows(old: &PolicyFile, new: &PolicyFile) -> Result<(), Findings> {
    let mut findings = Findings::default();
    let (before, after) = (old.policy(), new.policy());
    let mut complain = |says: String| findings.add(1, None, says);
    if before.region() != after.region() {
        complain(format!(
            "is of {}, and the one before of {}",
            after.region(),
            before.region()
        ));
    }
    if after.version() <= before.version() {
        complain(format!(
            "version {} does not follow version {}",
            after.version(),
            before.version()
        ));
    }
    if after.published() < before.published() || after.in_force_from() < before.in_force_from() {
        complain("is published, or in force, sooner than the one before".to_owned());
    }
    if after.eases()
        && let Some((rule, says)) = harder(old, new)
    {
        findings.add(new.line(Some(&rule)), Some(&rule), says);
    }
    findings.or(Some(()))
}

/// The first kind of code for which the new policy is harder, if there is one.
fn harder(old: &PolicyFile, new: &PolicyFile) -> Option<(String, String)> {
    let both = [old.policy(), new.policy()];
    let (ages, tests) = (space::ages(&both), space::tests(&both));
    for kind in space::kinds(&both) {
        for as_of in &ages {
            for last_test in &tests {
                let subject = Considered {
                    as_of: *as_of,
                    last_test: *last_test,
                    ..kind
                };
                let [before, after] = both.map(|policy| policy.rule_on(subject, space::AT));
                if let Some(what) = is_harder(&before, &after) {
                    let rule = after.rule.map_or("", |(_, rule)| rule.id()).to_owned();
                    let says = format!(
                        "does not ease: a {} code of {} at level {} {what}",
                        kind.class,
                        kind.issuer,
                        kind.level.word(),
                    );
                    return Some((rule, says));
                }
            }
        }
    }
    None
}

fn is_harder(before: &Ruling<'_>, after: &Ruling<'_>) -> Option<String> {
    if after.action.strictness() > before.action.strictness() {
        return Some(format!(
            "had {}, and would have {}",
            before.action, after.action
        ));
    }
    // Whoever was turned away had no measure to keep.
    if before.action == Action::Refuse {
        return None;
    }
    let known: Vec<_> = before.measures().collect();
    let added = after.measures().find(|measure| {
        let harder = |old: &&hc_code::recognition::Measure| {
            measure.obligation().is_no_harder_than(old.obligation())
        };
        !known.iter().any(harder)
    });
    added.map(|measure| {
        format!(
            "would have another measure: {}",
            measure.obligation().word()
        )
    })
}
