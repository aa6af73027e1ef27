//! The certificate of the public listener: read from its files, and read again when they change.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use hc_http::journal::{Journal, Level};
use hc_http::serve::Tls;
use tokio::time::{MissedTickBehavior, interval};
use zeroize::Zeroizing;

use super::Configured;

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(10);

/// Certificate and key with the files that they come from.
pub(crate) struct Certificate {
    tls: Arc<Tls>,
    chain: PathBuf,
    key: PathBuf,
    /// What was read last, whether it could be taken or not.
    seen: Pair,
}

type Pair = (Vec<u8>, Zeroizing<Vec<u8>>);

impl Certificate {
    /// Reads the files; nothing where the region has no TLS.
    pub(crate) fn read(configured: &Configured) -> Result<Option<Self>> {
        let Some(terms) = &configured.config.tls else {
            return Ok(None);
        };
        let (chain, key) = (
            configured.path(&terms.certificate),
            configured.path(&terms.key),
        );
        let seen = pair(&chain, &key)?;
        let tls = Tls::new(&seen.0, &seen.1, terms.older_devices)
            .with_context(|| format!("tls: {} and {}", chain.display(), key.display()))?;
        Ok(Some(Self {
            tls: Arc::new(tls),
            chain,
            key,
            seen,
        }))
    }

    pub(crate) const fn tls(&self) -> &Arc<Tls> {
        &self.tls
    }

    /// Takes up what the files say from now on, whenever they change.
    pub(crate) async fn watch(mut self, journal: Journal) {
        let mut every = interval(LOOK);
        every.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut asked = Asked::new();
        loop {
            tokio::select! {
                _ = every.tick() => {}
                () = asked.for_it() => journal.event(Level::Info, "asked to read the certificate again"),
            }
            match self.look() {
                Ok(false) => {}
                Ok(true) => {
                    let why = format!("it holds until {}", self.tls.ends());
                    journal.because(Level::Info, "the certificate was renewed", why);
                }
                Err(error) => {
                    journal.because(Level::Error, "renew the certificate", format!("{error:#}"));
                }
            }
        }
    }

    /// Whether something new was taken up. What was seen before is not said again.
    fn look(&mut self) -> Result<bool> {
        let found = pair(&self.chain, &self.key)?;
        if found == self.seen {
            return Ok(false);
        }
        self.seen = found;
        let (chain, key) = &self.seen;
        self.tls
            .renew(chain, key)
            .with_context(|| format!("{} stays as it was", self.chain.display()))?;
        Ok(true)
    }
}

fn pair(chain: &Path, key: &Path) -> Result<Pair> {
    let read =
        |path: &Path| fs::read(path).with_context(|| format!("cannot read {}", path.display()));
    let pair = (read(chain)?, Zeroizing::new(read(key)?));
    not_for_everybody(key)?;
    Ok(pair)
}

#[cfg(unix)]
fn not_for_everybody(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path)?.permissions().mode() & 0o777;
    ensure!(
        mode.trailing_zeros() >= 3,
        "everybody may read or write {} (permissions {mode:04o}): make them 0640 or 0600, and think \
         whether the key is still secret",
        path.display()
    );
    Ok(())
}

#[cfg(not(unix))]
fn not_for_everybody(_: &Path) -> Result<()> {
    Ok(())
}

/// Whether somebody asks for a look at once: the signal HUP.
struct Asked {
    #[cfg(unix)]
    hangup: Option<tokio::signal::unix::Signal>,
}

impl Asked {
    fn new() -> Self {
        Self {
            #[cfg(unix)]
            hangup: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()).ok(),
        }
    }

    async fn for_it(&mut self) {
        #[cfg(unix)]
        if let Some(hangup) = &mut self.hangup
            && hangup.recv().await.is_some()
        {
            return;
        }
        std::future::pending::<()>().await;
    }
}
