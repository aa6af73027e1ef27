//! The log against a naive reading of RFC 6962 and RFC 9162, against the well-known vectors of
//! Certificate Transparency, and against every bit that somebody might flip.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on fails"
)]

#[path = "reference/naive.rs"]
mod naive;
#[path = "reference/store.rs"]
mod store;

use hc_tlog::proof::{ConsistencyProof, InclusionProof, ProofError};
use hc_tlog::tile::TileId;
use hc_tlog::tree::{Tree, TreeError};
use hc_tlog::{AppendError, Commitment, Frontier, FrontierBytesError, NodeHash};
use naive::{inclusion, root, subproof};
use proptest::prelude::*;
use store::Store;

/// So many different leaves.
fn leaves(count: u64) -> Vec<Commitment> {
    (0..count)
        .map(|n| {
            let mut bytes = [0; 32];
            bytes[..8].copy_from_slice(&n.to_be_bytes());
            Commitment::from_bytes(bytes)
        })
        .collect()
}

/// A number below `size`, out of any number.
fn below(size: usize, seed: u64) -> usize {
    usize::try_from(seed % size as u64).unwrap()
}

fn hashes(leaves: &[Commitment]) -> Vec<NodeHash> {
    leaves.iter().map(Commitment::leaf_hash).collect()
}

/// Inputs and roots of the tests of Certificate Transparency, which every implementation of
/// RFC 6962 uses; the last leaf of each tree is the one before its root.
const CT: [(&str, &str); 8] = [
    (
        "",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    ),
    (
        "00",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    ),
    (
        "10",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    ),
    (
        "2021",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (
        "3031",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    ),
    (
        "40414243",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    ),
    (
        "5051525354555657",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    ),
    (
        "606162636465666768696a6b6c6d6e6f",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ),
];

fn hash(text: &str) -> NodeHash {
    NodeHash::from_bytes(hex::decode(text).unwrap().try_into().unwrap())
}

fn ct_leaves() -> Vec<NodeHash> {
    CT.map(|(data, _)| NodeHash::of_leaf(&hex::decode(data).unwrap()))
        .to_vec()
}

#[test]
fn the_trees_of_certificate_transparency_have_their_roots() {
    let leaves = ct_leaves();
    let tile = |_: TileId| {
        let bytes = leaves.iter().flat_map(|leaf| *leaf.as_bytes());
        Ok::<_, std::fmt::Error>(Some(bytes.collect()))
    };
    for (size, (_, expected)) in (1..).zip(CT) {
        assert_eq!(Tree::new(size, &tile).unwrap().root(), Ok(hash(expected)));
    }
    assert_eq!(
        Tree::new(0, &tile).unwrap().root(),
        Ok(hash(
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        ))
    );
}

#[test]
fn the_proofs_of_certificate_transparency_verify() {
    let at = |size: usize| hash(CT[size - 1].1);
    let leaves = ct_leaves();
    let proof = InclusionProof::new(
        5,
        8,
        vec![
            hash("bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"),
            hash("ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"),
            hash("d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
        ],
    );
    assert_eq!(proof.unwrap().verify(&leaves[5], &at(8)), Ok(()));
    let consistent = |earlier: u64, size: u64, hashes: &[&str]| {
        let hashes = hashes.iter().map(|text| hash(text)).collect();
        let proof = ConsistencyProof::new(earlier, size, hashes).unwrap();
        let at = |size: u64| at(usize::try_from(size).unwrap());
        assert_eq!(proof.verify(&at(earlier), &at(size)), Ok(()));
    };
    consistent(1, 1, &[]);
    consistent(
        1,
        8,
        &[
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    );
    consistent(
        6,
        8,
        &[
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    );
    consistent(
        2,
        5,
        &[
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    );
}

#[test]
fn every_small_tree_is_the_naive_one_with_all_its_proofs() {
    let leaves = leaves(70);
    let hashes = hashes(&leaves);
    let store = Store::filled(&leaves, &[70]);
    for size in 0..=70 {
        let tree = Tree::new(size as u64, &store).unwrap();
        let expected = root(&hashes[..size]);
        assert_eq!(tree.root(), Ok(expected));
        for (index, leaf) in hashes[..size].iter().enumerate() {
            let proof = tree.prove_inclusion(index as u64).unwrap();
            assert_eq!(proof.hashes(), inclusion(index, &hashes[..size]));
            assert_eq!(proof.verify(leaf, &expected), Ok(()));
            assert_eq!(tree.leaf(index as u64), Ok(*leaf));
        }
        for earlier in 0..=size {
            let proof = tree.prove_consistency(earlier as u64).unwrap();
            if earlier > 0 {
                assert_eq!(proof.hashes(), subproof(earlier, &hashes[..size], true));
            }
            assert_eq!(proof.verify(&root(&hashes[..earlier]), &expected), Ok(()));
        }
    }
}

#[test]
fn a_tree_of_three_levels_of_tiles_is_the_naive_one() {
    let size = 66_000;
    let leaves = leaves(size);
    let hashes = hashes(&leaves);
    let store = Store::filled(&leaves, &[1000, 60_000, 5000]);
    assert_eq!(store.frontier.size(), size);
    for size in [255, 256, 257, 511, 65_535, 65_536, 65_537, 65_793, 66_000] {
        let expected = root(&hashes[..size]);
        let tree = Tree::new(size as u64, &store).unwrap();
        assert_eq!(tree.root(), Ok(expected));
        for index in [0, 1, 255, 256, size / 2, size - 2, size - 1] {
            if index < size {
                let proof = tree.prove_inclusion(index as u64).unwrap();
                assert_eq!(proof.hashes(), inclusion(index, &hashes[..size]));
            }
        }
        for earlier in [1, 200, 255, 256, 65_536] {
            if earlier <= size {
                let proof = tree.prove_consistency(earlier as u64).unwrap();
                assert_eq!(proof.hashes(), subproof(earlier, &hashes[..size], true));
                assert_eq!(proof.verify(&root(&hashes[..earlier]), &expected), Ok(()));
            }
        }
        let frontier = Frontier::from_tiles(size as u64, &store).unwrap();
        assert!(frontier.is_of(size as u64, &expected));
    }
    assert_eq!(
        Frontier::from_tiles(size, &store).as_ref(),
        Ok(&store.frontier)
    );
}

#[test]
fn what_is_not_in_the_tree_is_not_proved() {
    let store = Store::filled(&leaves(5), &[5]);
    let tree = Tree::new(5, &store).unwrap();
    let no_leaf = TreeError::NoLeaf { index: 5, size: 5 };
    assert_eq!(tree.prove_inclusion(5), Err(no_leaf));
    let earlier = TreeError::NotEarlier {
        earlier: 6,
        size: 5,
    };
    assert_eq!(tree.prove_consistency(6), Err(earlier));
    let larger = Tree::new(6, &store).unwrap();
    assert!(matches!(larger.root(), Err(TreeError::Broken(_))));
    let much_larger = Tree::new(600, &store).unwrap();
    assert!(matches!(much_larger.root(), Err(TreeError::Missing(_))));
    assert!(Tree::new(u64::MAX, &store).is_err());
    let unreadable = |_: TileId| Err::<Option<Vec<u8>>, _>(std::fmt::Error);
    let tree = Tree::new(5, &unreadable).unwrap();
    assert!(matches!(tree.root(), Err(TreeError::Unreadable { .. })));
}

#[test]
fn the_empty_tree_is_the_beginning_of_every_tree() {
    let store = Store::filled(&leaves(3), &[3]);
    let root = store.frontier.root();
    let empty = NodeHash::of_empty_tree();
    let proof = ConsistencyProof::new(0, 3, Vec::new()).unwrap();
    assert_eq!(proof.verify(&empty, &root), Ok(()));
    assert!(proof.verify(&root, &root).is_err());
    let none = ConsistencyProof::new(0, 0, Vec::new()).unwrap();
    assert_eq!(none.verify(&empty, &empty), Ok(()));
    assert!(none.verify(&empty, &root).is_err());
    assert_eq!(
        ConsistencyProof::new(0, 3, vec![empty]),
        Err(ProofError::TooLong(1))
    );
    assert!(ConsistencyProof::new(4, 3, Vec::new()).is_err());
}

#[test]
fn the_edge_of_a_tree_has_one_form() {
    let store = Store::filled(&leaves(700), &[700]);
    let bytes = store.frontier.to_bytes();
    assert_eq!(bytes.len(), 9 + 32 * (700 % 256 + 700 / 256));
    assert_eq!(Frontier::from_bytes(&bytes).as_ref(), Ok(&store.frontier));
    for end in 0..bytes.len() {
        assert!(Frontier::from_bytes(&bytes[..end]).is_err(), "{end}");
    }
    let longer = [&bytes[..], &[0]].concat();
    assert!(matches!(
        Frontier::from_bytes(&longer),
        Err(FrontierBytesError::Length { size: 700, .. })
    ));
    let mut other = bytes;
    other[0] = 2;
    assert_eq!(
        Frontier::from_bytes(&other),
        Err(FrontierBytesError::Form(2))
    );
    other[0] = 1;
    other[1] = 0x80;
    assert!(matches!(
        Frontier::from_bytes(&other),
        Err(FrontierBytesError::Size(_))
    ));
    let empty = Frontier::empty();
    assert_eq!(Frontier::from_bytes(&empty.to_bytes()), Ok(empty));
}

#[test]
fn a_full_log_takes_no_more() {
    // Only the size matters here: nothing says that these hashes are of any leaves.
    let size = u64::try_from(i64::MAX).unwrap();
    let widths: usize = (0..8)
        .map(|level| usize::try_from((size >> (8 * level)) & 255).unwrap())
        .sum();
    let mut bytes = vec![1];
    bytes.extend(size.to_be_bytes());
    bytes.resize(9 + 32 * widths, 7);
    let frontier = Frontier::from_bytes(&bytes).unwrap();
    assert_eq!(frontier.to_bytes(), bytes);
    assert!(frontier.append(&[]).unwrap().tiles.is_empty());
    assert_eq!(
        frontier.append(&leaves(1)),
        Err(AppendError::Full { size, more: 1 })
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_parts_give_the_same_tree(
        size in 0_u64..1200,
        parts in prop::collection::vec(0_usize..400, 0..12),
    ) {
        let leaves = leaves(size);
        let at_once = Store::filled(&leaves, &[]);
        let in_parts = Store::filled(&leaves, &parts);
        prop_assert_eq!(&in_parts.frontier, &at_once.frontier);
        prop_assert_eq!(in_parts.frontier.root(), root(&hashes(&leaves)));
        prop_assert_eq!(&in_parts.tiles, &at_once.tiles);
        let bytes = in_parts.frontier.to_bytes();
        prop_assert_eq!(&Frontier::from_bytes(&bytes).unwrap(), &at_once.frontier);
        let read = Frontier::from_tiles(size, &in_parts).unwrap();
        prop_assert_eq!(&read, &at_once.frontier);
    }

    #[test]
    fn proofs_of_larger_trees_are_the_naive_ones(size in 1_usize..700, seed in any::<u64>()) {
        let leaves = leaves(size as u64);
        let hashes = hashes(&leaves);
        let store = Store::filled(&leaves, &[]);
        let tree = Tree::new(size as u64, &store).unwrap();
        let (index, earlier) = (below(size, seed), 1 + below(size, seed >> 32));
        let proof = tree.prove_inclusion(index as u64).unwrap();
        prop_assert_eq!(proof.hashes(), inclusion(index, &hashes));
        prop_assert_eq!(proof.verify(&hashes[index], &root(&hashes)), Ok(()));
        let proof = tree.prove_consistency(earlier as u64).unwrap();
        prop_assert_eq!(proof.hashes(), subproof(earlier, &hashes, true));
        prop_assert_eq!(proof.verify(&root(&hashes[..earlier]), &root(&hashes)), Ok(()));
    }

    #[test]
    fn a_proof_of_inclusion_with_any_bit_flipped_fails(size in 1_usize..300, seed in any::<u64>()) {
        let index = below(size, seed);
        let leaves = leaves(size as u64);
        let hashes = hashes(&leaves);
        let store = Store::filled(&leaves, &[]);
        let tree = Tree::new(size as u64, &store).unwrap();
        let proof = tree.prove_inclusion(index as u64).unwrap();
        let (leaf, root) = (hashes[index], root(&hashes));
        let path = proof.hashes();
        for bit in 0..256 {
            prop_assert!(proof.verify(&flipped(&leaf, bit), &root).is_err());
            prop_assert!(proof.verify(&leaf, &flipped(&root, bit)).is_err());
            for place in 0..path.len() {
                let mut path = path.to_vec();
                path[place] = flipped(&path[place], bit);
                let mutant = InclusionProof::new(index as u64, size as u64, path).unwrap();
                prop_assert!(mutant.verify(&leaf, &root).is_err());
            }
        }
        for bit in 0..64 {
            let other = index as u64 ^ (1 << bit);
            if let Ok(mutant) = InclusionProof::new(other, size as u64, path.to_vec()) {
                prop_assert!(mutant.verify(&leaf, &root).is_err());
            }
        }
        for end in 0..path.len() {
            let short = InclusionProof::new(index as u64, size as u64, path[..end].to_vec());
            prop_assert_eq!(short, Err(ProofError::TooShort(end)));
        }
        let long = [path, &[root]].concat();
        let long = InclusionProof::new(index as u64, size as u64, long);
        prop_assert_eq!(long, Err(ProofError::TooLong(path.len() + 1)));
    }

    #[test]
    fn a_proof_of_consistency_with_any_bit_flipped_fails(size in 2_usize..300, seed in any::<u64>()) {
        let earlier = 1 + below(size - 1, seed);
        let leaves = leaves(size as u64);
        let hashes = hashes(&leaves);
        let store = Store::filled(&leaves, &[]);
        let tree = Tree::new(size as u64, &store).unwrap();
        let proof = tree.prove_consistency(earlier as u64).unwrap();
        let (before, after) = (root(&hashes[..earlier]), root(&hashes));
        let given = proof.hashes();
        let with = |hashes| ConsistencyProof::new(earlier as u64, size as u64, hashes).unwrap();
        for bit in 0..256 {
            prop_assert!(proof.verify(&flipped(&before, bit), &after).is_err());
            prop_assert!(proof.verify(&before, &flipped(&after, bit)).is_err());
            for place in 0..given.len() {
                let mut mutant = given.to_vec();
                mutant[place] = flipped(&mutant[place], bit);
                prop_assert!(with(mutant).verify(&before, &after).is_err());
            }
        }
        for end in 0..given.len() {
            let short = with(given[..end].to_vec()).verify(&before, &after);
            prop_assert!(short.is_err());
        }
        let long = with([given, &[after]].concat()).verify(&before, &after);
        prop_assert!(long.is_err());
    }
}

fn flipped(hash: &NodeHash, bit: usize) -> NodeHash {
    let mut bytes = *hash.as_bytes();
    bytes[bit / 8] ^= 1 << (bit % 8);
    NodeHash::from_bytes(bytes)
}
