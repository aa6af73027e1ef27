//! `erase`: a person is forgotten, as when they ask for it themselves.

use anyhow::Result;
use hc_core::act::{self, ActError, Actor};
use hc_node::region::scrub;
use hc_tlog::entry::Role;

use super::Outcome;
use crate::args::EraseData;
use crate::screen::Screen;
use crate::service::stopped::Stopped;

pub(super) fn run(command: &EraseData, screen: &mut Screen) -> Result<Outcome> {
    let region = Stopped::begin(&command.config)?;
    let number = region.subject(&command.document)?;
    let now = region.node.now();
    let actor = Actor {
        role: Role::Officer,
        id: command.officer.clone(),
    };
    let (hasher, purpose) = (region.hasher.clone(), command.purpose.clone());
    region.act(move |writing, rulebook| {
        let documents = act::documents(writing, number, now)?;
        scrub(writing, rulebook, &hasher, &documents)?;
        act::erase(writing, number, &actor, &purpose, now)?;
        Ok::<_, ActError>(())
    })?;
    screen.line(screen.say(
        "已删除。日志中只留下删除这一事实。",
        "erased; that it happened stays in the log",
    ))?;
    Ok(Outcome::Clean)
}
