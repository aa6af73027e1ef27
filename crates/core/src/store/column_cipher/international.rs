//! AES-256-GCM-SIV (RFC 8452). The nonce is fixed: under SIV that is safe.

use aes_gcm_siv::aead::{Aead, KeyInit, Payload};
use aes_gcm_siv::{Aes256GcmSiv, Nonce};
use zeroize::Zeroizing;

use super::SealError;

#[derive(Clone)]
pub(super) struct International(Aes256GcmSiv);

impl International {
    pub(super) fn new(key: &Zeroizing<[u8; 32]>) -> Self {
        Self(Aes256GcmSiv::new((&**key).into()))
    }

    pub(super) fn seal(
        &self,
        value: &[u8],
        place: &[u8],
        bytes: &mut Vec<u8>,
    ) -> Result<(), SealError> {
        let payload = Payload {
            msg: value,
            aad: place,
        };
        let sealed = self.0.encrypt(&Nonce::default(), payload);
        bytes.extend(sealed.map_err(|_| SealError)?);
        Ok(())
    }

    pub(super) fn unseal(&self, sealed: &[u8], place: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let payload = Payload {
            msg: sealed,
            aad: place,
        };
        let value = self.0.decrypt(&Nonce::default(), payload);
        value.map(Zeroizing::new).ok()
    }
}
