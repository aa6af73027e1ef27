//! The decision log as an auditor sees it: entries with their contents, whoever they are about, and proofs.

use hc_code::signing::Signer;
use hc_core::store::{LogRow, Store, StoreError};

use super::Region;
use super::log::{Proved, in_tree, receipt};

impl<S: Store, R: Signer + Send + Sync + 'static> Region<S, R> {
    /// Entries from a sequence on, and how many the log has in all.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn log_entries(
        &self,
        first: u64,
        limit: u32,
    ) -> Result<(Vec<LogRow>, u64), StoreError> {
        self.store
            .read(move |reading| {
                let size = reading.log_frontier()?.size();
                Ok((reading.log_from(first, limit)?, size))
            })
            .await
    }

    /// An entry with the proof that it stands in the log; none where there is none of this sequence.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn prove_entry(&self, sequence: u64) -> Result<Option<Proved>, StoreError> {
        let head = self.heads.head();
        let size = head.as_ref().map_or(0, |head| head.checkpoint().size());
        let found = self
            .store
            .read(move |reading| {
                let rows = reading.log_from(sequence, 1)?;
                let row = rows.into_iter().find(|row| row.sequence == sequence);
                let Some(row) = row else {
                    return Ok::<_, StoreError>(None);
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
        // What opens an entry about a person says whose it is: the auditor has its commitment proved alone.
        let about = row.opened.as_ref();
        let nobody = about.is_none_or(|(_, entry)| entry.subject().is_none());
        let mut shown = row.clone();
        shown.opened = shown.opened.filter(|_| nobody);
        let receipt = head
            .zip(proof)
            .map(|(head, proof)| receipt(&shown, proof, &head))
            .transpose()?;
        Ok(Some(Proved { row, receipt }))
    }
}
