//! `audit`: the decision log, checked by whoever wants to know.

mod proof;
mod published;
mod show;
mod verify;

use anyhow::Result;
use hc_tlog::entry::Detail;

use super::Outcome;
use crate::args::Audit;
use crate::screen::Screen;

pub(super) fn run(command: &Audit, screen: &mut Screen) -> Result<Outcome> {
    match command {
        Audit::Verify(command) => verify::run(command, screen),
        Audit::Show(command) => show::run(command, screen),
        Audit::Proof(command) => proof::run(command, screen),
    }
}

/// The value of a detail as a text.
fn value(detail: &Detail) -> String {
    match detail {
        Detail::Level(level) => format!("{:02x}", level.code()),
        Detail::ValidUntil(at) | Detail::Ends(at) => time(*at),
        Detail::Pack(label)
        | Detail::PackVersion(label)
        | Detail::Rule(label)
        | Detail::Reason(label)
        | Detail::Venue(label)
        | Detail::Purpose(label)
        | Detail::Verdict(label)
        | Detail::Source(label)
        | Detail::Batch(label)
        | Detail::SecondOfficer(label)
        | Detail::Division(label)
        | Detail::Custodian(label)
        | Detail::Case(label)
        | Detail::Recipient(label)
        | Detail::Outcome(label)
        | Detail::Party(label)
        | Detail::PartyKind(label)
        | Detail::Act(label)
        | Detail::Credential(label)
        | Detail::Key(label) => label.as_str().to_owned(),
        Detail::Evidence(id) => hex::encode(id.as_bytes()),
        Detail::Rows(count)
        | Detail::Quarantined(count)
        | Detail::Day(count)
        | Detail::Records(count)
        | Detail::About(count) => count.to_string(),
        Detail::Erased(range) => format!("{}..{}", range.first(), range.end()),
        Detail::Digest(digest) => hex::encode(digest),
        Detail::Signed(part) => hex::encode(part.to_bytes()),
    }
}

/// A time of an entry; as it stands where no calendar has it.
fn time(unix: u64) -> String {
    i64::try_from(unix).map_or_else(
        |_| unix.to_string(),
        |unix| hc_code::Timestamp::from_unix(unix).to_string(),
    )
}
