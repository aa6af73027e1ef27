//! One showing of a carried code: the holder's signature over the code and the second.

use crate::cbor::{CborError, Reader, Writer};
use crate::cose::{self, CoseError, Header, Sign1};
use crate::signing::{PublicKey, Signer, SigningError};
use crate::text;
use crate::{Span, Timestamp};

/// When a carried code was shown, by the holder's device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Showing {
    at: Timestamp,
}

/// Why a showing is none of this code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShowingError {
    /// The holder's signature or its form.
    #[error("the showing is not signed by the code's holder: {0}")]
    Cose(#[from] CoseError),
    /// The content is not the second alone.
    #[error("the content of the showing: {0}")]
    Content(#[from] CborError),
    /// A second beyond the year 9999.
    #[error("the showing's time is out of range")]
    Time,
}

impl Showing {
    /// How long one showing is good for: long enough to walk from the queue to the gate.
    pub const LIFETIME: Span = Span::seconds(60);

    /// When the holder's device made it.
    pub const fn at(self) -> Timestamp {
        self.at
    }

    /// Reads a showing of the given carried code's text by the holder's key.
    ///
    /// # Errors
    /// [`ShowingError`] where it is not in the one form, or of another code, or of another key.
    pub fn verify(
        showing: &Sign1<'_>,
        carried_text: &str,
        holder: &PublicKey,
    ) -> Result<Self, ShowingError> {
        let header = Header::without_key_id(holder);
        let content = showing.verify(holder, &header, carried_text.as_bytes())?;
        let mut reader = Reader::new(content);
        let seconds = reader.uint()?;
        reader.end()?;
        let at = i64::try_from(seconds)
            .ok()
            .filter(|seconds| *seconds <= Timestamp::MAX.unix())
            .ok_or(ShowingError::Time)?;
        Ok(Self {
            at: Timestamp::from_unix(at),
        })
    }
}

/// The text of one showing: the carried code's text and, after it, the holder's signed second.
///
/// `carried_text` is the code as issued; times before 1970 count as 1970.
///
/// # Errors
/// [`SigningError`] where the holder's device gives no signature.
pub fn show<S: Signer + ?Sized>(
    holder: &S,
    carried_text: &str,
    at: Timestamp,
) -> Result<String, SigningError> {
    let mut content = Writer::with_capacity(9);
    content.uint(u64::try_from(at.unix()).unwrap_or_default());
    let signed = cose::sign(
        holder,
        &Header::without_key_id(holder.public_key()),
        carried_text.as_bytes(),
        content.as_bytes(),
    )?;
    let mut shown = String::with_capacity(carried_text.len() + 160);
    shown.push_str(carried_text);
    text::append_domain(&signed, &mut shown);
    Ok(shown)
}
