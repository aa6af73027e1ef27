//! `doctor`: what is wrong with a region, and how it is mended.

use std::fmt::Display;

use anyhow::Result;
use hc_code::Span;
use hc_core::rules::RulePack;
use hc_core::store::ColumnCipher;
use hc_store_sqlite::{CheckError, SqliteStore};
use serde::Serialize;

use super::Outcome;
use crate::args::Doctor;
use crate::screen::Screen;
use crate::service::{Configured, Secrets, serving};
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
        let secrets = Secrets::read(&configured.path(&config.secrets));
        let secrets = self.look("secrets", secrets, |_| {
            "are there, and nobody else may read them".to_owned()
        })?;
        let database = configured.path(&config.database);
        if !database.exists() {
            let says = format!("{} is not there yet: `serve` makes it", database.display());
            return self.say("database", true, says);
        }
        let Some(secrets) = secrets else {
            return Ok(());
        };
        let cipher = ColumnCipher::new(&secrets.columns);
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

    fn dates(&mut self, pack: &RulePack) -> Result<()> {
        let now = clock::now();
        let (from, until) = (pack.valid_from, pack.valid_until);
        if now >= until {
            self.say(
                "rules",
                false,
                format!("ended at {until}: every code says unknown; activate another pack"),
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
