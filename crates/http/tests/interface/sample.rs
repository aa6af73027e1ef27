//! What people send: numbers of nobody, healthy answers.

use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use hc_code::Span;
use hc_code::receipt::{Commitment, Receipt, ReceiptDraft};
use hc_code::signing::{Algorithm, Signer, SigningKey};
use hc_code::verify::Action;
use hc_core::evidence::SourceKind;
use hc_core::evidence::intake::LineKind;
use hc_core::store::{Store as _, StoreError};
use hc_node::party::PartyId;
use hc_node::sources::SourceTerms;
use hc_testkit::regions::key;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::client::Answer;
use crate::world::{NOON, World};

/// Identity numbers with a right last digit, of nobody.
pub(crate) const NUMBERS: [&str; 2] = ["11010519491231002X", "440524188001010014"];

pub(crate) fn health() -> Value {
    json!({
        "symptoms": ["1"],
        "stayedHighRisk": "2",
        "contactWithCase": "2",
        "temperature": "36.5",
        "reportedAt": "2022-07-15T11:59:00+08:00",
    })
}

pub(crate) fn trip() -> Value {
    json!({
        "startDivision": "330106",
        "arriveDivision": "310115",
        "departTime": "2022-07-14T08:00:00+08:00",
        "arriveTime": "2022-07-14T10:00:00+08:00",
    })
}

pub(crate) fn declaration() -> Value {
    json!({"health": health(), "itinerary": [trip()]})
}

pub(crate) fn enrolment(number: &str) -> Value {
    json!({
        "identity": {"method": "demo"},
        "profile": {"name": "张晓", "phone": "13800138000"},
        "document": {"type": "111", "number": number},
        "consents": [{"purpose": "code", "version": 1, "days": 365}],
        "declaration": declaration(),
    })
}

/// Whether an operation is about other regions, of which a region that stands alone has none.
pub(crate) fn needs_others(operation: &str) -> bool {
    [
        "beginTransfer",
        "arriveByTransfer",
        "pickUpTransfer",
        "reportOfOtherRegion",
        "convertCode",
        "keysElsewhere",
        "statusShardElsewhere",
        "paperListElsewhere",
        "recognitionPolicyElsewhere",
    ]
    .contains(&operation)
}

/// The body that an operation takes, where it is JSON.
pub(crate) fn body_of(operation: &str) -> Option<Value> {
    match operation {
        "enrol" => Some(enrolment(NUMBERS[1])),
        "enrolAtCounter" => {
            let mut body = enrolment(NUMBERS[1]);
            body.as_object_mut().unwrap().remove("identity");
            Some(body)
        }
        "beginSignIn" => Some(json!({"method": "national"})),
        "declare" => Some(declaration()),
        "appeal" => Some(json!({"evidence": "0".repeat(32), "text": "不对"})),
        "correctProfile" => Some(json!({"phone": null})),
        "answerAppeal" => Some(json!({"accepted": true, "reason": "查实"})),
        "offerGrant" => Some(json!({"days": 30})),
        "acceptGrant" => Some(json!({"offer": "x"})),
        "endGrant" => Some(json!({"other": 7})),
        "consentToApplication" => Some(json!({
            "application": "nobody", "functions": ["makeCode"], "minutes": 60, "version": 1,
        })),
        "endApplicationConsent" => Some(json!({"application": "nobody"})),
        "beginTransfer" => Some(json!({
            "to": "510000", "fingerprint": "ab".repeat(16), "pickUp": "ab".repeat(32),
            "carried": false, "endHere": false, "consent": 1,
        })),
        "arriveByTransfer" => Some(json!({"parcel": "0oRY", "secret": "22".repeat(32)})),
        "pickUpTransfer" => Some(json!({
            "from": "500000", "id": "11".repeat(16), "secret": "22".repeat(32),
        })),
        "reportOfOtherRegion" | "convertCode" => {
            let vector = include_str!("../../../../vectors/verify/live-low-ed25519.json");
            let vector: Value = serde_json::from_str(vector).unwrap();
            Some(json!({ "code": vector["text"] }))
        }
        "withdraw" => Some(json!({"reason": "own-wish"})),
        "carry" => {
            let key = key(Algorithm::Es256, 5, 5);
            let key = Base64UrlUnpadded::encode_string(key.public_key().as_bytes());
            Some(json!({ "key": key }))
        }
        "printPaper" => Some(json!({"text": "no code", "layout": "card"})),
        "withdrawPaper" => Some(json!({"pointer": "0".repeat(32)})),
        "propose" => Some(json!({"endParty": {"kind": "gate", "id": "nobody", "reason": "moved"}})),
        "refuse" | "refuseBatch" | "releaseBatch" => Some(json!({"reason": "not-wanted"})),
        "lookUp" => Some(json!({
            "document": {"type": "111", "number": NUMBERS[0]}, "purpose": "entry",
        })),
        "openRecord" => Some(json!({
            "document": {"type": "111", "number": NUMBERS[0]}, "purpose": "appeal",
        })),
        "override" => Some(json!({"level": "10"})),
        "declareDegraded" => Some(json!({
            "kind": "facts-stale", "until": "2022-07-15T20:00:00+08:00", "reason": "line-cut",
        })),
        "endDegraded" => Some(json!({"reason": "line-mended"})),
        "verifyInForm" => Some(json!({"qrCode": "no code"})),
        "verify" => Some(json!({"text": "no code"})),
        "checkReceipt" => Some(json!({"receipt": receipt()})),
        _ => None,
    }
}

/// A receipt of a gate of the region that nobody knows.
fn receipt() -> String {
    let draft = ReceiptDraft {
        region: "330000".parse().unwrap(),
        gate: "nobody".to_owned(),
        at: NOON,
        action: Action::Unknown,
        cause: "no-list".to_owned(),
        policy: None,
        measures: Vec::new(),
        issuer: None,
        commitment: Commitment::to("no code", [1; 16]),
    };
    let receipt = Receipt::new(draft).unwrap();
    let signed = receipt.sign(&key(Algorithm::Es256, 5, 6)).unwrap();
    signed.text()
}

/// The body that a signed operation takes, with its media type.
pub(crate) fn signed_body_of(operation: &hc_http::Operation) -> Option<(&'static str, Vec<u8>)> {
    use hc_http::BodyForm;
    match operation.body? {
        BodyForm::Json(_) => {
            let body = body_of(operation.id).unwrap_or_else(|| json!({}));
            Some(("application/json", body.to_string().into_bytes()))
        }
        BodyForm::Batch => Some(("application/x-ndjson", Vec::new())),
        BodyForm::File(form) => Some((form.media, b"{}".to_vec())),
    }
}

/// A path of an operation, with something for each name in braces.
pub(crate) fn path_of(operation: &hc_http::Operation) -> String {
    let parts = operation.path.split('/').map(|part| match part {
        "{kind}" => "officer",
        "{form}" => "status",
        "{source}" => "lab-3",
        "{reference}" => "B-1",
        "{id}" => "00000000000000000000000000000000",
        "{version}" | "{sequence}" | "{number}" => "1",
        "{earlier}" => "0",
        "{digest}" => "0000000000000000000000000000000000000000000000000000000000000000",
        "{division}" => "510000",
        "{*place}" => "0/000.p/1",
        part => {
            assert!(!part.starts_with('{'), "{part}");
            part
        }
    });
    parts.collect::<Vec<_>>().join("/")
}

/// Registers a laboratory for tests, a hundred rows a batch; gives its key.
pub(crate) async fn lab(world: &World) -> SigningKey {
    lab_with(world, Algorithm::Ed25519).await
}

/// The same with a key of an algorithm.
pub(crate) async fn lab_with(world: &World, algorithm: Algorithm) -> SigningKey {
    let key = key(algorithm, 77, 1);
    let now = world.region.now();
    let terms = SourceTerms::new(
        PartyId::parse("lab-3").unwrap(),
        SourceKind::Laboratory,
        vec![
            LineKind::from_word("test").unwrap(),
            LineKind::from_word("correction").unwrap(),
        ],
        vec!["330000".parse().unwrap()],
        key.public_key().clone(),
        (now, now.plus(Span::days(365))),
    )
    .unwrap()
    .with_volume(100, 150)
    .unwrap()
    .with_raised(1, 0)
    .unwrap();
    let row = terms.to_row();
    let written = world.region.store().write(move |writing| {
        writing.set_party(&row)?;
        Ok::<_, StoreError>(())
    });
    written.await.unwrap();
    key
}

/// A test of the first person.
pub(crate) fn test_line(reference: &str, result: &str) -> String {
    line_of(NUMBERS[0], reference, result)
}

/// A test of whoever has a number.
pub(crate) fn line_of(number: &str, reference: &str, result: &str) -> String {
    let line = json!({
        "ref": reference, "source": "laboratory", "by": "lab-3",
        "document_type": "111", "document": number,
        "kind": "test", "at": "2022-07-15T09:00:00+08:00",
        "method": "nucleic-acid", "pooling": "single", "result": result,
    });
    format!("{line}\n")
}

/// A signed batch in the making, with what a test may change about it.
pub(crate) struct Batch {
    pub(crate) source: String,
    pub(crate) reference: String,
    pub(crate) sent_reference: Option<String>,
    pub(crate) media: &'static str,
    pub(crate) body: String,
    pub(crate) sent: Option<String>,
    pub(crate) created: i64,
    pub(crate) tag: String,
    pub(crate) key: SigningKey,
    pub(crate) leave_out: &'static str,
    pub(crate) spoil: bool,
}

impl Batch {
    pub(crate) fn of(_lab: &SigningKey, reference: &str, body: &str) -> Self {
        Self {
            source: "lab-3".to_owned(),
            reference: reference.to_owned(),
            sent_reference: None,
            media: "application/x-ndjson",
            body: body.to_owned(),
            sent: None,
            created: NOON.unix(),
            tag: "healthcode-batch-330000".to_owned(),
            key: key(Algorithm::Ed25519, 77, 1),
            leave_out: "",
            spoil: false,
        }
    }

    pub(crate) fn clone_with(&self, lab: &SigningKey) -> Self {
        Self::of(lab, &self.reference, &self.body)
    }

    /// Signs as `spec/sources.md` says, written anew here from the specification.
    pub(crate) async fn send(&self, world: &World) -> Answer {
        let digest = Base64::encode_string(&Sha256::digest(self.body.as_bytes()));
        let digest = format!("sha-256=:{digest}:");
        let parameters = format!(
            "(\"@method\" \"@path\" \"content-type\" \"content-digest\" \"batch-reference\")\
             ;created={};keyid=\"{}\";tag=\"{}\"",
            self.created, self.source, self.tag
        );
        let base = [
            "\"@method\": POST".to_owned(),
            "\"@path\": /v1/batches".to_owned(),
            format!("\"content-type\": {}", self.media),
            format!("\"content-digest\": {digest}"),
            format!("\"batch-reference\": {}", self.reference),
            format!("\"@signature-params\": {parameters}"),
        ]
        .join("\n");
        let signature = self.key.sign(base.as_bytes()).unwrap();
        let mut signature = Base64::encode_string(signature.as_bytes());
        if self.spoil {
            signature.replace_range(..1, "*");
        }
        let reference = self.sent_reference.as_ref().unwrap_or(&self.reference);
        let headers = [
            ("content-digest", digest),
            ("batch-reference", reference.clone()),
            ("signature-input", format!("batch={parameters}")),
            ("signature", format!("batch=:{signature}:")),
        ];
        let body = self.sent.as_ref().unwrap_or(&self.body).clone();
        let mut asking = world.ask("POST", "/v1/batches").body(self.media, body);
        for (name, value) in &headers {
            if *name != self.leave_out {
                asking = asking.header(name, value);
            }
        }
        asking.send().await
    }
}
