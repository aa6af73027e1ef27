//! The door: what every request passes, in this order: credential, query, body, turn, answer.
//!
//! Whoever is refused is refused as early as possible: a stranger's body is not read, and nobody
//! holds a turn while their body is still coming.

use std::future::Future;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Response};
use bytes::Bytes;
use hc_core::store::Store;
use hc_node::officers::ProvedBy;
use hc_node::party::Terms;
use tokio::time::Instant;

use crate::api::{Api, Root};
use crate::call::Call;
use crate::journal::{Level, Record};
use crate::metrics::Place;
use crate::operation::{BodyForm, Credential, Lane, Operation, ParameterPlace, Side, Verb};
use crate::problem::{Problem, ProblemType};
use crate::signature::{Claimed, Signed};
use crate::{body, credential, path};

/// Lets a request through to its answer, and the answer out.
pub(crate) async fn pass<S, R, F, A>(
    api: Arc<Api<S, R>>,
    (operation, place): (&'static Operation, Place),
    request: Request,
    answer: F,
) -> Response<Body>
where
    S: Store,
    R: Root,
    F: FnOnce(Call<S, R>) -> A + Send,
    A: Future<Output = Result<Response<Body>, Problem>> + Send,
{
    let begun = Instant::now();
    let answered = enter(&api, operation, request, answer).await;
    let problem = answered.as_ref().err().map(Problem::kind);
    let mut response = answered.unwrap_or_else(|problem| refusal(&api, problem));
    let everybodys = operation.side != Side::Operators;
    if everybodys && operation.verb == Verb::Get && matches!(operation.credential, Credential::None)
    {
        // Signed lists and what else is everybody's: gates in pages of others read them too. Nothing here knows cookies.
        let anybody = HeaderValue::from_static("*");
        let headers = response.headers_mut();
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, anybody);
    }
    let status = response.status();
    let micros = api.metrics.count(place, status, begun.elapsed());
    if let Some(problem) = problem {
        api.metrics.refuse(problem);
    }
    let level = match status.as_u16() {
        500 => Level::Error,
        501.. => Level::Warn,
        _ => Level::Debug,
    };
    if api.journal.takes(level) {
        let id = api.request_id();
        if level < Level::Debug
            && let Ok(named) = HeaderValue::from_str(&format!("{id:016x}"))
        {
            response.headers_mut().insert("x-request-id", named);
        }
        api.journal.record(Record::Request {
            level,
            id,
            operation: operation.id,
            status: status.as_u16(),
            micros,
            problem,
        });
    }
    finish(response)
}

/// The answer to a refused request.
pub(crate) fn refusal<S, R>(api: &Api<S, R>, problem: Problem) -> Response<Body> {
    let response = problem.response();
    let busy = response.status().is_server_error() && problem.kind() != ProblemType::Internal;
    if busy && !response.headers().contains_key("retry-after") {
        return problem.with_retry_after(api.lanes.after()).response();
    }
    response
}

/// Puts the headers on that every answer has.
pub(crate) fn finish(mut response: Response<Body>) -> Response<Body> {
    let headers = response.headers_mut();
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// An answer with a body of a media type.
pub(crate) fn answer(status: u16, media: &'static str, body: impl Into<Bytes>) -> Response<Body> {
    let mut response = Response::new(Body::from(body.into()));
    // A status that does not exist would be a mistake of ours.
    *response.status_mut() = status
        .try_into()
        .unwrap_or(axum::http::StatusCode::INTERNAL_SERVER_ERROR);
    if !media.is_empty() {
        let media = HeaderValue::from_static(media);
        response.headers_mut().insert(CONTENT_TYPE, media);
    }
    response
}

async fn enter<S, R, F, A>(
    api: &Arc<Api<S, R>>,
    operation: &'static Operation,
    request: Request,
    answer: F,
) -> Result<Response<Body>, Problem>
where
    S: Store,
    R: Root,
    F: FnOnce(Call<S, R>) -> A + Send,
    A: Future<Output = Result<Response<Body>, Problem>> + Send,
{
    let (head, sent) = request.into_parts();
    let (token, signer) = match operation.credential {
        // An application is known by what stands in its message.
        Credential::None | Credential::Application => (String::new(), None),
        Credential::Device => (present(api, operation, &head)?, None),
        Credential::Source | Credential::Gate | Credential::Officer(_) => {
            (String::new(), Some(signed(api, operation, &head).await?))
        }
    };
    let path = path::values(operation.path, head.uri.path())?;
    let query = query(operation, head.uri.query().unwrap_or_default())?;
    let _place = match operation.body {
        Some(BodyForm::Batch | BodyForm::File(_)) => Some(api.lanes.batch()?),
        _ => None,
    };
    let read = receive(api, operation, &head, sent).await?;
    if let Some((signed, _)) = &signer {
        signed.covers(&read)?;
    }
    let call = Call {
        api: Arc::clone(api),
        token,
        party: signer,
        proved: ProvedBy::Key,
        query,
        path,
        headers: head.headers,
        body: read,
    };
    match operation.lane {
        Lane::Memory | Lane::Proof => answer(call).await,
        Lane::Act => act(api, answer(call)).await,
    }
}

/// Does an act in its turn and within its time.
pub(crate) async fn act<S: Store, R: Root, T>(
    api: &Api<S, R>,
    work: impl Future<Output = Result<T, Problem>> + Send,
) -> Result<T, Problem> {
    let _turn = api.lanes.act().await?;
    tokio::time::timeout(api.limits().act_within, work)
        .await
        .unwrap_or_else(|_| Err(Problem::new(ProblemType::NoAnswerInTime)))
}

/// The token of a request, if it is one, is in use and does not ask too often.
fn present<S: Store, R: Root>(
    api: &Api<S, R>,
    operation: &Operation,
    head: &Parts,
) -> Result<String, Problem> {
    let token = credential::bearer(&head.headers)?;
    let holder = api.region().holding(token)?;
    if operation.lane == Lane::Act {
        let number = holder.number.expose_number().to_be_bytes();
        api.pace.step(&number, api.region().now())?;
    }
    Ok(token.to_owned())
}

/// Who signed a request, if the signature holds. Nothing of the body is read for that.
async fn signed<S: Store, R: Root>(
    api: &Api<S, R>,
    operation: &Operation,
    head: &Parts,
) -> Result<(Signed, Terms), Problem> {
    let region = api.region();
    let kind = operation.credential.party();
    let kind = kind.ok_or_else(|| Problem::new(ProblemType::Internal))?;
    let form = (kind, operation.body.is_some());
    let claimed = Claimed::read(head, form, region.division(), region.now())?;
    let asked = region.party(kind, claimed.id().clone());
    let terms = tokio::time::timeout(api.limits().turn_within, asked)
        .await
        .map_err(|_| Problem::new(ProblemType::NoAnswerInTime))??;
    let signed = claimed.verify(terms.key(), &api.once, region.now())?;
    // Counted only now: nobody else can use up a party's number.
    let caller = format!("{kind} {}", signed.id);
    api.pace.step(caller.as_bytes(), region.now())?;
    if let (Credential::Officer(duties), Terms::Officer(terms)) = (operation.credential, &terms)
        && !duties.iter().any(|duty| terms.duties().contains(*duty))
    {
        let detail = "the officer has none of the duties that this asks for";
        return Err(Problem::new(ProblemType::NotAllowed).with_detail(detail));
    }
    Ok((signed, terms))
}

async fn receive<S: Store, R: Root>(
    api: &Api<S, R>,
    operation: &Operation,
    head: &Parts,
    sent: Body,
) -> Result<Bytes, Problem> {
    let limits = api.limits();
    let one;
    let (media, most, within): (&[&str], _, _) = match operation.body {
        None => return Ok(Bytes::new()),
        Some(BodyForm::Json(_)) => (
            &[crate::operation::JSON],
            limits.json_bytes,
            limits.json_within,
        ),
        Some(BodyForm::Batch) => (
            &crate::operation::BATCH_MEDIA,
            limits.batch_bytes,
            limits.batch_within,
        ),
        Some(BodyForm::File(form)) => {
            one = [form.media];
            (&one, form.most, limits.batch_within)
        }
    };
    let stated = body::media_type(&head.headers);
    if stated.is_none_or(|stated| !media.contains(&stated.as_str())) {
        let detail = format!("Content-Type is {}", media.join(" or "));
        return Err(Problem::new(ProblemType::WrongMediaType).with_detail(detail));
    }
    body::read(sent, most, within).await
}

/// Reads the numbers of a query.
fn query(operation: &Operation, text: &str) -> Result<Vec<(&'static str, u32)>, Problem> {
    let refuse = |detail: String| Err(Problem::new(ProblemType::BadQuery).with_detail(detail));
    let mut found: Vec<(&'static str, u32)> = Vec::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let known = operation
            .parameters
            .iter()
            .find(|parameter| parameter.place == ParameterPlace::Query && parameter.name == name);
        let Some(known) = known else {
            return refuse("a parameter of the query is unknown".to_owned());
        };
        if found.iter().any(|(other, _)| *other == known.name) {
            return refuse(format!("{} stands twice", known.name));
        }
        let (least, most) = known.range.unwrap_or((0, u32::MAX));
        let plain = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
        let number = value.parse().ok().filter(|_| plain);
        match number.filter(|number| (least..=most).contains(number)) {
            Some(number) => found.push((known.name, number)),
            None => return refuse(format!("{} is a number from {least} to {most}", known.name)),
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_has_the_numbers_of_its_operation_once_and_in_range() {
        let read = |text| query(&crate::people::code::OPERATION, text);
        assert_eq!(read(""), Ok(Vec::new()));
        assert_eq!(read("ahead=4"), Ok(vec![("ahead", 4)]));
        for wrong in [
            "ahead",
            "ahead=",
            "ahead=5",
            "ahead=-1",
            "ahead=+1",
            "ahead=1&ahead=1",
            "x=1",
        ] {
            let refused = read(wrong).unwrap_err();
            assert_eq!(refused.kind(), ProblemType::BadQuery, "{wrong}");
        }
    }
}
