//! `federation`: what a region does beside its neighbours.

mod check;
mod directory_key;
mod join;
mod request;

use anyhow::Result;

use super::Outcome;
use crate::args::Federation;
use crate::screen::Screen;

pub(super) use join::standing;
pub(super) use request::{endpoints, signed};

pub(super) fn run(command: &Federation, screen: &mut Screen) -> Result<Outcome> {
    match command {
        Federation::Request(command) => request::run(command, screen),
        Federation::Join(command) => join::run(command, screen),
        Federation::Check(command) => check::run(command, screen),
        Federation::DirectoryKey(command) => directory_key::run(command, screen),
    }
}
