//! Files with a signed list: which kind it says it is, and which key it says it is by.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use hc_code::cose::Sign1;
use hc_code::signing::KeyId;

/// What a signed file says it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ListKind {
    Trust,
    Removals,
    Keys,
    Shard,
    Delta,
    Paper,
    Policy,
}

impl ListKind {
    /// Every kind with the type in its signed header.
    const TYPES: [(Self, &'static str); 7] = [
        (Self::Trust, "application/healthcode-trust+cwt"),
        (Self::Removals, "application/healthcode-removals+cwt"),
        (Self::Keys, "application/hc-keys+cwt"),
        (Self::Shard, "application/statuslist+cwt"),
        (Self::Delta, "application/healthcode-delta+cwt"),
        (Self::Paper, "application/healthcode-paper+cwt"),
        (Self::Policy, "application/hc-recognition+cwt"),
    ];

    /// The word for it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Trust => "trust-list",
            Self::Removals => "removals",
            Self::Keys => "key-list",
            Self::Shard => "status-list-shard",
            Self::Delta => "status-list",
            Self::Paper => "paper-list",
            Self::Policy => "recognition-policy",
        }
    }
}

/// A signed file, not believed yet.
pub(crate) struct SignedFile {
    pub(crate) path: PathBuf,
    pub(crate) bytes: Vec<u8>,
    pub(crate) kind: ListKind,
    pub(crate) key: KeyId,
}

/// The largest file that is read as a list: a whole list of 2^32 positions is smaller.
const MAX_BYTES: u64 = 2 << 30;

impl SignedFile {
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let reading = || format!("cannot read {}", path.display());
        // Its size says nothing of a pipe or a device.
        let mut bytes = Vec::new();
        let file = File::open(path).with_context(reading)?;
        file.take(MAX_BYTES + 1)
            .read_to_end(&mut bytes)
            .with_context(reading)?;
        ensure!(
            bytes.len() as u64 <= MAX_BYTES,
            "{} has more than {MAX_BYTES} bytes, too many for a list",
            path.display()
        );
        let what = || format!("{} is no signed list", path.display());
        let signed = Sign1::parse(&bytes).with_context(what)?;
        let stated = signed.content_type().unwrap_or("nothing");
        let kind = ListKind::TYPES
            .into_iter()
            .find(|(_, name)| *name == stated)
            .map(|(kind, _)| kind)
            .with_context(|| format!("its type is {stated}"))
            .with_context(what)?;
        let key = signed
            .key_id()
            .context("it names no key")
            .with_context(what)?;
        Ok(Self {
            path: path.to_owned(),
            bytes,
            kind,
            key,
        })
    }

    /// The file and its kind, for errors.
    pub(crate) fn what(&self) -> String {
        format!("{} ({})", self.path.display(), self.kind.word())
    }
}
