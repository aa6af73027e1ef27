//! Name constraints (RFC 5280 §4.2.1.10): below which names an authority may certify.
//!
//! Only names of directories are read, which is what certificates of this form have; constraints on other forms of
//! names are refused, for they would not be heeded. Names are compared as §7.1 asks: text without regard to case, to the
//! type of string, and to how much space stands in it; what is no text byte by byte.

use std::collections::BTreeSet;

use der::asn1::{BmpString, ObjectIdentifier, PrintableStringRef, TeletexStringRef, Utf8StringRef};
use der::{Any, Encode as _, Tag, Tagged as _};
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::ext::pkix::NameConstraints;
use x509_cert::ext::pkix::constraints::name::GeneralSubtrees;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::name::Name;

/// A name as it is compared: from the root on, what stands at each step.
pub(crate) type Path = Vec<BTreeSet<(ObjectIdentifier, Part)>>;

/// A value as it is compared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    Text(String),
    Bytes(Vec<u8>),
}

/// Which names an authority may certify.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct NameSpace {
    /// Below one of these, where there are any.
    permitted: Option<Vec<Path>>,
    /// And below none of these.
    excluded: Vec<Path>,
}

impl NameSpace {
    /// Reads the extension; `None` for one that is not heeded.
    pub(crate) fn read(constraints: &NameConstraints) -> Option<Self> {
        let permitted = constraints.permitted_subtrees.as_ref();
        let excluded = constraints.excluded_subtrees.as_ref();
        if permitted.is_none() && excluded.is_none() {
            return None;
        }
        let permitted = match permitted {
            Some(trees) => Some(subtrees(trees)?),
            None => None,
        };
        let excluded = excluded.map_or(Some(Vec::new()), subtrees)?;
        Some(Self {
            permitted,
            excluded,
        })
    }

    /// Whether a name lies inside.
    pub(crate) fn admits(&self, name: &Path) -> bool {
        let below = |base: &Path| name.starts_with(base);
        let permitted = self.permitted.as_ref();
        permitted.is_none_or(|bases| bases.iter().any(below)) && !self.excluded.iter().any(below)
    }
}

fn subtrees(trees: &GeneralSubtrees) -> Option<Vec<Path>> {
    if trees.is_empty() {
        return None;
    }
    let bases = trees.iter().map(|tree| match &tree.base {
        // RFC 5280: the minimum is zero, and there is no maximum.
        GeneralName::DirectoryName(name) if tree.minimum == 0 && tree.maximum.is_none() => {
            path(name)
        }
        _ => None,
    });
    bases.collect()
}

/// A name as it is compared; `None` where a value cannot be written.
pub(crate) fn path(name: &Name) -> Option<Path> {
    let steps = name.iter_rdn();
    steps
        .map(|step| step.iter().map(|one| Some((one.oid, part(one)?))).collect())
        .collect()
}

fn part(one: &AttributeTypeAndValue) -> Option<Part> {
    Some(match text(&one.value) {
        Some(text) => {
            let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
            Part::Text(words.join(" "))
        }
        None => Part::Bytes(one.value.to_der().ok()?),
    })
}

fn text(value: &Any) -> Option<String> {
    match value.tag() {
        Tag::Utf8String => Some(value.decode_as::<Utf8StringRef<'_>>().ok()?.to_string()),
        Tag::PrintableString => {
            let read = value.decode_as::<PrintableStringRef<'_>>().ok()?;
            Some(read.to_string())
        }
        Tag::TeletexString => Some(value.decode_as::<TeletexStringRef<'_>>().ok()?.to_string()),
        Tag::BmpString => Some(value.decode_as::<BmpString>().ok()?.to_string()),
        _ => None,
    }
}
