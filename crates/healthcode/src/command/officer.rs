//! `officer`: the first officers, and what officers ask of a region.

mod call;

use anyhow::Result;
use hc_core::store::PartyKind;
use hc_node::officers::OfficerTerms;
use hc_node::party::Terms;

use super::{Outcome, party};
use crate::args::Officer;
use crate::screen::Screen;

pub(super) fn run(command: &Officer, screen: &mut Screen) -> Result<Outcome> {
    match command {
        Officer::Add(command) => party::add(&command.party, screen, |key, times| {
            let duties = command.duties.iter().copied().collect();
            let id = command.party.id.clone();
            OfficerTerms::new(id, &command.name, duties, key, times).map(Terms::Officer)
        }),
        Officer::List(command) => party::list(command, PartyKind::Officer, screen),
        Officer::End(command) => party::end(command, PartyKind::Officer, screen),
        Officer::Call(command) => call::run(command, screen),
    }
}
