//! SM2 signatures as GB/T 35276 writes them: a SEQUENCE of two INTEGERs.

use der::asn1::Uint;
use der::{Decode, Encode, Sequence};
use hc_code::signing::{Algorithm, Signature, SignatureFault};

#[derive(Sequence)]
struct Value {
    r: Uint,
    s: Uint,
}

/// Why bytes are no SM2 signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureValueError {
    /// No DER of two numbers, or not in its one encoding.
    #[error("the signature is not the DER of two positive numbers")]
    Encoding,
    /// A number of more than 256 bits.
    #[error("a number of the signature has more than 256 bits")]
    TooLong,
    /// A number out of range.
    #[error("the signature is out of range: {0}")]
    Range(#[from] SignatureFault),
    /// A signature of another algorithm.
    #[error("a signature of {0} has another form")]
    Algorithm(Algorithm),
}

/// Reads the DER of a signature.
///
/// # Errors
/// [`SignatureValueError`].
pub fn from_der(bytes: &[u8]) -> Result<Signature, SignatureValueError> {
    let value = Value::from_der(bytes).map_err(|_| SignatureValueError::Encoding)?;
    let mut whole = [0; 64];
    let (left, right) = whole.split_at_mut(32);
    for (half, number) in [(left, &value.r), (right, &value.s)] {
        let digits = number.as_bytes();
        let start = half.len().checked_sub(digits.len());
        let place = start.and_then(|start| half.get_mut(start..));
        place
            .ok_or(SignatureValueError::TooLong)?
            .copy_from_slice(digits);
    }
    Ok(Signature::parse(Algorithm::Sm2, &whole)?)
}

/// Writes the DER of an SM2 signature.
///
/// # Errors
/// [`SignatureValueError::Algorithm`] for a signature of another one.
pub fn to_der(signature: &Signature) -> Result<Vec<u8>, SignatureValueError> {
    if signature.algorithm() != Algorithm::Sm2 {
        return Err(SignatureValueError::Algorithm(signature.algorithm()));
    }
    let (r, s) = signature.as_bytes().split_at(32);
    let number = |bytes| Uint::new(bytes).map_err(|_| SignatureValueError::Encoding);
    let value = Value {
        r: number(r)?,
        s: number(s)?,
    };
    value.to_der().map_err(|_| SignatureValueError::Encoding)
}

#[cfg(test)]
mod tests {
    use hc_code::signing::{Signer as _, SigningKey};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn short_numbers_are_written_short_and_read_back() {
        let mut bytes = [0; 64];
        bytes[31] = 0x80;
        bytes[63] = 1;
        let signature = Signature::parse(Algorithm::Sm2, &bytes).unwrap();
        let der = to_der(&signature).unwrap();
        assert_eq!(der, [0x30, 7, 2, 2, 0, 0x80, 2, 1, 1]);
        assert_eq!(from_der(&der), Ok(signature));
    }

    #[test]
    fn other_encodings_of_the_same_numbers_are_refused() {
        let longer: [&[u8]; 6] = [
            &[0x30, 8, 2, 3, 0, 0, 0x80, 2, 1, 1],
            &[0x30, 0x81, 7, 2, 2, 0, 0x80, 2, 1, 1],
            &[0x30, 7, 2, 2, 0, 0x80, 2, 1, 1, 0],
            &[0x30, 6, 2, 1, 0x80, 2, 1, 1],
            &[0x30, 3, 2, 1, 1],
            &[],
        ];
        for bytes in longer {
            assert_eq!(
                from_der(bytes),
                Err(SignatureValueError::Encoding),
                "{bytes:x?}"
            );
        }
        assert_eq!(
            from_der(&[0x30, 6, 2, 1, 0, 2, 1, 1]),
            Err(SignatureValueError::Range(SignatureFault::RangeOfR))
        );
        let mut long = vec![0x30, 38, 2, 33, 1];
        long.extend([0; 32]);
        long.extend([2, 1, 1]);
        assert_eq!(from_der(&long), Err(SignatureValueError::TooLong));
    }

    #[test]
    fn other_algorithms_have_another_form() {
        let key = SigningKey::from_secret(Algorithm::Ed25519, &[7; 32]).unwrap();
        let signature = key.sign(b"message").unwrap();
        assert_eq!(
            to_der(&signature),
            Err(SignatureValueError::Algorithm(Algorithm::Ed25519))
        );
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_the_same(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            if let Ok(signature) = from_der(&bytes) {
                prop_assert_eq!(to_der(&signature).unwrap(), bytes);
            }
        }
    }
}
