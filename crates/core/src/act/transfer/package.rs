//! What goes: documents, profile, the latest declaration, and the evidence that counts.

use core::fmt;

use hc_code::Timestamp;
use hc_code::day_index::SubjectNumber;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::super::profile::{Profile, read_document};
use super::super::{ActError, active};
use crate::document::Document;
use crate::evidence::intake::{Named, line_of_known};
use crate::evidence::{EventKind, SourceKind};
use crate::rulebook::Rulebook;
use crate::store::{DeclarationRow, Reading, dossier};

/// What a person takes along. Personal and health data: its Debug tells how much it is.
#[derive(Clone, PartialEq, Eq)]
pub struct Package {
    documents: Vec<Document>,
    profile: Profile,
    declaration: Option<DeclarationRow>,
    lines: Vec<String>,
}

/// What is in a package, for the person to see before they agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packed {
    /// A line for each piece of evidence: what, by whom, of when.
    pub evidence: Vec<(EventKind, SourceKind, Timestamp)>,
    /// When the latest declaration was made, if there is one.
    pub declared: Option<Timestamp>,
}

/// Why bytes are no package, or a package does not go.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PackageError {
    /// Not the form; the content is never repeated.
    #[error("the package is not in its form: {0}")]
    Form(String),
    /// Nobody's.
    #[error("a package names 1 to {MOST_DOCUMENTS} documents, and not {0}")]
    Documents(usize),
    /// A document that cannot be.
    #[error("document {0} of the package cannot be one")]
    Document(usize),
    /// A profile that cannot be.
    #[error("the profile of the package cannot be one")]
    Profile,
    /// More evidence than goes at once.
    #[error("{0} pieces of evidence are more than the {MOST_LINES} that go at once")]
    TooMuch(usize),
    /// A line that is set aside.
    #[error("evidence {line} of the package: {what}")]
    Line {
        /// Which, from 1.
        line: u64,
        /// What is wrong with it.
        what: String,
    },
}

/// Documents that a person has at most.
const MOST_DOCUMENTS: usize = 16;
/// Pieces of evidence that go at once: with all the rest they fit a parcel.
pub(super) const MOST_LINES: usize = 500;
/// The one form.
const FORM: u8 = 1;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    form: u8,
    documents: Vec<Value>,
    profile: Value,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    declaration: Option<WrittenDeclaration>,
    evidence: Vec<Value>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenDeclaration {
    at: String,
    declared: Value,
}

/// Puts together what a subject takes along: the evidence that counts now, in the order of its time.
/// What was taken back, is over, or is not known yet stays.
///
/// # Errors
/// [`ActError::NotEnrolled`]; [`ActError::Package`] where there is more than goes; [`ActError::Store`].
pub fn gather(
    store: &mut dyn Reading,
    rulebook: &mut Rulebook,
    number: SubjectNumber,
    now: Timestamp,
) -> Result<(Package, Packed), ActError> {
    let row = active(store, number)?;
    let kept = store.documents(number)?;
    let first = kept.first().ok_or(ActError::NotEnrolled)?.hash;
    let mut documents = Vec::with_capacity(kept.len());
    for document in kept {
        documents.push(read_document(&document.content, now)?);
    }
    let named = documents.first().ok_or(ActError::NotEnrolled)?.clone();
    let named = Named::Document(named);
    let declaration = store.declarations(number, 1)?.into_iter().next();
    let person = dossier(store, first, now, rulebook.places())?;
    let story = person.story(now);
    let counting = (0..)
        .zip(story.facts().as_slice())
        .filter(|(_, fact)| fact.known <= now && fact.expires > now)
        .flat_map(|(place, _)| story.evidence(place))
        .filter_map(|id| person.evidence().get(*id));
    let places = &*rulebook.places();
    let mut packed = Packed {
        evidence: Vec::new(),
        declared: declaration.as_ref().map(|row| row.at),
    };
    let mut lines = Vec::new();
    for evidence in counting {
        let fact = evidence.fact();
        packed
            .evidence
            .push((fact.event.kind(), fact.source, fact.at));
        lines.push(line_of_known(evidence, &named, places));
    }
    if lines.len() > MOST_LINES {
        return Err(PackageError::TooMuch(lines.len()).into());
    }
    let package = Package {
        documents,
        profile: Profile::from_bytes(&row.content)?,
        declaration,
        lines,
    };
    Ok((package, packed))
}

impl Package {
    /// The documents; the first is the one that the evidence stands under.
    pub fn documents(&self) -> &[Document] {
        &self.documents
    }

    /// Who it is.
    pub const fn profile(&self) -> &Profile {
        &self.profile
    }

    /// The latest declaration, as it was made.
    pub const fn declaration(&self) -> Option<&DeclarationRow> {
        self.declaration.as_ref()
    }

    /// The evidence, as lines about the first document.
    pub fn lines(&self) -> &[String] {
        &self.lines
    }

    /// What tells this content from another one: the person agreed to this, and nothing else goes. The
    /// first 16 bytes of SHA-256 over the package.
    pub fn fingerprint(&self) -> [u8; 16] {
        let mut print = [0; 16];
        for (to, from) in print.iter_mut().zip(Sha256::digest(self.expose_bytes())) {
            *to = from;
        }
        print
    }

    /// The bytes to be sealed.
    pub fn expose_bytes(&self) -> Vec<u8> {
        let json = |bytes: Vec<u8>| serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        let documents = self.documents.iter();
        let lines = self.lines.iter();
        let written = Written {
            form: FORM,
            documents: documents
                .map(|document| json(super::super::profile::expose_document(document)))
                .collect(),
            profile: json(self.profile.expose_bytes()),
            declaration: self.declaration.as_ref().map(|row| WrittenDeclaration {
                at: row.at.to_string(),
                declared: json(row.content.clone()),
            }),
            evidence: lines.map(|line| json(line.clone().into_bytes())).collect(),
        };
        // Values that were read from JSON always have a JSON form.
        serde_json::to_vec(&written).unwrap_or_default()
    }

    /// Reads a package that came. Its evidence is read where it arrives.
    ///
    /// # Errors
    /// [`PackageError`].
    pub fn parse(bytes: &[u8], now: Timestamp) -> Result<Self, PackageError> {
        let written: Written = serde_json::from_slice(bytes)
            .map_err(|error| PackageError::Form(format!("column {}", error.column())))?;
        if written.form != FORM {
            return Err(PackageError::Form("another number of the form".to_owned()));
        }
        let count = written.documents.len();
        if !(1..=MOST_DOCUMENTS).contains(&count) {
            return Err(PackageError::Documents(count));
        }
        let mut documents: Vec<Document> = Vec::with_capacity(count);
        for (place, document) in (1..).zip(&written.documents) {
            let refused = PackageError::Document(place);
            let document = read_document(document.to_string().as_bytes(), now);
            let document = document.map_err(|_| refused.clone())?;
            let key = document.key();
            if documents.iter().any(|other| other.key() == key) {
                return Err(refused);
            }
            documents.push(document);
        }
        let profile = written.profile.to_string();
        let profile = Profile::from_bytes(profile.as_bytes()).map_err(|_| PackageError::Profile)?;
        let declaration = written.declaration.map(|declaration| {
            let at: Timestamp = declaration
                .at
                .parse()
                .map_err(|_| PackageError::Form("the time of the declaration".to_owned()))?;
            if at > now.plus(hc_code::Span::seconds(600)) || !declaration.declared.is_object() {
                return Err(PackageError::Form("the declaration".to_owned()));
            }
            let content = declaration.declared.to_string().into_bytes();
            Ok(DeclarationRow { at, content })
        });
        if written.evidence.len() > MOST_LINES {
            return Err(PackageError::TooMuch(written.evidence.len()));
        }
        let lines = written.evidence.iter().map(ToString::to_string).collect();
        Ok(Self {
            documents,
            profile,
            declaration: declaration.transpose()?,
            lines,
        })
    }
}

impl fmt::Debug for Package {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Package")
            .field("documents", &self.documents.len())
            .field("declaration", &self.declaration.is_some())
            .field("evidence", &self.lines.len())
            .finish_non_exhaustive()
    }
}
