//! `code`: one file per thing that is done with a code.

mod grid_matrix;
mod inspect;
mod issue;
mod show;
mod verify;

use anyhow::Result;

use super::Outcome;
use crate::args::Code;
use crate::screen::Screen;

pub(super) fn run(command: &Code, screen: &mut Screen) -> Result<Outcome> {
    match command {
        Code::Issue(command) => issue::run(command, screen),
        Code::Show(command) => show::run(command, screen),
        Code::GridMatrix(command) => grid_matrix::run(command, screen),
        Code::Inspect(command) => inspect::run(command, screen),
        Code::Verify(command) => verify::run(command, screen),
    }
}
