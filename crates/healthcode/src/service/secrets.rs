//! The secrets of a region: made once, kept in files that nobody else may read, or handed in through
//! the environment.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::{Context, Result, ensure};
use hc_code::signing::{Algorithm, Signer, SigningKey};
use hc_code::{HttpsUri, Timestamp};
use hc_core::store::{ColumnCipher, ColumnSuite};
use hc_tlog::note::{KeyName, Signer as LogSigner};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::input::key_file;
use crate::output::{self, Readers};
use crate::random;

/// What a region must never lose and never show.
pub(crate) struct Secrets {
    /// Names documents in the store; with another one nobody is found again.
    pub(crate) documents: Zeroizing<[u8; 32]>,
    /// Seals personal columns.
    pub(crate) columns: ColumnKey,
    /// Seals device tokens.
    pub(crate) tokens: Zeroizing<[u8; 32]>,
    /// What sealed device tokens before, and is still to read them.
    pub(crate) tokens_before: Vec<Waning>,
    /// All of these that lie there still, also when nothing is read with them any more.
    pub(crate) tokens_ever: Vec<Waning>,
    /// Signs key lists.
    pub(crate) root: SigningKey,
    /// Signs paper codes.
    pub(crate) paper: SigningKey,
    /// Signs heads of the decision log; its name is the log's origin.
    pub(crate) log: LogSigner,
}

const DOCUMENTS: &str = "documents.key";
const COLUMNS: &str = "columns.key";
pub(crate) const TOKENS: &str = "tokens.key";
const ROOT: &str = "root.json";
const PAPER: &str = "paper.json";
const HUB: &str = "hub.json";
/// Shared by all regions, and never the hub's: `spec/directory.md`.
pub(crate) const DIRECTORY: &str = "directory.key";
pub(crate) const LOG: &str = "log.key";

impl Secrets {
    /// Makes the secrets of a new region in a folder that is not there yet.
    pub(crate) fn make(
        folder: &Path,
        algorithm: Algorithm,
        suite: ColumnSuite,
        log: &KeyName,
    ) -> Result<()> {
        private_folder(folder)?;
        for name in [DOCUMENTS, COLUMNS, TOKENS] {
            let secret = random::bytes::<32>()?;
            let secret = Zeroizing::new(hex::encode(secret.as_slice()));
            // Room for all of it, so that no copy stays behind where the buffer would grow.
            let mut text = Zeroizing::new(String::with_capacity(128));
            if name == COLUMNS && suite != ColumnSuite::Aes256GcmSiv {
                text.push_str(suite.name());
                text.push(':');
            }
            text.push_str(&secret);
            text.push('\n');
            output::create(&folder.join(name), text.as_bytes(), Readers::User)?;
        }
        for name in [ROOT, PAPER, HUB] {
            let (key, secret) = signing_key(algorithm)?;
            let file = key_file::secret_file(key.public_key(), &secret)?;
            output::create(&folder.join(name), &file, Readers::User)?;
        }
        make_log_key(&folder.join(LOG), log)
    }

    /// Reads them: each from the environment where it stands there, otherwise from its file.
    pub(crate) fn read(folder: &Path) -> Result<Self> {
        let now = crate::clock::now();
        let tokens_ever = Waning::read_all(folder)?;
        let valid = tokens_ever.iter().filter(|before| before.until > now);
        Ok(Self {
            documents: bytes(folder, DOCUMENTS)?,
            columns: ColumnKey::read(folder)?,
            tokens: bytes(folder, TOKENS)?,
            tokens_before: valid.cloned().collect(),
            tokens_ever,
            root: key(folder, ROOT)?,
            paper: key(folder, PAPER)?,
            log: log(folder)?,
        })
    }

    /// What seals sign-ins under way: made from the key of tokens, so that all nodes have the same.
    pub(crate) fn sign_ins(&self) -> Zeroizing<[u8; 32]> {
        let mut hash = Sha256::new();
        hash.update(b"healthcode identity sessions 1");
        hash.update(self.tokens.as_slice());
        Zeroizing::new(hash.finalize().into())
    }
}

/// The key by which gates begin to believe: made where there is none yet, with the algorithm of the root.
pub(crate) fn hub(folder: &Path, algorithm: Algorithm) -> Result<SigningKey> {
    let path = folder.join(HUB);
    if env::var_os(variable(HUB)).is_none() && !path.exists() {
        let (key, secret) = signing_key(algorithm)?;
        let file = key_file::secret_file(key.public_key(), &secret)?;
        output::create(&path, &file, Readers::User)?;
    }
    key(folder, HUB)
}

/// The key by which documents are called in the hub's directory, which all regions share; none where this
/// region was given none.
pub(crate) fn directory(folder: &Path) -> Result<Option<Zeroizing<[u8; 32]>>> {
    if env::var_os(variable(DIRECTORY)).is_none() && !folder.join(DIRECTORY).exists() {
        return Ok(None);
    }
    bytes(folder, DIRECTORY).map(Some)
}

/// 32 bytes of a file that was handed over, in hexadecimal.
pub(crate) fn handed_over(path: &Path) -> Result<Zeroizing<[u8; 32]>> {
    let place = path.display().to_string();
    let text = fs::read_to_string(path).map(Zeroizing::new);
    secret_in(
        &text.with_context(|| format!("cannot read {place}"))?,
        &place,
    )
}

/// What seals personal columns, and with which cipher: 64 hexadecimal digits, and the cipher's name and
/// a colon before them where it is not AES-256-GCM-SIV.
pub(crate) struct ColumnKey {
    pub(crate) suite: ColumnSuite,
    pub(crate) secret: Zeroizing<[u8; 32]>,
}

impl ColumnKey {
    fn read(folder: &Path) -> Result<Self> {
        let (text, place) = text(folder, COLUMNS)?;
        let (suite, digits) = match text.split_once(':') {
            Some((name, digits)) => (name.parse().with_context(|| place.clone())?, digits),
            None => (ColumnSuite::Aes256GcmSiv, text.as_str()),
        };
        let secret = secret_in(digits, &place)?;
        Ok(Self { suite, secret })
    }

    pub(crate) fn cipher(&self) -> ColumnCipher {
        ColumnCipher::of(self.suite, &self.secret)
    }
}

/// The secret that the region shares with an identity provider.
pub(crate) fn of_provider(folder: &Path, name: &str) -> Result<Zeroizing<String>> {
    let (text, place) = text(folder, &format!("identity-{name}.secret"))?;
    let secret = Zeroizing::new(text.trim().to_owned());
    ensure!(!secret.is_empty(), "{place} is empty");
    Ok(secret)
}

/// The text of a secret and where it came from.
fn text(folder: &Path, file: &str) -> Result<(Zeroizing<String>, String)> {
    let variable = variable(file);
    if let Ok(text) = env::var(&variable) {
        return Ok((Zeroizing::new(text), variable));
    }
    let path = folder.join(file);
    let text = fs::read_to_string(&path).map(Zeroizing::new);
    let text = text.with_context(|| {
        format!(
            "cannot read the secret {} (nor is {variable} set)",
            path.display()
        )
    })?;
    key_file::only_for_its_user(&path)?;
    Ok((text, path.display().to_string()))
}

/// The variable of the environment that may hold a secret instead of its file.
fn variable(file: &str) -> String {
    let stem = file.split('.').next().unwrap_or(file);
    let upper = stem.to_ascii_uppercase().replace('-', "_");
    format!("HEALTHCODE_SECRET_{upper}")
}

fn log(folder: &Path) -> Result<LogSigner> {
    let (text, place) = text(folder, LOG)?;
    LogSigner::from_secret_text(text.trim_end())
        .with_context(|| format!("{place} is no key of a log"))
}

fn key(folder: &Path, file: &str) -> Result<SigningKey> {
    let (text, place) = text(folder, file)?;
    key_file::signing_key_in(text.as_bytes(), &place)
}

/// The variable that holds a secret instead of its file, where there is one.
pub(crate) fn in_environment(file: &str) -> Option<String> {
    Some(variable(file)).filter(|variable| env::var_os(variable).is_some())
}

/// A key of device tokens that was replaced: `tokens.key.until-<Unix seconds>`.
#[derive(Clone)]
pub(crate) struct Waning {
    pub(crate) secret: Zeroizing<[u8; 32]>,
    pub(crate) until: Timestamp,
}

/// What stands before the seconds in its name.
const UNTIL: &str = "tokens.key.until-";

impl Waning {
    /// Where a key lies that is to be read until an instant.
    pub(crate) fn path(folder: &Path, until: Timestamp) -> PathBuf {
        folder.join(format!("{UNTIL}{}", until.unix()))
    }

    /// All that lie there.
    fn read_all(folder: &Path) -> Result<Vec<Self>> {
        let mut all = Vec::new();
        let reading = || format!("cannot read the folder of secrets {}", folder.display());
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            // All secrets may stand in the environment.
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(all),
            Err(error) => return Err(error).with_context(reading),
        };
        for entry in entries {
            let path = entry.with_context(reading)?.path();
            let name = path.file_name().and_then(|name| name.to_str());
            let name = name.unwrap_or_default();
            let seconds = name.strip_prefix(UNTIL);
            let Some(seconds) = seconds.and_then(|seconds| seconds.parse().ok()) else {
                continue;
            };
            let until = Timestamp::from_unix(seconds);
            // Never from the environment, which has the key of now.
            key_file::only_for_its_user(&path)?;
            let text = fs::read_to_string(&path).map(Zeroizing::new);
            let secret = secret_in(&text.with_context(reading)?, name)?;
            all.push(Self { secret, until });
        }
        Ok(all)
    }
}

/// Where the decision log of a region is published, without the scheme: the name of its key.
pub(crate) fn log_origin(lists_at: &HttpsUri) -> Result<KeyName> {
    let rest = lists_at.as_str().trim_start_matches("https://");
    let host = rest.split('/').next().unwrap_or_default();
    let name = format!("{host}/v1/decision-log").parse();
    name.with_context(|| format!("no log can be called after {host}"))
}

/// Makes the key of a decision log in a file that is not there yet.
pub(crate) fn make_log_key(path: &Path, name: &KeyName) -> Result<()> {
    let mut text = LogSigner::secret_text(name, &random::bytes::<32>()?)?;
    text.push('\n');
    output::create(path, text.as_bytes(), Readers::User)
}

/// A new signing key with its secret.
pub(crate) fn signing_key(algorithm: Algorithm) -> Result<(SigningKey, Zeroizing<[u8; 32]>)> {
    loop {
        let secret = random::bytes::<32>()?;
        if let Ok(key) = SigningKey::from_secret(algorithm, &secret) {
            return Ok((key, secret));
        }
    }
}

fn bytes(folder: &Path, file: &str) -> Result<Zeroizing<[u8; 32]>> {
    let (text, place) = text(folder, file)?;
    secret_in(&text, &place)
}

/// 32 bytes in hexadecimal.
fn secret_in(text: &str, place: &str) -> Result<Zeroizing<[u8; 32]>> {
    let mut bytes = Zeroizing::new([0; 32]);
    hex::decode_to_slice(text.trim(), bytes.as_mut_slice())
        .ok()
        .with_context(|| format!("{place} is not 64 hexadecimal digits"))?;
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
