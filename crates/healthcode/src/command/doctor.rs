//! `doctor`: what is wrong with a region, and how it is mended.

use std::fmt::Display;
use std::fs;

use anyhow::Result;
use hc_code::Span;
use hc_code::signing::Signer as _;
use hc_core::directory::Month;
use hc_core::rules::RulePack;
use hc_core::store::WaitingToGo;
use hc_http::identity::{Identify, Providers};
use hc_http::journal::Journal;
use hc_store_sqlite::{CheckError, InspectError, SqliteStore};
use serde::Serialize;

use super::Outcome;
use super::federation::standing;
use crate::args::Doctor;
use crate::screen::Screen;
use crate::service::certificate::Certificate;
use crate::service::joined::Joined;
use crate::service::marks::{self, Marks};
use crate::service::tasks::entering::Progress;
use crate::service::{Configured, Secrets, directory, identity, secrets, serving};
use crate::{clock, input};

/// One thing that was looked at.
#[derive(Serialize)]
struct Finding<'a> {
    what: &'a str,
    good: bool,
    says: String,
}

/// A pack that ends sooner than this needs a successor now: publication and lead time take days.
const PACK_WARNING: Span = Span::days(14);

/// Likewise a certificate.
const CERTIFICATE_WARNING: Span = Span::days(14);
/// Likewise a trust list: its next one takes a ceremony.
const TRUST_WARNING: Span = Span::days(7);
/// What waits longer for another region needs a look.
const OUTBOX_WARNING: Span = Span::hours(1);
/// Files beside connections: database, lists, providers.
const SPARE_FILES: u64 = 64;

struct Examination<'a> {
    screen: &'a mut Screen,
    found: bool,
}

pub(super) fn run(command: &Doctor, screen: &mut Screen) -> Result<Outcome> {
    let mut examination = Examination {
        screen,
        found: false,
    };
    examination.all(command)?;
    Ok(Outcome::from_found(examination.found))
}

impl Examination<'_> {
    fn all(&mut self, command: &Doctor) -> Result<()> {
        let configured = Configured::read(&command.config);
        let Some(configured) =
            self.look("configuration", configured, |_| "can be read".to_owned())?
        else {
            return Ok(());
        };
        let config = &configured.config;
        let pack = input::proved_pack(&configured.path(&config.rules));
        if let Some(pack) = self.look("rules", pack, |pack| {
            format!("version {} of {} is proved", pack.version, pack.region)
        })? {
            self.dates(&pack)?;
            if pack.region != config.region {
                let says = format!(
                    "the pack is of {}, the region is {}",
                    pack.region, config.region
                );
                self.say("rules", false, says)?;
            }
        }
        self.addresses(&configured)?;
        let secrets = Secrets::read(&configured.path(&config.secrets));
        let secrets = self.look("secrets", secrets, |_| {
            "are there, and nobody else may read them".to_owned()
        })?;
        if let Some(secrets) = &secrets {
            self.identity(&configured, secrets)?;
            self.federation(&configured, secrets)?;
        }
        let database = configured.path(&config.database);
        if !database.exists() {
            let says = format!("{} is not there yet: `serve` makes it", database.display());
            return self.say("database", true, says);
        }
        let Some(secrets) = secrets else {
            return Ok(());
        };
        let cipher = secrets.columns.cipher();
        let own = Marks::of(&secrets);
        let foreign: Result<_, InspectError> =
            SqliteStore::inspect(&database, &cipher, |reading| Ok(own.foreign(reading)?));
        if let Ok(foreign) = foreign {
            self.look("secrets", marks::own(&foreign), |()| {
                "are those that the database was used with".to_owned()
            })?;
        }
        let waiting: Result<_, InspectError> =
            SqliteStore::inspect(&database, &cipher, |reading| Ok(reading.waiting_to_go()?));
        if let Ok(waiting) = waiting {
            self.outbox(waiting)?;
        }
        let checked = serving::runtime()?.block_on(SqliteStore::check_of(&database, cipher));
        let mend = |error: &CheckError| match error {
            CheckError::Store(_) => "is another process in the way, or the key another one?",
            CheckError::BrokenOff => "try again",
            _ => {
                "stop the service, keep this file, and go on with the last copy that this command finds good"
            }
        };
        let checked = checked.map_err(|error| anyhow::anyhow!("{error}; {}", mend(&error)));
        self.look("database", checked, |checked| {
            format!(
                "pages, references and log are whole: {} entries, {} with their contents",
                checked.entries, checked.opened
            )
        })?;
        Ok(())
    }

    /// Who could listen in, and until when the certificate holds.
    fn addresses(&mut self, configured: &Configured) -> Result<()> {
        let config = &configured.config;
        if config.is_open_in_clear() {
            let says = format!(
                "{} speaks plain HTTP to the network, so that tokens can be read on the way: set [tls], \
                 or listen at 127.0.0.1 with behind-proxy = true",
                config.listen
            );
            self.say("listen", false, says)?;
        }
        if !config.operators.ip().is_loopback() {
            let says = format!(
                "{} can be asked from the network: let a firewall keep the public away",
                config.operators
            );
            self.say("operators", false, says)?;
        }
        let certificate = Certificate::read(configured);
        let certificate = certificate.map(|found| found.map(|found| found.tls().ends()));
        if let Some(Some(ends)) = self.look("tls", certificate, |ends| match ends {
            Some(ends) => format!("certificate and key go together until {ends}"),
            None => "ends before this service, or is not there".to_owned(),
        })? && ends.since(clock::now()) < CERTIFICATE_WARNING
        {
            let says = format!("the certificate ends at {ends}: renew it now");
            self.say("tls", false, says)?;
        }
        let needed = u64::from(config.limits.connections) + SPARE_FILES;
        if let Some(most) = open_files()
            && most < needed
        {
            let says = format!(
                "{most} files may be open and {needed} are needed for that many connections: set \
                 LimitNOFILE= of the unit, ulimit -n, or limits.connections"
            );
            self.say("connections", false, says)?;
        }
        Ok(())
    }

    /// Whether people can prove who they are.
    fn identity(&mut self, configured: &Configured, secrets: &Secrets) -> Result<()> {
        let providers = identity::providers(configured, secrets, Journal::default());
        let says = |providers: &Providers| match providers.methods().len() {
            0 => "no provider: nobody can enrol by themselves, only at a counter".to_owned(),
            count => format!("{count} methods, and their secrets are there"),
        };
        let Some(providers) = self.look("identity", providers, says)? else {
            return Ok(());
        };
        let reached = serving::runtime()?.block_on(identity::reach(&providers, clock::now()));
        for (name, outcome) in reached {
            let what = format!("identity {name}");
            match outcome {
                Ok(()) => self.say(&what, true, "answers for the issuer")?,
                Err(why) => {
                    let says = format!(
                        "{why}: look at issuer, at identity.authorities, and at the way to it"
                    );
                    self.say(&what, false, says)?;
                }
            }
        }
        Ok(())
    }

    /// Whether the region is where it should be on the hub's list, and the list will hold.
    fn federation(&mut self, configured: &Configured, secrets: &Secrets) -> Result<()> {
        let joined = self.look(
            "federation",
            Joined::read(configured),
            |joined| match joined {
                Some(joined) => format!("follows {}", joined.hub()),
                None => "stands alone".to_owned(),
            },
        )?;
        let Some(Some(joined)) = joined else {
            return Ok(());
        };
        let now = clock::now();
        let held = self.look("federation", joined.recall(now), |_| {
            "its folder can be read".to_owned()
        })?;
        let Some(held) = held else {
            return Ok(());
        };
        let Some(trust) = held.trust() else {
            let says = "no trust list is held that is still good: is the hub reached, and was a list signed?";
            return self.say("federation", false, says);
        };
        let ends = trust.list().expires_at();
        let says = format!("trust list {} holds until {ends}", trust.list().version());
        let good = ends.since(now) >= TRUST_WARNING;
        self.say("federation", good, says)?;
        let entry = trust.at(now).entry(configured.config.region);
        for line in standing(configured, secrets.root.public_key(), entry, now) {
            self.say("federation", false, line)?;
        }
        self.directory(configured)
    }

    /// Whether documents of others can be found, and one's own people are.
    fn directory(&mut self, configured: &Configured) -> Result<()> {
        let key = secrets::directory(&configured.path(&configured.config.secrets));
        let key = self.look("directory", key, |key| match key {
            Some(key) => format!(
                "its key has the fingerprint {}",
                directory::fingerprint(key)
            ),
            None => "its key is looked for".to_owned(),
        })?;
        let Some(key) = key else {
            return Ok(());
        };
        if key.is_none() {
            let says = "there is no key of the directory, so that evidence which names documents finds no other \
                region: healthcode federation directory-key";
            return self.say("directory", false, says);
        }
        let month = Month::of(clock::now());
        let through = Progress::read(&directory::progress(configured)).is_through(month);
        let says = if through {
            format!("everybody is entered for {month}")
        } else {
            format!(
                "people are still to be entered for {month}: is the service running, and the hub's door open?"
            )
        };
        self.say("directory", through, says)
    }

    /// What waits to be sent to other regions.
    fn outbox(&mut self, waiting: WaitingToGo) -> Result<()> {
        let Some(oldest) = waiting.oldest else {
            return self.say("outbox", true, "nothing waits to be sent to other regions");
        };
        let good = clock::now().since(oldest) < OUTBOX_WARNING;
        let mend = if good {
            ""
        } else {
            ": healthcode federation check says which region does not answer"
        };
        let says = format!(
            "{} messages wait, the oldest since {oldest}{mend}",
            waiting.count
        );
        self.say("outbox", good, says)
    }

    fn dates(&mut self, pack: &RulePack) -> Result<()> {
        let now = clock::now();
        let (from, until) = (pack.valid_from, pack.valid_until);
        if now >= until {
            self.say(
                "rules",
                false,
                format!(
                    "ended at {until}: every code says unknown; activate another pack, \
                     or this one with new dates (`healthcode rules adopt`)"
                ),
            )
        } else if now < from {
            self.say(
                "rules",
                false,
                format!("begin at {from}: until then every code says unknown"),
            )
        } else if until.since(now) < PACK_WARNING {
            self.say(
                "rules",
                false,
                format!("end at {until}: publish the next pack now"),
            )
        } else {
            self.say("rules", true, format!("hold until {until}"))
        }
    }

    /// Notes what came of a look, and hands on what was found good.
    fn look<T>(
        &mut self,
        what: &str,
        found: Result<T>,
        good: impl FnOnce(&T) -> String,
    ) -> Result<Option<T>> {
        match found {
            Ok(found) => {
                self.say(what, true, good(&found))?;
                Ok(Some(found))
            }
            Err(error) => {
                self.say(what, false, format!("{error:#}"))?;
                Ok(None)
            }
        }
    }

    fn say(&mut self, what: &str, good: bool, says: impl Display) -> Result<()> {
        self.found |= !good;
        if self.screen.json() {
            let says = says.to_string();
            return self.screen.object(&Finding { what, good, says });
        }
        let mark = if good {
            self.screen.say("正常", "good")
        } else {
            self.screen.say("注意", "look")
        };
        self.screen.line(format!("{mark:5} {what}: {says}"))
    }
}

/// How many files a process of this user may have open; nothing where that cannot be told.
fn open_files() -> Option<u64> {
    let limits = fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"))?;
    // "unlimited" is no number and no worry.
    line.split_whitespace().next()?.parse().ok()
}
