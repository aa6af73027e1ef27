//! The driver's process.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::json;

use super::page::Page;
use super::{BrowserError, Screen, wire};

/// A driver that runs until it is dropped, with all its pages.
#[derive(Debug)]
pub struct Browser {
    child: Child,
    port: u16,
}

impl Browser {
    /// Starts the driver at a port that is free.
    ///
    /// # Errors
    /// [`BrowserError::Missing`] where Chromium or its driver is not installed.
    pub fn begin() -> Result<Self, BrowserError> {
        let found = Command::new("chromium")
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        if !found.is_ok_and(|status| status.success()) {
            return Err(BrowserError::Missing("chromium"));
        }
        let mut child = Command::new("chromedriver")
            .args(["--port=0", "--log-level=SEVERE"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|_| BrowserError::Missing("chromedriver"))?;
        let out = child.stdout.take();
        let out = out.ok_or_else(|| BrowserError::Form("no output".to_owned()))?;
        for line in BufReader::new(out).lines() {
            let line = line?;
            let Some((_, rest)) = line.split_once("successfully on port ") else {
                continue;
            };
            let port = rest.trim_end_matches('.').trim().parse();
            let port = port.map_err(|_| BrowserError::Form(line.clone()))?;
            return Ok(Self { child, port });
        }
        Err(BrowserError::Missing("chromedriver"))
    }

    /// Opens a browser with nothing kept from before.
    ///
    /// # Errors
    /// [`BrowserError`].
    pub fn page(&self, screen: &Screen) -> Result<Page, BrowserError> {
        let (width, height) = screen.size;
        let mut arguments = vec![
            "--headless=new".to_owned(),
            // Tests run in containers, often as root.
            "--no-sandbox".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--disable-gpu".to_owned(),
            "--disable-background-networking".to_owned(),
            "--disable-component-update".to_owned(),
            "--no-first-run".to_owned(),
            "--hide-scrollbars".to_owned(),
            format!("--lang={}", screen.language),
            format!("--accept-lang={}", screen.language),
            format!("--window-size={width},{height}"),
        ];
        arguments.extend(screen.arguments.iter().cloned());
        let mut options = json!({ "args": arguments });
        if screen.mobile {
            options = json!({
                "args": arguments,
                "mobileEmulation": {
                    "deviceMetrics": {"width": width, "height": height, "pixelRatio": 1.0, "touch": true},
                },
            });
        }
        let asked = json!({"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": options,
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        }}});
        let made = wire::ask(self.port, "POST", "/session", Some(&asked))?;
        let id = made.get("sessionId").and_then(serde_json::Value::as_str);
        let id = id.ok_or_else(|| BrowserError::Form(made.to_string()))?;
        let page = Page::new(self.port, id);
        if !screen.mobile {
            page.size(width, height)?;
        }
        Ok(page)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
