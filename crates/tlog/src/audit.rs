//! The audit of a whole log: everything is computed again, and the first fault is named with its
//! place.

mod fault;
mod ranges;
mod report;

#[cfg(test)]
mod tests;

use core::error::Error;

pub use fault::{AuditFault, CheckpointFault, TileFault};
pub use ranges::IndexRanges;
pub use report::AuditReport;

use crate::checkpoint::{Checkpoint, SignedCheckpoint};
use crate::entry::{Detail, Entry};
use crate::note::{KeyName, Note, VerifierKey};
use crate::tile::Tile;
use crate::tree::{TileReader, read};
use crate::{Commitment, Frontier, Opening};

/// One entry as the store keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The commitment, which stays.
    pub commitment: Commitment,
    /// Salt and content; none once they are erased.
    pub opening: Option<Opening>,
}

/// An audit that goes on: it is given the entries in their order and each checkpoint when it has
/// come to its size. It holds the edge of the tree, and the ranges that are erased; no entries.
#[derive(Debug)]
pub struct Audit<'a, R> {
    origin: &'a KeyName,
    keys: &'a [VerifierKey],
    tiles: &'a R,
    frontier: Frontier,
    last: Option<Checkpoint>,
    report: AuditReport,
    explained: IndexRanges,
}

impl<'a, R: TileReader> Audit<'a, R> {
    /// Begins at the first entry of the log with this origin; its checkpoints must be signed by one
    /// of these keys, and its tiles are read there.
    pub fn new(origin: &'a KeyName, keys: &'a [VerifierKey], tiles: &'a R) -> Self {
        Self {
            origin,
            keys,
            tiles,
            frontier: Frontier::empty(),
            last: None,
            report: AuditReport::default(),
            explained: IndexRanges::default(),
        }
    }

    /// Entries checked so far: the index of the next.
    pub const fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// Checks the next entry: that what is kept of it opens the commitment and is an entry; and
    /// every tile that it finishes, against the tile that is kept.
    ///
    /// # Errors
    /// [`AuditFault`], after which the audit is over.
    pub fn entry(&mut self, record: &Record) -> Result<(), AuditFault<R::Error>> {
        let index = self.frontier.size();
        match &record.opening {
            None => self.report.erased.push(index),
            Some(opening) => {
                let computed = opening.commitment();
                if computed != record.commitment {
                    return Err(AuditFault::OtherContent { index });
                }
                let entry = opening.content().entry();
                let entry = entry.map_err(|error| AuditFault::NoEntry { index, error })?;
                self.note(index, &entry)?;
            }
        }
        let mut finished = Vec::new();
        self.frontier
            .push(record.commitment.leaf_hash(), &mut finished);
        finished.iter().try_for_each(|tile| self.tile(tile))
    }

    /// What an entry says about the log itself.
    fn note(&mut self, index: u64, entry: &Entry) -> Result<(), AuditFault<R::Error>> {
        self.report.count(entry);
        for detail in entry.details() {
            match detail {
                // An erasure can only be of what was there before it.
                Detail::Erased(range) if range.end() > index => {
                    return Err(AuditFault::Ahead {
                        index,
                        named: range.end() - 1,
                    });
                }
                Detail::Erased(range) => self.explained.add(*range),
                Detail::About(named) if *named >= index => {
                    let named = *named;
                    return Err(AuditFault::Ahead { index, named });
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Checks a checkpoint of the size that has been reached: signature, origin and root.
    /// Checkpoints come by size; two of one size are one tree's, so none is inconsistent with
    /// another.
    ///
    /// # Errors
    /// [`AuditFault::Checkpoint`], after which the audit is over.
    pub fn checkpoint(&mut self, bytes: &[u8]) -> Result<(), AuditFault<R::Error>> {
        let reached = self.frontier.size();
        let fault = |error| AuditFault::Checkpoint { reached, error };
        let signed = SignedCheckpoint::open(bytes, self.keys)
            .map_err(|error| fault(CheckpointFault::NotBelieved(error)))?;
        let given = signed.checkpoint();
        if given.origin() != self.origin {
            let origin = given.origin().clone();
            return Err(fault(CheckpointFault::OtherLog(origin)));
        }
        if given.size() != reached {
            let size = given.size();
            return Err(fault(CheckpointFault::OutOfOrder { size }));
        }
        let (signed, computed) = (*given.root(), self.frontier.root());
        if signed != computed {
            return Err(fault(CheckpointFault::OtherRoot { signed, computed }));
        }
        self.report.checkpoints += 1;
        self.last = Some(given.clone());
        Ok(())
    }

    /// Ends the audit: checks the tiles that are not full yet.
    ///
    /// # Errors
    /// [`AuditFault`] where one of them is another than is kept.
    pub fn finish(mut self) -> Result<AuditReport, AuditFault<R::Error>> {
        let unfinished: Vec<Tile> = self.frontier.unfinished_tiles().collect();
        unfinished.iter().try_for_each(|tile| self.tile(tile))?;
        self.report.unexplained = self.report.erased.without(&self.explained);
        self.report.size = self.frontier.size();
        self.report.root = self.frontier.root();
        self.report.signed_size = self.last.map(|checkpoint| checkpoint.size());
        Ok(self.report)
    }

    /// Compares a tile with the one that is kept.
    fn tile(&mut self, computed: &Tile) -> Result<(), AuditFault<R::Error>> {
        let tile = computed.id();
        let fault = |error| AuditFault::Tile { tile, error };
        let kept =
            read(self.tiles, tile).map_err(|error| fault(TileFault::NotThere(Box::new(error))))?;
        let mut places = (0..).zip(kept.hashes().iter().zip(computed.hashes()));
        let differs = places.find(|(_, (kept, computed))| kept != computed);
        if let Some((place, (&kept, &computed))) = differs {
            return Err(fault(TileFault::OtherHash {
                place,
                kept,
                computed,
            }));
        }
        self.report.tiles += 1;
        Ok(())
    }
}

/// Audits a whole log: its entries in order, its checkpoints by size, its tiles.
///
/// # Errors
/// The first [`AuditFault`]. A checkpoint for more entries than there are is one: entries are
/// missing at the end.
pub fn audit<R, E>(
    origin: &KeyName,
    keys: &[VerifierKey],
    tiles: &R,
    records: impl IntoIterator<Item = Result<Record, E>>,
    checkpoints: impl IntoIterator<Item = Vec<u8>>,
) -> Result<AuditReport, AuditFault<E>>
where
    R: TileReader<Error = E>,
    E: Error,
{
    let mut audit = Audit::new(origin, keys, tiles);
    // The size that each says, before it is believed; one that says none is due at once.
    let mut checkpoints = checkpoints
        .into_iter()
        .map(|checkpoint| (stated_size(&checkpoint).unwrap_or(0), checkpoint))
        .peekable();
    for record in records {
        while let Some((_, checkpoint)) = checkpoints.next_if(|(size, _)| *size <= audit.size()) {
            audit.checkpoint(&checkpoint)?;
        }
        let index = audit.size();
        let record = record.map_err(|source| AuditFault::Unreadable { index, source })?;
        audit.entry(&record)?;
    }
    for (_, checkpoint) in checkpoints {
        audit.checkpoint(&checkpoint)?;
    }
    audit.finish()
}

/// The size that a checkpoint says; none where it is no checkpoint.
fn stated_size(bytes: &[u8]) -> Option<u64> {
    let note = Note::parse(bytes).ok()?;
    Some(Checkpoint::parse(note.text()).ok()?.size())
}
