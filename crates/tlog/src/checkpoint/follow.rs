//! Whether one head of a log follows another: what a witness asks before it cosigns.

use super::Checkpoint;
use crate::note::KeyName;
use crate::proof::{ConsistencyProof, ProofError};

/// Why a checkpoint is not shown to follow another.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FollowError {
    /// They are of two logs.
    #[error("a checkpoint of {later} does not follow one of {earlier}")]
    OtherLog {
        /// The log of the earlier one.
        earlier: KeyName,
        /// The log of the later one.
        later: KeyName,
    },
    /// The proof is about trees of other sizes.
    #[error(
        "the proof is from {proof_earlier} to {proof_size} leaves, the checkpoints from {earlier} to {size}"
    )]
    OtherSizes {
        /// Leaves of the earlier tree by the proof.
        proof_earlier: u64,
        /// Leaves of the later tree by the proof.
        proof_size: u64,
        /// Leaves of the earlier tree by its checkpoint.
        earlier: u64,
        /// Leaves of the later tree by its checkpoint.
        size: u64,
    },
    /// The proof does not hold: the log was changed, or forked. Both checkpoints together, signed,
    /// show it to everybody.
    #[error(transparent)]
    Proof(#[from] ProofError),
}

impl Checkpoint {
    /// Whether this head's tree begins with the earlier head's.
    ///
    /// # Errors
    /// [`FollowError`] where it is not shown to.
    pub fn verify_follows(
        &self,
        earlier: &Self,
        proof: &ConsistencyProof,
    ) -> Result<(), FollowError> {
        if self.origin != earlier.origin {
            return Err(FollowError::OtherLog {
                earlier: earlier.origin.clone(),
                later: self.origin.clone(),
            });
        }
        if (proof.earlier(), proof.size()) != (earlier.size, self.size) {
            return Err(FollowError::OtherSizes {
                proof_earlier: proof.earlier(),
                proof_size: proof.size(),
                earlier: earlier.size,
                size: self.size,
            });
        }
        Ok(proof.verify(&earlier.root, &self.root)?)
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;
    use crate::tile::TileId;
    use crate::tree::Tree;
    use crate::{Commitment, Frontier};

    /// Heads of a log of 20 entries after each of them, and a way to prove.
    struct Log(Vec<Frontier>);

    impl Log {
        fn new(seed: u8) -> Self {
            let mut edges = vec![Frontier::empty()];
            for n in 0..20 {
                let last = edges.last().unwrap();
                let appended = last.append(&[Commitment::from_bytes([n ^ seed; 32])]);
                edges.push(appended.unwrap().frontier);
            }
            Self(edges)
        }

        fn head(&self, size: usize) -> Checkpoint {
            Checkpoint::of("log".parse().unwrap(), &self.0[size])
        }

        fn proof(&self, earlier: usize, size: usize) -> ConsistencyProof {
            let tile = self.0[20].unfinished_tiles().next().unwrap().to_bytes();
            let tiles = |_: TileId| Ok::<_, Infallible>(Some(tile.clone()));
            let tree = Tree::new(size as u64, &tiles).unwrap();
            tree.prove_consistency(earlier as u64).unwrap()
        }
    }

    #[test]
    fn a_later_head_follows_every_earlier_one() {
        let log = Log::new(0);
        for size in 0..=20 {
            for earlier in 0..=size {
                let proof = log.proof(earlier, size);
                let follows = log.head(size).verify_follows(&log.head(earlier), &proof);
                assert_eq!(follows, Ok(()));
            }
        }
    }

    #[test]
    fn a_log_that_was_written_anew_does_not_follow() {
        let (log, other) = (Log::new(0), Log::new(64));
        for earlier in 1..=20 {
            let proof = other.proof(earlier, 20);
            let follows = other.head(20).verify_follows(&log.head(earlier), &proof);
            assert!(matches!(follows, Err(FollowError::Proof(_))), "{earlier}");
        }
    }

    #[test]
    fn a_proof_between_other_sizes_shows_nothing() {
        let log = Log::new(0);
        for (earlier, size) in [(3, 20), (4, 19), (0, 20), (20, 20)] {
            let proof = log.proof(earlier, size);
            let follows = log.head(20).verify_follows(&log.head(4), &proof);
            assert!(matches!(follows, Err(FollowError::OtherSizes { .. })));
        }
    }

    #[test]
    fn a_head_of_another_log_does_not_follow() {
        let log = Log::new(0);
        let other = Checkpoint::of("other".parse().unwrap(), &log.0[20]);
        let follows = other.verify_follows(&log.head(4), &log.proof(4, 20));
        assert!(matches!(follows, Err(FollowError::OtherLog { .. })));
    }
}
