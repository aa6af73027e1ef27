//! Where the hub's door is, and with which key it proves itself there.
//!
//! The hub draws that key in memory, for a day; the online key that removes vouches for it. So a region
//! that goes to the hub knows by the trust list alone who answers, as it does at another region's door.
//! The format is in `spec/federation.md`.

use super::encoding::{self, TrustEncodingError};
use crate::cbor::{Reader, Writer};
use crate::cose::{self, Header, Sign1};
use crate::signing::{Algorithm, PublicKey, Signer, SigningError};
use crate::status_list::time;
use crate::{HttpsUri, Span, Timestamp};

/// Type of a statement (RFC 9596).
const CONTENT_TYPE: &str = "application/healthcode-hub-door+cwt";
const EXPIRES_AT: i64 = 4;
const ISSUED_AT: i64 = 6;
/// Our private claim (RFC 8392 §9.1).
const HUB_DOOR: i64 = -70_107;
/// How long a statement may be good.
const LONGEST_LIFE: Span = Span::hours(48);
/// So far ahead of a reader's clock it may be signed.
const AHEAD: Span = Span::seconds(600);

/// The hub's door, whose signature has been checked or is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubDoor {
    issued_at: Timestamp,
    expires_at: Timestamp,
    key: PublicKey,
    address: HttpsUri,
}

/// Why something says nothing of the hub's door.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HubDoorError {
    /// Not signed by a key that may remove, or not in the fixed form.
    #[error(transparent)]
    Encoding(#[from] TrustEncodingError),
    /// It is good for no time, or for more than 48 hours.
    #[error("issued at {issued_at}, to expire at {expires_at}")]
    Times {
        /// The time of signing.
        issued_at: Timestamp,
        /// The end.
        expires_at: Timestamp,
    },
    /// Doors are opened with Ed25519 alone.
    #[error("a door's key is Ed25519, not {0}")]
    Algorithm(Algorithm),
}

impl HubDoor {
    /// Says where the door is, and with which key, for a time of at most 48 hours.
    ///
    /// # Errors
    /// [`HubDoorError`].
    pub fn new(
        issued_at: Timestamp,
        life: Span,
        key: PublicKey,
        address: HttpsUri,
    ) -> Result<Self, HubDoorError> {
        let door = Self {
            issued_at,
            expires_at: issued_at.plus(life),
            key,
            address,
        };
        door.checked()
    }

    fn checked(self) -> Result<Self, HubDoorError> {
        let (issued_at, expires_at) = (self.issued_at, self.expires_at);
        if expires_at <= issued_at || expires_at > issued_at.plus(LONGEST_LIFE) {
            return Err(HubDoorError::Times {
                issued_at,
                expires_at,
            });
        }
        match self.key.algorithm() {
            Algorithm::Ed25519 => Ok(self),
            other => Err(HubDoorError::Algorithm(other)),
        }
    }

    /// Signs with the online key that removes.
    ///
    /// # Errors
    /// [`SigningError`] where the signer gives no signature.
    pub fn sign<S: Signer + ?Sized>(&self, remover: &S) -> Result<Vec<u8>, SigningError> {
        let header = Header::of(remover.public_key()).with_type(CONTENT_TYPE);
        let mut writer = Writer::with_capacity(120);
        writer
            .map(3)
            .int(EXPIRES_AT)
            .int(self.expires_at.unix())
            .int(ISSUED_AT)
            .int(self.issued_at.unix())
            .int(HUB_DOOR)
            .array(3);
        encoding::write_key(&mut writer, &self.key);
        writer.text(self.address.as_str());
        cose::sign(remover, &header, &[], &writer.into_bytes())
    }

    /// Checks that one of the keys that may remove signed, and reads.
    ///
    /// # Errors
    /// [`HubDoorError`], by what is wrong first.
    pub fn open(bytes: &[u8], removal_keys: &[PublicKey]) -> Result<Self, HubDoorError> {
        let signed = Sign1::parse(bytes).map_err(TrustEncodingError::from)?;
        let claims = encoding::verify_any(&signed, removal_keys, CONTENT_TYPE)?;
        decode(claims)?.checked()
    }

    /// When it was signed.
    pub const fn issued_at(&self) -> Timestamp {
        self.issued_at
    }

    /// Until when it is good.
    pub const fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// The key of the door.
    pub const fn key(&self) -> &PublicKey {
        &self.key
    }

    /// Where the door is.
    pub const fn address(&self) -> &HttpsUri {
        &self.address
    }

    /// Whether it is good at an instant.
    pub fn holds(&self, now: Timestamp) -> bool {
        self.issued_at <= now.plus(AHEAD) && now < self.expires_at
    }
}

fn decode(claims: &[u8]) -> Result<HubDoor, TrustEncodingError> {
    let mut reader = Reader::new(claims);
    reader.map_of(3)?;
    reader.key(EXPIRES_AT)?;
    let expires_at = time(&mut reader)?;
    reader.key(ISSUED_AT)?;
    let issued_at = time(&mut reader)?;
    reader.key(HUB_DOOR)?;
    reader.array_of(3)?;
    let key = encoding::read_key(&mut reader)?;
    let address = HttpsUri::parse(reader.text()?)?;
    reader.end()?;
    Ok(HubDoor {
        issued_at,
        expires_at,
        key,
        address,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signing::SigningKey;

    const NOON: Timestamp = Timestamp::from_unix(1_656_388_800);

    fn key(fill: u8) -> SigningKey {
        SigningKey::deterministic(Algorithm::Ed25519, &[fill; 32]).unwrap()
    }

    fn door(life: Span) -> Result<HubDoor, HubDoorError> {
        let address = HttpsUri::parse("https://hub.example:9443").unwrap();
        HubDoor::new(NOON, life, key(7).public_key().clone(), address)
    }

    #[test]
    fn the_hubs_door_is_read_as_it_was_signed_and_holds_in_its_time() {
        let door = door(Span::hours(24)).unwrap();
        let signed = door.sign(&key(2)).unwrap();
        let read = HubDoor::open(
            &signed,
            &[key(1).public_key().clone(), key(2).public_key().clone()],
        );
        assert_eq!(read, Ok(door.clone()));
        for (seconds, holds) in [
            (-601, false),
            (-600, true),
            (0, true),
            (86_399, true),
            (86_400, false),
        ] {
            let now = Timestamp::from_unix(NOON.unix() + seconds);
            assert_eq!(door.holds(now), holds, "{seconds}");
        }
    }

    #[test]
    fn only_a_key_that_may_remove_says_where_the_door_is() {
        let signed = door(Span::hours(24)).unwrap().sign(&key(3)).unwrap();
        let refused = HubDoor::open(&signed, &[key(2).public_key().clone()]);
        assert_eq!(
            refused,
            Err(HubDoorError::Encoding(TrustEncodingError::Signer))
        );
    }

    #[test]
    fn any_changed_bit_is_noticed() {
        let signed = door(Span::hours(24)).unwrap().sign(&key(2)).unwrap();
        let removers = [key(2).public_key().clone()];
        for place in 0..signed.len() {
            for bit in 0..8 {
                let mut changed = signed.clone();
                changed[place] ^= 1 << bit;
                assert!(HubDoor::open(&changed, &removers).is_err());
            }
            assert!(HubDoor::open(&signed[..place], &removers).is_err());
        }
    }

    #[test]
    fn a_door_is_stated_for_two_days_at_most_and_with_an_ed25519_key() {
        assert!(door(Span::hours(48)).is_ok());
        assert!(matches!(
            door(Span::hours(49)),
            Err(HubDoorError::Times { .. })
        ));
        assert!(matches!(
            door(Span::seconds(0)),
            Err(HubDoorError::Times { .. })
        ));
        let sm2 = SigningKey::deterministic(Algorithm::Sm2, &[7; 32]).unwrap();
        let address = HttpsUri::parse("https://hub.example:9443").unwrap();
        let refused = HubDoor::new(NOON, Span::hours(1), sm2.public_key().clone(), address);
        assert_eq!(refused, Err(HubDoorError::Algorithm(Algorithm::Sm2)));
    }
}
