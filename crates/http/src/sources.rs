//! What a source can do: send a batch of evidence, signed.

pub(crate) mod batches;
