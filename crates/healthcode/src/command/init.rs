//! `init`: a new region.

use std::fs;

use anyhow::{Context, Result, ensure};

use super::Outcome;
use crate::args::Init;
use crate::clock;
use crate::input;
use crate::output::{self, Readers};
use crate::screen::Screen;
use crate::service::secrets::log_origin;
use crate::service::{Config, Secrets};

/// The name of the configuration in a region's folder.
const CONFIG: &str = "healthcode.toml";

pub(super) fn run(command: &Init, screen: &mut Screen) -> Result<Outcome> {
    let pack = input::proved_pack(&command.rules)?;
    ensure!(
        pack.region == command.region,
        "the rule pack is of {}, not of {}",
        pack.region,
        command.region
    );
    let folder = &command.folder;
    fs::create_dir(folder)
        .with_context(|| format!("cannot make the new folder {}", folder.display()))?;
    let made = fill(command);
    if made.is_err() {
        // Half a region is none: nothing was there before.
        drop(fs::remove_dir_all(folder));
    }
    made?;
    let config = folder.join(CONFIG);
    screen.line(screen.say(
        "已建立新的地区。请妥善保管 secrets 文件夹：遗失后无法再读出任何人的资料。",
        "A new region is made. Keep its secrets folder safe: without it nobody's data can be read again.",
    ))?;
    if clock::now() >= pack.valid_until {
        screen.line(format!(
            "{} {}: {}",
            screen.say("规则已失效于", "The rules ended at"),
            pack.valid_until.at_offset(pack.offset),
            screen.say(
                "所有码将显示未知。请用 healthcode rules adopt 为其设定自己的日期，再重新建立。",
                "every code will say unknown. Give them dates of your own with `healthcode rules adopt`, and begin anew.",
            )
        ))?;
    }
    screen.line(format!("healthcode serve --config {}", config.display()))?;
    Ok(Outcome::Clean)
}

fn fill(command: &Init) -> Result<()> {
    let folder = &command.folder;
    let config = Config::new(command.region, command.listen, &command.lists_at);
    let rules = input::pack_text(&command.rules)?;
    output::create(
        &folder.join(&config.rules),
        rules.as_bytes(),
        Readers::Anybody,
    )?;
    let log = log_origin(&command.lists_at)?;
    Secrets::make(
        &folder.join(&config.secrets),
        command.algorithm,
        command.cipher,
        &log,
    )?;
    let text = config.commented();
    output::create(&folder.join(CONFIG), text.as_bytes(), Readers::Anybody)
}
