//! Which operation answers where.

use std::future::Future;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::Response;
use axum::routing::on;
use hc_core::store::Store;

use crate::api::{Api, Root};
use crate::call::Call;
use crate::metrics::Place;
use crate::operation::{Operation, Side};
use crate::problem::{Problem, ProblemType};
use crate::{desk, door, gates, log, national, officers, people, service, sources};

/// What everybody is offered: people, gates, sources.
pub fn public<S: Store, R: Root>(api: Arc<Api<S, R>>) -> Router {
    build(api, Side::Public)
}

/// What officers and operators are offered on a listener of their own.
pub fn operators<S: Store, R: Root>(api: Arc<Api<S, R>>) -> Router {
    build(api, Side::Operators)
}

struct Building<S, R> {
    router: Router<Arc<Api<S, R>>>,
    side: Side,
}

impl<S: Store, R: Root> Building<S, R> {
    /// Adds an operation with its answer, where it belongs to this side.
    fn with<F, A>(self, operation: &'static Operation, answer: F) -> Self
    where
        F: Fn(Call<S, R>) -> A + Clone + Send + Sync + 'static,
        A: Future<Output = Result<Response<Body>, Problem>> + Send + 'static,
    {
        if operation.side != self.side && operation.side != Side::Both {
            return self;
        }
        let place = Place::of(operation);
        let handler = move |State(api): State<Arc<Api<S, R>>>, request: Request| {
            door::pass(api, (operation, place), request, answer.clone())
        };
        let route = on(operation.verb.filter(), handler);
        Self {
            router: self.router.route(operation.path, route),
            ..self
        }
    }
}

fn build<S: Store, R: Root>(api: Arc<Api<S, R>>, side: Side) -> Router {
    let elsewhere = |kind: ProblemType| {
        move |State(api): State<Arc<Api<S, R>>>, request: Request| async move {
            api.metrics.count_elsewhere();
            if side == Side::Operators && api.desk().is_some() && desk::is_opened(&request) {
                return desk::nowhere(api, request, kind).await;
            }
            api.metrics.refuse(kind);
            door::finish(Problem::new(kind).response())
        }
    };
    let building = Building {
        router: Router::new(),
        side,
    }
    .with(
        &people::identity_methods::OPERATION,
        people::identity_methods::answer,
    )
    .with(&people::sign_ins::OPERATION, people::sign_ins::answer)
    .with(&people::enrolments::OPERATION, people::enrolments::answer)
    .with(
        &people::declarations::OPERATION,
        people::declarations::answer,
    )
    .with(&people::code::OPERATION, people::code::answer)
    .with(&people::carried::OPERATION, people::carried::answer)
    .with(&people::papers::OPERATION, people::papers::answer)
    .with(
        &people::paper_withdrawals::OPERATION,
        people::paper_withdrawals::answer,
    )
    .with(&people::why::OPERATION, people::why::answer)
    .with(&people::log::OPERATION, people::log::answer)
    .with(&people::log_proof::OPERATION, people::log_proof::answer)
    .with(&people::export::OPERATION, people::export::answer)
    .with(&people::withdrawal::OPERATION, people::withdrawal::answer)
    .with(&people::appeals::MAKE, people::appeals::make)
    .with(&people::appeals::LIST, people::appeals::list)
    .with(&people::profile::OPERATION, people::profile::answer)
    .with(&people::grants::OFFER, people::grants::offer)
    .with(&people::grants::ACCEPT, people::grants::accept)
    .with(&people::grants::LIST, people::grants::list)
    .with(&people::grants::END, people::grants::end)
    .with(&people::applications::MAKE, people::applications::make)
    .with(&people::applications::LIST, people::applications::list)
    .with(&people::applications::END, people::applications::end)
    .with(&people::subject::OPERATION, people::subject::answer)
    .with(&people::change::OPERATION, people::change::answer)
    .with(&people::known::TESTS, people::known::tests)
    .with(&people::known::VACCINATIONS, people::known::vaccinations)
    .with(&people::papers::LIST, people::papers::list)
    .with(
        &people::paper_prints::OPERATION,
        people::paper_prints::answer,
    )
    .with(&gates::verdicts::OPERATION, gates::verdicts::answer)
    .with(&gates::forms::OPERATION, gates::forms::answer)
    .with(&gates::keys::OPERATION, gates::keys::answer)
    .with(&gates::paper_list::OPERATION, gates::paper_list::answer)
    .with(&gates::status_list::LIST, gates::status_list::list)
    .with(&gates::status_list::SHARD, gates::status_list::shard)
    .with(&gates::trust::LIST, gates::trust::list)
    .with(&gates::trust::SETTINGS, gates::trust::settings)
    .with(&gates::recognition::OPERATION, gates::recognition::answer)
    .with(&gates::receipts::OPERATION, gates::receipts::answer)
    .with(&gates::elsewhere::KEYS, gates::elsewhere::keys)
    .with(&gates::elsewhere::SHARD, gates::elsewhere::shard)
    .with(&gates::elsewhere::PAPER, gates::elsewhere::paper)
    .with(&gates::elsewhere::POLICY, gates::elsewhere::policy)
    .with(&sources::batches::OPERATION, sources::batches::answer)
    .with(&log::checkpoint::CHECKPOINT, log::checkpoint::checkpoint)
    .with(&log::checkpoint::KEY, log::checkpoint::key)
    .with(&log::tiles::OPERATION, log::tiles::answer)
    .with(&log::consistency::OPERATION, log::consistency::answer)
    .with(&gates::own::OPERATION, gates::own::answer)
    .with(&officers::own::OPERATION, officers::own::answer)
    .with(&officers::parties::OPERATION, officers::parties::answer)
    .with(&officers::proposals::MAKE, officers::proposals::make)
    .with(&officers::proposals::LIST, officers::proposals::list)
    .with(&officers::proposals::ONE, officers::proposals::one)
    .with(&officers::proposals::APPROVE, officers::proposals::approve)
    .with(&officers::proposals::REFUSE, officers::proposals::refuse)
    .with(&officers::batches::LIST, officers::batches::list)
    .with(&officers::batches::ONE, officers::batches::one)
    .with(&officers::batches::RELEASE, officers::batches::release)
    .with(&officers::batches::REFUSE, officers::batches::refuse)
    .with(&officers::counter::OPERATION, officers::counter::answer)
    .with(&officers::appeals::LIST, officers::appeals::list)
    .with(&officers::appeals::ANSWER, officers::appeals::answer)
    .with(&officers::rules::UPLOAD, officers::rules::upload)
    .with(&officers::rules::LIST, officers::rules::list)
    .with(&officers::rules::ONE, officers::rules::one)
    .with(&officers::rules::TRY, officers::rules::begin)
    .with(&officers::rules::TRIAL, officers::rules::trial)
    .with(&officers::areas::OPERATION, officers::areas::answer)
    .with(&officers::degraded::DECLARE, officers::degraded::declare)
    .with(&officers::degraded::END, officers::degraded::end)
    .with(&officers::overrides::OPERATION, officers::overrides::answer)
    .with(&officers::passkeys::TICKET, officers::passkeys::ticket)
    .with(&officers::passkeys::LIST, officers::passkeys::list)
    .with(&officers::passkeys::END, officers::passkeys::end)
    .with(&officers::overview::OPERATION, officers::overview::answer)
    .with(&officers::records::OPERATION, officers::records::answer)
    .with(&officers::audited::LIST, officers::audited::list)
    .with(&officers::audited::ONE, officers::audited::one)
    .with(&gates::notices::SIGNED, gates::notices::signed)
    .with(&gates::notices::SHOWN, gates::notices::shown)
    .with(&gates::look_ups::OPERATION, gates::look_ups::answer)
    .with(
        &national::declare_health::OPERATION,
        national::declare_health::answer,
    )
    .with(
        &national::declare_trip::OPERATION,
        national::declare_trip::answer,
    )
    .with(
        &national::query_health::OPERATION,
        national::query_health::answer,
    )
    .with(
        &national::apply_call::OPERATION,
        national::apply_call::answer,
    )
    .with(&national::make_code::OPERATION, national::make_code::answer)
    .with(
        &national::verify_code::OPERATION,
        national::verify_code::answer,
    )
    .with(
        &national::correct_health::OPERATION,
        national::correct_health::answer,
    )
    .with(&national::keys::OPERATION, national::keys::answer)
    .with(&gates::removals::OPERATION, gates::removals::answer)
    .with(&service::neighbours::OPERATION, service::neighbours::answer)
    .with(&service::health::OPERATION, service::health::answer)
    .with(&service::metrics::OPERATION, service::metrics::answer)
    .with(
        &service::description::OPERATION,
        service::description::answer,
    )
    .with(&people::transfers::PREVIEW, people::transfers::preview)
    .with(&people::transfers::BEGIN, people::transfers::begin)
    .with(&people::transfers::ARRIVE, people::transfers::arrive)
    .with(&people::transfers::PICK_UP, people::transfers::pick_up)
    .with(&people::reports::REPORT, people::reports::report)
    .with(&people::reports::CONVERT, people::reports::convert);
    let router = match side {
        Side::Operators if api.desk().is_some() => desk::add(building.router),
        _ => building.router,
    };
    router
        .fallback(elsewhere(ProblemType::NotFound))
        .method_not_allowed_fallback(elsewhere(ProblemType::MethodNotAllowed))
        .with_state(api)
}
