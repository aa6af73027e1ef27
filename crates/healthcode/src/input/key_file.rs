//! Files with one key: the secret one, and the public one that is handed on.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use hc_code::signing::{Algorithm, PublicKey, Signer, SigningKey};
use serde::{Deserialize, Serialize};
use zeroize::{ZeroizeOnDrop, Zeroizing};

/// A public key in a file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PublicFile {
    algorithm: String,
    key_id: String,
    public: String,
}

/// A secret key in a file. Has no `Debug`: nothing may print it.
#[derive(Serialize, Deserialize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
struct SecretFile {
    #[zeroize(skip)]
    algorithm: String,
    #[zeroize(skip)]
    key_id: String,
    #[zeroize(skip)]
    public: String,
    secret: String,
}

/// More bytes than a key file can have.
const MAX_BYTES: u64 = 4096;

impl PublicFile {
    pub(crate) fn of(key: &PublicKey) -> Self {
        Self {
            algorithm: key.algorithm().name().to_owned(),
            key_id: key.id().to_string(),
            public: hex::encode(key.as_bytes()),
        }
    }
}

/// The content of a secret file.
pub(crate) fn secret_file(
    key: &PublicKey,
    secret: &Zeroizing<[u8; 32]>,
) -> Result<Zeroizing<Vec<u8>>> {
    let public = PublicFile::of(key);
    let file = SecretFile {
        algorithm: public.algorithm,
        key_id: public.key_id,
        public: public.public,
        secret: hex::encode(secret.as_slice()),
    };
    // Room for all of it, so that no copy stays behind where the buffer would grow.
    let mut bytes = Zeroizing::new(Vec::with_capacity(512));
    serde_json::to_writer_pretty(&mut *bytes, &file)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// The content of a public file.
pub(crate) fn public_file(key: &PublicKey) -> Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec_pretty(&PublicFile::of(key))?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Reads a public file.
pub(crate) fn public_key(path: &Path) -> Result<PublicKey> {
    let what = || format!("{} is no public key file", path.display());
    let text = read(path)?;
    // Said apart, since it is the mistake that matters: a secret file must not be handed on.
    if serde_json::from_slice::<SecretFile>(&text).is_ok() {
        bail!(
            "{} is a secret key file; its public half is in {}.pub",
            path.display(),
            path.display()
        );
    }
    let file: PublicFile = serde_json::from_slice(&text)
        .map_err(|error| without_content(&error))
        .with_context(what)?;
    checked(&file.algorithm, &file.key_id, &file.public).with_context(what)
}

/// Several public files.
pub(crate) fn public_keys<'a>(
    paths: impl IntoIterator<Item = &'a std::path::PathBuf>,
) -> Result<Vec<PublicKey>> {
    let keys = paths.into_iter().map(|path| public_key(path));
    keys.collect()
}

/// Reads a secret file that only its user may read.
pub(crate) fn signing_key(path: &Path) -> Result<SigningKey> {
    let text = read(path)?;
    only_for_its_user(path)?;
    signing_key_in(&text, &path.display().to_string())
}

/// Reads the text of a secret file; `place` is where it came from.
pub(crate) fn signing_key_in(text: &[u8], place: &str) -> Result<SigningKey> {
    let what = || format!("{place} is no secret key file");
    let file: SecretFile = serde_json::from_slice(text)
        .map_err(|error| without_content(&error))
        .with_context(what)?;
    let public = checked(&file.algorithm, &file.key_id, &file.public).with_context(what)?;
    let mut secret = Zeroizing::new([0; 32]);
    hex::decode_to_slice(&file.secret, secret.as_mut_slice())
        .map_err(|_| anyhow::anyhow!("the secret is not 64 hexadecimal digits"))
        .with_context(what)?;
    let key = SigningKey::from_secret(public.algorithm(), &secret).with_context(what)?;
    ensure!(
        *key.public_key() == public,
        "{place}: the public key does not belong to the secret"
    );
    Ok(key)
}

fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>> {
    let size = fs::metadata(path)
        .with_context(|| format!("cannot read {}", path.display()))?
        .len();
    ensure!(
        size <= MAX_BYTES,
        "{} has {size} bytes, too many for a key file",
        path.display()
    );
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(Zeroizing::new(bytes))
}

/// What is wrong, without the words of the file: they may be a secret.
fn without_content(error: &serde_json::Error) -> anyhow::Error {
    anyhow::anyhow!(
        "its content is not as it should be at line {}, column {}",
        error.line(),
        error.column()
    )
}

fn checked(algorithm: &str, key_id: &str, public: &str) -> Result<PublicKey> {
    let algorithm = Algorithm::from_name(algorithm).context("no such algorithm")?;
    let bytes =
        hex::decode(public).map_err(|_| anyhow::anyhow!("the public key is not hexadecimal"))?;
    let key = PublicKey::parse(algorithm, &bytes)?;
    ensure!(
        key.id().to_string() == key_id,
        "the key id is {}, not what the file says",
        key.id()
    );
    Ok(key)
}

#[cfg(unix)]
pub(crate) fn only_for_its_user(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    // The six low bits are those of the group and of others.
    let mode = fs::metadata(path)?.permissions().mode() & 0o777;
    ensure!(
        mode.trailing_zeros() >= 6,
        "others may read or write {} (permissions {mode:04o}): make them 0600, and think whether \
         the key is still secret",
        path.display()
    );
    Ok(())
}

#[cfg(not(unix))]
pub(crate) fn only_for_its_user(_: &Path) -> Result<()> {
    Ok(())
}
