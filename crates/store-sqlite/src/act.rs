//! An act on its way to the engine and back.

use std::panic::{AssertUnwindSafe, catch_unwind};

use futures_channel::oneshot;
use hc_core::store::StoreError;

use crate::transaction::Transaction;

/// An act that waits for its turn, whatever it gives.
pub(crate) trait Act: Send {
    /// Whether nobody waits for it any more.
    fn is_abandoned(&self) -> bool;

    /// Runs it; may be called again in a new transaction. Gives whether its changes are to stay.
    fn run(&mut self, transaction: &mut Transaction<'_>) -> bool;

    /// Tells whoever waits what came of it: its own result, or what befell the transaction.
    fn answer(self: Box<Self>, fate: Result<(), StoreError>);
}

/// A closure with whoever waits for it.
pub(crate) struct Asked<T, E, F> {
    closure: F,
    outcome: Option<Result<T, E>>,
    /// A closure that broke off once is not run again.
    broken: bool,
    asker: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Asked<T, E, F>
where
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
    F: FnMut(&mut Transaction<'_>) -> Result<T, E> + Send + 'static,
{
    /// The act of a closure, and where its answer comes.
    pub(crate) fn by(closure: F) -> (Box<dyn Act>, oneshot::Receiver<Result<T, E>>) {
        let (asker, answer) = oneshot::channel();
        let act = Self {
            closure,
            outcome: None,
            broken: false,
            asker,
        };
        (Box::new(act), answer)
    }
}

impl<T, E, F> Act for Asked<T, E, F>
where
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
    F: FnMut(&mut Transaction<'_>) -> Result<T, E> + Send + 'static,
{
    fn is_abandoned(&self) -> bool {
        self.asker.is_canceled()
    }

    fn run(&mut self, transaction: &mut Transaction<'_>) -> bool {
        if self.broken {
            return false;
        }
        let closure = &mut self.closure;
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            let outcome = closure(transaction);
            match transaction.failure() {
                Some(error) if outcome.is_ok() => Err(E::from(error.clone())),
                _ => outcome,
            }
        }));
        let outcome = outcome.unwrap_or_else(|_| {
            self.broken = true;
            // What it said is not repeated: it may name somebody.
            Err(E::from(StoreError::Refused("the act broke off".to_owned())))
        });
        let kept = outcome.is_ok();
        self.outcome = Some(outcome);
        kept
    }

    fn answer(self: Box<Self>, fate: Result<(), StoreError>) {
        let Self { outcome, asker, .. } = *self;
        let outcome = match fate {
            Ok(()) => outcome.unwrap_or_else(|| Err(E::from(stopped()))),
            Err(error) => Err(E::from(error)),
        };
        // Whoever went away does not hear it.
        drop(asker.send(outcome));
    }
}

/// The engine has been stopped.
pub(crate) fn stopped() -> StoreError {
    StoreError::Unavailable("the engine has been stopped".to_owned())
}
