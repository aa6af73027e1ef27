//! `demo`: a whole region at work, on people who never lived.
//!
//! It is the service itself, with the same interface and the same database; only the clock can be
//! turned forward, identities are taken at their word, and everything is gone when it ends.

mod desk;
mod story;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use hc_code::signing::Algorithm;
use hc_code::{HttpsUri, Timestamp};
use hc_http::identity::Demonstration;
use hc_people::Crowd;

use super::Outcome;
use crate::args::Demo;
use crate::output::{self, Readers};
use crate::progress;
use crate::screen::Screen;
use crate::service::secrets::log_origin;
use crate::service::serving::{self, Served};
use crate::service::{Clockwork, Config, Configured, Secrets, node};

const PACK: &str = include_str!("../../../../policies/zhejiang-2022-06.toml");
const PUBLICATIONS: [(&str, &str); 2] = [
    (
        "2022070809.json",
        include_str!("../../tour/2022070809.json"),
    ),
    (
        "2022070811.json",
        include_str!("../../tour/2022070811.json"),
    ),
];
/// When the demonstration begins.
const BEGINNING: &str = "2022-07-08T12:00:00+08:00";
/// Where its people's identity cards come from.
const COUNTY: &str = "330106";
/// So many enrolments are under way at once, so that the store commits many together.
const AT_ONCE: u32 = 256;

pub(super) fn run(command: &Demo, screen: &mut Screen) -> Result<Outcome> {
    let folder = tempfile::Builder::new()
        .prefix("healthcode-demo-")
        .tempdir()?;
    let configured = region(folder.path(), command)?;
    let runtime = serving::runtime()?;
    runtime.block_on(async {
        let beginning: Timestamp = BEGINNING.parse()?;
        let clock = Arc::new(Clockwork::beginning_at(beginning));
        let node = node::begin(&configured, Arc::clone(&clock)).await?;
        let crowd = Crowd::of(COUNTY.parse()?);
        let enrolled = seed(&node, crowd, command.people).await?;
        if !screen.json() {
            screen.line(format!(
                "{enrolled} {}",
                screen.say("人已登记并申报", "people are enrolled and have declared")
            ))?;
        }
        let desk = desk::Desk {
            node: Arc::clone(&node),
            clock,
            crowd,
            next: (command.people).into(),
        };
        let served =
            Served::open(&node, &configured, Box::new(Demonstration), desk.router()).await?;
        if command.once {
            story::play(served.address(), screen).await?;
            return served.stop().await;
        }
        screen.line(format!(
            "{} http://{}/",
            screen.say("请打开", "open"),
            served.address()
        ))?;
        served.until(serving::asked_to_stop()).await
    })?;
    Ok(Outcome::Clean)
}

/// A region in a folder, as `init` makes one.
fn region(folder: &Path, command: &Demo) -> Result<Configured> {
    let lists_at = HttpsUri::parse("https://demonstration.invalid/status")?;
    let mut config = Config::new("330000".parse()?, command.listen, &lists_at);
    if command.once {
        // Whatever is free: nobody has to find it.
        config.listen.set_port(0);
    }
    config.operators.set_port(0);
    output::create(&folder.join(&config.rules), PACK.as_bytes(), Readers::User)?;
    let log = log_origin(&lists_at)?;
    Secrets::make(&folder.join(&config.secrets), Algorithm::Ed25519, &log)?;
    config.areas = command
        .areas
        .iter()
        .map(|path| {
            path.canonicalize()
                .with_context(|| path.display().to_string())
        })
        .collect::<Result<_>>()?;
    if config.areas.is_empty() {
        let areas = folder.join("areas");
        fs::create_dir(&areas)?;
        for (name, text) in PUBLICATIONS {
            output::create(&areas.join(name), text.as_bytes(), Readers::User)?;
        }
        config.areas.push(areas);
    }
    let file = folder.join("healthcode.toml");
    output::create(&file, toml::to_string(&config)?.as_bytes(), Readers::User)?;
    Configured::read(&file)
}

/// Enrols people with a declaration of good health, each in an act of their own.
async fn seed(node: &Arc<node::Node>, crowd: Crowd, people: u32) -> Result<u32> {
    let bar = progress::bar(people.into(), "people");
    let mut running = tokio::task::JoinSet::new();
    for index in 0..people {
        let enrolment = crowd.enrolment(index, node.now())?;
        let node = Arc::clone(node);
        running.spawn(async move { node.enrol(enrolment).await.map(|_| ()) });
        if running.len() >= AT_ONCE as usize {
            running
                .join_next()
                .await
                .context("nobody was enrolled")???;
            bar.inc(1);
        }
    }
    while let Some(enrolled) = running.join_next().await {
        enrolled??;
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(people)
}
