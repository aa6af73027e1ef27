//! The heads of the decision log that this node has signed, and the memory of the last one.
//!
//! A log never signs two heads of which one is not the beginning of the other (`spec/decision-log.md` §6).
//! What the store holds may be older than what was signed: a copy that was put back. So the last head is
//! remembered outside of the store, and it is remembered before anybody is given it.

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwapOption;
use hc_core::store::StoreError;
use hc_tlog::checkpoint::{Checkpoint, OpenError, SignError, SignedCheckpoint};
use hc_tlog::note::{Signer, VerifierKey};
use hc_tlog::{Frontier, NodeHash};

/// Where the last signed head is remembered: a file beside the store, never in it.
pub trait HeadMemory: Send + Sync + 'static {
    /// The last head that was kept, if there ever was one.
    ///
    /// # Errors
    /// Where it cannot be read; the node does not begin then.
    fn last(&self) -> io::Result<Option<Vec<u8>>>;

    /// Keeps a head, durably.
    ///
    /// # Errors
    /// Where it cannot be kept; nobody is given the head then.
    fn keep(&self, head: &[u8]) -> io::Result<()>;
}

/// A memory that ends with the process: for tests and demonstrations.
#[derive(Debug, Default)]
pub struct InMemory(Mutex<Option<Vec<u8>>>);

impl HeadMemory for InMemory {
    fn last(&self) -> io::Result<Option<Vec<u8>>> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(held.clone())
    }

    fn keep(&self, head: &[u8]) -> io::Result<()> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *held = Some(head.to_vec());
        Ok(())
    }
}

impl<M: HeadMemory> HeadMemory for Arc<M> {
    fn last(&self) -> io::Result<Option<Vec<u8>>> {
        M::last(self)
    }

    fn keep(&self, head: &[u8]) -> io::Result<()> {
        M::keep(self, head)
    }
}

/// What signs the heads of a region's log.
pub struct LogParts {
    /// The log's own key, which signs nothing else; its name is the log's origin.
    pub signer: Signer,
    /// Remembers the last head.
    pub memory: Box<dyn HeadMemory>,
}

/// Why no head was signed. The one before stays.
#[derive(Debug, thiserror::Error)]
pub enum HeadError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The store holds another log, or less of it, than was signed.
    #[error(
        "a head of {signed} entries was signed before, and the {kept} entries of the store do not \
         begin with them: the store is an older copy or another one"
    )]
    Older {
        /// Entries under the head that was signed.
        signed: u64,
        /// Entries of the store.
        kept: u64,
    },
    /// The memory of the last head.
    #[error("the last signed head cannot be read or kept")]
    Memory(#[from] io::Error),
    /// What is remembered is no head of this log.
    #[error("what is remembered is no head that this log's key signed")]
    Remembered(#[from] OpenError),
    /// The signer.
    #[error(transparent)]
    Sign(#[from] SignError),
}

/// The head that is out.
pub(crate) struct Heads {
    signer: Signer,
    memory: Box<dyn HeadMemory>,
    head: ArcSwapOption<SignedCheckpoint>,
    /// Heads go out one after the other.
    turn: Mutex<()>,
}

impl Heads {
    /// Begins with the head that was signed last.
    pub(crate) fn begin(parts: LogParts) -> Result<Self, HeadError> {
        let LogParts { signer, memory } = parts;
        let keys = std::slice::from_ref(signer.verifier_key());
        let last = memory.last()?;
        let last = last.map(|bytes| SignedCheckpoint::open(&bytes, keys));
        let head = last.transpose()?.map(Arc::new);
        Ok(Self {
            signer,
            memory,
            head: ArcSwapOption::from(head),
            turn: Mutex::new(()),
        })
    }

    /// The key that heads are verified with.
    pub(crate) const fn key(&self) -> &VerifierKey {
        self.signer.verifier_key()
    }

    /// The head that is out; none before the first.
    pub(crate) fn head(&self) -> Option<Arc<SignedCheckpoint>> {
        self.head.load_full()
    }

    /// Size and root of the head that is out: what the next must begin with.
    pub(crate) fn signed(&self) -> Option<(u64, NodeHash)> {
        let head = self.head.load();
        let head = head.as_ref()?.checkpoint();
        Some((head.size(), *head.root()))
    }

    /// Signs the head of a tree that begins with the one that is out, remembers it, and gives it out.
    /// Gives whether it is a new one.
    pub(crate) fn sign(&self, frontier: &Frontier) -> Result<bool, HeadError> {
        let turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        if self
            .signed()
            .is_some_and(|(size, _)| frontier.size() <= size)
        {
            return Ok(false);
        }
        let head = Checkpoint::of(self.key().name().clone(), frontier);
        let head = SignedCheckpoint::sign(head, &self.signer)?;
        self.memory.keep(&head.to_bytes())?;
        self.head.store(Some(Arc::new(head)));
        drop(turn);
        Ok(true)
    }
}

impl fmt::Debug for Heads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Heads")
            .field("key", self.key())
            .field("signed", &self.signed())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for LogParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogParts")
            .field("signer", &self.signer)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hc_tlog::Commitment;

    fn parts(memory: &Arc<InMemory>, secret: u8) -> LogParts {
        let name = "330000.example/log".parse().unwrap();
        LogParts {
            signer: Signer::from_secret(name, &[secret; 32]).unwrap(),
            memory: Box::new(Arc::clone(memory)),
        }
    }

    fn of(leaves: u8) -> Frontier {
        let leaves: Vec<_> = (0..leaves)
            .map(|leaf| Commitment::from_bytes([leaf; 32]))
            .collect();
        Frontier::empty().append(&leaves).unwrap().frontier
    }

    #[test]
    fn a_head_is_remembered_before_it_is_given_and_no_smaller_one_follows() {
        let memory = Arc::new(InMemory::default());
        let heads = Heads::begin(parts(&memory, 1)).unwrap();
        assert!(heads.head().is_none());
        assert!(heads.sign(&of(3)).unwrap());
        assert!(!heads.sign(&of(3)).unwrap());
        assert!(!heads.sign(&of(2)).unwrap());
        let head = heads.head().unwrap();
        assert_eq!(memory.last().unwrap(), Some(head.to_bytes()));
        let again = Heads::begin(parts(&memory, 1)).unwrap();
        assert_eq!(again.signed(), heads.signed());
        assert!(matches!(
            Heads::begin(parts(&memory, 2)),
            Err(HeadError::Remembered(_))
        ));
    }

    #[test]
    fn a_head_that_cannot_be_remembered_is_not_given() {
        struct Full;
        impl HeadMemory for Full {
            fn last(&self) -> io::Result<Option<Vec<u8>>> {
                Ok(None)
            }

            fn keep(&self, _: &[u8]) -> io::Result<()> {
                Err(io::Error::other("the disk is full"))
            }
        }
        let name = "330000.example/log".parse().unwrap();
        let heads = Heads::begin(LogParts {
            signer: Signer::from_secret(name, &[1; 32]).unwrap(),
            memory: Box::new(Full),
        })
        .unwrap();
        assert!(matches!(heads.sign(&of(1)), Err(HeadError::Memory(_))));
        assert!(heads.head().is_none());
    }
}
