//! A region as a service: its configuration, its secrets, and what runs in it.

pub(crate) mod abroad;
pub(crate) mod certificate;
pub(crate) mod clockwork;
pub(crate) mod config;
pub(crate) mod directory;
pub(crate) mod elsewhere;
pub(crate) mod following;
pub(crate) mod head_file;
pub(crate) mod hub;
pub(crate) mod identity;
pub(crate) mod joined;
pub(crate) mod journal;
pub(crate) mod listening;
pub(crate) mod marks;
pub(crate) mod node;
pub(crate) mod renewing;
pub(crate) mod secrets;
pub(crate) mod serving;
pub(crate) mod stopped;
pub(crate) mod tasks;

pub(crate) use clockwork::Clockwork;
pub(crate) use config::{Config, Configured};
pub(crate) use secrets::Secrets;

/// Drawn at random: by it addresses are spread over counters.
pub(crate) fn random_seed() -> anyhow::Result<[u8; 16]> {
    Ok(*crate::random::bytes::<16>()?)
}
