//! The hub's own door, and the directory behind it.
//!
//! The door's key is drawn in memory and lives half a day; the key that removes says so, in a statement
//! that is fetched like a list. So nothing but the trust list tells who answers at the door.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use hc_code::signing::{Algorithm, SigningKey};
use hc_code::trust_list::HubDoor;
use hc_code::{HttpsUri, Span, Timestamp};
use hc_core::directory::Limits;
use hc_http::hub::{HubNeighbours, ShownHub, directory};
use hc_http::journal::{Journal, Level};
use hc_http::peers::{self, DoorTls, Neighbours};
use hc_http::serve::{Connections, Serving};
use hc_hub::directory::Directory;
use tokio::net::TcpListener;
use tokio::time::{MissedTickBehavior, interval};

use super::HubConfigured;
use crate::random;
use crate::service::abroad::OwnDoor;
use crate::service::random_seed;
use crate::service::secrets::signing_key;

/// The folder of the directory, in the hub's.
const FOLDER: &str = "directory";
/// How long a statement is good, when another key is drawn, and how often that is looked at.
const LIFE: Span = Span::hours(24);
const TURN: Span = Span::hours(12);
const LOOK: Duration = Duration::from_secs(1);
/// How often it is written down what regions did, and past months are forgotten: so many looks.
const LOOKS: u32 = 60;
/// Regions have a node each, and few connections at once.
const MOST: u32 = 1024;

/// What goes on at the hub's door.
pub(super) struct HubDoorWork {
    shown: Arc<ShownHub>,
    remover: SigningKey,
    address: HttpsUri,
    directory: Arc<Directory>,
    journal: Journal,
    drawn: Timestamp,
}

/// Opens the hub's door, where one is configured.
pub(super) async fn open(
    configured: &HubConfigured,
    shown: &Arc<ShownHub>,
    journal: &Journal,
) -> Result<Option<(OwnDoor, HubDoorWork)>> {
    let Some(terms) = &configured.config.door else {
        return Ok(None);
    };
    let (directory, opened) = Directory::open(
        &configured.folder().join(FOLDER),
        Limits::default(),
        *random::bytes::<8>()?,
        shown.now(),
    )?;
    if opened.lost > 0 {
        let why = format!("{} bytes were set aside", opened.lost);
        let what = "the directory was torn: the regions enter everybody again";
        journal.because(Level::Warn, what, why);
    }
    let mut work = HubDoorWork {
        shown: Arc::clone(shown),
        remover: configured.remover()?,
        address: terms.address()?,
        directory: Arc::new(directory),
        journal: journal.clone(),
        drawn: shown.now(),
    };
    work.draw()?;
    let listener = configured.listening.at(terms.listen).await;
    let listener = listener.context("door.listen")?;
    let door = opened_at(listener, shown, &work.directory)?;
    Ok(Some((door, work)))
}

fn opened_at(
    listener: TcpListener,
    shown: &Arc<ShownHub>,
    kept: &Arc<Directory>,
) -> Result<OwnDoor> {
    let neighbours: Arc<dyn Neighbours> = Arc::new(HubNeighbours::new(Arc::clone(shown)));
    let serving = Serving {
        bounds: Connections {
            most: MOST,
            ..Connections::default()
        },
        door: Some(Arc::new(DoorTls::new(&neighbours)?)),
        seed: random_seed()?,
        ..Serving::default()
    };
    let routes = directory(Arc::clone(&neighbours), Arc::clone(kept), Arc::clone(shown));
    let router = peers::door(neighbours, None).merge(routes);
    Ok(OwnDoor {
        serving,
        listener,
        router,
    })
}

impl HubDoorWork {
    /// Draws a key and has it vouched for.
    fn draw(&mut self) -> Result<()> {
        let now = self.shown.now();
        let (key, _) = signing_key(Algorithm::Ed25519)?;
        let public = hc_code::signing::Signer::public_key(&key).clone();
        let stated = HubDoor::new(now, LIFE, public, self.address.clone())?;
        let stated = stated.sign(&self.remover).context("the hub's door")?;
        self.shown.set_door(Arc::new(key), stated);
        self.drawn = now;
        Ok(())
    }

    /// Goes on for as long as the hub serves.
    pub(super) async fn run(mut self) {
        let mut every = interval(LOOK);
        every.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for look in 1_u32.. {
            every.tick().await;
            let now = self.shown.now();
            if now >= self.drawn.plus(TURN)
                && let Err(error) = self.draw()
            {
                let why = format!("{error:#}");
                self.journal
                    .because(Level::Error, "draw the key of the door", why);
            }
            if !look.is_multiple_of(LOOKS) {
                continue;
            }
            self.tell();
            let directory = Arc::clone(&self.directory);
            let forgotten = tokio::task::spawn_blocking(move || directory.forget_past(now)).await;
            match forgotten {
                Ok(Ok(0)) | Err(_) => {}
                Ok(Ok(gone)) => {
                    let why = format!("{gone} entries");
                    let what = "a month of the directory is over";
                    self.journal.because(Level::Info, what, why);
                }
                Ok(Err(error)) => {
                    let why = format!("{error:#}");
                    self.journal
                        .because(Level::Error, "forget past months", why);
                }
            }
        }
    }

    /// Writes down what each region did: how often, and never about whom.
    fn tell(&self) {
        for (region, counted) in self.directory.take_counts() {
            let why = format!(
                "{region}: {} asked, {} of them found, {} refused, {} entered, {} withdrawn",
                counted.asked, counted.found, counted.refused, counted.entered, counted.withdrawn
            );
            let level = if counted.refused > 0 {
                Level::Warn
            } else {
                Level::Info
            };
            self.journal.because(level, "the directory was used", why);
        }
    }
}
