//! Whether a certificate is to be believed: its way up to one that was handed over by other means.

use hc_code::Timestamp;
use x509_cert::name::Name;

use crate::certificate::{Certificate, Purpose};

/// Certificates of authorities that are believed without further proof.
#[derive(Clone, Debug)]
pub struct Anchors(Vec<Certificate>);

/// Why a certificate is not believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// No certificate leads from it to one that is believed.
    #[error("nobody who is believed signed the certificate of {0}")]
    NoIssuer(String),
    /// A certificate on the way is not good yet.
    #[error("the certificate of {subject} is good from {from} on only")]
    NotYet {
        /// Whose.
        subject: String,
        /// From when.
        from: Timestamp,
    },
    /// A certificate on the way is not good any more.
    #[error("the certificate of {subject} ended at {until}")]
    Ended {
        /// Whose.
        subject: String,
        /// Until when.
        until: Timestamp,
    },
    /// A certificate on the way is none of an authority.
    #[error("{0} is no authority and signed a certificate")]
    NotAuthority(String),
    /// More authorities stand below one than it may have.
    #[error("{0} may not have so many authorities below")]
    TooDeep(String),
    /// The certificate is not for what it was used for.
    #[error("the certificate of {0} is not for signing")]
    Purpose(String),
    /// An anchor must be an authority that signed itself.
    #[error("{0} is no authority that signed itself")]
    NoAnchor(String),
    /// Nothing is believed.
    #[error("there is no anchor")]
    NoAnchors,
}

/// The most certificates between the first and the anchor.
const LONGEST: usize = 4;

impl Anchors {
    /// Takes certificates as believed: each of an authority, signed by itself.
    ///
    /// # Errors
    /// [`ChainError::NoAnchor`], [`ChainError::NoAnchors`].
    pub fn new(certificates: Vec<Certificate>) -> Result<Self, ChainError> {
        if certificates.is_empty() {
            return Err(ChainError::NoAnchors);
        }
        for anchor in &certificates {
            let authority = matches!(anchor.purpose(), Purpose::Authority { .. });
            if !authority || !anchor.is_signed_by(anchor) {
                return Err(ChainError::NoAnchor(name(anchor.subject())));
            }
        }
        Ok(Self(certificates))
    }

    /// Whether a certificate may sign messages at a time: each on its way up is good then, is an
    /// authority, and has no more authorities below than it may; `others` are certificates that came
    /// along. Gives the way, from the certificate to the anchor.
    ///
    /// Revocation is not asked for here: keys are taken back by the registers and lists of this house.
    ///
    /// # Errors
    /// [`ChainError`].
    pub fn verify<'a>(
        &'a self,
        certificate: &'a Certificate,
        others: &'a [Certificate],
        at: Timestamp,
    ) -> Result<Vec<&'a Certificate>, ChainError> {
        if certificate.purpose() != Purpose::Signing {
            return Err(ChainError::Purpose(name(certificate.subject())));
        }
        good(certificate, at)?;
        let mut way = vec![certificate];
        let mut current = certificate;
        loop {
            // An anchor first, so that nobody can lead away from it.
            let anchor = self.0.iter().find(|anchor| current.is_signed_by(anchor));
            let next = anchor.or_else(|| {
                let mut others = others.iter();
                others.find(|other| !way.contains(other) && current.is_signed_by(other))
            });
            let Some(next) = next.filter(|_| way.len() <= LONGEST + 1) else {
                return Err(ChainError::NoIssuer(name(current.subject())));
            };
            good(next, at)?;
            let Purpose::Authority { below } = next.purpose() else {
                return Err(ChainError::NotAuthority(name(next.subject())));
            };
            // The first of the way is no authority.
            let authorities = way.len() - 1;
            if below.is_some_and(|below| usize::from(below) < authorities) {
                return Err(ChainError::TooDeep(name(next.subject())));
            }
            way.push(next);
            if anchor.is_some() {
                return Ok(way);
            }
            current = next;
        }
    }
}

fn good(certificate: &Certificate, at: Timestamp) -> Result<(), ChainError> {
    if at < certificate.from() {
        return Err(ChainError::NotYet {
            subject: name(certificate.subject()),
            from: certificate.from(),
        });
    }
    if at > certificate.until() {
        return Err(ChainError::Ended {
            subject: name(certificate.subject()),
            until: certificate.until(),
        });
    }
    Ok(())
}

fn name(name: &Name) -> String {
    name.to_string()
}
