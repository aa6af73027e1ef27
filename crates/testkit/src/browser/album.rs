//! Pictures of pages, at telephone and desktop size, which people look at.

use std::fs;
use std::path::PathBuf;

use serde_json::json;

use super::{BrowserError, Page};

/// A folder of pictures that a test makes.
///
/// They are written where `HEALTHCODE_WRITE` is set; otherwise it is looked that each is there and of its page's size.
#[derive(Clone, Debug)]
pub struct Album {
    folder: PathBuf,
    again: &'static str,
}

impl Album {
    /// The pictures in a folder; `again` is the command that writes them.
    pub const fn new(folder: PathBuf, again: &'static str) -> Self {
        Self { folder, again }
    }

    /// Keeps the page as it is, and in the other size too: `name` ends with `-phone` or `-desktop`.
    ///
    /// # Panics
    /// Where a picture is missing or of another size than the page is now.
    ///
    /// # Errors
    /// What the browser says.
    pub fn keep(&self, page: &Page, name: &str) -> Result<(), BrowserError> {
        self.picture(page, name)?;
        let (other, width, height) = match name.strip_suffix("-phone") {
            Some(what) => (format!("{what}-desktop"), 1280, 800),
            None => (name.replace("-desktop", "-phone"), 360, 640),
        };
        let size =
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        page.devtools("Emulation.setDeviceMetricsOverride", &size)?;
        self.picture(page, &other)?;
        page.devtools("Emulation.clearDeviceMetricsOverride", &json!({}))?;
        Ok(())
    }

    #[expect(
        clippy::panic,
        clippy::expect_used,
        reason = "a test without its picture fails"
    )]
    fn picture(&self, page: &Page, name: &str) -> Result<(), BrowserError> {
        let path = self.folder.join(format!("{name}.png"));
        let picture = page.picture()?;
        if std::env::var_os("HEALTHCODE_WRITE").is_some() {
            fs::create_dir_all(&self.folder).expect("a folder for pictures");
            fs::write(&path, &picture).expect("a picture is written");
        }
        let again = self.again;
        let Ok(kept) = fs::read(&path) else {
            panic!("{} is missing: {again}", path.display());
        };
        // Width and height stand at bytes 16 to 24 of a PNG.
        assert_eq!(
            kept.get(16..24),
            picture.get(16..24),
            "{name} has another size: {again}"
        );
        Ok(())
    }
}
