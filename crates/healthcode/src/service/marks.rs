//! Whether the secrets are those that a database was used with: another one would be taken in silence,
//! and nobody be found again, or every code and every head of the log be refused.

use anyhow::{Result, ensure};
use hc_code::signing::Signer;
use hc_core::store::{Reading, StoreError, Writing};
use sha2::{Digest, Sha256};

use super::Secrets;

/// What tells a secret from another one.
type Mark = [u8; 16];

/// The marks of a region's secrets, by name; of the key of tokens also those of keys before it.
pub(crate) struct Marks(Vec<(&'static str, Vec<Mark>)>);

/// Names of secrets that are not those of a database.
pub(crate) type Foreign = Vec<&'static str>;

impl Marks {
    /// Of secrets.
    pub(crate) fn of(secrets: &Secrets) -> Self {
        let tokens = secrets.tokens_ever.iter().map(|before| &before.secret);
        let tokens = std::iter::once(&secrets.tokens).chain(tokens);
        let public = |key: &dyn Signer| key.public_key().as_bytes().to_vec();
        Self(vec![
            (
                "documents",
                vec![mark("documents", secrets.documents.as_slice())],
            ),
            (
                "tokens",
                tokens.map(|key| mark("tokens", key.as_slice())).collect(),
            ),
            ("root", vec![mark("root", &public(&secrets.root))]),
            ("paper", vec![mark("paper", &public(&secrets.paper))]),
            (
                "log",
                vec![mark(
                    "log",
                    secrets.log.verifier_key().to_string().as_bytes(),
                )],
            ),
        ])
    }

    /// Which of them the database does not know; none where it was never used.
    pub(crate) fn foreign(&self, reading: &mut dyn Reading) -> Result<Foreign, StoreError> {
        let kept = reading.secret_marks()?;
        let foreign = self.0.iter().filter(|(name, marks)| {
            let mut kept = kept.iter().filter(|(of, _)| of == name);
            kept.any(|(_, kept)| !marks.contains(kept))
        });
        Ok(foreign.map(|(name, _)| *name).collect())
    }

    /// Notes in the database with which secrets it is used from now on.
    pub(crate) fn keep(&self, writing: &mut dyn Writing) -> Result<(), StoreError> {
        let kept = writing.secret_marks()?;
        for (name, marks) in &self.0 {
            if let Some(mark) = marks.first()
                && !kept.iter().any(|(of, kept)| of == name && kept == mark)
            {
                writing.set_secret_mark(name, *mark)?;
            }
        }
        Ok(())
    }
}

/// Refuses secrets of another region, or of none.
pub(crate) fn own(foreign: &Foreign) -> Result<()> {
    ensure!(
        foreign.is_empty(),
        "not the secrets that this database was used with: {}; put its own folder of secrets back",
        foreign.join(", ")
    );
    Ok(())
}

/// The first 16 bytes of a hash: a secret has 32 random bytes, and cannot be found from it.
fn mark(name: &str, secret: &[u8]) -> Mark {
    let mut hash = Sha256::new();
    hash.update(b"healthcode mark of a secret 1\0");
    hash.update(name);
    hash.update([0]);
    hash.update(secret);
    let hash: [u8; 32] = hash.finalize().into();
    let (first, _) = hash.split_first_chunk().unwrap_or((&[0; 16], &[]));
    *first
}
