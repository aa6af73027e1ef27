//! Which page answers where.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, Response};
use axum::routing::{get, on};
use hc_core::store::Store;

use super::page::Page;
use super::visit::{Reply, Visit};
use super::{assets, ceremony, door, page, pages};
use crate::api::{Api, Root};
use crate::problem::{Problem, ProblemType};

struct Adding<S, R>(Router<Arc<Api<S, R>>>);

impl<S: Store, R: Root> Adding<S, R> {
    fn with<F, A>(self, page: &'static Page, answer: F) -> Self
    where
        F: Fn(Arc<Visit<S, R>>) -> A + Clone + Send + Sync + 'static,
        A: Future<Output = Result<Reply, Problem>> + Send + 'static,
    {
        let handler = move |State(api): State<Arc<Api<S, R>>>, request: Request| {
            door::pass(api, page, request, answer.clone())
        };
        Self(self.0.route(page.path, on(page.verb.filter(), handler)))
    }
}

/// Adds the desk's pages to the operators' router.
pub(crate) fn add<S: Store, R: Root>(router: Router<Arc<Api<S, R>>>) -> Router<Arc<Api<S, R>>> {
    let router = router
        .route("/desk", get(entrance))
        .route("/desk/assets/{name}", get(assets::answer));
    Adding(router)
        .with(page::SIGN_IN, ceremony::sign_in)
        .with(page::SIGNING_IN, ceremony::signing_in)
        .with(page::ENROL, ceremony::enrol)
        .with(page::ENROLLING, ceremony::enrolling)
        .with(page::ENROLLED, ceremony::enrolled)
        .with(page::LANGUAGE, ceremony::choose_language)
        .with(page::SIGN_OUT, ceremony::sign_out)
        .with(page::OVERVIEW, pages::overview::show)
        .with(page::BATCHES, pages::batches::list)
        .with(page::BATCH, pages::batches::one)
        .with(page::RELEASE, pages::batches::release)
        .with(page::REFUSE_BATCH, pages::batches::refuse)
        .with(page::PROPOSALS, pages::proposals::list)
        .with(page::PROPOSAL, pages::proposals::one)
        .with(page::APPROVE, pages::proposals::approve)
        .with(page::REFUSE, pages::proposals::refuse)
        .with(page::RULES, pages::rules::list)
        .with(page::UPLOAD, pages::rules::upload)
        .with(page::PACK, pages::rules::one)
        .with(page::TRY, pages::rules::begin)
        .with(page::PROPOSE_RULES, pages::rules::propose)
        .with(page::AREAS, pages::areas::show)
        .with(page::PUBLISH, pages::areas::publish)
        .with(page::DEGRADED, pages::degraded::show)
        .with(page::DECLARE, pages::degraded::declare)
        .with(page::END_DEGRADED, pages::degraded::end)
        .with(page::RECORDS, pages::records::show)
        .with(page::RECORD, pages::records::open)
        .with(page::APPEALS, pages::appeals::list)
        .with(page::ANSWER, pages::appeals::answer)
        .with(page::COUNTER, pages::counter::show)
        .with(page::COUNTER_ENROL, pages::counter::enrol)
        .with(page::LOG, pages::log::list)
        .with(page::ENTRY, pages::log::one)
        .with(page::PARTIES, pages::registers::list)
        .with(page::PROPOSE_PARTY, pages::registers::propose)
        .with(page::PROPOSE_END, pages::registers::end)
        .with(page::OWN, pages::own::show)
        .with(page::END_PASSKEY, pages::own::end)
        .0
}

/// Whether an address lies among the desk's, and is opened by a browser that wants a page.
pub(crate) fn is_opened(request: &Request) -> bool {
    request.method() == Method::GET && request.uri().path().starts_with("/desk/")
}

/// A page that says that there is none, or none to be opened by its address.
pub(crate) async fn nowhere<S: Store, R: Root>(
    api: Arc<Api<S, R>>,
    request: Request,
    kind: ProblemType,
) -> Response<Body> {
    let answer = move |_| std::future::ready(Err(Problem::new(kind)));
    door::pass(api, page::NOWHERE, request, answer).await
}

async fn entrance() -> Response<Body> {
    let mut response = crate::door::answer(308, "", "");
    let to = HeaderValue::from_static("/desk/");
    response.headers_mut().insert("location", to);
    std::future::ready(door::finish(response)).await
}
