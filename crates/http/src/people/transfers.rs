//! `/v1/transfer-previews`, `/v1/transfers`, `/v1/transfer-arrivals`, `/v1/transfer-pickups`: "I am moving"
//! (`spec/transfer.md`).
//!
//! The holder sees what would go, agrees to exactly that, and is given the code of the other region there.

use axum::body::Body;
use axum::http::Response;
use base64ct::{Base64UrlUnpadded, Encoding};
use hc_code::DivisionCode;
use hc_code::parcel::ParcelId;
use hc_core::division::DivisionTable;
use hc_core::domain_table::Code;
use hc_core::store::Store;
use hc_core::word::Word as _;
use hc_node::region::{Moving, PickedUp, Preview, TransferError};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::Root;
use crate::call::Call;
use crate::operation::{
    BodyForm, Credential, FileForm, JSON, Lane, Operation, Side, Success, Verb,
};
use crate::problem::{Fault, Problem, ProblemType};
use crate::told::{Telling, hexadecimal};
use crate::{door, json as read};

pub(crate) const PREVIEW: Operation = Operation {
    id: "previewTransfer",
    verb: Verb::Get,
    path: "/v1/transfer-previews",
    summary: "Says everything that would go with the person to another region, and the fingerprint to agree to; nothing is sent.",
    side: Side::Public,
    credential: Credential::Device,
    lane: Lane::Act,
    body: None,
    parameters: &[],
    success: &[Success::json(
        200,
        "TransferPreview",
        "What would go, and where it may go.",
    )],
    problems: &[ProblemType::TransferRefused],
};

pub(crate) const BEGIN: Operation = Operation {
    id: "beginTransfer",
    verb: Verb::Post,
    path: "/v1/transfers",
    summary: "Sends what the person saw to the region that they move to, sealed and once, or gives it to them to carry.",
    side: Side::Public,
    credential: Credential::Device,
    lane: Lane::Act,
    body: Some(BodyForm::Json("Transfer")),
    parameters: &[],
    success: &[Success::json(201, "TransferBegun", "It is on its way.")],
    problems: &[
        ProblemType::NoSuchRegion,
        ProblemType::TransferChanged,
        ProblemType::TransferRefused,
        ProblemType::NoKey,
    ],
};

pub(crate) const ARRIVE: Operation = Operation {
    id: "arriveByTransfer",
    verb: Verb::Post,
    path: "/v1/transfer-arrivals",
    summary: "Takes a transfer that the person carried here, and gives the device the token of the new code.",
    side: Side::Public,
    credential: Credential::None,
    lane: Lane::Act,
    body: Some(BodyForm::File(FileForm {
        media: JSON,
        says: "A TransferCarried: the parcel as it was given to the person, and the device's secret.",
        most: 512 << 10,
    })),
    parameters: &[],
    success: &[Success::json(201, "TransferPickedUp", "Welcome.")],
    problems: &[
        ProblemType::BadJson,
        ProblemType::BadFields,
        ProblemType::NothingWaits,
        ProblemType::TransferRefused,
    ],
};

pub(crate) const PICK_UP: Operation = Operation {
    id: "pickUpTransfer",
    verb: Verb::Post,
    path: "/v1/transfer-pickups",
    summary: "Gives the device the token of the code that a transfer brought, once; the answer is the same whatever is wrong.",
    side: Side::Public,
    credential: Credential::None,
    lane: Lane::Act,
    body: Some(BodyForm::Json("TransferPickUp")),
    parameters: &[],
    success: &[Success::json(201, "TransferPickedUp", "Welcome.")],
    problems: &[ProblemType::NothingWaits],
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AskedTransfer {
    to: DivisionCode,
    fingerprint: String,
    #[serde(rename = "pickUp")]
    pick_up: String,
    carried: bool,
    #[serde(rename = "endHere")]
    end_here: bool,
    consent: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AskedArrival {
    parcel: String,
    secret: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AskedPickUp {
    from: DivisionCode,
    id: String,
    secret: String,
}

pub(crate) async fn preview<S: Store, R: Root>(
    call: Call<S, R>,
) -> Result<Response<Body>, Problem> {
    let region = call.api.region();
    let preview = region.preview_transfer(&call.token).await?;
    let now = region.now();
    let regions = region
        .federation()
        .map(|federation| federation.peers.regions(now))
        .unwrap_or_default();
    let own = region.division();
    let regions = regions.into_iter().filter(|region| *region != own);
    let told = told(&preview, (own, regions), call.telling());
    Ok(door::answer(200, JSON, told.to_string()))
}

pub(crate) async fn begin<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let asked: AskedTransfer = read::read(&call.body)?;
    let moving = Moving {
        to: asked.to,
        seen: digits("fingerprint", &asked.fingerprint)?,
        pick_up: digits("pickUp", &asked.pick_up)?,
        carried: asked.carried,
        withdraw: asked.end_here,
        consent: asked.consent,
    };
    let region = call.api.region();
    let begun = region.begin_transfer(&call.token, moving).await?;
    let parcel = begun
        .parcel
        .map(|bytes| Base64UrlUnpadded::encode_string(&bytes));
    let told = json!({
        "id": begun.id.to_string(),
        "until": call.telling().time(begun.until),
        "parcel": parcel,
    });
    Ok(door::answer(201, JSON, told.to_string()))
}

pub(crate) async fn arrive<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let asked: AskedArrival = read::read(&call.body)?;
    let parcel = Base64UrlUnpadded::decode_vec(&asked.parcel)
        .map_err(|_| bad("parcel", "is not base64url without padding"))?;
    let secret = digits("secret", &asked.secret)?;
    let picked = call.api.region().take_carried(&parcel, &secret).await?;
    Ok(door::answer(201, JSON, picked_up(&picked).to_string()))
}

pub(crate) async fn pick_up<S: Store, R: Root>(
    call: Call<S, R>,
) -> Result<Response<Body>, Problem> {
    let asked: AskedPickUp = read::read(&call.body)?;
    let id = ParcelId::from_bytes(digits("id", &asked.id)?);
    let secret = digits("secret", &asked.secret)?;
    let region = call.api.region();
    let picked = region.pick_up(asked.from, id, &secret).await?;
    Ok(door::answer(201, JSON, picked_up(&picked).to_string()))
}

fn told(
    preview: &Preview,
    (from, regions): (DivisionCode, impl Iterator<Item = DivisionCode>),
    telling: Telling,
) -> Value {
    let names = DivisionTable::bundled();
    let regions = regions
        .map(|region| json!({"division": region.to_string(), "name": names.full_name(region)}));
    let profile = preview.package.profile();
    let documents = preview.package.documents().iter().map(|document| {
        json!({
            "type": document.kind().code(),
            "number": document.masked_number(),
            "country": document.country().map(Code::code),
        })
    });
    let evidence = preview.packed.evidence.iter().map(|(kind, source, at)| {
        json!({
            "kind": kind.word(),
            "kindZh": kind.word_zh(),
            "source": source.word(),
            "sourceZh": source.word_zh(),
            "at": telling.time(*at),
        })
    });
    json!({
        "fingerprint": hexadecimal(&preview.package.fingerprint()),
        "documents": documents.collect::<Vec<_>>(),
        "profile": {
            "name": true,
            "phone": profile.phone.is_some(),
            "address": profile.address.is_some(),
        },
        "declared": preview.packed.declared.map(|at| telling.time(at)),
        "evidence": evidence.collect::<Vec<_>>(),
        "from": from.to_string(),
        "regions": regions.collect::<Vec<_>>(),
    })
}

fn picked_up(picked: &PickedUp) -> Value {
    json!({ "token": picked.token, "records": picked.records })
}

/// Bytes of lower-case hexadecimal digits.
fn digits<const N: usize>(field: &str, text: &str) -> Result<[u8; N], Problem> {
    let wrong = || {
        bad(
            field,
            &format!("is not {} lower-case hexadecimal digits", 2 * N),
        )
    };
    if text.len() != 2 * N {
        return Err(wrong());
    }
    let mut bytes = [0; N];
    for (to, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        for digit in pair {
            let value = match digit {
                b'0'..=b'9' => digit - b'0',
                b'a'..=b'f' => digit - b'a' + 10,
                _ => return Err(wrong()),
            };
            *to = *to << 4 | value;
        }
    }
    Ok(bytes)
}

fn bad(field: &str, says: &str) -> Problem {
    Problem::new(ProblemType::BadFields).with_faults(vec![Fault::new(field, says)])
}

impl From<TransferError> for Problem {
    fn from(error: TransferError) -> Self {
        match error {
            TransferError::Region(error) => error.into(),
            TransferError::NoWay(_) => Self::new(ProblemType::NoSuchRegion),
            TransferError::Changed => Self::new(ProblemType::TransferChanged),
            TransferError::Nothing => Self::new(ProblemType::NothingWaits),
            TransferError::NoKey => Self::new(ProblemType::NoKey),
            TransferError::Parcel(error) => {
                Self::new(ProblemType::TransferRefused).with_detail(error.to_string())
            }
        }
    }
}
