//! One browser window, as a person and a test use it.

use std::time::Duration;

use base64ct::{Base64, Encoding};
use serde_json::{Value, json};

use super::{BrowserError, PATIENCE, wire};

/// A window; it closes when it is dropped.
#[derive(Debug)]
pub struct Page {
    port: u16,
    session: String,
}

/// A line of the browser's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// `SEVERE`, `WARNING`, `INFO`.
    pub level: String,
    /// What it says.
    pub message: String,
}

/// The key of W3C under which elements are named.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// How often a condition is looked at.
const EVERY: Duration = Duration::from_millis(50);

impl Page {
    pub(super) fn new(port: u16, id: &str) -> Self {
        Self {
            port,
            session: format!("/session/{id}"),
        }
    }

    fn post(&self, path: &str, body: &Value) -> Result<Value, BrowserError> {
        wire::ask(
            self.port,
            "POST",
            &format!("{}{path}", self.session),
            Some(body),
        )
    }

    fn get(&self, path: &str) -> Result<Value, BrowserError> {
        wire::ask(self.port, "GET", &format!("{}{path}", self.session), None)
    }

    /// Goes to an address and waits until it is loaded.
    ///
    /// # Errors
    /// [`BrowserError`], as everything here.
    pub fn open(&self, address: &str) -> Result<(), BrowserError> {
        self.post("/url", &json!({ "url": address })).map(drop)
    }

    /// Loads the page again.
    ///
    /// # Errors
    /// [`BrowserError`].
    pub fn reload(&self) -> Result<(), BrowserError> {
        self.post("/refresh", &json!({})).map(drop)
    }

    /// Runs a script in the page; what it returns, a promise's value too.
    ///
    /// # Errors
    /// [`BrowserError`].
    pub fn run(&self, script: &str, arguments: &[Value]) -> Result<Value, BrowserError> {
        self.post(
            "/execute/sync",
            &json!({ "script": script, "args": arguments }),
        )
    }

    /// A command of the `DevTools` protocol.
    ///
    /// # Errors
    /// [`BrowserError`].
    pub fn devtools(&self, command: &str, parameters: &Value) -> Result<Value, BrowserError> {
        let body = json!({ "cmd": command, "params": parameters });
        self.post("/goog/cdp/execute", &body)
    }

    /// Waits until an expression of the page is true.
    ///
    /// # Errors
    /// [`BrowserError::Late`] with what the page shows instead.
    pub fn wait(&self, expression: &str) -> Result<(), BrowserError> {
        self.wait_within(expression, PATIENCE).map(drop)
    }

    /// The same within a time; gives how long it took.
    ///
    /// # Errors
    /// [`BrowserError::Late`].
    pub fn wait_within(
        &self,
        expression: &str,
        within: Duration,
    ) -> Result<Duration, BrowserError> {
        #[expect(
            clippy::disallowed_methods,
            reason = "a test measures what a person waits"
        )]
        let begun = std::time::Instant::now();
        let script = format!("try {{ return Boolean({expression}) }} catch {{ return false }}");
        loop {
            if self.run(&script, &[])? == Value::Bool(true) {
                return Ok(begun.elapsed());
            }
            if begun.elapsed() > within {
                let shown = self.run("return document.body.innerText.slice(0, 1500)", &[])?;
                let shown = shown.as_str().unwrap_or_default().to_owned();
                return Err(BrowserError::Late(expression.to_owned(), shown));
            }
            #[expect(
                clippy::disallowed_methods,
                reason = "a page tells nobody when it has drawn"
            )]
            std::thread::sleep(EVERY);
        }
    }

    /// Touches the first element that a selector finds, as a person does: it must be seen.
    ///
    /// # Errors
    /// [`BrowserError`].
    pub fn touch(&self, selector: &str) -> Result<(), BrowserError> {
        let element = self.element(selector)?;
        self.post(&format!("/element/{element}/click"), &json!({}))
            .map(drop)
    }

    /// Types into the first element that a selector finds.
    ///
    /// # Errors
    /// [`BrowserError`].
    pub fn type_into(&self, selector: &str, text: &str) -> Result<(), BrowserError> {
        let element = self.element(selector)?;
        self.post(&format!("/element/{element}/clear"), &json!({}))
            .ok();
        self.post(
            &format!("/element/{element}/value"),
            &json!({ "text": text }),
        )
        .map(drop)
    }

    fn element(&self, selector: &str) -> Result<String, BrowserError> {
        let asked = json!({ "using": "css selector", "value": selector });
        let found = self.post("/element", &asked)?;
        let id = found.get(ELEMENT).and_then(Value::as_str);
        id.map(str::to_owned)
            .ok_or_else(|| BrowserError::Form(found.to_string()))
    }

    /// Presses keys, one after the other; special ones as W3C numbers them (U+E004 is Tab, U+E007 Enter).
    ///
    /// # Errors
    /// [`BrowserError`].
    pub fn press(&self, keys: &str) -> Result<(), BrowserError> {
        let actions: Vec<Value> = keys
            .chars()
            .flat_map(|key| {
                ["keyDown", "keyUp"].map(|kind| json!({"type": kind, "value": key.to_string()}))
            })
            .collect();
        let body = json!({"actions": [{"type": "key", "id": "keys", "actions": actions}]});
        self.post("/actions", &body).map(drop)
    }

    /// Sets the window's size.
    ///
    /// # Errors
    /// [`BrowserError`].
    pub fn size(&self, width: u32, height: u32) -> Result<(), BrowserError> {
        let body =
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.devtools("Emulation.setDeviceMetricsOverride", &body)
            .map(drop)
    }

    /// Without network, or with it again; service workers too.
    ///
    /// # Errors
    /// [`BrowserError`].
    pub fn offline(&self, offline: bool) -> Result<(), BrowserError> {
        let body = json!({"network_conditions": {
            "offline": offline, "latency": 0, "download_throughput": -1, "upload_throughput": -1,
        }});
        self.post("/chromium/network_conditions", &body).map(drop)
    }

    /// A picture of what is seen, as PNG.
    ///
    /// # Errors
    /// [`BrowserError`].
    pub fn picture(&self) -> Result<Vec<u8>, BrowserError> {
        decoded(&self.get("/screenshot")?)
    }

    /// A picture of the whole page, as PNG.
    ///
    /// # Errors
    /// [`BrowserError`].
    pub fn whole_picture(&self) -> Result<Vec<u8>, BrowserError> {
        let body = json!({"format": "png", "captureBeyondViewport": true});
        let taken = self.devtools("Page.captureScreenshot", &body)?;
        decoded(taken.get("data").unwrap_or(&Value::Null))
    }

    /// What the browser logged since the last time: console, refusals of the policy, failed requests.
    ///
    /// # Errors
    /// [`BrowserError`].
    pub fn log(&self) -> Result<Vec<Logged>, BrowserError> {
        let said = self.post("/se/log", &json!({ "type": "browser" }))?;
        let lines = said.as_array().cloned().unwrap_or_default();
        let text = |line: &Value, name: &str| {
            let text = line.get(name).and_then(Value::as_str);
            text.unwrap_or_default().to_owned()
        };
        Ok(lines
            .iter()
            .map(|line| Logged {
                level: text(line, "level"),
                message: text(line, "message"),
            })
            .collect())
    }

    /// Every address that was asked for since the last time.
    ///
    /// # Errors
    /// [`BrowserError`].
    pub fn asked(&self) -> Result<Vec<String>, BrowserError> {
        let said = self.post("/se/log", &json!({ "type": "performance" }))?;
        let lines = said.as_array().cloned().unwrap_or_default();
        let address = |line: &Value| {
            let message = line.get("message")?.as_str()?;
            let message: Value = serde_json::from_str(message).ok()?;
            let message = message.get("message")?;
            let sent = message.get("method")?.as_str()? == "Network.requestWillBeSent";
            let url = message.pointer("/params/request/url")?.as_str()?;
            sent.then(|| url.to_owned())
        };
        Ok(lines.iter().filter_map(address).collect())
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        drop(wire::ask(self.port, "DELETE", &self.session, None));
    }
}

fn decoded(value: &Value) -> Result<Vec<u8>, BrowserError> {
    let text = value.as_str().unwrap_or_default();
    Base64::decode_vec(text).map_err(|_| BrowserError::Form("no picture".to_owned()))
}
