//! `backup`: a copy of a region's database.

use anyhow::{Context, Result};
use hc_store_sqlite::SqliteStore;

use super::Outcome;
use crate::args::Backup;
use crate::screen::Screen;
use crate::service::{Configured, serving};

pub(super) fn run(command: &Backup, screen: &mut Screen) -> Result<Outcome> {
    let configured = Configured::read(&command.config)?;
    let database = configured.path(&configured.config.database);
    serving::runtime()?
        .block_on(SqliteStore::backup_of(&database, &command.to))
        .with_context(|| format!("{} was not copied", database.display()))?;
    screen.line(format!(
        "{} {}",
        screen.say("已备份到", "copied to"),
        command.to.display()
    ))?;
    screen.line(screen.say(
        "备份不含密钥：请另行保管 secrets 文件夹，否则备份无法打开",
        "no secret is in it: keep the secrets folder elsewhere, or the copy cannot be opened",
    ))?;
    Ok(Outcome::Clean)
}
