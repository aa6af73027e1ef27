//! A sign-in under way, sealed and given to the page that began it: the node keeps nothing of it.
//!
//! It holds what the provider's answer is compared with: the state that comes back in the address
//! (RFC 6749 §10.12), the nonce that stands in the token (`OpenID` Connect Core §3.1.2.1) and the
//! secret by which only whoever began can redeem the code (RFC 7636).

use std::fmt;

use base64ct::{Base64UrlUnpadded, Encoding};
use hc_code::{Span, Timestamp};
use hc_core::store::{ColumnCipher, SealedAt};
use rand_core::CryptoRng;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// How long a sign-in may take: somebody may have to find a card and a password.
pub(super) const LASTS: Span = Span::seconds(600);

/// Seals sign-ins.
#[derive(Clone)]
pub struct SessionSealer {
    cipher: ColumnCipher,
}

/// A sign-in.
#[derive(PartialEq, Eq)]
pub(super) struct Session {
    pub(super) until: Timestamp,
    pub(super) state: [u8; 16],
    pub(super) nonce: [u8; 16],
    pub(super) verifier: Zeroizing<[u8; 32]>,
}

/// Until, state, nonce, verifier.
const CONTENT: usize = 8 + 16 + 16 + 32;

impl SessionSealer {
    /// Takes a key: 32 random bytes, the same on all nodes of a region, used for nothing else.
    pub fn new(key: &Zeroizing<[u8; 32]>) -> Self {
        Self {
            cipher: ColumnCipher::new(key),
        }
    }

    pub(super) fn seal(&self, session: &Session, method: &str) -> String {
        let mut content = Zeroizing::new([0; CONTENT]);
        let parts = session.until.unix().to_be_bytes().into_iter();
        let parts = parts.chain(session.state).chain(session.nonce);
        content
            .iter_mut()
            .zip(parts.chain(session.verifier.iter().copied()))
            .for_each(|(to, from)| *to = from);
        // So few bytes are never too long.
        let sealed = self.cipher.seal(content.as_slice(), place(method));
        Base64UrlUnpadded::encode_string(&sealed.unwrap_or_default())
    }

    /// Opens a sign-in by a method that has not ended.
    pub(super) fn open(&self, text: &str, method: &str, now: Timestamp) -> Option<Session> {
        let sealed = Base64UrlUnpadded::decode_vec(text).ok()?;
        let content = self.cipher.unseal(&sealed, place(method)).ok()?;
        let content: &[u8; CONTENT] = content.as_slice().try_into().ok()?;
        let (until, rest) = content.split_first_chunk::<8>()?;
        let (state, rest) = rest.split_first_chunk::<16>()?;
        let (nonce, rest) = rest.split_first_chunk::<16>()?;
        let until = Timestamp::from_unix(i64::from_be_bytes(*until));
        (now < until).then_some(Session {
            until,
            state: *state,
            nonce: *nonce,
            verifier: Zeroizing::new(rest.try_into().ok()?),
        })
    }
}

impl fmt::Debug for SessionSealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionSealer(…)")
    }
}

/// Sealed to its method, so that the answer of one provider cannot be given to another.
fn place(method: &str) -> SealedAt<'_> {
    SealedAt {
        table: "identity session",
        column: "1",
        row: method.as_bytes(),
    }
}

impl Session {
    pub(super) fn new(random: &mut (impl CryptoRng + ?Sized), now: Timestamp) -> Self {
        let mut session = Self {
            until: now.plus(LASTS),
            state: [0; 16],
            nonce: [0; 16],
            verifier: Zeroizing::new([0; 32]),
        };
        random.fill_bytes(&mut session.state);
        random.fill_bytes(&mut session.nonce);
        random.fill_bytes(session.verifier.as_mut_slice());
        session
    }

    pub(super) fn state_text(&self) -> String {
        Base64UrlUnpadded::encode_string(&self.state)
    }

    pub(super) fn nonce_text(&self) -> String {
        Base64UrlUnpadded::encode_string(&self.nonce)
    }

    /// The code verifier (RFC 7636 §4.1).
    pub(super) fn verifier_text(&self) -> Zeroizing<String> {
        Zeroizing::new(Base64UrlUnpadded::encode_string(self.verifier.as_slice()))
    }

    /// The code challenge by the method `S256` (RFC 7636 §4.2).
    pub(super) fn challenge(&self) -> String {
        let hash = Sha256::digest(self.verifier_text().as_bytes());
        Base64UrlUnpadded::encode_string(&hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::SeedableRng;

    const NOW: Timestamp = Timestamp::from_unix(1_700_000_000);

    #[test]
    fn a_sign_in_opens_for_its_method_and_within_its_time_and_not_changed() {
        let sealer = SessionSealer::new(&Zeroizing::new([1; 32]));
        let session = Session::new(&mut ChaCha8Rng::seed_from_u64(1), NOW);
        let text = sealer.seal(&session, "national");
        let open = |text: &str, method, now| sealer.open(text, method, now);
        assert!(open(&text, "national", NOW) == Some(session));
        assert!(open(&text, "other", NOW).is_none());
        assert!(open(&text, "national", NOW.plus(LASTS)).is_none());
        assert!(open(&text[1..], "national", NOW).is_none());
        assert!(open("", "national", NOW).is_none());
        let other = SessionSealer::new(&Zeroizing::new([2; 32]));
        assert!(other.open(&text, "national", NOW).is_none());
    }

    #[test]
    fn the_challenge_is_that_of_rfc_7636_appendix_b() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let bytes = Base64UrlUnpadded::decode_vec(verifier).unwrap();
        let mut session = Session::new(&mut ChaCha8Rng::seed_from_u64(1), NOW);
        session.verifier = Zeroizing::new(bytes.try_into().unwrap());
        assert_eq!(*session.verifier_text(), verifier);
        assert_eq!(
            session.challenge(),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }
}
