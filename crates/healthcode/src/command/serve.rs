//! `serve`: a region at work.

use std::sync::Arc;

use anyhow::{Context, Result};
use axum::Router;

use super::Outcome;
use crate::args::Serve;
use crate::screen::Screen;
use crate::service::{Clockwork, Configured, node, serving};

pub(super) fn run(command: &Serve, screen: &mut Screen) -> Result<Outcome> {
    let configured = Configured::read(&command.config)?;
    serving::runtime()?.block_on(async {
        let clock = Arc::new(Clockwork::default());
        let node = node::begin(&configured, clock).await?;
        // Until an identity provider is configured, nobody can be enrolled from outside.
        let identify = Box::new(serving::NoProvider);
        let served = serving::Served::open(&node, &configured, identify, Router::new()).await?;
        let stop = serving::asked_to_stop();
        screen.line(format!(
            "{} {}",
            screen.say("服务地址：", "serving at"),
            served.address()
        ))?;
        served.until(stop).await.context("the service ended")
    })?;
    Ok(Outcome::Clean)
}
