//! The forms in which Chinese systems carry SM2 keys and signatures: X.509 certificates and requests
//! (GB/T 20518), signed data (GB/T 35275), signature values (GB/T 35276), and the numbers by which
//! interfaces name algorithms (GB/T 33560). `spec/national-ciphers.md` says what of them is taken.
//!
//! Only SM2 with SM3 is written and read here: other algorithms have forms of their own. DER is read in
//! its one encoding, with nothing behind it; what a form leaves open and this house does not use is
//! refused by name, never skipped.
//!
//! No clock and no randomness: times and serial numbers are parameters.

mod certificate;
mod chain;
mod encoded;
mod identifiers;
mod oid;
mod public_key;
mod request;
mod revocations;
mod signature_value;
mod signed_data;

pub use certificate::{Certificate, CertificateError, IssueError, NewCertificate, Purpose, Serial};
pub use chain::{Anchors, ChainError};
pub use encoded::{PemError, PemKind, pem, read_pem};
pub use identifiers::{Edition, Identifier, IdentifierError, identifiers};
pub use public_key::KeyFormError;
pub use request::{Request, RequestError};
pub use revocations::{NewRevocations, Revocations, RevocationsError};
pub use signature_value::{SignatureValueError, from_der, to_der};
pub use signed_data::{Opened, SignDataError, SignedData, SignedDataError};
pub use x509_cert::name::Name;
