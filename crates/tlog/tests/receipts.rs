//! What a person takes home: a receipt that shows, offline, what was logged about them.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on fails"
)]

#[path = "reference/store.rs"]
mod store;

use hc_tlog::checkpoint::{Checkpoint, SignedCheckpoint};
use hc_tlog::entry::{Actor, Detail, Entry, Kind, Role, SubjectRef};
use hc_tlog::note::{Signer, VerifierKey};
use hc_tlog::proof::{ProofError, Receipt, ReceiptError, ReceiptTextError};
use hc_tlog::tree::Tree;
use hc_tlog::{Commitment, Opening, Salt};
use store::Store;

const LOG: &str = "330100.example/log";

fn signer(secret: u8) -> Signer {
    Signer::from_secret(LOG.parse().unwrap(), &[secret; 32]).unwrap()
}

fn keys() -> Vec<VerifierKey> {
    vec![signer(1).verifier_key().clone()]
}

/// A look-up at a gate.
fn looked_up() -> Opening {
    let entry = Entry::new(
        Kind::Lookup,
        1_656_390_000,
        Some(SubjectRef::from_number(77)),
        Actor::new(Role::Device, "gate-12".parse().unwrap()),
        [
            Detail::Venue("330106-0042".parse().unwrap()),
            Detail::Purpose("entry".parse().unwrap()),
            Detail::Verdict("pass".parse().unwrap()),
        ],
    );
    entry.unwrap().seal(Salt::from_bytes([5; 32]))
}

/// A log of 300 entries of which entry 261 is the look-up; its head; the receipt.
fn receipt() -> (Opening, SignedCheckpoint, Receipt) {
    let opening = looked_up();
    let mut leaves: Vec<_> = (0..300_u16)
        .map(|n| Commitment::from_bytes([n.to_be_bytes()[1]; 32]))
        .collect();
    leaves[261] = opening.commitment();
    let store = Store::filled(&leaves, &[100]);
    let head = Checkpoint::of(LOG.parse().unwrap(), &store.frontier);
    let head = SignedCheckpoint::sign(head, &signer(1)).unwrap();
    let tree = Tree::new(head.checkpoint().size(), &store).unwrap();
    let proof = tree.prove_inclusion(261).unwrap();
    let receipt = Receipt::new(proof, &head).unwrap();
    (opening, head, receipt)
}

#[test]
fn a_receipt_shows_the_entry_without_the_log() {
    let (opening, head, receipt) = receipt();
    let text = receipt.with_opening(opening.clone()).to_string();
    assert!(text.starts_with("c2sp.org/tlog-proof@v1\nextra BQUF"));
    let read = Receipt::parse(text.as_bytes()).unwrap();
    assert_eq!(read.to_string(), text);
    assert_eq!(read.index(), 261);
    assert_eq!(read.verify_content(&keys()), Ok(head));
    let entry = read.opening().unwrap().content().entry().unwrap();
    assert_eq!(entry.kind(), Kind::Lookup);
    assert_eq!(entry.actor().id().as_str(), "gate-12");
}

#[test]
fn a_receipt_without_content_shows_a_leaf_only() {
    let (opening, head, receipt) = receipt();
    let text = receipt.to_string();
    let read = Receipt::parse(text.as_bytes()).unwrap();
    assert_eq!(read, receipt);
    assert_eq!(read.verify(&opening.commitment(), &keys()), Ok(head));
    assert_eq!(read.verify_content(&keys()), Err(ReceiptError::NoContent));
    let other = Commitment::from_bytes([0; 32]);
    assert!(matches!(
        read.verify(&other, &keys()),
        Err(ReceiptError::Proof(ProofError::OtherRoot { .. }))
    ));
}

#[test]
fn a_receipt_of_another_log_or_key_shows_nothing() {
    let (opening, _, receipt) = receipt();
    let others = vec![signer(2).verifier_key().clone()];
    assert!(matches!(
        receipt.verify(&opening.commitment(), &others),
        Err(ReceiptError::Checkpoint(_))
    ));
    assert!(receipt.verify(&opening.commitment(), &[]).is_err());
}

#[test]
fn another_content_beside_a_good_proof_is_refused() {
    let (opening, _, receipt) = receipt();
    let other = Opening::new(Salt::from_bytes([6; 32]), opening.content().clone());
    let receipt = receipt.with_opening(other);
    assert_eq!(
        receipt.verify(&opening.commitment(), &keys()),
        Err(ReceiptError::OtherContent)
    );
    assert!(matches!(
        receipt.verify_content(&keys()),
        Err(ReceiptError::Proof(_))
    ));
}

#[test]
fn a_receipt_with_any_bit_flipped_shows_nothing() {
    let (opening, _, receipt) = receipt();
    let text = receipt.with_opening(opening).to_string();
    for at in 0..text.len() * 8 {
        let mut bytes = text.clone().into_bytes();
        bytes[at / 8] ^= 1 << (at % 8);
        let shown =
            Receipt::parse(&bytes).is_ok_and(|receipt| receipt.verify_content(&keys()).is_ok());
        assert!(!shown, "bit {at}");
    }
}

#[test]
fn a_proof_in_a_tree_of_another_size_makes_no_receipt() {
    let (_, head, _) = receipt();
    let store = Store::filled(&[Commitment::from_bytes([0; 32])], &[]);
    let proof = Tree::new(1, &store).unwrap().prove_inclusion(0).unwrap();
    assert_eq!(
        Receipt::new(proof, &head),
        Err(ReceiptError::OtherSize {
            proof: 1,
            checkpoint: 300
        })
    );
}

#[test]
fn what_is_no_receipt_is_refused() {
    let (opening, _, receipt) = receipt();
    let text = receipt.with_opening(opening).to_string();
    let lines: Vec<&str> = text.split('\n').collect();
    let refused = |lines: &[&str]| Receipt::parse(lines.join("\n").as_bytes()).unwrap_err();
    let with = |place: usize, line: &'static str| {
        let mut lines = lines.clone();
        lines[place] = line;
        refused(&lines)
    };
    assert_eq!(with(0, "c2sp.org/tlog-proof@v2"), ReceiptTextError::Title);
    assert_eq!(with(1, "extra AAAA"), ReceiptTextError::Extra);
    assert_eq!(with(1, "extra ???"), ReceiptTextError::Extra);
    assert_eq!(with(1, "other"), ReceiptTextError::Index);
    assert_eq!(with(2, "index 0261"), ReceiptTextError::Index);
    assert_eq!(with(2, "index"), ReceiptTextError::Index);
    assert!(matches!(
        with(3, "AAAA"),
        ReceiptTextError::Hash { place: 1, .. }
    ));
    assert_eq!(
        with(2, "index 300"),
        ReceiptTextError::Proof(ProofError::NoLeaf {
            index: 300,
            size: 300
        })
    );
    let hashes = lines.iter().position(|line| line.is_empty()).unwrap() - 3;
    let mut short = lines.clone();
    short.remove(3);
    assert_eq!(
        refused(&short),
        ReceiptTextError::Proof(ProofError::TooShort(hashes - 1))
    );
    let mut long = lines.clone();
    long.splice(3..3, [lines[3]; 64]);
    assert_eq!(
        refused(&long),
        ReceiptTextError::Proof(ProofError::TooLong(65))
    );
    assert_eq!(refused(&lines[..4]), ReceiptTextError::NoCheckpoint);
    let mut unsigned = lines.clone();
    unsigned.truncate(3 + hashes + 4);
    assert!(matches!(refused(&unsigned), ReceiptTextError::Note(_)));
}
