//! The secrets of a region: made once, kept in files that nobody else may read.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use hc_code::signing::{Algorithm, Signer, SigningKey};
use zeroize::Zeroizing;

use crate::input::key_file;
use crate::output::{self, Readers};
use crate::random;

/// What a region must never lose and never show.
pub(crate) struct Secrets {
    /// Names documents in the store; with another one nobody is found again.
    pub(crate) documents: Zeroizing<[u8; 32]>,
    /// Seals personal columns.
    pub(crate) columns: Zeroizing<[u8; 32]>,
    /// Seals device tokens.
    pub(crate) tokens: Zeroizing<[u8; 32]>,
    /// Signs key lists.
    pub(crate) root: SigningKey,
    /// Signs paper codes.
    pub(crate) paper: SigningKey,
}

const DOCUMENTS: &str = "documents.key";
const COLUMNS: &str = "columns.key";
const TOKENS: &str = "tokens.key";
const ROOT: &str = "root.json";
const PAPER: &str = "paper.json";

impl Secrets {
    /// Makes the secrets of a new region in a folder that is not there yet.
    pub(crate) fn make(folder: &Path, algorithm: Algorithm) -> Result<()> {
        private_folder(folder)?;
        for name in [DOCUMENTS, COLUMNS, TOKENS] {
            let secret = random::bytes::<32>()?;
            let mut text = Zeroizing::new(hex::encode(secret.as_slice()));
            text.push('\n');
            output::create(&folder.join(name), text.as_bytes(), Readers::User)?;
        }
        for name in [ROOT, PAPER] {
            let (key, secret) = signing_key(algorithm)?;
            let file = key_file::secret_file(key.public_key(), &secret)?;
            output::create(&folder.join(name), &file, Readers::User)?;
        }
        Ok(())
    }

    /// Reads them.
    pub(crate) fn read(folder: &Path) -> Result<Self> {
        Ok(Self {
            documents: bytes(&folder.join(DOCUMENTS))?,
            columns: bytes(&folder.join(COLUMNS))?,
            tokens: bytes(&folder.join(TOKENS))?,
            root: key_file::signing_key(&folder.join(ROOT))?,
            paper: key_file::signing_key(&folder.join(PAPER))?,
        })
    }
}

fn signing_key(algorithm: Algorithm) -> Result<(SigningKey, Zeroizing<[u8; 32]>)> {
    loop {
        let secret = random::bytes::<32>()?;
        if let Ok(key) = SigningKey::from_secret(algorithm, &secret) {
            return Ok((key, secret));
        }
    }
}

fn bytes(path: &Path) -> Result<Zeroizing<[u8; 32]>> {
    let text = fs::read_to_string(path).map(Zeroizing::new);
    let text = text.with_context(|| format!("cannot read the secret {}", path.display()))?;
    key_file::only_for_its_user(path)?;
    let mut bytes = Zeroizing::new([0; 32]);
    hex::decode_to_slice(text.trim(), bytes.as_mut_slice())
        .ok()
        .with_context(|| format!("{} is not 64 hexadecimal digits", path.display()))?;
    Ok(bytes)
}

#[cfg(unix)]
fn private_folder(folder: &Path) -> Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new()
        .mode(0o700)
        .create(folder)
        .with_context(|| format!("cannot make the folder of secrets {}", folder.display()))
}

#[cfg(not(unix))]
fn private_folder(folder: &Path) -> Result<()> {
    fs::create_dir(folder)
        .with_context(|| format!("cannot make the folder of secrets {}", folder.display()))
}
