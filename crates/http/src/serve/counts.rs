//! What is counted of connections.

use std::sync::atomic::{AtomicU64, Ordering};

use super::handshakes::HandshakeEnd;

/// Counters of a listener's connections.
#[derive(Debug, Default)]
pub struct ConnectionCounts {
    accepted: AtomicU64,
    ended: AtomicU64,
    refused: AtomicU64,
    shaken: AtomicU64,
    failed: AtomicU64,
    slow: AtomicU64,
    pushed_out: AtomicU64,
}

/// One open connection.
pub(super) struct Open<'a>(&'a ConnectionCounts);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.ended.fetch_add(1, Ordering::Relaxed);
    }
}

impl ConnectionCounts {
    pub(super) fn open(&self) -> Open<'_> {
        self.accepted.fetch_add(1, Ordering::Relaxed);
        Open(self)
    }

    pub(super) fn refuse(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn shaken(&self) {
        self.shaken.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn not_shaken(&self, end: HandshakeEnd) {
        let counter = match end {
            HandshakeEnd::Failed => &self.failed,
            HandshakeEnd::Slow => &self.slow,
            HandshakeEnd::PushedOut => &self.pushed_out,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// How many were accepted since the start.
    pub fn accepted(&self) -> u64 {
        self.accepted.load(Ordering::Relaxed)
    }

    /// How many are open.
    pub fn opened(&self) -> u64 {
        let ended = self.ended.load(Ordering::Relaxed);
        self.accepted().saturating_sub(ended)
    }

    /// How many were closed at once because their address has too many.
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// TLS handshakes by outcome: `done`, `failed`, `slow`, `pushed-out`.
    pub fn handshakes(&self) -> [(&'static str, u64); 4] {
        [
            ("done", &self.shaken),
            ("failed", &self.failed),
            ("slow", &self.slow),
            ("pushed-out", &self.pushed_out),
        ]
        .map(|(outcome, counter)| (outcome, counter.load(Ordering::Relaxed)))
    }
}
