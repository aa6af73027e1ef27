//! Entries, appends, proofs and checkpoints a second and core: `cargo bench -p hc-tlog --bench log`.
//!
//! The log has a million entries and a bit, so that no tile ends where it does.

#![expect(clippy::expect_used, reason = "a bench that cannot go on fails")]

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::LazyLock;

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use hc_tlog::audit::{Record, audit};
use hc_tlog::checkpoint::{Checkpoint, SignedCheckpoint};
use hc_tlog::entry::{Actor, Detail, Entry, EvidenceRef, Kind, LogLevel, Role, SubjectRef};
use hc_tlog::note::{KeyName, Signer};
use hc_tlog::tile::TileId;
use hc_tlog::tree::{TileReader, Tree};
use hc_tlog::{Commitment, Frontier, Salt};

const SIZE: u64 = 1_000_123;

fn main() {
    divan::main();
}

struct Log {
    frontier: Frontier,
    tiles: BTreeMap<(u8, u64), Vec<u8>>,
}

impl Log {
    fn of(leaves: &[Commitment]) -> Self {
        let appended = Frontier::empty().append(leaves).expect("room");
        let tiles = appended.tiles.iter().map(|tile| {
            let id = tile.id();
            ((id.level(), id.index()), tile.to_bytes())
        });
        Self {
            tiles: tiles.collect(),
            frontier: appended.frontier,
        }
    }
}

impl TileReader for Log {
    type Error = Infallible;

    fn read_tile(&self, tile: TileId) -> Result<Option<Vec<u8>>, Infallible> {
        Ok(self.tiles.get(&(tile.level(), tile.index())).cloned())
    }
}

static LOG: LazyLock<Log> = LazyLock::new(|| {
    let leaves: Vec<_> = (0..SIZE).map(leaf).collect();
    Log::of(&leaves)
});

fn leaf(n: u64) -> Commitment {
    let mut bytes = [0; 32];
    let (first, _) = bytes.split_at_mut(8);
    first.copy_from_slice(&n.to_be_bytes());
    Commitment::from_bytes(bytes)
}

fn name() -> KeyName {
    "330100.example/log".parse().expect("a name")
}

fn signer() -> Signer {
    Signer::from_secret(name(), &[1; 32]).expect("a key")
}

fn decision(n: u64) -> Entry {
    let label = |text: &str| text.parse().expect("a label");
    Entry::new(
        Kind::Decision,
        1_656_390_000 + n,
        Some(SubjectRef::from_number(n)),
        Actor::new(Role::Service, label("330100")),
        [
            Detail::Level(LogLevel::High),
            Detail::ValidUntil(1_656_400_000 + n),
            Detail::Pack(label("330100")),
            Detail::PackVersion(label("2022-06-10")),
            Detail::Rule(label("close-contact")),
            Detail::Evidence(EvidenceRef::from_bytes([9; 16])),
        ],
    )
    .expect("an entry")
}

#[divan::bench]
fn seal_an_entry(bencher: Bencher<'_, '_>) {
    let entry = decision(1);
    bencher.counter(ItemsCount::new(1_u32)).bench_local(|| {
        let opening = black_box(&entry).seal(Salt::from_bytes([7; 32]));
        opening.commitment()
    });
}

/// Everything that a store must write is made, as bytes.
#[divan::bench(args = [1, 100, 10_000])]
fn append(bencher: Bencher<'_, '_>, entries: u64) {
    let leaves: Vec<_> = (0..entries).map(leaf).collect();
    bencher.counter(ItemsCount::new(entries)).bench_local(|| {
        let appended = LOG.frontier.append(black_box(&leaves)).expect("room");
        let tiles = appended.tiles.iter().map(|tile| tile.to_bytes().len());
        (tiles.sum::<usize>(), appended.frontier)
    });
}

#[divan::bench]
fn prove_inclusion(bencher: Bencher<'_, '_>) {
    let mut index = 0;
    bencher.counter(ItemsCount::new(1_u32)).bench_local(|| {
        index = (index + 7919) % SIZE;
        let tree = Tree::new(SIZE, &*LOG).expect("a tree");
        tree.prove_inclusion(index).expect("a proof")
    });
}

#[divan::bench]
fn verify_inclusion(bencher: Bencher<'_, '_>) {
    let tree = Tree::new(SIZE, &*LOG).expect("a tree");
    let proof = tree.prove_inclusion(123_456).expect("a proof");
    let (leaf, root) = (leaf(123_456).leaf_hash(), LOG.frontier.root());
    bencher
        .counter(ItemsCount::new(1_u32))
        .bench_local(|| black_box(&proof).verify(&leaf, &root).expect("verified"));
}

#[divan::bench]
fn prove_consistency(bencher: Bencher<'_, '_>) {
    let mut earlier = 1;
    bencher.counter(ItemsCount::new(1_u32)).bench_local(|| {
        earlier = 1 + (earlier + 7919) % SIZE;
        let tree = Tree::new(SIZE, &*LOG).expect("a tree");
        tree.prove_consistency(earlier).expect("a proof")
    });
}

#[divan::bench]
fn verify_consistency(bencher: Bencher<'_, '_>) {
    let tree = |size| Tree::new(size, &*LOG).expect("a tree");
    let proof = tree(SIZE).prove_consistency(123_456).expect("a proof");
    let (before, after) = (tree(123_456).root().expect("a root"), LOG.frontier.root());
    bencher
        .counter(ItemsCount::new(1_u32))
        .bench_local(|| black_box(&proof).verify(&before, &after).expect("verified"));
}

#[divan::bench]
fn sign_a_checkpoint(bencher: Bencher<'_, '_>) {
    let signer = signer();
    bencher.counter(ItemsCount::new(1_u32)).bench_local(|| {
        let head = Checkpoint::of(name(), &LOG.frontier);
        SignedCheckpoint::sign(head, &signer).expect("signed")
    });
}

#[divan::bench]
fn open_a_checkpoint(bencher: Bencher<'_, '_>) {
    let head = Checkpoint::of(name(), &LOG.frontier);
    let bytes = SignedCheckpoint::sign(head, &signer()).expect("signed");
    let (bytes, keys) = (bytes.to_bytes(), [signer().verifier_key().clone()]);
    bencher
        .counter(ItemsCount::new(1_u32))
        .bench_local(|| SignedCheckpoint::open(black_box(&bytes), &keys).expect("opened"));
}

#[divan::bench(sample_count = 10)]
fn audit_a_log(bencher: Bencher<'_, '_>) {
    const ENTRIES: u64 = 100_000;
    let records: Vec<_> = (0..ENTRIES)
        .map(|n| {
            let opening = decision(n).seal(Salt::from_bytes([7; 32]));
            Record {
                commitment: opening.commitment(),
                opening: Some(opening),
            }
        })
        .collect();
    let leaves: Vec<_> = records.iter().map(|record| record.commitment).collect();
    let log = Log::of(&leaves);
    let (origin, keys) = (name(), [signer().verifier_key().clone()]);
    bencher.counter(ItemsCount::new(ENTRIES)).bench_local(|| {
        let records = records.iter().cloned().map(Ok);
        audit(&origin, &keys, &log, records, []).expect("no fault")
    });
}
