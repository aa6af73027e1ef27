//! How much of the machine a store may use.

use core::num::{NonZeroU32, NonZeroUsize};

/// How much of the machine a store may use. The default suits a region on one machine.
#[derive(Clone, Debug)]
pub struct Options {
    /// Threads that read.
    pub readers: NonZeroUsize,
    /// Acts, and questions, that may wait; more are refused at once.
    pub waiting: NonZeroUsize,
    /// The most acts that are made durable together.
    pub group: NonZeroUsize,
    /// Memory for pages of the connection that writes, in MiB. All readers together have half as much.
    pub cache: NonZeroU32,
    /// The most pages of 4 KiB that the file may have; past it acts fail as on a full disk.
    pub most_pages: Option<NonZeroU32>,
}

impl Default for Options {
    fn default() -> Self {
        const fn size(size: usize) -> NonZeroUsize {
            match NonZeroUsize::new(size) {
                Some(size) => size,
                None => NonZeroUsize::MIN,
            }
        }
        Self {
            // Most of them wait for the disk, where there is anything to do.
            readers: size(12),
            waiting: size(16_384),
            group: size(1024),
            cache: NonZeroU32::new(256).unwrap_or(NonZeroU32::MIN),
            most_pages: None,
        }
    }
}
