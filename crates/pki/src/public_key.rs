//! SM2 keys as certificates write them (GB/T 35276 §6, RFC 5480): the curve by name, the whole point.

use der::asn1::{Any, BitString};
use hc_code::signing::{Algorithm, PublicKey, PublicKeyError};
use sm3::{Digest as _, Sm3};
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};

use crate::oid;

/// Why a certificate's key is none that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFormError {
    /// Not `id-ecPublicKey` with the SM2 curve by name.
    #[error("the key is not on the SM2 curve")]
    Curve,
    /// Not 04 and two coordinates.
    #[error("the key is not written as 04 and two coordinates")]
    Form,
    /// No key.
    #[error(transparent)]
    Key(#[from] PublicKeyError),
    /// A key of another algorithm.
    #[error("a key of {0} has no SM2 certificate")]
    Algorithm(Algorithm),
}

/// 04, x, y.
fn point(key: &PublicKey) -> Result<[u8; 65], KeyFormError> {
    if key.algorithm() != Algorithm::Sm2 {
        return Err(KeyFormError::Algorithm(key.algorithm()));
    }
    let (x, y) = key.coordinates().ok_or(KeyFormError::Curve)?;
    let mut point = [4; 65];
    for (to, from) in point.iter_mut().skip(1).zip(x.into_iter().chain(y)) {
        *to = from;
    }
    Ok(point)
}

pub(crate) fn write(key: &PublicKey) -> Result<SubjectPublicKeyInfoOwned, KeyFormError> {
    let form = |_| KeyFormError::Form;
    Ok(SubjectPublicKeyInfoOwned {
        algorithm: AlgorithmIdentifierOwned {
            oid: oid::EC_KEY,
            parameters: Some(Any::encode_from(&oid::SM2_CURVE).map_err(form)?),
        },
        subject_public_key: BitString::from_bytes(&point(key)?).map_err(form)?,
    })
}

pub(crate) fn read(key: &SubjectPublicKeyInfoOwned) -> Result<PublicKey, KeyFormError> {
    let curve = key.algorithm.parameters.as_ref();
    let curve = curve.and_then(|any| any.decode_as::<der::asn1::ObjectIdentifier>().ok());
    if key.algorithm.oid != oid::EC_KEY || curve != Some(oid::SM2_CURVE) {
        return Err(KeyFormError::Curve);
    }
    let bytes = key
        .subject_public_key
        .as_bytes()
        .ok_or(KeyFormError::Form)?;
    let Some((4, coordinates)) = bytes.split_first().map(|(first, rest)| (*first, rest)) else {
        return Err(KeyFormError::Form);
    };
    let (halves, rest) = coordinates.as_chunks::<32>();
    let ([x, y], []) = (halves, rest) else {
        return Err(KeyFormError::Form);
    };
    Ok(PublicKey::from_coordinates(Algorithm::Sm2, x, y)?)
}

/// The name of a key among certificates: the first 160 bits of SM3 over the point (RFC 7093 §2, with
/// the national hash).
pub(crate) fn identifier(key: &PublicKey) -> Result<[u8; 20], KeyFormError> {
    let digest: [u8; 32] = Sm3::digest(point(key)?).into();
    let mut name = [0; 20];
    name.iter_mut()
        .zip(digest)
        .for_each(|(to, from)| *to = from);
    Ok(name)
}
