//! The decision log as everybody sees it, and a person's own proofs.

use std::cell::RefCell;
use std::sync::Arc;

use hc_code::signing::Signer;
use hc_core::store::{LogRow, Reading, Store, StoreError};
use hc_tlog::checkpoint::SignedCheckpoint;
use hc_tlog::note::VerifierKey;
use hc_tlog::proof::{ConsistencyProof, InclusionProof, Receipt};
use hc_tlog::tile::TileId;
use hc_tlog::tree::{Tree, TreeError};
use hc_tlog::{Opening, bundle};

use super::{Region, RegionError};
use crate::heads::HeadError;

/// An entry about a person, with the proof that it stands in the log.
#[derive(Clone, Debug)]
pub struct Proved {
    /// The entry.
    pub row: LogRow,
    /// The proof with salt and content, to be kept and verified without the region; none as long as
    /// the entry is not under a signed head yet.
    pub receipt: Option<Receipt>,
}

/// A head, and the proof that its tree begins with an earlier one.
#[derive(Clone, Debug)]
pub struct Follows {
    /// The head that is out.
    pub head: Arc<SignedCheckpoint>,
    /// The proof.
    pub proof: ConsistencyProof,
}

/// The most entries of one person that are looked through for one of them.
const MOST_OWN: u32 = 100_000;

impl<S: Store, R: Signer + Send + Sync + 'static> Region<S, R> {
    /// The key that heads of the log are verified with; its name is the log's origin.
    pub const fn log_key(&self) -> &VerifierKey {
        self.heads.key()
    }

    /// The signed head of the log that is out.
    pub fn log_head(&self) -> Option<Arc<SignedCheckpoint>> {
        self.heads.head()
    }

    /// Signs the log as it is durable now, where something was logged since the last head. Gives
    /// whether there is a new one.
    ///
    /// # Errors
    /// [`HeadError::Older`] where the store does not begin with what was signed: nothing is signed
    /// any more until that is mended.
    pub async fn sign_log(&self) -> Result<bool, HeadError> {
        let signed = self.heads.signed();
        // As an act, because its answer is durable: what a reading sees may still be lost with the power.
        let frontier = self
            .store
            .write(move |reading| {
                let frontier = reading.log_frontier()?;
                if let Some((size, root)) = signed {
                    let kept = frontier.size();
                    let same = |reading| in_tree(reading, size, |tree| Ok(tree.root()? == root));
                    let begins = kept >= size && same(reading).unwrap_or(false);
                    if !begins {
                        return Err(HeadError::Older { signed: size, kept });
                    }
                }
                Ok(frontier)
            })
            .await?;
        self.heads.sign(&frontier)
    }

    /// A tile of the log under the head that is out; none past it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn log_tile(&self, tile: TileId) -> Result<Option<Vec<u8>>, StoreError> {
        if !self.is_signed(tile) {
            return Ok(None);
        }
        let found = self
            .store
            .read(move |reading| reading.log_tile(tile))
            .await?;
        // What is kept may be wider by now: a tile only grows at its end.
        Ok(found.map(|mut bytes| {
            bytes.truncate(tile.byte_len());
            bytes
        }))
    }

    /// The commitments under a tile of level 0, as an entry bundle; none past the head that is out.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn log_bundle(&self, tile: TileId) -> Result<Option<Vec<u8>>, StoreError> {
        if tile.level() != 0 || !self.is_signed(tile) {
            return Ok(None);
        }
        let first = tile.index() * 256;
        let width = u32::from(tile.width());
        let rows = self
            .store
            .read(move |reading| reading.log_from(first, width))
            .await?;
        let leaves: Vec<_> = rows.into_iter().map(|row| row.commitment).collect();
        if leaves.len() != usize::from(tile.width()) {
            return Err(damaged("entries under a tile are missing"));
        }
        bundle::encode(&leaves)
            .map(Some)
            .map_err(|error| damaged(&error))
    }

    /// The head that is out, and the proof that it follows an earlier one; none where the earlier one
    /// is larger.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn log_follows(&self, earlier: u64) -> Result<Option<Follows>, StoreError> {
        let Some(head) = self.heads.head() else {
            return Ok(None);
        };
        let size = head.checkpoint().size();
        if earlier > size {
            return Ok(None);
        }
        let proof = self
            .store
            .read(move |reading| in_tree(reading, size, |tree| tree.prove_consistency(earlier)))
            .await?;
        Ok(Some(Follows { head, proof }))
    }

    /// An entry about whoever holds a token, with its proof; none where the entry is not about them,
    /// which is also what is said of entries that are not there.
    ///
    /// # Errors
    /// [`RegionError`].
    pub async fn prove_own(
        &self,
        token: &str,
        sequence: u64,
    ) -> Result<Option<Proved>, RegionError> {
        let (number, _) = self.holder(token)?;
        let head = self.heads.head();
        let size = head.as_ref().map_or(0, |head| head.checkpoint().size());
        let found = self
            .store
            .read(move |reading| {
                super::in_use(reading, number)?;
                let own = reading.log_of(number, MOST_OWN)?;
                let row = own.into_iter().find(|row| row.sequence == sequence);
                let Some(row) = row else {
                    return Ok::<_, RegionError>(None);
                };
                let proof = (sequence < size)
                    .then(|| in_tree(reading, size, |tree| tree.prove_inclusion(sequence)))
                    .transpose()?;
                Ok(Some((row, proof)))
            })
            .await?;
        let Some((row, proof)) = found else {
            return Ok(None);
        };
        let receipt = head
            .zip(proof)
            .map(|(head, proof)| receipt(&row, proof, &head))
            .transpose()?;
        Ok(Some(Proved { row, receipt }))
    }

    /// Whether a tile is wholly under the head that is out.
    fn is_signed(&self, tile: TileId) -> bool {
        let size = self.heads.signed().map_or(0, |(size, _)| size);
        TileId::in_tree(tile.level(), tile.index(), size)
            .is_some_and(|signed| tile.width() <= signed.width())
    }
}

pub(super) fn receipt(
    row: &LogRow,
    proof: InclusionProof,
    head: &SignedCheckpoint,
) -> Result<Receipt, StoreError> {
    let receipt = Receipt::new(proof, head).map_err(|error| damaged(&error))?;
    Ok(match &row.opened {
        Some((salt, entry)) => receipt.with_opening(Opening::new(salt.clone(), entry.content())),
        None => receipt,
    })
}

/// Asks something of the log's tree of a size.
pub(super) fn in_tree<T>(
    reading: &mut dyn Reading,
    size: u64,
    ask: impl FnOnce(
        &Tree<'_, &dyn Fn(TileId) -> Result<Option<Vec<u8>>, StoreError>>,
    ) -> Result<T, TreeError<StoreError>>,
) -> Result<T, StoreError> {
    let reading = RefCell::new(reading);
    let read = |tile| reading.borrow_mut().log_tile(tile);
    let tiles: &dyn Fn(TileId) -> Result<Option<Vec<u8>>, StoreError> = &read;
    let found = Tree::new(size, &tiles).and_then(|tree| ask(&tree));
    found.map_err(|error| match error {
        TreeError::Unreadable { source, .. } => source,
        other => damaged(&other),
    })
}

fn damaged(what: &(impl ToString + ?Sized)) -> StoreError {
    StoreError::Damaged {
        table: "log_tile",
        what: what.to_string(),
    }
}
