//! What an erased person leaves in batches that wait: their rows go with them.
//!
//! A batch that waits for an officer is kept as it was sent, sealed. When somebody is erased, every such
//! batch is written anew without the lines that name one of their documents. Its digest is then that of
//! what is left, so a source that sends the whole again under the same reference is told that the
//! content is another one.

use std::collections::BTreeSet;

use hc_core::act::ActError;
use hc_core::document::Document;
use hc_core::evidence::intake::{Batch, Desk, Receipt, Record, csv, ndjson};
use hc_core::rulebook::Rulebook;
use hc_core::store::{BatchState, DocumentHash, DocumentHasher, Writing};

/// Takes the rows of some documents out of every batch that waits. `numbers` are the documents as they are
/// written: a line that cannot be read but holds one of them goes as well.
///
/// # Errors
/// [`ActError`].
pub fn scrub(
    writing: &mut dyn Writing,
    rulebook: &mut Rulebook,
    hasher: &DocumentHasher,
    documents: &[Document],
) -> Result<(), ActError> {
    let hashes: BTreeSet<DocumentHash> = documents
        .iter()
        .map(|document| hasher.hash(&document.key()))
        .collect();
    let numbers: Vec<String> = documents.iter().map(Document::expose_number).collect();
    for mut row in writing.batches_in(BatchState::Waiting)? {
        let Some(head) = row.content.iter().position(|byte| *byte == b'\n') else {
            continue;
        };
        let Some((head, kept)) = row.content.split_at_checked(head + 2) else {
            continue;
        };
        let is_csv = head.last() == Some(&b'c');
        let mut desk = Desk::new(Receipt::At(row.at), rulebook.places());
        let batch = if is_csv {
            // What had a header when it came has one now.
            csv(kept, &mut desk).unwrap_or_default()
        } else {
            ndjson(kept, &mut desk)
        };
        let named = lines_of(&batch, hasher, &hashes);
        let Some(left) = without(kept, &batch, &named, &numbers) else {
            continue;
        };
        let digest = hasher.batch(&row.source, &row.reference, &left);
        for (to, from) in row.digest.iter_mut().zip(digest) {
            *to = from;
        }
        row.content = [head, &left].concat();
        writing.set_batch(&row)?;
    }
    Ok(())
}

/// The lines that name one of the documents, with the lines that repeat them.
fn lines_of(
    batch: &Batch,
    hasher: &DocumentHasher,
    hashes: &BTreeSet<DocumentHash>,
) -> BTreeSet<u64> {
    let mut lines: BTreeSet<u64> = batch
        .rows()
        .iter()
        .filter(|row| {
            let document = row.document();
            let own =
                document.is_some_and(|document| hashes.contains(&hasher.hash(&document.key())));
            let linked = match row.record() {
                Record::Link(other) => hashes.contains(&hasher.hash(&other.key())),
                Record::Evidence(_) | Record::Correction(_) => false,
            };
            own || linked
        })
        .map(hc_core::evidence::intake::Row::line)
        .collect();
    for repetition in batch.repetitions() {
        if lines.contains(&repetition.of) {
            lines.insert(repetition.line);
        }
    }
    lines
}

/// The bytes without some rows, each from its first line to the next row's; none where all stay.
fn without(
    bytes: &[u8],
    batch: &Batch,
    named: &BTreeSet<u64>,
    numbers: &[String],
) -> Option<Vec<u8>> {
    let rows = batch
        .rows()
        .iter()
        .map(hc_core::evidence::intake::Row::line);
    let bad = batch.quarantined().iter();
    let bad = bad.map(hc_core::evidence::intake::Quarantined::line);
    let repeated = batch.repetitions().iter().map(|repeated| repeated.line);
    let begins: BTreeSet<u64> = rows.chain(bad).chain(repeated).collect();
    let mut left = Vec::with_capacity(bytes.len());
    let mut row: Vec<u8> = Vec::new();
    let mut goes = false;
    let mut any = false;
    let mut settle = |row: &mut Vec<u8>, goes: bool| {
        let text = String::from_utf8_lossy(row);
        if goes || numbers.iter().any(|number| text.contains(number.as_str())) {
            any = true;
            row.clear();
        } else {
            left.append(row);
        }
    };
    for (line, text) in (1..).zip(bytes.split_inclusive(|byte| *byte == b'\n')) {
        if begins.contains(&line) {
            settle(&mut row, goes);
            goes = named.contains(&line);
        }
        row.extend_from_slice(text);
    }
    settle(&mut row, goes);
    any.then_some(left)
}
