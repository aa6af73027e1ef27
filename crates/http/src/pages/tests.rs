//! The tables agree with the folder and with `spec/pages.tsv`, and pages are served as they promise.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use axum::body::Body;
use axum::extract::Request;
use axum::http::{Response, StatusCode};
use http_body_util::BodyExt;
use hyper_util::service::TowerToHyperService;

use super::encoding::Encoding;
use super::file::{File, Library, media};
use super::table::{FILES, JOINED, PAGES};
use super::{PageSettings, asset_path, pages, shared_assets};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Whether a file has an ending.
fn is(path: &str, ending: &str) -> bool {
    path.rsplit('.').next() == Some(ending)
}

fn walk(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, found);
        } else {
            let web = root().join("web");
            let name = path.strip_prefix(web).unwrap().to_str().unwrap();
            found.insert(name.to_owned());
        }
    }
}

async fn through(router: axum::Router, request: Request) -> Response<Body> {
    let service = TowerToHyperService::new(router);
    hyper::service::Service::call(&service, request)
        .await
        .unwrap()
}

async fn ask(path: &str, headers: &[(&str, &str)]) -> Response<Body> {
    let mut request = Request::builder().uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::empty()).unwrap();
    through(pages(&PageSettings::default()), request).await
}

async fn bytes(answer: Response<Body>) -> Vec<u8> {
    let collected = answer.into_body().collect().await.unwrap();
    collected.to_bytes().to_vec()
}

fn header<'a>(answer: &'a Response<Body>, name: &str) -> &'a str {
    let value = answer.headers().get(name);
    value.map_or("", |value| value.to_str().unwrap())
}

#[test]
fn every_file_of_the_folder_is_served_and_no_other() {
    let mut found = BTreeSet::new();
    walk(&root().join("web"), &mut found);
    // What is written for those who read the folder, and tests that run beside it, is not for browsers.
    found.retain(|path| {
        !is(path, "md") && !path.ends_with("LICENSE") && !path.ends_with(".test.mjs")
    });
    let served: Vec<&str> = FILES.iter().map(File::path).collect();
    let mut sorted = served.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(served, sorted, "the table is not in order");
    assert_eq!(served, found.iter().map(String::as_str).collect::<Vec<_>>());
    for file in FILES {
        assert_ne!(file.media(), "application/octet-stream", "{}", file.path());
    }
    for page in PAGES {
        assert!(served.contains(&page.file), "{}", page.file);
    }
    for file in FILES.iter().filter(|file| !file.is_asset()) {
        let named = PAGES.iter().any(|page| page.file == file.path());
        let inside = format!("{{{{text {}}}}}", file.path());
        let inside = PAGES.iter().any(|page| {
            let file = FILES.iter().find(|file| file.path() == page.file).unwrap();
            String::from_utf8_lossy(file.bytes()).contains(&inside)
        });
        assert!(named || inside, "{} has no address", file.path());
    }
}

#[test]
fn every_language_of_a_folder_has_the_same_keys() {
    let keys = |file: &File| -> BTreeSet<String> {
        let words: serde_json::Value = serde_json::from_slice(file.bytes()).unwrap();
        let words = words.as_object().unwrap();
        assert!(
            words
                .values()
                .all(|word| word.as_str().is_some_and(|word| !word.is_empty()))
        );
        words.keys().cloned().collect()
    };
    let words = |file: &&File| file.path().contains("/words/");
    for file in FILES.iter().filter(words) {
        let (folder, _) = file.path().rsplit_once('/').unwrap();
        let chinese = format!("{folder}/zh.json");
        let first = FILES.iter().find(|file| file.path() == chinese).unwrap();
        assert_eq!(keys(file), keys(first), "{}", file.path());
    }
}

/// Words that a script asks for by name: `t("name"`, and not the end of another function's name.
fn named(script: &str) -> BTreeSet<String> {
    let calls = script.match_indices("t(\"").filter(|(at, _)| {
        let before = script[..*at].chars().next_back();
        before.is_none_or(|before| !before.is_ascii_alphanumeric() && before != '.')
    });
    calls
        .filter_map(|(at, call)| script[at + call.len()..].split_once('"'))
        .map(|(name, _)| name.to_owned())
        .collect()
}

#[test]
fn every_word_that_a_page_asks_for_is_there() {
    let words = |path: &str| -> BTreeSet<String> {
        let file = FILES.iter().find(|file| file.path() == path).unwrap();
        let words: serde_json::Value = serde_json::from_slice(file.bytes()).unwrap();
        words.as_object().unwrap().keys().cloned().collect()
    };
    let shared = words("shared/words/zh.json");
    let own = words("person/words/zh.json");
    let mut looked = 0;
    for file in FILES
        .iter()
        .filter(|file| file.path().starts_with("person/") && is(file.path(), "js"))
    {
        let script = std::str::from_utf8(file.bytes()).unwrap();
        for name in named(script) {
            looked += 1;
            let known = own.contains(&name) || shared.contains(&name);
            assert!(known, "{name} in {}", file.path());
        }
    }
    assert!(looked > 100, "only {looked} names were looked at");
}

/// The bounds as they are checked in: address, media type, and how many bytes it has at most in brotli.
#[test]
fn what_is_served_and_how_large_it_is_at_most_is_checked_in() {
    const STEP: usize = 256;
    let library = Library::new(FILES, JOINED, &PageSettings::default());
    let mut lines = vec![
        "# Pages (crates/http/src/pages): address, media type, most bytes in brotli. Below /assets/<version>/ the version is a hash of all."
            .to_owned(),
        "at\tmedia\tbytes".to_owned(),
    ];
    let mut line = |at: &str, file: &File| {
        let small = Encoding::Brotli.of(&library.filled(file)).unwrap().len();
        let bound = small.div_ceil(STEP) * STEP;
        lines.push(format!("{at}\t{}\t{bound}", file.media()));
    };
    for page in PAGES {
        let file = FILES.iter().find(|file| file.path() == page.file).unwrap();
        line(page.at, file);
    }
    for file in FILES.iter().filter(|file| file.is_asset()) {
        line(&format!("/assets/<version>/{}", file.path()), file);
    }
    for made in library.made() {
        let small = Encoding::Brotli.of(&made.content).unwrap().len();
        let bound = small.div_ceil(STEP) * STEP;
        let (path, media) = (made.path, media(made.path));
        lines.push(format!("/assets/<version>/{path}\t{media}\t{bound}"));
    }
    let written = format!("{}\n", lines.join("\n"));
    let path = root().join("spec/pages.tsv");
    if std::env::var_os("HEALTHCODE_WRITE").is_some() {
        fs::write(&path, &written).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap();
    let again = "HEALTHCODE_WRITE=1 cargo test -p hc-http pages";
    assert_eq!(kept, written, "write it anew with {again}");
}

#[test]
fn everything_that_is_joined_can_be() {
    for joined in JOINED {
        let (text, parts) = joined.content(FILES).unwrap();
        assert!(parts.len() > 1 && !text.is_empty(), "{}", joined.path);
        let taken = FILES.iter().any(|file| file.path() == joined.path);
        assert!(!taken, "{} is a file", joined.path);
    }
    assert_eq!(library().made().len(), JOINED.len());
}

fn library() -> Library {
    Library::new(FILES, JOINED, &PageSettings::default())
}

/// What a telephone gets in all: the page, its parts, every language, and what keeps it for later.
#[tokio::test]
async fn the_whole_page_of_a_person_has_less_than_sixty_kilobytes() {
    let worker = String::from_utf8(bytes(ask("/sw.js", &[]).await).await).unwrap();
    let (_, files) = worker.split_once("const FILES = ").unwrap();
    let (files, _) = files.split_once(";\n").unwrap();
    let mut files: Vec<String> = serde_json::from_str(files).unwrap();
    for path in ["page.js", "page.css", "words/zh.json"] {
        let path = format!("/person/{path}");
        assert!(files.iter().any(|file| file.ends_with(&path)), "{path}");
    }
    for part in ["main.js", "kept.js", "base.css", "uqr/index.mjs"] {
        assert!(!files.iter().any(|file| file.ends_with(part)), "{part}");
    }
    files.extend(["/", "/sw.js", "/app.webmanifest"].map(str::to_owned));
    let mut total = 0;
    for file in &files {
        let answer = ask(file, &[("accept-encoding", "gzip")]).await;
        assert_eq!(answer.status(), StatusCode::OK, "{file}");
        total += bytes(answer).await.len();
    }
    assert!(total < 60_000, "{total} bytes in gzip");
}

#[tokio::test]
async fn an_unchanged_answer_is_not_sent_again() {
    let first = ask("/", &[]).await;
    let tag = header(&first, "etag").to_owned();
    assert!(tag.starts_with('"') && tag.len() == 26, "{tag}");
    assert_eq!(header(&first, "cache-control"), "no-cache");
    for held in [tag.as_str(), "*", &format!("\"x\", W/{tag}")] {
        let again = ask("/", &[("if-none-match", held)]).await;
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(header(&again, "etag"), tag);
        assert!(header(&again, "content-security-policy").starts_with("default-src 'none'"));
        assert!(bytes(again).await.is_empty());
    }
    let other = ask("/", &[("if-none-match", "\"x\"")]).await;
    assert_eq!(other.status(), StatusCode::OK);
}

#[tokio::test]
async fn assets_stay_for_ever_under_their_version_and_nothing_else_is_there() {
    let path = asset_path("shared/base.css").unwrap();
    let answer = ask(&path, &[]).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(header(&answer, "cache-control").contains("immutable"));
    assert_eq!(header(&answer, "content-type"), "text/css; charset=utf-8");
    assert_eq!(asset_path("shared/none.css"), None);
    let root = path.strip_suffix("/shared/base.css").unwrap();
    for wrong in [
        format!("{root}/shared/none.css"),
        format!("{root}/person/index.html"),
        format!("{root}/../Cargo.toml"),
        format!("{root}/"),
        "/assets/0000000000000000/shared/base.css".to_owned(),
    ] {
        let answer = ask(&wrong, &[]).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{wrong}");
    }
    let service = through(
        shared_assets(&PageSettings::default()),
        Request::builder()
            .uri(path.replace("shared/base.css", "person/main.js"))
            .body(Body::empty())
            .unwrap(),
    );
    assert_eq!(service.await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn each_form_has_its_own_tag_and_reads_back() {
    let plain = bytes(ask("/", &[]).await).await;
    let mut tags = BTreeSet::new();
    for encoding in ["", "gzip", "br"] {
        let answer = ask("/", &[("accept-encoding", encoding)]).await;
        assert_eq!(header(&answer, "content-encoding"), encoding);
        assert_eq!(header(&answer, "vary"), "accept-encoding");
        assert!(tags.insert(header(&answer, "etag").to_owned()));
        let sent = bytes(answer).await;
        assert!(encoding.is_empty() || sent.len() < plain.len());
    }
}

#[tokio::test]
async fn a_page_names_only_what_is_there_and_has_no_script_or_style_of_its_own() {
    for page in PAGES {
        let answer = ask(page.at, &[]).await;
        assert_eq!(answer.status(), StatusCode::OK, "{}", page.at);
        let policy = header(&answer, "content-security-policy").to_owned();
        for word in ["unsafe-inline", "unsafe-eval'", "http:", "*"] {
            let wasm = policy.replace("'wasm-unsafe-eval'", "");
            assert!(!wasm.contains(word), "{word} in {policy}");
        }
        assert!(policy.ends_with("frame-ancestors 'none'"));
        let text = String::from_utf8(bytes(answer).await).unwrap();
        assert!(!text.contains("{{") && !text.contains("}}"), "{}", page.at);
        assert!(
            !text.contains("style=") && !text.contains("onclick"),
            "{text}"
        );
        let mut rest = text.as_str();
        while let Some((_, after)) = rest.split_once("/assets/") {
            let end = after.find(['"', '\'']).unwrap_or(after.len());
            let named = format!("/assets/{}", &after[..end]);
            rest = &after[end..];
            // A service worker names the folder itself too.
            if named.matches('/').count() < 3 {
                continue;
            }
            let found = ask(&named, &[]).await;
            assert_eq!(found.status(), StatusCode::OK, "{named} in {}", page.at);
        }
        if is(page.file, "html") {
            for script in text.split("<script").skip(1) {
                assert!(
                    script.starts_with(" type=\"module\" src=\"/assets/"),
                    "{script}"
                );
            }
        }
    }
}

#[tokio::test]
async fn embedders_are_named_in_the_policy() {
    let settings = PageSettings::embedded_in(&["https://app.example"]).unwrap();
    let request = Request::builder().uri("/").body(Body::empty()).unwrap();
    let answer = through(pages(&settings), request).await;
    let policy = header(&answer, "content-security-policy");
    assert!(
        policy.ends_with("frame-ancestors https://app.example"),
        "{policy}"
    );
    assert_eq!(header(&answer, "x-frame-options"), "");
}

#[tokio::test]
async fn the_gate_is_in_nobodys_frame() {
    let settings = PageSettings::embedded_in(&["https://app.example"]).unwrap();
    let script = asset_path("gate/main.js").unwrap();
    for at in ["/gate/", "/gate/sw.js", &script] {
        let request = Request::builder().uri(at).body(Body::empty()).unwrap();
        let answer = through(pages(&settings), request).await;
        assert_eq!(answer.status(), StatusCode::OK, "{at}");
        let policy = header(&answer, "content-security-policy");
        assert!(policy.ends_with("frame-ancestors 'none'"), "{at}: {policy}");
        assert_eq!(header(&answer, "x-frame-options"), "DENY", "{at}");
    }
}

#[tokio::test]
async fn a_page_is_only_got() {
    for method in ["POST", "PUT", "DELETE"] {
        let request = Request::builder().method(method).uri("/");
        let request = request.body(Body::empty()).unwrap();
        let answer = through(pages(&PageSettings::default()), request).await;
        assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(header(&answer, "content-type"), "application/problem+json");
    }
    let request = Request::builder().method("HEAD").uri("/");
    let answer = through(
        pages(&PageSettings::default()),
        request.body(Body::empty()).unwrap(),
    );
    let answer = answer.await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(bytes(answer).await.is_empty());
}
