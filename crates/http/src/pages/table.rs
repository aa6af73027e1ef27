//! Every file of `web/` that is served, and which of them are pages. A test compares with the folder.

use super::file::File;
use super::joined::Joined;
use super::policy::Needs;

/// A file with an address of its own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Page {
    /// Where it is served.
    pub(super) at: &'static str,
    /// The file.
    pub(super) file: &'static str,
    /// What it may use.
    pub(super) needs: Needs,
}

macro_rules! files {
    ($($path:literal)*) => {
        &[$(File::new(
            $path,
            include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/", $path)),
        )),*]
    };
}

/// The files, in the order of their paths.
pub(super) const FILES: &[File] = files![
    "gate/app.webmanifest"
    "gate/camera.js"
    "gate/counts.js"
    "gate/decide.js"
    "gate/eyes.js"
    "gate/gate.css"
    "gate/icon.svg"
    "gate/index.html"
    "gate/keep.js"
    "gate/key.js"
    "gate/lists.js"
    "gate/main.js"
    "gate/nocode.js"
    "gate/panel.js"
    "gate/reader.js"
    "gate/reading.js"
    "gate/receipt.js"
    "gate/region.js"
    "gate/scanner.js"
    "gate/set-up.js"
    "gate/signal.js"
    "gate/signed.js"
    "gate/sw.js"
    "gate/take.js"
    "gate/time.js"
    "gate/venue.js"
    "gate/wedge.js"
    "gate/words/en.json"
    "gate/words/zh.json"
    "gate/zxing/reader/index.js"
    "gate/zxing/reader/zxing_reader.wasm"
    "gate/zxing/share.js"
    "person/app.webmanifest"
    "person/appeal.js"
    "person/arriving.js"
    "person/ask.js"
    "person/carry.js"
    "person/code.js"
    "person/data.js"
    "person/declare.js"
    "person/declaring.js"
    "person/enrol.js"
    "person/family.js"
    "person/form.js"
    "person/icon-192.png"
    "person/icon-512.png"
    "person/icon.svg"
    "person/index.html"
    "person/kept.js"
    "person/main.js"
    "person/methods.js"
    "person/moving.js"
    "person/panels.js"
    "person/paper.js"
    "person/passage.js"
    "person/person.css"
    "person/settings.js"
    "person/sign-in.js"
    "person/sw.js"
    "person/times.js"
    "person/why.js"
    "person/words/en.json"
    "person/words/zh.json"
    "shared/base.css"
    "shared/dom.js"
    "shared/levels.js"
    "shared/look.js"
    "shared/qr.js"
    "shared/sw.js"
    "shared/tokens.css"
    "shared/words.js"
    "shared/words/en.json"
    "shared/words/zh.json"
    "shared/workers.js"
    "vendor/uqr/index.mjs"
    "verifier/door.wasm"
    "verifier/verifier.mjs"
    "verifier/verifier.wasm"
];

/// What is sent as one file. Gates load their page once a day and keep it; people load theirs on the street, so all of
/// their scripts come at once.
pub(super) const JOINED: &[Joined] = &[
    Joined {
        path: "gate/page.css",
        of: &["shared/tokens.css", "shared/base.css", "gate/gate.css"],
    },
    Joined {
        path: "person/page.css",
        of: &["shared/tokens.css", "shared/base.css", "person/person.css"],
    },
    Joined {
        path: "person/page.js",
        of: &["person/main.js"],
    },
];

/// The pages, manifests and service workers. A sign-in at a provider comes back to the person's page.
pub(super) const PAGES: &[Page] = &[
    person("/", "person/index.html"),
    person("/signed-in", "person/index.html"),
    person("/app.webmanifest", "person/app.webmanifest"),
    person("/sw.js", "person/sw.js"),
    gate("/gate/", "gate/index.html"),
    gate("/gate/app.webmanifest", "gate/app.webmanifest"),
    gate("/gate/sw.js", "gate/sw.js"),
];

/// Addresses that people type, and where they find what they mean.
pub(super) const MOVED: &[(&str, &str)] = &[("/gate", "/gate/")];

const fn person(at: &'static str, file: &'static str) -> Page {
    Page {
        at,
        file,
        needs: Needs::Plain,
    }
}

const fn gate(at: &'static str, file: &'static str) -> Page {
    Page {
        at,
        file,
        needs: Needs::Camera,
    }
}
