//! The pages for people and gates: files that are built in, and how they are served.
//!
//! * What is served lies in `web/` and is part of the program (`table`); there is no build chain.
//! * Scripts, styles, words and pictures live below `/assets/<version>/`. The version is a hash of all of them, so they
//!   never change and are kept for a year, and modules find each other by relative names. What a page on a slow network
//!   needs at once is sent as one file (`joined`).
//! * Pages, manifests and service workers are asked for again each time; an unchanged one is answered with 304.
//! * Every answer has a policy under which no script or style but these runs and nothing leads outside (`policy`).
//! * Answers are compressed once, when first asked for.
//!
//! Pages are no operations of the interface: they are not in `openapi.json`. `spec/pages.tsv` lists them with their
//! media types and bounds of size. They hold nothing about anybody; what is personal comes from the interface and is
//! drawn by the page.

mod answer;
mod encoding;
mod file;
mod joined;
mod policy;
mod settings;
mod table;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Request};
use axum::response::Redirect;
use axum::routing::get;

use crate::door;
use crate::problem::{Problem, ProblemType};
use answer::Resource;
use file::{Caching, Library};
pub use settings::{EmbedderError, PageSettings};

/// What everybody is offered: the person's page, the gate's page and what both are made of.
pub fn pages(settings: &PageSettings) -> Router {
    let library = Library::new(table::FILES, table::JOINED, settings);
    let mut router = assets(&library, settings, |_| true);
    for page in table::PAGES {
        let Some(file) = table::FILES.iter().find(|file| file.path() == page.file) else {
            // A test holds the two tables together.
            continue;
        };
        let bytes = library.filled(file);
        let caching = Caching::Revalidated;
        let policy = policy::of(page.needs, settings);
        let resource = Arc::new(Resource::new(file.media(), bytes, caching, policy));
        let handler = move |request: Request| {
            let resource = Arc::clone(&resource);
            async move { resource.answer(request).await }
        };
        router = router.route(page.at, get(handler));
    }
    for (from, to) in table::MOVED {
        router = router.route(from, get(async || Redirect::permanent(to)));
    }
    closed(router)
}

/// What server-drawn pages on another listener use of it: the files of `web/shared`.
pub fn shared_assets(settings: &PageSettings) -> Router {
    let library = Library::new(table::FILES, table::JOINED, settings);
    let router = assets(&library, settings, |path| path.starts_with("shared/"));
    closed(router)
}

/// Under which path a file of `web/` is served, as `/assets/<version>/shared/base.css`; nothing where there is none.
pub fn asset_path(file: &str) -> Option<String> {
    let library = Library::new(table::FILES, table::JOINED, &PageSettings::default());
    let known = table::FILES.iter().any(|known| known.path() == file);
    known.then(|| format!("{}/{file}", library.root()))
}

/// The files below `/assets/<version>/` that are wanted.
fn assets(library: &Library, settings: &PageSettings, wanted: fn(&str) -> bool) -> Router {
    let plain = table::FILES
        .iter()
        .filter(|file| file.is_asset())
        .map(|file| (file.path(), library.filled(file)));
    let made = library.made().iter();
    let made = made.map(|made| (made.path, made.content.clone()));
    let resources: Vec<(&'static str, Resource)> = plain
        .chain(made)
        .filter(|(path, _)| wanted(path))
        .map(|(path, bytes)| {
            // A script that runs beside its page (a worker) runs under the policy that it was sent with.
            let needs = match path.split_once('/') {
                Some(("gate", _)) => policy::Needs::Camera,
                _ => policy::Needs::Plain,
            };
            let policy = policy::of(needs, settings);
            let resource = Resource::new(file::media(path), bytes, Caching::Forever, policy);
            (path, resource)
        })
        .collect();
    let resources = Arc::new(resources);
    let route = format!("{}/{{*path}}", library.root());
    let handler = move |Path(path): Path<String>, request: Request| {
        let resources = Arc::clone(&resources);
        async move {
            let found = resources.iter().find(|(known, _)| **known == *path);
            match found {
                Some((_, resource)) => resource.answer(request).await,
                None => door::finish(Problem::new(ProblemType::NotFound).response()),
            }
        }
    };
    Router::new().route(&route, get(handler))
}

/// Other methods are refused as everywhere in the interface.
fn closed(router: Router) -> Router {
    router.method_not_allowed_fallback(async || {
        door::finish(Problem::new(ProblemType::MethodNotAllowed).response())
    })
}
