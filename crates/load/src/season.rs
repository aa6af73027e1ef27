//! A travel season, played minute by minute: regions with rules of their own and others that only issue,
//! their people on the move, an outbreak, and what goes wrong on the way.
//!
//! Codes, lists, keys, trust lists and verdicts are the real ones: what a gate says here is said by
//! [`hc_code::verify`], what a region decides by [`hc_core::decide`]. Only time, people and the network
//! between regions are made up. Beside each verdict stands what the issuer's rules would say if
//! everything that any source had stated were known everywhere at once.

mod chance;
mod country;
mod gate;
mod hub;
mod lists;
mod outbreak;
mod plan;
mod play;
mod post;
mod receipt;
mod region;
mod report;
mod tally;
mod travel;

use anyhow::{Result, bail};

use crate::args::Season;

/// Plays a season and says what came of it.
///
/// # Errors
/// Where something failed that must not, and, after the report, where somebody passed who should not
/// have, or was refused without a rule.
pub(crate) fn play(args: &Season, json: bool) -> Result<()> {
    let plan = plan::Plan::of(args.millionths, args.days, args.seed, !args.hasty);
    let played = play::play(&plan)?;
    report::write(&played, json)?;
    let faults = played.tally.faults();
    if faults.is_empty() {
        return Ok(());
    }
    bail!("{}", faults.join("; "))
}

#[cfg(test)]
mod tests {
    use super::{plan::Plan, play::play};

    /// Four days with everything that the plan has for forty: a region that is gone for one of them, a stolen
    /// key, doors and a hub that are closed, a new root.
    #[test]
    fn nobody_passes_later_than_is_declared_whatever_goes_wrong() {
        let played = play(&Plan::of(20, 4, 7, true)).unwrap();
        let tally = &played.tally;
        assert_eq!(tally.faults(), Vec::<String>::new());
        // It was a season: people came, some of them not low, evidence travelled, thieves tried.
        assert!(tally.scans > 2000, "{}", tally.scans);
        assert!(tally.not_low > 10, "{}", tally.not_low);
        assert!(tally.refused > 0);
        assert_eq!(tally.receipts, tally.refused);
        assert!(tally.evidence.len() > 10, "{}", tally.evidence.len());
        assert!(tally.forged_before > 0 && tally.forged_refused > 0);
        assert_eq!(played.regions, 54);
    }
}
