//! Progress of long work, on standard error and only where somebody looks at it.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar for work of a known length. It hides itself where standard error is not a terminal.
pub(crate) fn bar(length: u64, what: &'static str) -> ProgressBar {
    let bar = ProgressBar::new(length).with_message(what);
    if let Ok(style) =
        ProgressStyle::with_template("{msg} {wide_bar} {human_pos}/{human_len} {eta}")
    {
        bar.set_style(style);
    }
    bar
}

/// A count of work whose length is not known.
pub(crate) fn counter(what: &'static str) -> ProgressBar {
    ProgressBar::new_spinner().with_message(what)
}
