//! Making lists of revoked certificates.

use der::Encode as _;
use der::asn1::{BitString, OctetString, Uint};
use der::oid::AssociatedOid as _;
use hc_code::Timestamp;
use hc_code::signing::Signer;
use x509_cert::Version;
use x509_cert::certificate::Rfc5280;
use x509_cert::crl::{CertificateList, RevokedCert, TbsCertList};
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::{AuthorityKeyIdentifier, CrlNumber};
use x509_cert::serial_number::SerialNumber;

use super::Revocations;
use crate::certificate::{Certificate, CertificateError, IssueError, Serial, written};
use crate::oid;
use crate::public_key;
use crate::signature_value;

/// What a list is to say.
#[derive(Clone, Debug)]
pub struct NewRevocations {
    /// Which certificates, and since when.
    pub revoked: Vec<(Serial, Timestamp)>,
    /// When the list is made.
    pub from: Timestamp,
    /// When the next one comes at the latest.
    pub until: Timestamp,
    /// Its number: higher than that of the one before.
    pub number: u64,
}

impl NewRevocations {
    /// Has the list signed by the authority that issued the certificates.
    ///
    /// # Errors
    /// [`IssueError`].
    pub fn issued(
        self,
        authority: &Certificate,
        key: &impl Signer,
    ) -> Result<Revocations, IssueError> {
        if key.public_key() != authority.key() {
            return Err(IssueError::OtherKey);
        }
        if !authority.signs_revocations() {
            return Err(IssueError::NotAuthority);
        }
        let encoding = |_| IssueError::Refused(CertificateError::Encoding);
        let mut revoked = self.revoked;
        revoked.sort();
        let entries = revoked.iter().map(|(serial, since)| {
            Ok(RevokedCert {
                serial_number: SerialNumber::new(serial.as_bytes()).map_err(encoding)?,
                revocation_date: written(*since)?,
                crl_entry_extensions: None,
            })
        });
        let entries: Vec<RevokedCert<Rfc5280>> = entries.collect::<Result<_, IssueError>>()?;
        let name = OctetString::new(public_key::identifier(key.public_key())?);
        let issuer = AuthorityKeyIdentifier {
            key_identifier: Some(name.map_err(encoding)?),
            ..AuthorityKeyIdentifier::default()
        };
        let number = CrlNumber(Uint::new(&self.number.to_be_bytes()).map_err(encoding)?);
        let extension = |id, value: Result<Vec<u8>, der::Error>| {
            let value = OctetString::new(value.map_err(encoding)?).map_err(encoding)?;
            Ok::<_, IssueError>(Extension {
                extn_id: id,
                critical: false,
                extn_value: value,
            })
        };
        let inner = TbsCertList {
            version: Version::V2,
            signature: oid::plain(oid::SM2_WITH_SM3),
            issuer: authority.subject().clone(),
            this_update: written(self.from)?,
            next_update: Some(written(self.until)?),
            // RFC 5280 §5.1.2.6: no list rather than an empty one.
            revoked_certificates: (!entries.is_empty()).then_some(entries),
            crl_extensions: Some(vec![
                extension(AuthorityKeyIdentifier::OID, issuer.to_der())?,
                extension(CrlNumber::OID, number.to_der())?,
            ]),
        };
        let signature = key.sign(&inner.to_der().map_err(encoding)?)?;
        let signature = signature_value::to_der(&signature)?;
        let whole = CertificateList {
            tbs_cert_list: inner,
            signature_algorithm: oid::plain(oid::SM2_WITH_SM3),
            signature: BitString::from_bytes(&signature).map_err(encoding)?,
        };
        // Read back: nothing leaves here that would be refused elsewhere.
        Ok(Revocations::from_der(&whole.to_der().map_err(encoding)?)?)
    }
}
