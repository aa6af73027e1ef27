//! Bringing near what acts will read, where the file is larger than memory.
//!
//! The writer reads one page after the other, and a disk that answers fifty thousand questions a second when
//! many are asked at once answers few of them then. So the readers ask first, all beside each other.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use hc_core::store::{DocumentHash, StoreError};

use crate::SqliteStore;
use crate::act::{Act, Asked};
use crate::transaction::Transaction;

/// So many documents are looked at first, to see where they are.
const FIRST: usize = 64;
/// So many one question looks at, so that others come in between.
const AT_ONCE: usize = 64;
/// Fewer are not worth it.
const WORTH: usize = 512;
/// What one document takes where it is in memory, generously.
const NEAR: Duration = Duration::from_micros(25);

/// Has the rows about documents read by whoever reads, beside each other. What fails is heard by the act.
pub(crate) async fn bring(store: &SqliteStore, documents: &[DocumentHash]) {
    if documents.len() < WORTH {
        return;
    }
    let mut documents = documents.to_vec();
    documents.sort_unstable();
    // Spread over all of them: neighbours lie in one page.
    let step = documents.len() / FIRST;
    let first: Vec<_> = documents.iter().step_by(step.max(1)).copied().collect();
    let looked = u32::try_from(first.len()).unwrap_or(u32::MAX);
    let Ok(took) = look(store, first).await else {
        return;
    };
    if took < NEAR * looked {
        return;
    }
    let questions = documents.chunks(AT_ONCE);
    drop(join_all(questions.map(|some| look(store, some.to_vec()))).await);
}

async fn look(store: &SqliteStore, documents: Vec<DocumentHash>) -> Result<Duration, StoreError> {
    let (question, answer): (Box<dyn Act>, _) = Asked::by(
        move |transaction: &mut Transaction<'_>| {
            #[expect(
                clippy::disallowed_methods,
                reason = "how far the disk is shows in the time alone, and nothing depends on it but speed"
            )]
            let begun = Instant::now();
            for document in &documents {
                transaction.look_at(*document)?;
            }
            Ok::<_, StoreError>(begun.elapsed())
        },
    );
    store.ask(question)?;
    answer.await.unwrap_or_else(|_| Err(crate::act::stopped()))
}
