//! PEM, the text around DER (RFC 7468).

use der::pem::LineEnding;

/// What a PEM text carries, by its label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PemKind {
    /// A certificate.
    Certificate,
    /// A request for one.
    Request,
    /// Signed data.
    SignedData,
    /// A list of revoked certificates.
    Revocations,
}

/// Why a text is not that PEM.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PemError {
    /// No PEM.
    #[error("the text is no PEM")]
    Form,
    /// PEM of something else.
    #[error("the text is a {found}, not a {}", .wanted.label())]
    Label {
        /// What was asked for.
        wanted: PemKind,
        /// What the text says it is.
        found: String,
    },
}

impl PemKind {
    /// The words between the dashes.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Certificate => "CERTIFICATE",
            Self::Request => "CERTIFICATE REQUEST",
            Self::SignedData => "PKCS7",
            Self::Revocations => "X509 CRL",
        }
    }
}

/// Writes DER as PEM, with a line break at the end of each line.
///
/// # Errors
/// [`PemError::Form`] where it is too long to be written (2^28 bytes).
pub fn pem(kind: PemKind, bytes: &[u8]) -> Result<String, PemError> {
    der::pem::encode_string(kind.label(), LineEnding::LF, bytes).map_err(|_| PemError::Form)
}

/// Reads one PEM text; space around it is passed over.
///
/// # Errors
/// [`PemError`].
pub fn read_pem(kind: PemKind, text: &[u8]) -> Result<Vec<u8>, PemError> {
    let (label, bytes) = der::pem::decode_vec(text.trim_ascii()).map_err(|_| PemError::Form)?;
    if label == kind.label() {
        Ok(bytes)
    } else {
        Err(PemError::Label {
            wanted: kind,
            found: label.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pem_is_read_as_what_it_says_it_is() {
        let text = pem(PemKind::Certificate, &[0x30, 0]).unwrap();
        assert_eq!(
            text,
            "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"
        );
        assert_eq!(
            read_pem(PemKind::Certificate, text.as_bytes()),
            Ok(vec![0x30, 0])
        );
        assert_eq!(
            read_pem(PemKind::Request, text.as_bytes()),
            Err(PemError::Label {
                wanted: PemKind::Request,
                found: "CERTIFICATE".to_owned()
            })
        );
        for text in ["", "MAA=", "-----BEGIN CERTIFICATE-----\n"] {
            assert_eq!(
                read_pem(PemKind::Certificate, text.as_bytes()),
                Err(PemError::Form)
            );
        }
    }
}
