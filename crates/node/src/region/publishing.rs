//! What the region publishes: key list, status lists, paper codes and their list.

use std::collections::BTreeMap;
use std::sync::Arc;

use hc_code::keys::KeyList;
use hc_code::paper::{Paper, Pointer};
use hc_code::signing::{PublicKey, Signer, SigningKey};
use hc_code::{Day, Extension};
use hc_core::act;
use hc_core::store::{PaperRow, Store};
use rand_core::Rng;

use super::{Region, RegionError, held};
use crate::lists::{ListsError, Published};
use crate::papers::PapersError;

/// Why no lists were published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The status lists.
    #[error(transparent)]
    Lists(#[from] ListsError),
    /// The paper list.
    #[error(transparent)]
    Papers(#[from] PapersError),
}

impl<S: Store, R: Signer + Send + Sync + 'static> Region<S, R> {
    /// The signed list of the node's keys.
    pub fn key_list(&self) -> Vec<u8> {
        self.keys.current().key_list.as_bytes().to_vec()
    }

    /// The key that the node proves itself with at doors of other regions.
    pub fn door_key(&self) -> Arc<SigningKey> {
        Arc::clone(&self.keys.current().door)
    }

    /// The version of the node's key list.
    pub fn key_version(&self) -> Option<u64> {
        let list = &self.book.load();
        list.list(self.division()).map(KeyList::version)
    }

    /// A new paper code for whoever holds a token.
    ///
    /// # Errors
    /// [`RegionError`].
    pub async fn issue_paper(&self, token: &str) -> Result<(PaperRow, String), RegionError> {
        self.issue_paper_for(token, None).await
    }

    /// The same for the ward whom the holder calls so; logged in the ward's log.
    ///
    /// # Errors
    /// [`RegionError`], also where no grant holds.
    pub async fn issue_paper_for(
        &self,
        token: &str,
        ward: Option<u32>,
    ) -> Result<(PaperRow, String), RegionError> {
        let acting = self.acting(token, ward)?;
        let (number, now) = (acting.number, acting.now);
        let mut pointer = [0; 16];
        held(&self.random).fill_bytes(&mut pointer);
        let papers = Arc::clone(&self.papers);
        let row = self
            .write(move |writing, _| {
                acting.logged(writing, "paper")?;
                let row = act::issue_paper(writing, number, pointer, now)?;
                let (papers, held) = (Arc::clone(&papers), row.clone());
                writing.when_durable(Box::new(move || papers.apply(&held)));
                Ok(row)
            })
            .await?;
        let paper = Paper::new(Pointer::from_bytes(pointer), None);
        let keys = self.keys.current();
        let text = keys
            .paper
            .paper(paper, &Extension::empty(), now, row.until)?;
        Ok((row, text))
    }

    /// Withdraws a paper code of whoever holds a token.
    ///
    /// # Errors
    /// [`RegionError`].
    pub async fn withdraw_paper(&self, token: &str, pointer: [u8; 16]) -> Result<(), RegionError> {
        self.withdraw_paper_for(token, None, pointer).await
    }

    /// The same for the ward whom the holder calls so; logged in the ward's log.
    ///
    /// # Errors
    /// [`RegionError`], also where no grant holds.
    pub async fn withdraw_paper_for(
        &self,
        token: &str,
        ward: Option<u32>,
        pointer: [u8; 16],
    ) -> Result<(), RegionError> {
        let acting = self.acting(token, ward)?;
        let (number, now) = (acting.number, acting.now);
        let papers = Arc::clone(&self.papers);
        self.write(move |writing, _| {
            acting.logged(writing, "paper")?;
            let row = act::withdraw_paper(writing, number, &pointer, now)?;
            let papers = Arc::clone(&papers);
            writing.when_durable(Box::new(move || papers.apply(&row)));
            Ok(())
        })
        .await
    }

    /// Publishes the next edition of the status lists and of the paper list.
    ///
    /// # Errors
    /// [`PublishError`]; the editions before stay.
    pub fn publish_lists(&self) -> Result<(), PublishError> {
        let now = self.clock.now();
        let keys = self.keys.current();
        let terms = self.keys.terms();
        self.lists.publish(&self.standings, &keys, terms, now)?;
        let mut random = held(&self.random);
        let signer = &*keys.lists;
        self.papers
            .publish(&self.standings, terms, signer, now, &mut **random)?;
        Ok(())
    }

    /// The signed paper list that is out.
    pub fn paper_list(&self) -> Option<Arc<Vec<u8>>> {
        self.papers.published()
    }

    /// The key that lists are signed with now.
    pub fn list_key(&self) -> PublicKey {
        self.keys.current().lists.public_key().clone()
    }

    /// The status lists that are out.
    pub fn lists(&self) -> Arc<BTreeMap<Day, Published>> {
        self.lists.published()
    }
}
