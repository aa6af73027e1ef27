//! `serve`: a region at work.

use std::sync::Arc;

use anyhow::{Context, Result};
use axum::Router;
use hc_http::identity::Identify;
use hc_http::journal::Level;

use super::Outcome;
use crate::args::Serve;
use crate::clock;
use crate::screen::Screen;
use crate::service::hub::{self, HubConfigured, ServedHub};
use crate::service::serving::{self, Served, With};
use crate::service::{Clockwork, Configured, Secrets, identity, journal, node};

pub(super) fn run(command: &Serve, screen: &mut Screen) -> Result<Outcome> {
    if hub::is_hub(&command.config) {
        return serve_hub(command, screen);
    }
    let configured = Configured::read(&command.config)?;
    let (journal, writer) = journal::begin(configured.config.log.level.level())?;
    let runtime = serving::runtime()?;
    let served = runtime.block_on(async {
        let clock = Arc::new(Clockwork::default());
        let secrets = Secrets::read(&configured.path(&configured.config.secrets))?;
        let providers = identity::providers(&configured, &secrets, journal.clone())?;
        drop(secrets);
        if providers.methods().is_empty() {
            journal.event(
                Level::Warn,
                "no identity provider: nobody can enrol by themselves",
            );
        }
        let node = node::begin(&configured, clock).await?;
        let stop = serving::asked_to_stop();
        let with = With {
            identify: Box::new(providers),
            beside: Router::new(),
            journal,
        };
        let served = Served::open(&node, &configured, with).await?;
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
        let served = ServedHub::open(&configured, journal, Box::new(clock::now)).await?;
        screen.line(format!(
            "{} {}",
            screen.say("平台地址：", "the hub serves at"),
            served.address()
        ))?;
        served.until(stop).await.context("the hub ended")
    });
    drop(runtime);
    writer.finish();
    served?;
    Ok(Outcome::Clean)
}
