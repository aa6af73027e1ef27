//! The country of the demonstration: a hub and four regions, made, let in by the ceremony, and served.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use axum::Router;
use hc_code::signing::{Algorithm, Signer as _, SigningKey};
use hc_code::verify::RecognitionPolicy;
use hc_code::{DivisionCode, HttpsUri, Span, Timestamp};
use hc_core::recognition::PolicyFile;
use hc_core::store::ColumnSuite;
use hc_http::identity::Demonstration;
use hc_http::journal::Journal;
use hc_hub::ceremony::{Decided, Proposal};
use hc_hub::hub::Hub;
use hc_node::region::Clock as _;
use hc_people::Crowd;
use serde_json::Value;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep};

use super::asking::Asking;
use super::authority::Authority;
use super::places::{ALL, BEGINNING, Played};
use crate::args::NewHub;
use crate::command::{federation, hub as hub_command};
use crate::output::{self, Readers};
use crate::random;
use crate::service::config::{DoorConfig, TlsConfig};
use crate::service::hub::{HubConfigured, HubDoorConfig, ServedHub};
use crate::service::joined::Joined;
use crate::service::listening::Listening;
use crate::service::node::{self, Node};
use crate::service::secrets::{DIRECTORY, log_origin, signing_key};
use crate::service::serving::{Served, With};
use crate::service::{Clockwork, Config, Configured, Secrets};

/// How long all of them may take to know each other, at the beginning and after the clock was turned.
const MEET_WITHIN: Duration = Duration::from_mins(1);
const HUB_NAME: &str = "hub.demonstration.invalid";
/// The trust list holds for as long as the packs.
const TRUST_LIFE: Span = Span::days(150);

/// Everything that runs. Copies are of the same.
#[derive(Clone)]
pub(super) struct Country(Arc<Running>);

struct Running {
    clock: Arc<Clockwork>,
    asking: Asking,
    places: Vec<Place>,
    served: Mutex<Option<(ServedHub, Vec<Served>)>>,
}

/// A region at work.
pub(super) struct Place {
    pub(super) played: &'static Played,
    pub(super) region: DivisionCode,
    pub(super) at: String,
    pub(super) node: Arc<Node>,
    pub(super) authority: Authority,
    pub(super) crowd: Crowd,
    /// What its gates go by, with the words.
    pub(super) policy: Option<PolicyFile>,
}

/// What every service is given.
struct Ground<'a> {
    folder: &'a Path,
    certificate: PathBuf,
    key: PathBuf,
    directory: String,
    listening: Arc<Listening>,
}

impl Country {
    /// Makes, lets in and serves all of them, with so many people in each region.
    pub(super) async fn open(folder: &Path, people: u32, journal: &Journal) -> Result<Self> {
        let beginning: Timestamp = BEGINNING.parse()?;
        let clock = Arc::new(Clockwork::beginning_at(beginning));
        let ground = Ground::prepare(folder)?;
        let (offline, _) = signing_key(Algorithm::Ed25519)?;
        let (hub, url) = ground.hub(&offline, clock.now())?;
        let mut regions = Vec::new();
        for played in &ALL {
            regions.push((played, ground.region(played)?));
        }
        let configured: Vec<&Configured> = regions.iter().map(|(_, region)| region).collect();
        ceremony(&hub, &offline, &configured, clock.now())?;
        let now = Arc::clone(&clock);
        let serving = ServedHub::open(&hub, journal.clone(), Box::new(move || now.now())).await?;
        let (mut places, mut served) = (Vec::new(), Vec::new());
        for (played, configured) in regions {
            let hub = HttpsUri::parse(&url)?;
            Joined::new(&configured, hub, vec![offline.public_key().clone()]).keep()?;
            let (place, region) = begin(played, &configured, &clock, people, journal).await?;
            places.push(place);
            served.push(region);
        }
        let country = Self(Arc::new(Running {
            clock,
            asking: Asking::believing(&ground.certificate)?,
            places,
            served: Mutex::new(Some((serving, served))),
        }));
        country.meet().await?;
        Ok(country)
    }

    pub(super) fn places(&self) -> &[Place] {
        &self.0.places
    }

    pub(super) fn place(&self, code: &str) -> Result<&Place> {
        let found = self.0.places.iter().find(|place| place.played.code == code);
        found.with_context(|| format!("no region {code}"))
    }

    pub(super) fn asking(&self) -> &Asking {
        &self.0.asking
    }

    pub(super) fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// Turns the clock of all of them forward, and waits until they know each other's new keys.
    pub(super) async fn forward(&self, by: Span) -> Result<()> {
        self.0.clock.forward(by);
        for place in &self.0.places {
            place.node.tend().await?;
            place.node.redecide_due(u32::MAX).await?;
        }
        self.meet().await
    }

    /// Waits until every region has keys of every other one that hold now, and the directory has everybody.
    async fn meet(&self) -> Result<()> {
        let begun = Instant::now();
        while !self.met().await? {
            ensure!(
                begun.elapsed() < MEET_WITHIN,
                "the regions do not find each other"
            );
            sleep(Duration::from_millis(100)).await;
        }
        Ok(())
    }

    async fn met(&self) -> Result<bool> {
        let now = self.now();
        for place in self.places() {
            let Some(federation) = place.node.federation() else {
                bail!("{} stands alone", place.region);
            };
            let held = place.node.foreign().held();
            if held.hub_door(now).is_none() || place.node.waiting_to_go().await?.count > 0 {
                return Ok(false);
            }
            for other in self.places() {
                let region = other.region;
                if region == place.region {
                    continue;
                }
                // The very keys that the other region has now, not those of before the clock was turned.
                let known = held.is_peer(region, other.node.door_key().public_key().id(), now);
                let sealed = federation.peers.sealing_key(region, now).is_some();
                if known.is_err() || !sealed {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// Ends all of them.
    pub(super) async fn stop(&self) -> Result<()> {
        if let Some((hub, regions)) = self.0.served.lock().await.take() {
            for region in regions {
                region.stop().await?;
            }
            hub.stop().await?;
        }
        Ok(())
    }
}

impl Place {
    /// The rule of the region's policy, in words; nothing where it goes by none of its own.
    pub(super) fn says(&self, rule: Option<&str>) -> Value {
        let found = self.policy.as_ref().and_then(|policy| {
            let mut rules = policy.policy().rules().iter();
            rules.find(|found| Some(found.id()) == rule)
        });
        found.map_or(
            Value::Null,
            |rule| serde_json::json!({ "zh": rule.says().zh(), "en": rule.says().en() }),
        )
    }
}

impl<'a> Ground<'a> {
    /// Draws a certificate for this machine, and the key of the directory.
    fn prepare(folder: &'a Path) -> Result<Self> {
        let names = vec!["127.0.0.1".to_owned(), "localhost".to_owned()];
        let made = rcgen::generate_simple_self_signed(names)?;
        let (certificate, key) = (folder.join("tls.pem"), folder.join("tls.key"));
        output::create(&certificate, made.cert.pem().as_bytes(), Readers::Anybody)?;
        let secret = zeroize::Zeroizing::new(made.signing_key.serialize_pem());
        output::create(&key, secret.as_bytes(), Readers::User)?;
        let directory = format!("{}\n", hex::encode(random::bytes::<32>()?.as_slice()));
        Ok(Self {
            folder,
            certificate,
            key,
            directory,
            listening: Arc::default(),
        })
    }

    fn tls(&self) -> TlsConfig {
        TlsConfig {
            certificate: self.certificate.clone(),
            key: self.key.clone(),
            older_devices: false,
        }
    }

    /// A new hub, and where it is.
    fn hub(&self, offline: &SigningKey, now: Timestamp) -> Result<(HubConfigured, String)> {
        let (listen, door) = (self.listening.anywhere()?, self.listening.anywhere()?);
        let new = NewHub {
            folder: self.folder.join("hub"),
            name: HUB_NAME.to_owned(),
            keys: Vec::new(),
            listen,
        };
        fs::create_dir(&new.folder)?;
        let keys = [offline.public_key().clone()];
        hub_command::fill(&new, &HUB_NAME.parse()?, &keys, now)?;
        let path = new.folder.join("hub.toml");
        let mut configured = HubConfigured::read(&path)?;
        configured.listening = Arc::clone(&self.listening);
        let config = &mut configured.config;
        config.tls = Some(self.tls());
        config.every = Span::seconds(1);
        config.authorities = Some(self.certificate.clone());
        config.door = Some(HubDoorConfig {
            listen: door,
            address: format!("https://{door}"),
        });
        Ok((configured, format!("https://{listen}")))
    }

    /// A region in a folder of its own, as `init` makes one.
    fn region(&self, played: &Played) -> Result<Configured> {
        let folder = self.folder.join(played.code);
        fs::create_dir(&folder)?;
        let (listen, door) = (self.listening.anywhere()?, self.listening.anywhere()?);
        let lists_at = HttpsUri::parse(&format!("https://{listen}/status"))?;
        let mut config = Config::new(played.code.parse()?, listen, &lists_at);
        config.operators.set_port(0);
        config.tls = Some(self.tls());
        config.federation.every = Span::seconds(1);
        config.federation.authorities = Some(self.certificate.clone());
        config.door = Some(DoorConfig {
            listen: door,
            address: format!("https://{door}"),
        });
        let rules = played.rules();
        output::create(&folder.join(&config.rules), rules.as_bytes(), Readers::User)?;
        let (log, secrets) = (log_origin(&lists_at)?, folder.join(&config.secrets));
        let suite = ColumnSuite::Aes256GcmSiv;
        Secrets::make(&secrets, Algorithm::Ed25519, suite, &log)?;
        let key = self.directory.as_bytes();
        output::create(&secrets.join(DIRECTORY), key, Readers::User)?;
        let file = folder.join("healthcode.toml");
        output::create(&file, toml::to_string(&config)?.as_bytes(), Readers::User)?;
        let mut configured = Configured::read(&file)?;
        configured.listening = Arc::clone(&self.listening);
        Ok(configured)
    }
}

/// Every region asks, the hub lets it in, and the offline key signs the first list.
fn ceremony(
    configured: &HubConfigured,
    offline: &SigningKey,
    regions: &[&Configured],
    now: Timestamp,
) -> Result<()> {
    let mut hub: Hub = configured.writer()?;
    for region in regions {
        let secrets = Secrets::read(&region.path(&region.config.secrets))?;
        let endpoints = federation::endpoints(region, None)?;
        let texts = (HUB_NAME, "12345");
        let request = federation::signed(region, &secrets.root, endpoints, texts, now)?;
        hub.admit(&request, "the demonstration", now)?;
    }
    let proposal = Proposal::read(&hub.propose(now)?, &[offline.public_key().clone()])?;
    let list = proposal.next(&Decided::default(), now, TRUST_LIFE)?;
    hub.adopt(&list.sign(offline)?, now)?;
    Ok(())
}

async fn begin(
    played: &'static Played,
    configured: &Configured,
    clock: &Arc<Clockwork>,
    people: u32,
    journal: &Journal,
) -> Result<(Place, Served)> {
    let policy = match played.policy {
        Some(text) => Some(PolicyFile::parse(text).map_err(|found| anyhow::anyhow!("{found}"))?),
        None => None,
    };
    let decides = policy.as_ref().map(|file| file.policy().policy().clone());
    let decides = decides.unwrap_or_else(RecognitionPolicy::plain);
    let node = node::begin_with(configured, Arc::clone(clock), decides).await?;
    let crowd = Crowd::of(played.county.parse()?);
    super::super::seed(&node, crowd, people).await?;
    let authority = Authority::register(&node).await?;
    let with = With {
        identify: Box::new(Demonstration),
        beside: Router::new(),
        journal: journal.clone(),
    };
    let served = Served::open(&node, configured, with).await?;
    let place = Place {
        played,
        region: configured.config.region,
        at: format!("https://{}", served.address()),
        node,
        authority,
        crowd,
        policy,
    };
    Ok((place, served))
}
