use std::collections::BTreeMap;
use std::convert::Infallible;

use super::*;
use crate::Salt;
use crate::entry::{Actor, ContentError, IndexRange, Kind, Label, Role, SubjectRef};
use crate::note::Signer;
use crate::tile::TileId;
use crate::tree::TreeError;

/// A log as a store keeps it, with everything that somebody could change.
#[derive(Clone)]
struct Log {
    origin: KeyName,
    frontier: Frontier,
    tiles: BTreeMap<(u8, u64), Vec<u8>>,
    records: Vec<Record>,
    checkpoints: Vec<Vec<u8>>,
}

impl TileReader for Log {
    type Error = Infallible;

    fn read_tile(&self, tile: TileId) -> Result<Option<Vec<u8>>, Infallible> {
        Ok(self.tiles.get(&(tile.level(), tile.index())).cloned())
    }
}

fn label(text: &str) -> Label {
    text.parse().unwrap()
}

fn signer() -> Signer {
    Signer::from_secret("330100.example/log".parse().unwrap(), &[1; 32]).unwrap()
}

fn withdrawal(n: u64) -> Entry {
    let actor = Actor::new(Role::Subject, label("self"));
    let subject = Some(SubjectRef::from_number(n));
    Entry::new(Kind::Withdrawal, 1000 + n, subject, actor, []).unwrap()
}

fn erasure(ranges: &[(u64, u64)]) -> Entry {
    let actor = Actor::new(Role::Service, label("retention"));
    let mut details = vec![Detail::Reason(label("retention"))];
    let ranges = ranges
        .iter()
        .map(|&(first, end)| IndexRange::new(first, end));
    details.extend(ranges.map(|range| Detail::Erased(range.unwrap())));
    Entry::new(Kind::Erasure, 5000, None, actor, details).unwrap()
}

impl Log {
    fn new() -> Self {
        Self {
            origin: "330100.example/log".parse().unwrap(),
            frontier: Frontier::empty(),
            tiles: BTreeMap::new(),
            records: Vec::new(),
            checkpoints: Vec::new(),
        }
    }

    /// 600 withdrawals, a checkpoint after every 150.
    fn full() -> Self {
        let mut log = Self::new();
        for part in 0..4 {
            let entries: Vec<_> = (part * 150..(part + 1) * 150).map(withdrawal).collect();
            log.append(&entries);
            log.sign();
        }
        log
    }

    fn append(&mut self, entries: &[Entry]) {
        for entry in entries {
            let mut salt = [9; 32];
            salt[..8].copy_from_slice(&(self.records.len() as u64).to_be_bytes());
            self.keep(entry.seal(Salt::from_bytes(salt)));
        }
    }

    fn keep(&mut self, opening: Opening) {
        let commitment = opening.commitment();
        let appended = self.frontier.append(&[commitment]).unwrap();
        for tile in appended.tiles {
            let key = (tile.id().level(), tile.id().index());
            self.tiles.insert(key, tile.to_bytes());
        }
        self.frontier = appended.frontier;
        self.records.push(Record {
            commitment,
            opening: Some(opening),
        });
    }

    fn sign(&mut self) {
        let head = Checkpoint::of(self.origin.clone(), &self.frontier);
        let signed = SignedCheckpoint::sign(head, &signer()).unwrap();
        self.checkpoints.push(signed.to_bytes());
    }

    fn audit(&self) -> Result<AuditReport, AuditFault<Infallible>> {
        let keys = [signer().verifier_key().clone()];
        let records = self.records.iter().cloned().map(Ok);
        audit(&self.origin, &keys, self, records, self.checkpoints.clone())
    }
}

#[test]
fn a_whole_log_has_no_fault() {
    let report = Log::full().audit().unwrap();
    assert!(report.is_clean());
    assert_eq!((report.size, report.checkpoints), (600, 4));
    // Two full tiles, the third, and the one of level 1.
    assert_eq!(report.tiles, 4);
    assert_eq!(report.kinds, BTreeMap::from([(Kind::Withdrawal, 600)]));
    assert_eq!(report.root, Log::full().frontier.root());
    assert_eq!(report.earlier_times, 0);
    let empty = Log::new().audit().unwrap();
    assert_eq!((empty.size, empty.signed_size), (0, None));
}

#[test]
fn a_changed_content_is_found_at_its_place() {
    let mut log = Log::full();
    let salt = log.records[321].opening.as_ref().unwrap().salt().clone();
    log.records[321].opening = Some(withdrawal(7).seal(salt));
    assert_eq!(log.audit(), Err(AuditFault::OtherContent { index: 321 }));
}

#[test]
fn a_changed_salt_is_found_at_its_place() {
    let mut log = Log::full();
    let content = log.records[0].opening.as_ref().unwrap().content().clone();
    log.records[0].opening = Some(Opening::new(Salt::from_bytes([0; 32]), content));
    assert_eq!(log.audit(), Err(AuditFault::OtherContent { index: 0 }));
}

#[test]
fn an_entry_that_was_put_in_place_of_another_is_found_by_its_tile() {
    let mut log = Log::full();
    let opening = withdrawal(7).seal(Salt::from_bytes([3; 32]));
    log.records[321] = Record {
        commitment: opening.commitment(),
        opening: Some(opening),
    };
    // Checkpoints come before the tile is full.
    assert!(matches!(
        log.audit(),
        Err(AuditFault::Checkpoint {
            reached: 450,
            error: CheckpointFault::OtherRoot { .. }
        })
    ));
    log.checkpoints.clear();
    let fault = log.audit().unwrap_err();
    let AuditFault::Tile { tile, error } = fault else {
        panic!("{fault}");
    };
    assert_eq!((tile.level(), tile.index()), (0, 1));
    assert!(
        matches!(error, TileFault::OtherHash { place: 65, .. }),
        "{error}"
    );
}

#[test]
fn a_log_written_anew_does_not_fit_what_was_signed() {
    let mut other = Log::new();
    let entries: Vec<_> = (0..600).map(|n| withdrawal(n + 1)).collect();
    other.append(&entries);
    other.checkpoints = Log::full().checkpoints;
    assert!(matches!(
        other.audit(),
        Err(AuditFault::Checkpoint {
            reached: 150,
            error: CheckpointFault::OtherRoot { .. }
        })
    ));
}

#[test]
fn entries_that_are_cut_off_are_missed() {
    let mut log = Log::full();
    log.records.truncate(599);
    assert_eq!(
        log.audit(),
        Err(AuditFault::Checkpoint {
            reached: 599,
            error: CheckpointFault::OutOfOrder { size: 600 }
        })
    );
}

#[test]
fn any_byte_of_a_tile_that_changes_is_found_at_its_place() {
    let log = Log::full();
    for (&(level, index), bytes) in &log.tiles {
        for at in [0, 31, bytes.len() / 2, bytes.len() - 1] {
            let mut other = log.clone();
            other.tiles.get_mut(&(level, index)).unwrap()[at] ^= 1;
            let AuditFault::Tile { tile, error } = other.audit().unwrap_err() else {
                panic!("tile {level}/{index}");
            };
            assert_eq!((tile.level(), tile.index()), (level, index));
            let at = at / 32;
            assert!(matches!(error, TileFault::OtherHash { place, .. } if place == at));
        }
    }
}

#[test]
fn a_tile_that_is_missing_or_cut_off_is_named() {
    let mut log = Log::full();
    log.tiles.get_mut(&(0, 2)).unwrap().pop();
    assert!(matches!(
        log.audit(),
        Err(AuditFault::Tile { error: TileFault::NotThere(error), .. })
            if matches!(*error, TreeError::Broken(_))
    ));
    log.tiles.remove(&(0, 1));
    assert!(matches!(
        log.audit(),
        Err(AuditFault::Tile { error: TileFault::NotThere(error), .. })
            if matches!(*error, TreeError::Missing(_))
    ));
}

#[test]
fn a_checkpoint_of_another_key_or_log_is_refused() {
    let mut log = Log::full();
    let other = Signer::from_secret(log.origin.clone(), &[2; 32]).unwrap();
    let head = Checkpoint::of(log.origin.clone(), &log.frontier);
    let forged = SignedCheckpoint::sign(head, &other).unwrap();
    log.checkpoints[3] = forged.to_bytes();
    assert!(matches!(
        log.audit(),
        Err(AuditFault::Checkpoint {
            reached: 600,
            error: CheckpointFault::NotBelieved(_)
        })
    ));
    let keys = [signer().verifier_key().clone()];
    let log = Log::full();
    let origin = "330200.example/log".parse().unwrap();
    let records = log.records.iter().cloned().map(Ok);
    let fault = audit(&origin, &keys, &log, records, log.checkpoints.clone());
    assert!(matches!(
        fault,
        Err(AuditFault::Checkpoint {
            reached: 150,
            error: CheckpointFault::OtherLog(_)
        })
    ));
}

#[test]
fn checkpoints_come_by_size_and_none_is_passed_over() {
    let mut log = Log::full();
    log.checkpoints.swap(1, 2);
    assert!(matches!(
        log.audit(),
        Err(AuditFault::Checkpoint {
            reached: 450,
            error: CheckpointFault::OutOfOrder { size: 300 }
        })
    ));
    let mut log = Log::full();
    log.checkpoints.insert(2, b"nonsense".to_vec());
    assert!(matches!(
        log.audit(),
        Err(AuditFault::Checkpoint {
            error: CheckpointFault::NotBelieved(_),
            ..
        })
    ));
}

#[test]
fn an_erasure_that_the_log_names_is_explained() {
    let mut log = Log::full();
    for index in (10..20).chain([33, 400]) {
        log.records[index].opening = None;
    }
    let report = log.audit().unwrap();
    assert_eq!(report.erased.count(), 12);
    assert_eq!(report.unexplained, report.erased);
    assert!(!report.is_clean());
    log.append(&[erasure(&[(10, 20), (400, 401)])]);
    let report = log.audit().unwrap();
    assert_eq!(
        report.signed_size,
        Some(600),
        "the last entry is not signed for yet"
    );
    let left: Vec<_> = report.unexplained.iter().collect();
    assert_eq!(left, [IndexRange::new(33, 34).unwrap()]);
    log.append(&[erasure(&[(33, 34)])]);
    log.sign();
    assert!(log.audit().unwrap().is_clean());
}

#[test]
fn an_erasure_of_what_comes_later_is_a_fault() {
    let mut log = Log::full();
    log.append(&[erasure(&[(590, 601)])]);
    let (index, named) = (600, 600);
    assert_eq!(log.audit(), Err(AuditFault::Ahead { index, named }));
}

#[test]
fn a_content_that_is_no_entry_is_a_fault() {
    let mut log = Log::full();
    let content = crate::entry::Content::from_bytes([1, 99].into());
    log.keep(Opening::new(Salt::from_bytes([0; 32]), content));
    let error = ContentError::Kind(99);
    assert_eq!(log.audit(), Err(AuditFault::NoEntry { index: 600, error }));
}

#[test]
fn an_unreadable_entry_is_named() {
    let log = Log::full();
    let keys = [signer().verifier_key().clone()];
    let tiles = |tile: TileId| Ok::<_, std::fmt::Error>(log.read_tile(tile).unwrap());
    let records = [Ok(log.records[0].clone()), Err(std::fmt::Error)];
    let fault = audit(&log.origin, &keys, &tiles, records, []);
    let source = std::fmt::Error;
    assert_eq!(fault, Err(AuditFault::Unreadable { index: 1, source }));
}

#[test]
fn a_clock_that_goes_back_is_counted() {
    let mut log = Log::new();
    log.append(&[withdrawal(5), withdrawal(3), withdrawal(4), withdrawal(5)]);
    assert_eq!(log.audit().unwrap().earlier_times, 2);
}
