//! The structures of GB/T 35275, as its ASN.1 has them.

use der::asn1::{Any, ObjectIdentifier, OctetString, SetOfVec};
use der::{Sequence, ValueOrd};
use x509_cert::Certificate;
use x509_cert::attr::Attributes;
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::AlgorithmIdentifierOwned;

/// A message of any type.
#[derive(Clone, Sequence)]
pub(super) struct Content {
    pub(super) content_type: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub(super) content: Option<Any>,
}

/// A message that is signed data.
#[derive(Clone, Sequence)]
pub(super) struct Message {
    pub(super) content_type: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    pub(super) content: SignedData,
}

#[derive(Clone, Sequence)]
pub(super) struct SignedData {
    pub(super) version: u8,
    pub(super) digest_algorithms: SetOfVec<AlgorithmIdentifierOwned>,
    pub(super) content: Content,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    pub(super) certificates: Option<SetOfVec<Certificate>>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    pub(super) revocation_lists: Option<SetOfVec<Any>>,
    pub(super) signers: SetOfVec<SignerInfo>,
}

#[derive(Clone, Sequence, ValueOrd)]
pub(super) struct SignerInfo {
    pub(super) version: u8,
    pub(super) issuer_and_serial: IssuerAndSerial,
    pub(super) digest_algorithm: AlgorithmIdentifierOwned,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    pub(super) attributes: Option<Attributes>,
    pub(super) signature_algorithm: AlgorithmIdentifierOwned,
    pub(super) signature: OctetString,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    pub(super) unsigned: Option<Attributes>,
}

#[derive(Clone, Sequence, ValueOrd)]
pub(super) struct IssuerAndSerial {
    pub(super) issuer: Name,
    pub(super) serial: SerialNumber,
}
