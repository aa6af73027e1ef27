//! A real browser for tests: Chromium, driven by `WebDriver` (W3C) and the `DevTools` protocol.
//!
//! Nothing leads outside: the driver listens on this machine, and pages come from the region that a test has started.
//! Whoever runs the tests needs Debian's `chromium`, `chromium-driver` and a font with Chinese letters
//! (`fonts-noto-cjk`); [`Browser::begin`] says so where one is missing.

mod album;
mod driver;
mod page;
mod wire;

use std::time::Duration;

pub use album::Album;
pub use driver::Browser;
pub use page::{Logged, Page};

/// How a page is begun.
#[derive(Clone, Debug)]
pub struct Screen {
    /// Width and height in CSS pixels.
    pub size: (u32, u32),
    /// Whether it is a telephone's.
    pub mobile: bool,
    /// The languages that the person wants, as `zh-CN`.
    pub language: &'static str,
    /// More arguments of Chromium.
    pub arguments: Vec<String>,
}

impl Screen {
    /// A small telephone, 360 by 640.
    pub fn phone(language: &'static str) -> Self {
        Self {
            size: (360, 640),
            mobile: true,
            language,
            arguments: Vec::new(),
        }
    }

    /// A desktop, 1280 by 800.
    pub fn desktop(language: &'static str) -> Self {
        Self {
            size: (1280, 800),
            mobile: false,
            language,
            arguments: Vec::new(),
        }
    }
}

/// How long anything in a page may take before a test fails: nothing that works waits for it, and machines are shared.
pub const PATIENCE: Duration = Duration::from_mins(2);

/// Why a browser did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum BrowserError {
    /// A program is missing.
    #[error("{0} cannot be run: apt-get install chromium chromium-driver fonts-noto-cjk")]
    Missing(&'static str),
    /// The connection to the driver.
    #[error("the driver does not answer: {0}")]
    Wire(#[from] std::io::Error),
    /// The driver's answer is not as W3C has it.
    #[error("the driver's answer is not understood: {0}")]
    Form(String),
    /// The driver or the page refuses.
    #[error("{error}: {message}")]
    Refused {
        /// The driver's word.
        error: String,
        /// What it says.
        message: String,
    },
    /// Something did not come.
    #[error("{0} did not come in time; the page says: {1}")]
    Late(String, String),
}
