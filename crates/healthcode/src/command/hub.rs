//! `hub`: the register of regions, the ceremony of trust lists, and removals.

mod admit;
mod ceremony;
mod init;
mod show;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::Outcome;
use crate::args::{Hub, LeaveOut, OfHub};
use crate::clock;
use crate::screen::Screen;
use crate::service::hub::HubConfigured;

pub(super) use init::fill;

pub(super) fn run(command: &Hub, screen: &mut Screen) -> Result<Outcome> {
    match command {
        Hub::Init(command) => init::run(command, screen),
        Hub::Show(command) => show::run(command, screen),
        Hub::Admit(command) => admit::run(command, screen),
        Hub::Refuse(command) => admit::refuse(command, screen),
        Hub::Dismiss(command) => dismiss(command, screen),
        Hub::Propose(command) => ceremony::propose(command, screen),
        Hub::SignList(command) => ceremony::sign(command, screen),
        Hub::Adopt(command) => ceremony::adopt(command, screen),
        Hub::Remove(command) => remove(command, screen),
    }
}

fn configured(of: &OfHub) -> Result<HubConfigured> {
    HubConfigured::read(&of.config)
}

/// More bytes than a request, proposal or list has.
const MOST: u64 = 16 << 20;

fn read(path: &Path) -> Result<Vec<u8>> {
    let reading = || format!("cannot read {}", path.display());
    let length = fs::metadata(path).with_context(reading)?.len();
    ensure!(
        length <= MOST,
        "{} has {length} bytes, too many",
        path.display()
    );
    fs::read(path).with_context(reading)
}

fn dismiss(command: &LeaveOut, screen: &mut Screen) -> Result<Outcome> {
    let mut hub = configured(&command.of)?.writer()?;
    let named = command.named;
    hub.dismiss(named.region, named.key, &command.why, clock::now())?;
    screen.line(screen.say(
        "下一份信任表将不再列出。请执行 hub propose 与签署仪式。",
        "The next trust list leaves it out: hub propose, and the ceremony. Until then it counts.",
    ))?;
    Ok(Outcome::Clean)
}

fn remove(command: &LeaveOut, screen: &mut Screen) -> Result<Outcome> {
    let configured = configured(&command.of)?;
    let remover = configured.remover()?;
    let mut hub = configured.writer()?;
    let named = command.named;
    hub.remove(
        named.region,
        named.key,
        &command.why,
        &remover,
        clock::now(),
    )?;
    screen.line(screen.say(
        "已移除。各地区与闸机取得移除表后立即生效。",
        "Removed: it counts nowhere any more where the removals have come.",
    ))?;
    Ok(Outcome::Clean)
}
