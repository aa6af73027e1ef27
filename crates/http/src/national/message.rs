//! A message: whose it is, whether it is theirs, new, and within what they may; and its answer.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Response;
use base64ct::{Base64, Encoding};
use hc_code::{Offset, Timestamp};
use hc_core::party::Function;
use hc_core::record::Object;
use hc_core::store::{PartyKind, Store};
use hc_core::word::Word as _;
use hc_gbt::envelope::{Envelope, Sign, Way, code_of};
use hc_gbt::{Fields, ResultCode, json, moment};
use hc_node::applications::ApplicationTerms;
use hc_node::party::PartyId;
use hc_node::region::PartyError;
use serde_json::Value;

use super::calls::{CallKind, RandomNumber, Serial};
use super::refusal::{self, Refusal};
use super::reply::Reply;
use crate::api::Root;
use crate::call::Call;
use crate::door;
use crate::operation::JSON;
use crate::problem::{Problem, ProblemType};
use crate::signature::AGE;

/// The members that every message has.
const HEADER: [&str; 5] = ["custNum", "timeStamp", "region", "method", "messageId"];

/// A message that is its application's.
#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) terms: Arc<ApplicationTerms>,
    pub(crate) now: Timestamp,
    package: Object,
    /// The random number, where the message has a code of it in place of a signature.
    coded: Option<RandomNumber>,
}

/// What an answer repeats of its message.
#[derive(Debug, Default)]
struct Heard {
    application: Option<String>,
    id: Option<String>,
}

/// Opens a message, does what it asks, and answers.
pub(crate) async fn handle<S, R, D>(
    call: Call<S, R>,
    function: Function,
    work: impl FnOnce(Arc<Call<S, R>>, Arc<Message>) -> D + Send,
) -> Result<Response<Body>, Problem>
where
    S: Store,
    R: Root,
    D: Future<Output = Result<Reply, Refusal>> + Send,
{
    let call = Arc::new(call);
    let mut heard = Heard::default();
    let (random, outcome) = match open(&call, function, &mut heard).await {
        Err(refusal) => (None, Err(refusal)),
        Ok(message) => {
            let algorithm = message.terms.key().algorithm();
            let random = message.coded.map(|random| (random, algorithm));
            (random, work(Arc::clone(&call), Arc::new(message)).await)
        }
    };
    let reply = answered(&call, function, &heard, outcome)?;
    let region = call.api.region();
    let text: Result<_, Problem> = reply.enclosed(|package| {
        if let Some((random, algorithm)) = random {
            return Ok(code_of(package, &random, algorithm, Way::Answer));
        }
        let signature = region.sign_answer(package);
        let signature = signature.map_err(|_| Problem::new(ProblemType::NoKey))?;
        Ok(Base64::encode_string(signature.as_bytes()))
    });
    Ok(door::answer(200, JSON, text?))
}

/// The answer to an outcome, with the members that every answer has.
fn answered<S: Store, R: Root>(
    call: &Call<S, R>,
    function: Function,
    heard: &Heard,
    outcome: Result<Reply, Refusal>,
) -> Result<Reply, Problem> {
    let region = call.api.region();
    let (code, mut reply) = match outcome {
        Ok(reply) => (ResultCode::Ok, reply),
        Err(Refusal::Http(problem)) => return Err(problem),
        Err(Refusal::Code {
            code,
            faults,
            cause,
        }) => {
            let mut reply = Reply::new();
            if !faults.is_empty() {
                let shown = faults.iter().take(crate::problem::MOST_FAULTS);
                let errors = shown.map(|fault| {
                    serde_json::json!({
                        "path": fault.path, "code": fault.code.row().code, "problem": fault.says,
                    })
                });
                reply.put("errors", errors.collect::<Value>());
            }
            if let Some(cause) = cause {
                reply.put("cause", cause);
            }
            (code, reply)
        }
    };
    let row = code.row();
    reply.put("success", code == ResultCode::Ok);
    reply.put("errorCode", row.code);
    reply.put("errorDesc", row.zh);
    reply.put("errorDescEn", row.en);
    reply.put("timeStamp", moment::write(region.now()));
    reply.put("region", region.division());
    reply.put("method", function.word());
    reply.put("custNum", heard.application.as_deref());
    reply.put("messageId", heard.id.as_deref());
    Ok(reply)
}

async fn open<S: Store, R: Root>(
    call: &Call<S, R>,
    function: Function,
    heard: &mut Heard,
) -> Result<Message, Refusal> {
    let (api, region) = (&call.api, call.api.region());
    let now = region.now();
    let envelope = Envelope::read(&call.body)?;
    let package = match json::read(envelope.package()) {
        Ok(Value::Object(package)) => package,
        Ok(_) => return Err(ResultCode::PackageShape.into()),
        Err(json::JsonError::Twice) => return Err(ResultCode::MemberTwice.into()),
        Err(json::JsonError::Syntax { .. }) => return Err(ResultCode::NotJson.into()),
    };
    let id = package.get("custNum").and_then(Value::as_str);
    let id = id.ok_or_else(|| Refusal::of("custNum", ResultCode::ApplicationMissing))?;
    let unknown = || Refusal::of("custNum", ResultCode::ApplicationUnknown);
    let id = PartyId::parse(id).map_err(|_| unknown())?;
    let terms = if let Some(terms) = region.application_at_hand(&id) {
        terms
    } else {
        match tokio::time::timeout(api.limits().turn_within, region.application(&id)).await {
            Ok(Ok(terms)) => terms,
            Ok(Err(PartyError::NotRegistered(_))) => return Err(unknown()),
            Ok(Err(PartyError::Store(error))) => return Err(refusal::store(&error).into()),
            Ok(Err(PartyError::Terms(_))) => return Err(ResultCode::Internal.into()),
            Err(_) => return Err(ResultCode::StoreUnavailable.into()),
        }
    };
    let coded = authentic(call, &envelope, (function, &terms), &package, now)?;
    // From here on it is known whose message it is.
    heard.application = Some(id.as_str().to_owned());
    let (created, message_id) = header(call, &package, function, now)?;
    heard.id = Some(message_id.to_owned());
    if !terms.may_call(function) {
        return Err(Refusal::of("method", ResultCode::FunctionNotAllowed));
    }
    if !api.minutes.step(&id, terms.quota().calls_a_minute, now) {
        return Err(ResultCode::QuotaMinute.into());
    }
    if kind_of(function).is_none() && function != Function::ApplyCall {
        let party = (PartyKind::Application, &id);
        let noted = api
            .once_of_applications
            .note(party, message_id, created, now);
        noted.map_err(|problem| refusal::once(&problem))?;
    }
    Ok(Message {
        terms,
        now,
        package,
        coded,
    })
}

/// For which call a function is the second step.
const fn kind_of(function: Function) -> Option<CallKind> {
    match function {
        Function::MakeCode => Some(CallKind::Make),
        Function::VerifyCode => Some(CallKind::Verify),
        _ => None,
    }
}

/// Whether the message is the application's: by a signature, or by the code of a call's random number.
fn authentic<S: Store, R: Root>(
    call: &Call<S, R>,
    envelope: &Envelope<'_>,
    (function, terms): (Function, &ApplicationTerms),
    package: &Object,
    now: Timestamp,
) -> Result<Option<RandomNumber>, Refusal> {
    match (envelope.sign(), kind_of(function)) {
        (Sign::Signature(_) | Sign::SignedData(_), _) if envelope.is_by(terms.key()) => Ok(None),
        (Sign::Code(_), Some(kind)) => {
            let serial = package.get("bizSerialNum").and_then(Value::as_str);
            let serial = serial.and_then(read_serial);
            let serial = serial.ok_or(ResultCode::SignRefused)?;
            let random = call.api.calls.random(&serial, (terms.id(), kind), now)?;
            let algorithm = terms.key().algorithm();
            if envelope.is_under(&random, algorithm, Way::Request) {
                Ok(Some(random))
            } else {
                Err(ResultCode::SignRefused.into())
            }
        }
        _ => Err(ResultCode::SignRefused.into()),
    }
}

/// When the message was made, and its id.
fn header<'a, S: Store, R: Root>(
    call: &Call<S, R>,
    package: &'a Object,
    function: Function,
    now: Timestamp,
) -> Result<(i64, &'a str), Refusal> {
    let mut fields = Fields::of(package);
    let mut text = |name: &'static str, code: ResultCode| match fields.value(name) {
        None => Err(Refusal::of(name, ResultCode::FieldMissing)),
        Some(Value::String(text)) => Ok(text.as_str()),
        Some(_) => Err(Refusal::of(name, code)),
    };
    let id = text("messageId", ResultCode::MessageForm)?;
    if !(1..=64).contains(&id.len()) || !id.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Refusal::of("messageId", ResultCode::MessageForm));
    }
    let region = text("region", ResultCode::RegionOther)?;
    if region.parse() != Ok(call.api.region().division()) {
        return Err(Refusal::of("region", ResultCode::RegionOther));
    }
    if text("method", ResultCode::MethodOther)? != function.word() {
        return Err(Refusal::of("method", ResultCode::MethodOther));
    }
    let made = moment::read(text("timeStamp", ResultCode::TimeForm)?);
    let made = made.ok_or_else(|| Refusal::of("timeStamp", ResultCode::TimeForm))?;
    if made.plus(AGE) < now {
        return Err(Refusal::of("timeStamp", ResultCode::TimeOld));
    }
    if now.plus(AGE) < made {
        return Err(Refusal::of("timeStamp", ResultCode::TimeAhead));
    }
    Ok((made.unix(), id))
}

/// 32 lower-case hexadecimal digits.
fn read_serial(text: &str) -> Option<Serial> {
    let mut serial = [0; 16];
    let small = text.bytes().all(|byte| !byte.is_ascii_uppercase());
    hex::decode_to_slice(text, &mut serial).ok()?;
    small.then_some(serial)
}

impl Message {
    /// The members that are the function's own.
    pub(crate) fn fields(&self) -> Fields<'_> {
        Fields::of(&self.package).beside(&HEADER)
    }

    /// Uses the call that the message is the second step of.
    pub(crate) fn take_call<S: Store, R: Root>(
        &self,
        call: &Call<S, R>,
        kind: CallKind,
        fields: &mut Fields<'_>,
    ) -> Result<(), Refusal> {
        let serial = fields.text("bizSerialNum", 32);
        let random = match self.coded {
            // Whoever made the code has the number.
            Some(_) => None,
            None => fields.text("randomNumber", 64),
        };
        let Some(serial) = serial.filter(|_| self.coded.is_some() || random.is_some()) else {
            return Ok(());
        };
        let unknown = || Refusal::of("bizSerialNum", ResultCode::SerialUnknown);
        let serial = read_serial(serial).ok_or_else(unknown)?;
        let calls = &call.api.calls;
        if random.is_none() {
            // By its random number the message was found to be this call's.
            let taken = calls.take(&serial);
            return taken.map_err(|code| Refusal::of("bizSerialNum", code));
        }
        let held = calls.random(&serial, (self.terms.id(), kind), self.now);
        let held = held.map_err(|code| Refusal::of("bizSerialNum", code))?;
        if random.is_some_and(|random| random != hex::encode(held)) {
            return Err(Refusal::of("randomNumber", ResultCode::RandomOther));
        }
        let taken = calls.take(&serial);
        taken.map_err(|code| Refusal::of("bizSerialNum", code))
    }
}

/// Ends the reading of members: everything that is wrong, or nothing.
pub(crate) fn finish(fields: Fields<'_>) -> Result<(), Refusal> {
    let faults = fields.all_faults();
    if faults.is_empty() {
        Ok(())
    } else {
        Err(faults.into())
    }
}

/// An instant as answers have it; null for never.
pub(crate) fn time(at: Timestamp) -> Value {
    if at == Timestamp::MAX {
        Value::Null
    } else {
        at.at_offset(Offset::CHINA).into()
    }
}
