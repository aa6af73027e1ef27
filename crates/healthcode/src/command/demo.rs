//! `demo`: a whole region at work, on people who never lived.
//!
//! It is the service itself, with the same interface and the same database; only the clock can be
//! turned forward, identities are taken at their word, and everything is gone when it ends.

mod desk;
mod federation;
mod officers;
mod story;
mod tickets;

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use hc_code::signing::{Algorithm, Signer};
use hc_code::{HttpsUri, Span, Timestamp};
use hc_core::evidence::SourceKind;
use hc_core::evidence::intake::LineKind;
use hc_core::party::{Function, Purpose};
use hc_core::store::{ColumnSuite, PartyKind, Store, StoreError};
use hc_core::word::Word as _;
use hc_http::identity::Demonstration;
use hc_http::journal::Level;
use hc_node::applications::{ApplicationTerms, CallQuota, Scope};
use hc_node::party::PartyId;
use hc_node::sources::SourceTerms;
use hc_people::Crowd;

use super::Outcome;
use crate::args::Demo;
use crate::input::key_file;
use crate::output::{self, Readers};
use crate::progress;
use crate::screen::Screen;
use crate::service::secrets::log_origin;
use crate::service::secrets::signing_key;
use crate::service::serving::{self, Served, With};
use crate::service::{Clockwork, Config, Configured, Secrets, journal, node};

/// The name of the configuration in the region's folder.
const CONFIG: &str = "healthcode.toml";
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
/// Where the archives of the real lists lie, seen from the checkout.
const REAL_AREAS: &str = "../shared/data/risk-areas";
/// When the demonstration begins.
const BEGINNING: &str = "2022-07-08T12:00:00+08:00";
/// So many people are enrolled in one act.
const AT_ONCE: u32 = 2000;

pub(super) fn run(command: &Demo, screen: &mut Screen) -> Result<Outcome> {
    if command.federation {
        return federation::run(command, screen);
    }
    // A folder of its own is gone when this ends.
    let fleeting = tempfile::Builder::new()
        .prefix("healthcode-demo-")
        .tempdir()?;
    let folder = command.folder.as_deref().unwrap_or_else(|| fleeting.path());
    let kept = folder.join(CONFIG).exists();
    let mut configured = if kept {
        Configured::read(&folder.join(CONFIG))?
    } else {
        region(folder, command)?
    };
    configured.config.listen = listen(command);
    if let Some(operators) = command.operators {
        configured.config.operators = operators;
        configured.config.desk = Some(tickets::desk(operators)?);
    }
    let runtime = serving::runtime()?;
    runtime.block_on(async {
        let beginning: Timestamp = BEGINNING.parse()?;
        let clock = Arc::new(Clockwork::beginning_at(beginning));
        let node = node::begin(&configured, Arc::clone(&clock)).await?;
        let crowd = Crowd::hangzhou();
        if kept {
            resume(&node, &clock).await?;
        } else {
            seed(&node, crowd, command.people).await?;
            laboratory(&node, folder).await?;
            officers::register(&node, folder).await?;
            application(&node, folder).await?;
        }
        if !screen.json() {
            screen.line(format!(
                "{} {}",
                node.load().0.active,
                screen.say("人已登记并申报", "people are enrolled and have declared")
            ))?;
        }
        let desk = desk::Desk {
            node: Arc::clone(&node),
            clock,
            crowd,
            next: (command.people).into(),
        };
        let (journal, _writer) = journal::begin(Level::Warn)?;
        let with = With {
            identify: Box::new(Demonstration),
            beside: desk.router(),
            journal,
        };
        let served = Served::open(&node, &configured, with).await?;
        if command.once {
            story::play(served.address(), screen).await?;
            return served.stop().await;
        }
        screen.line(format!(
            "{} http://{}/demo",
            screen.say("请打开", "open"),
            served.address()
        ))?;
        if let Some(operators) = command.operators {
            tickets::show(&node, folder, operators, screen).await?;
        }
        served.until(serving::asked_to_stop()).await
    })?;
    Ok(Outcome::Clean)
}

/// Where the page is; for a story that is played once whatever is free, for nobody has to find it.
fn listen(command: &Demo) -> SocketAddr {
    let mut address = command.listen;
    if command.once {
        address.set_port(0);
    }
    address
}

/// A region in a folder, as `init` makes one.
fn region(folder: &Path, command: &Demo) -> Result<Configured> {
    fs::create_dir_all(folder)?;
    let lists_at = HttpsUri::parse("https://demonstration.invalid/status")?;
    let mut config = Config::new("330000".parse()?, listen(command), &lists_at);
    config.operators.set_port(0);
    output::create(&folder.join(&config.rules), PACK.as_bytes(), Readers::User)?;
    let log = log_origin(&lists_at)?;
    Secrets::make(
        &folder.join(&config.secrets),
        Algorithm::Ed25519,
        ColumnSuite::Aes256GcmSiv,
        &log,
    )?;
    config.areas = command
        .areas
        .iter()
        .map(|path| {
            path.canonicalize()
                .with_context(|| path.display().to_string())
        })
        .collect::<Result<_>>()?;
    if config.areas.is_empty() {
        // The real lists, where they lie next to the checkout that this runs in.
        config.areas.extend(Path::new(REAL_AREAS).canonicalize());
    }
    if config.areas.is_empty() {
        let areas = folder.join("areas");
        fs::create_dir(&areas)?;
        for (name, text) in PUBLICATIONS {
            output::create(&areas.join(name), text.as_bytes(), Readers::User)?;
        }
        config.areas.push("areas".into());
    }
    let file = folder.join(CONFIG);
    output::create(&file, toml::to_string(&config)?.as_bytes(), Readers::User)?;
    Configured::read(&file)
}

/// A region that was kept goes on from when it was made, which was its laboratory's registration: what
/// people declared meanwhile would be of the future.
async fn resume(node: &node::Node, clock: &Clockwork) -> Result<()> {
    let laboratory = node
        .store()
        .read(|reading| reading.party(PartyKind::Source, "load"));
    let laboratory: Result<_, StoreError> = laboratory.await;
    if let Some(laboratory) = laboratory? {
        let since = laboratory.at.unix() - node.now().unix();
        clock.forward(Span::seconds(u32::try_from(since).unwrap_or(0)));
    }
    Ok(())
}

/// Registers a laboratory that may send as much as it likes, for load and for those who want to try;
/// its key lies in the region's folder.
async fn laboratory(node: &node::Node, folder: &Path) -> Result<()> {
    let (key, secret) = signing_key(Algorithm::Ed25519)?;
    let file = key_file::secret_file(key.public_key(), &secret)?;
    output::create(&folder.join("laboratory.json"), &file, Readers::User)?;
    let now = node.now();
    let times = (now, now.plus(Span::days(365)));
    let (lines, divisions) = (
        vec![LineKind::from_word("test").context("no kind of line: test")?],
        vec![node.division()],
    );
    let public = key.public_key().clone();
    let id = PartyId::parse("load")?;
    let terms = SourceTerms::new(id, SourceKind::Laboratory, lines, divisions, public, times)?;
    let terms = terms.with_volume(100_000, u32::MAX)?;
    let row = terms.to_row();
    let written = node.store().write(move |writing| writing.set_party(&row));
    Ok(written.await?)
}

/// Registers an application of the national interface that may call as often as it likes; its key lies in the
/// region's folder.
async fn application(node: &node::Node, folder: &Path) -> Result<()> {
    let (key, secret) = signing_key(Algorithm::Ed25519)?;
    let file = key_file::secret_file(key.public_key(), &secret)?;
    output::create(&folder.join("application.json"), &file, Readers::User)?;
    let now = node.now();
    let times = (now, now.plus(Span::days(365)));
    let scope = Scope {
        functions: Function::ALL.iter().copied().collect(),
        divisions: vec![node.division()],
        purposes: Purpose::ALL.iter().copied().collect(),
    };
    let quota = CallQuota {
        calls_a_minute: u32::MAX,
        queries_a_day: CallQuota::MOST_QUERIES,
    };
    let (id, public) = (PartyId::parse("load-app")?, key.public_key().clone());
    let terms = ApplicationTerms::new(id, "演示应用", scope, public, times)?;
    let row = terms.with_quota(quota)?.to_row();
    let written = node.store().write(move |writing| writing.set_party(&row));
    Ok(written.await?)
}

/// Enrols people with a declaration of good health, many in an act.
async fn seed(node: &Arc<node::Node>, crowd: Crowd, people: u32) -> Result<()> {
    let bar = progress::bar(people.into(), "people");
    for first in (0..people).step_by(AT_ONCE as usize) {
        let last = people.min(first.saturating_add(AT_ONCE));
        let now = node.now();
        let some: Result<Vec<_>, _> = (first..last)
            .map(|index| crowd.enrolment(index, now))
            .collect();
        node.enrol_all(some?).await?;
        bar.inc((last - first).into());
    }
    bar.finish_and_clear();
    Ok(())
}
