//! The person a code is about, by the documents that name them.

use std::collections::BTreeMap;

use crate::document::{Document, DocumentKey};

/// The documents of one subject: at least one, each number once.
///
/// Linking is the union of sets: it may be done in any order and as often as one likes, and every
/// node comes to the same documents. Where two documents carry one number under two types, the type
/// with the smaller code is kept, so that this too does not depend on the order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Documents {
    by_key: BTreeMap<DocumentKey, Document>,
}

impl Documents {
    /// A subject known by one document.
    pub fn of(document: Document) -> Self {
        Self {
            by_key: BTreeMap::from([(document.key(), document)]),
        }
    }

    /// All documents of both: what remains when two are found to be one person.
    #[must_use]
    pub fn united(mut self, other: Self) -> Self {
        for (key, document) in other.by_key {
            self.by_key
                .entry(key)
                .and_modify(|kept| {
                    if document.kind() < kept.kind() {
                        kept.clone_from(&document);
                    }
                })
                .or_insert(document);
        }
        self
    }

    /// Whether one of the documents carries this number.
    pub fn contains(&self, key: &DocumentKey) -> bool {
        self.by_key.contains_key(key)
    }

    /// Whether both name one person by some number.
    pub fn share_one_with(&self, other: &Self) -> bool {
        other.by_key.keys().any(|key| self.contains(key))
    }

    /// The documents, in the order of their keys.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Document> {
        self.by_key.values()
    }

    /// The keys by which evidence about the subject is found.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &DocumentKey> {
        self.by_key.keys()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Few numbers under several types, so that unions meet.
    fn document(pick: u8) -> Document {
        let now = "2022-06-28T09:00:00+08:00".parse().unwrap();
        let (kind, number, country) = match pick % 8 {
            0 => ("111", "11010519491231002X", ""),
            1 => ("112", "11010519491231002X", ""),
            2 => ("113", "440524188001010014", ""),
            3 => ("414", "AB123456", "CAN"),
            4 => ("411", "AB123456", "CAN"),
            5 => ("516", "H12345678", ""),
            6 => ("511", "12345678", ""),
            _ => ("902", "111/11010519491231002X/20210305/1", ""),
        };
        let country = (!country.is_empty()).then(|| country.parse().unwrap());
        Document::parse(kind.parse().unwrap(), number, country, now).unwrap()
    }

    fn documents() -> impl Strategy<Value = Documents> {
        proptest::collection::vec(any::<u8>(), 1..6).prop_map(|picks| {
            picks
                .into_iter()
                .map(|pick| Documents::of(document(pick)))
                .reduce(Documents::united)
                .unwrap()
        })
    }

    proptest! {
        #[test]
        fn linking_is_free_of_order_and_repetition(a in documents(), b in documents(), c in documents()) {
            let ab = a.clone().united(b.clone());
            prop_assert_eq!(&ab, &b.clone().united(a.clone()));
            prop_assert_eq!(&ab, &ab.clone().united(b.clone()));
            prop_assert_eq!(ab.clone().united(c.clone()), a.clone().united(b.clone().united(c)));
            prop_assert!(a.keys().chain(b.keys()).all(|key| ab.contains(key)));
            prop_assert!(ab.share_one_with(&a) && ab.share_one_with(&b));
        }
    }

    #[test]
    fn two_types_with_one_number_are_one_document() {
        let both = Documents::of(document(1)).united(Documents::of(document(0)));
        assert_eq!(both.iter().count(), 1);
        assert_eq!(both.iter().next().unwrap().kind().code(), "111");
        assert!(!both.share_one_with(&Documents::of(document(2))));
    }
}
