//! The text in which a log's secret key is kept: `PRIVATE+KEY+<name>+<id>+<key>`, as the tools of other
//! transparency logs write it (golang.org/x/mod/sumdb/note). Name and key travel together, so that a
//! key cannot come to sign for another log.

use base64ct::{Base64, Encoding as _};
use zeroize::Zeroizing;

use super::{KeyName, KeyNameError, SignatureType, Signer, VerifierKeyError};

const BEGINNING: &str = "PRIVATE+KEY+";

/// Why a text is no secret key. The text is never repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretTextError {
    /// Not of the form.
    #[error("a log's secret key is PRIVATE+KEY, a name, an id and a key, with plus signs between")]
    Form,
    /// The name is none.
    #[error(transparent)]
    Name(#[from] KeyNameError),
    /// Not the type byte and 32 bytes in canonical Base64.
    #[error("the key is a byte of type 1 and 32 bytes in canonical Base64 with padding")]
    Key,
    /// The id is of another name or key.
    #[error("the id is not the one of this name and key")]
    OtherId,
    /// The key.
    #[error(transparent)]
    Point(#[from] VerifierKeyError),
}

impl Signer {
    /// Reads the text of a secret key.
    ///
    /// # Errors
    /// [`SecretTextError`].
    pub fn from_secret_text(text: &str) -> Result<Self, SecretTextError> {
        let rest = text.strip_prefix(BEGINNING).ok_or(SecretTextError::Form)?;
        let (name, rest) = rest.split_once('+').ok_or(SecretTextError::Form)?;
        let (id, key) = rest.split_once('+').ok_or(SecretTextError::Form)?;
        let name: KeyName = name.parse()?;
        let bytes = Base64::decode_vec(key).map(Zeroizing::new);
        let bytes = bytes.map_err(|_| SecretTextError::Key)?;
        let secret: Zeroizing<[u8; 32]> = match bytes.split_first() {
            Some((&kind, secret)) if kind == SignatureType::Ed25519 as u8 => {
                Zeroizing::new(secret.try_into().map_err(|_| SecretTextError::Key)?)
            }
            _ => return Err(SecretTextError::Key),
        };
        let signer = Self::from_secret(name, &secret)?;
        if format!("{:08x}", signer.verifier_key().id()) == id {
            Ok(signer)
        } else {
            Err(SecretTextError::OtherId)
        }
    }

    /// Makes a key from 32 random bytes, and gives the text to be kept.
    ///
    /// # Errors
    /// [`VerifierKeyError::Point`], which no secret gives by any chance that matters.
    pub fn secret_text(
        name: &KeyName,
        secret: &Zeroizing<[u8; 32]>,
    ) -> Result<Zeroizing<String>, VerifierKeyError> {
        let signer = Self::from_secret(name.clone(), secret)?;
        let mut bytes = Zeroizing::new([0; 33]);
        let parts = [SignatureType::Ed25519 as u8].into_iter().chain(**secret);
        bytes
            .iter_mut()
            .zip(parts)
            .for_each(|(to, from)| *to = from);
        let key = Zeroizing::new(Base64::encode_string(bytes.as_slice()));
        let id = signer.verifier_key().id();
        Ok(Zeroizing::new(format!(
            "{BEGINNING}{name}+{id:08x}+{}",
            &**key
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text() -> Zeroizing<String> {
        let name = "330000.example/log".parse().unwrap();
        Signer::secret_text(&name, &Zeroizing::new([7; 32])).unwrap()
    }

    #[test]
    fn a_secret_key_has_one_text_and_reads_back() {
        let signer = Signer::from_secret_text(&text()).unwrap();
        let name: KeyName = "330000.example/log".parse().unwrap();
        let same = Signer::from_secret(name, &[7; 32]).unwrap();
        assert_eq!(signer.verifier_key(), same.verifier_key());
    }

    /// The pair of keys in the package documentation of golang.org/x/mod/sumdb/note.
    #[test]
    fn the_published_key_pair_is_read() {
        let signer = Signer::from_secret_text(
            "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
        )
        .unwrap();
        assert_eq!(
            signer.verifier_key().to_string(),
            "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
        );
    }

    #[test]
    fn every_other_text_is_refused_and_not_repeated() {
        let good = text();
        for (from, to) in [
            ("PRIVATE", "PUBLIC"),
            ("330000.example/log", "310000.example/log"),
            ("330000.example/log", ""),
            ("+A", "+B"),
            ("=", ""),
        ] {
            let bad = good.replace(from, to);
            if bad == *good {
                continue;
            }
            let error = Signer::from_secret_text(&bad).unwrap_err();
            assert!(!error.to_string().contains("BwcH"), "{from}");
        }
        assert!(Signer::from_secret_text("").is_err());
    }
}
