//! The identity providers of a region from its configuration.

use std::fs;

use anyhow::{Context, Result};
use hc_http::identity::{Identify, Provider, Providers, SessionSealer, Trust};
use hc_http::journal::Journal;
use zeroize::Zeroizing;

use super::config::SecretForm;
use super::{Configured, Secrets, secrets};
use crate::random;

/// The providers; none where none is configured, so that nobody can enrol by themselves.
pub(crate) fn providers(
    configured: &Configured,
    secrets: &Secrets,
    journal: Journal,
) -> Result<Providers> {
    let config = &configured.config.identity;
    let folder = configured.path(&configured.config.secrets);
    let mut all = Vec::new();
    for one in &config.openid {
        let secret = match one.authentication {
            SecretForm::None => Zeroizing::default(),
            SecretForm::Basic | SecretForm::Post => secrets::of_provider(&folder, &one.name)?,
        };
        all.push(Provider::OpenId(Box::new(one.terms(secret)?)));
    }
    for one in &config.super_app {
        let secret = secrets::of_provider(&folder, &one.name)?;
        all.push(Provider::SuperApp(Box::new(one.terms(secret)?)));
    }
    let trust = match &config.authorities {
        Some(file) => {
            let path = configured.path(file);
            let what = || format!("identity.authorities: {}", path.display());
            let pem = fs::read(&path).with_context(what)?;
            Trust::of_authorities(&pem).with_context(what)?
        }
        // Whoever asks nobody needs nobody's certificate.
        None if all.is_empty() => Trust::of_nobody()?,
        None => Trust::of_the_system().context("identity")?,
    };
    let sealer = SessionSealer::new(&secrets.sign_ins());
    Providers::new(all, &trust, sealer, random::source()?, journal).context("identity")
}

/// Asks each provider that can be asked without a person for what it says of itself; gives name and
/// outcome.
pub(crate) async fn reach(
    providers: &Providers,
    now: hc_code::Timestamp,
) -> Vec<(String, Result<(), String>)> {
    let mut found = Vec::new();
    for method in providers.methods() {
        let reached = providers.reach(&method.name, now).await;
        if let Some(reached) = reached {
            found.push((method.name.to_string(), reached));
        }
    }
    found
}
