//! `serve`: a region at work.

use anyhow::{Context, Result};

use super::Outcome;
use crate::args::Serve;
use crate::clock;
use crate::screen::Screen;
use crate::service::hub::{self, HubConfigured, ServedHub, ServedRegions};
use crate::service::serving::{self, Served};
use crate::service::{Configured, journal};

pub(super) fn run(command: &Serve, screen: &mut Screen) -> Result<Outcome> {
    if hub::is_hub(&command.config) {
        return serve_hub(command, screen);
    }
    let configured = Configured::read(&command.config)?;
    let (journal, writer) = journal::begin(configured.config.log.level.level())?;
    let runtime = serving::runtime()?;
    let served = runtime.block_on(async {
        let served = Served::of(&configured, journal).await?;
        let stop = serving::asked_to_stop();
        screen.line(format!(
            "{} {}",
            screen.say("服务地址：", "serving at"),
            served.address()
        ))?;
        served.until(stop).await.context("the service ended")
    });
    drop(runtime);
    writer.finish();
    served?;
    Ok(Outcome::Clean)
}

fn serve_hub(command: &Serve, screen: &mut Screen) -> Result<Outcome> {
    let configured = HubConfigured::read(&command.config)?;
    let (journal, writer) = journal::begin(configured.config.log.level.level())?;
    let runtime = serving::runtime()?;
    let served = runtime.block_on(async {
        let stop = serving::asked_to_stop();
        let served = ServedHub::open(&configured, journal.clone(), Box::new(clock::now)).await?;
        let regions = ServedRegions::open(&configured, &journal).await?;
        screen.line(format!(
            "{} {}",
            screen.say("平台地址：", "the hub serves at"),
            served.address()
        ))?;
        for (region, address) in regions.addresses() {
            screen.line(format!(
                "{region} {} {address}",
                screen.say("服务地址：", "is served at")
            ))?;
        }
        served.until(regions, stop).await.context("the hub ended")
    });
    drop(runtime);
    writer.finish();
    served?;
    Ok(Outcome::Clean)
}
