//! A file that is built in, and the version of all of them.

use std::borrow::Cow;
use std::fmt::Write as _;

use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::settings::PageSettings;

/// A file of `web/`.
#[derive(Clone, Copy, Debug)]
pub(super) struct File {
    path: &'static str,
    bytes: &'static [u8],
}

/// How long an answer may be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Caching {
    /// For a year: another content has another address.
    Forever,
    /// It is asked for again each time.
    Revalidated,
}

/// In files with this ending, `{{assets}}`, `{{files …}}` and `{{languages …}}` are filled in.
const FILLED: [&str; 3] = [".html", ".webmanifest", "sw.js"];

impl File {
    pub(super) const fn new(path: &'static str, bytes: &'static [u8]) -> Self {
        Self { path, bytes }
    }

    /// Its path below `web/`.
    pub(super) const fn path(&self) -> &'static str {
        self.path
    }

    /// Its content.
    #[cfg(test)]
    pub(super) const fn bytes(&self) -> &'static [u8] {
        self.bytes
    }

    /// Whether it is served below `/assets/`; pages, manifests and service workers have addresses of their own.
    pub(super) fn is_asset(&self) -> bool {
        !self.is_filled()
    }

    fn is_filled(&self) -> bool {
        FILLED.iter().any(|end| self.path.ends_with(end))
    }

    /// Its media type.
    pub(super) fn media(&self) -> &'static str {
        match self.path.rsplit('.').next() {
            Some("html") => "text/html; charset=utf-8",
            Some("css") => "text/css; charset=utf-8",
            Some("js" | "mjs") => "text/javascript; charset=utf-8",
            Some("json") => "application/json",
            Some("webmanifest") => "application/manifest+json",
            Some("svg") => "image/svg+xml",
            Some("png") => "image/png",
            Some("wasm") => "application/wasm",
            _ => "application/octet-stream",
        }
    }
}

/// All files under one version.
#[derive(Debug)]
pub(super) struct Library {
    files: &'static [File],
    version: String,
    region: String,
}

impl Library {
    pub(super) fn new(files: &'static [File], settings: &PageSettings) -> Self {
        let mut hash = Sha256::new();
        for file in files {
            // Lengths, so that nothing can move from one file into the next.
            hash.update((file.path.len() as u64).to_be_bytes());
            hash.update(file.path);
            hash.update((file.bytes.len() as u64).to_be_bytes());
            hash.update(file.bytes);
        }
        let digest = hash.finalize();
        let mut version = String::with_capacity(16);
        for byte in digest.iter().take(8) {
            // A string takes everything.
            let written = write!(version, "{byte:02x}");
            debug_assert!(written.is_ok(), "a string takes everything");
        }
        Self {
            files,
            version,
            region: settings.region().to_owned(),
        }
    }

    /// The path below which the assets are.
    pub(super) fn root(&self) -> String {
        format!("/assets/{}", self.version)
    }

    /// A file's content, with what only the program knows filled in:
    ///
    /// * `{{assets}}`: the path below which the assets are;
    /// * `{{region}}`: the name of the region;
    /// * `{{files a b}}`: the addresses of all assets below the folders, as JSON;
    /// * `{{languages a}}`: the languages that a folder has words in, with spaces between them.
    pub(super) fn filled(&self, file: &File) -> Bytes {
        let Ok(text) = std::str::from_utf8(file.bytes) else {
            return Bytes::from_static(file.bytes);
        };
        if !file.is_filled() {
            return Bytes::from_static(file.bytes);
        }
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            filled.push_str(before);
            let Some((name, after)) = after.split_once("}}") else {
                rest = after;
                break;
            };
            filled.push_str(&self.value(name));
            rest = after;
        }
        filled.push_str(rest);
        filled.into()
    }

    fn value(&self, name: &str) -> Cow<'static, str> {
        let mut words = name.split_whitespace();
        match words.next() {
            Some("assets") => self.root().into(),
            Some("region") => self.region.clone().into(),
            Some("files") => {
                let folders: Vec<String> = words.map(|folder| format!("{folder}/")).collect();
                let assets = self.files.iter().filter(|file| {
                    file.is_asset() && folders.iter().any(|folder| file.path.starts_with(folder))
                });
                let all: Vec<String> = assets
                    .map(|file| format!("\"{}/{}\"", self.root(), file.path))
                    .collect();
                format!("[{}]", all.join(",")).into()
            }
            Some("languages") => {
                let folder = words.next().unwrap_or_default();
                let start = format!("{folder}/words/");
                let all: Vec<&str> = self
                    .files
                    .iter()
                    .filter_map(|file| file.path.strip_prefix(&start)?.strip_suffix(".json"))
                    .collect();
                all.join(" ").into()
            }
            _ => "".into(),
        }
    }
}
