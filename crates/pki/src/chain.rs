//! Whether a certificate is to be believed: its way up to one that was handed over by other means.

use hc_code::Timestamp;
use x509_cert::name::Name;

use crate::certificate::{Certificate, Purpose};
use crate::revocations::Revocations;

/// Certificates of authorities that are believed without further proof.
#[derive(Clone, Debug)]
pub struct Anchors {
    certificates: Vec<Certificate>,
    /// What was revoked, where that is asked about.
    revocations: Option<Vec<Revocations>>,
}

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
    /// Its extended usages, or an authority's, are of something else.
    #[error("the certificate of {0} is by its extended usages not for messages")]
    Usage(String),
    /// An authority may not certify this name.
    #[error(
        "{authority} may not give {subject} a certificate: its name is outside what it may certify"
    )]
    NameSpace {
        /// The authority.
        authority: String,
        /// The name.
        subject: String,
    },
    /// Lists of revoked certificates are asked about, and none of this authority is good at that time.
    #[error("no list of revoked certificates of {0} is good at that time")]
    NoRevocations(String),
    /// The certificate was taken back.
    #[error("the certificate of {subject} is revoked since {since}")]
    Revoked {
        /// Whose.
        subject: String,
        /// Since when.
        since: Timestamp,
    },
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
        Ok(Self {
            certificates,
            revocations: None,
        })
    }

    /// The same, by which from now on no certificate is believed unless a list of its authority that is good at the
    /// time says that it is not revoked. Of several lists of one authority the newest that is good counts.
    #[must_use]
    pub fn with_revocations(mut self, lists: Vec<Revocations>) -> Self {
        self.revocations = Some(lists);
        self
    }

    /// Whether a certificate may sign messages at a time: each on its way up is good then, is an
    /// authority, and has no more authorities below than it may; `others` are certificates that came
    /// along. Gives the way, from the certificate to the anchor.
    ///
    /// Each name lies in what every authority above may certify, and nothing is for other uses only. Where lists of
    /// revoked certificates are asked about ([`Self::with_revocations`]), none of the way is revoked.
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
        if !certificate.is_for_messages() {
            return Err(ChainError::Usage(name(certificate.subject())));
        }
        good(certificate, at)?;
        let mut way = vec![certificate];
        let mut current = certificate;
        loop {
            // An anchor first, so that nobody can lead away from it.
            let anchor = self
                .certificates
                .iter()
                .find(|anchor| current.is_signed_by(anchor));
            let next = anchor.or_else(|| {
                let mut others = others.iter();
                others.find(|other| !way.contains(other) && current.is_signed_by(other))
            });
            let Some(next) = next.filter(|_| way.len() <= LONGEST + 1) else {
                return Err(ChainError::NoIssuer(name(current.subject())));
            };
            good(next, at)?;
            self.unrevoked((current, next), at)?;
            let Purpose::Authority { below } = next.purpose() else {
                return Err(ChainError::NotAuthority(name(next.subject())));
            };
            // The first of the way is no authority.
            let authorities = way.len() - 1;
            if below.is_some_and(|below| usize::from(below) < authorities) {
                return Err(ChainError::TooDeep(name(next.subject())));
            }
            if !next.is_for_messages() {
                return Err(ChainError::Usage(name(next.subject())));
            }
            if let Some(outside) = way.iter().find(|below| !below.is_named_as(next)) {
                return Err(ChainError::NameSpace {
                    authority: name(next.subject()),
                    subject: name(outside.subject()),
                });
            }
            way.push(next);
            if anchor.is_some() {
                return Ok(way);
            }
            current = next;
        }
    }
}

impl Anchors {
    /// That a certificate is not revoked by its issuer, where that is asked about.
    fn unrevoked(
        &self,
        (certificate, issuer): (&Certificate, &Certificate),
        at: Timestamp,
    ) -> Result<(), ChainError> {
        let Some(lists) = &self.revocations else {
            return Ok(());
        };
        let good = lists
            .iter()
            .filter(|list| list.from() <= at && at <= list.until() && list.is_signed_by(issuer));
        let newest = good.max_by_key(|list| list.from());
        let newest = newest.ok_or_else(|| ChainError::NoRevocations(name(issuer.subject())))?;
        match newest.revoked_since(certificate.serial()) {
            Some(since) if since <= at => Err(ChainError::Revoked {
                subject: name(certificate.subject()),
                since,
            }),
            _ => Ok(()),
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
