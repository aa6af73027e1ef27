//! The checked-in receipts: they are what the code makes, and the code does what they say. The gate's page makes the
//! same of the same words.
//!
//! `HC_BLESS=1 cargo test -p hc-code --test receipt_vectors` writes them anew.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;
use std::path::PathBuf;

use hc_code::cose::{self, Header};
use hc_code::receipt::{Commitment, PolicyNamed, Receipt, ReceiptDraft, SignedReceipt};
use hc_code::recognition::{Obligation, TestSeries};
use hc_code::signing::{Algorithm, Signer, SigningKey};
use hc_code::statement::TestKind;
use hc_code::verify::Action;
use hc_code::{Span, Timestamp};
use serde_json::{Value, json};

const NOON: Timestamp = Timestamp::from_unix(1_656_388_800);
const TYPE: &str = "application/hc-receipt+cwt";
const CODE: &str = "HC1P:310000:P--:000048A WORD THAT NOBODY GUESSES";

fn gate() -> SigningKey {
    SigningKey::deterministic(Algorithm::Es256, &[11; 32]).unwrap()
}

fn measures(obligations: &[Obligation]) -> Value {
    let numbers = obligations.iter().map(|one| match one {
        Obligation::Test { within, kinds } => {
            let bits = kinds.iter().fold(0, |bits, kind| bits | 1 << kind.number());
            json!([0, within.as_seconds(), bits])
        }
        Obligation::LocalMedium { lasts, ends } => {
            let (negative, apart) =
                ends.map_or((0, 0), |ends| (ends.negative, ends.apart.as_seconds()));
            json!([1, lasts.as_seconds(), negative, apart])
        }
    });
    numbers.collect()
}

fn base() -> ReceiptDraft {
    ReceiptDraft {
        region: "510000".parse().unwrap(),
        gate: "gate-west-1".to_owned(),
        at: NOON,
        action: Action::Refuse,
        cause: "list".to_owned(),
        policy: Some(PolicyNamed {
            region: "510000".parse().unwrap(),
            version: 3,
            rule: Some((3, "high".to_owned())),
        }),
        measures: Vec::new(),
        issuer: Some("310000".parse().unwrap()),
        commitment: Commitment::to(CODE, [7; 16]),
    }
}

fn good() -> Vec<(&'static str, ReceiptDraft)> {
    let named = |version, rule: Option<(u16, &str)>| {
        Some(PolicyNamed {
            region: "500000".parse().unwrap(),
            version,
            rule: rule.map(|(place, id)| (place, id.to_owned())),
        })
    };
    let test = Obligation::Test {
        within: Span::hours(24),
        kinds: vec![TestKind::NucleicAcid, TestKind::Antigen],
    };
    let medium = |ends| Obligation::LocalMedium {
        lasts: Span::days(3),
        ends,
    };
    let series = TestSeries {
        negative: 2,
        apart: Span::hours(24),
    };
    vec![
        ("refused-by-a-rule", base()),
        (
            "checked-with-measures",
            ReceiptDraft {
                action: Action::Check,
                cause: "code".to_owned(),
                policy: named(300, Some((999, "from-elsewhere"))),
                measures: vec![test, medium(Some(series)), medium(None)],
                ..base()
            },
        ),
        (
            "expired-code",
            ReceiptDraft {
                action: Action::Invalid,
                cause: "expired".to_owned(),
                policy: None,
                ..base()
            },
        ),
        (
            "no-code-at-all",
            ReceiptDraft {
                action: Action::Invalid,
                cause: "text".to_owned(),
                policy: None,
                issuer: None,
                ..base()
            },
        ),
        (
            "no-rule-fits",
            ReceiptDraft {
                action: Action::Unknown,
                cause: "newer".to_owned(),
                policy: named(1, None),
                ..base()
            },
        ),
    ]
}

/// A vector of a receipt that is good.
fn vector(draft: &ReceiptDraft) -> Value {
    let receipt = Receipt::new(draft.clone()).unwrap();
    let signed = receipt.sign(&gate()).unwrap();
    assert_eq!(signed.verify(gate().public_key()), Ok(receipt.clone()));
    let policy = draft.policy.as_ref().map(|named| {
        let rule = named.rule.as_ref();
        json!({
            "region": named.region.to_string(),
            "version": named.version,
            "rule": rule.map(|(place, id)| json!({"place": place, "id": id})),
        })
    });
    json!({
        "receipt": {
            "region": draft.region.to_string(),
            "gate": draft.gate,
            "at": draft.at.unix(),
            "action": draft.action.word(),
            "cause": draft.cause,
            "policy": policy,
            "measures": measures(&draft.measures),
            "issuer": draft.issuer.map(|issuer| issuer.to_string()),
            "salt": hex::encode([7; 16]),
        },
        "code": CODE,
        "payload": hex::encode(receipt.encode()),
        "number": receipt.number().to_string(),
        "key": hex::encode(gate().public_key().as_bytes()),
        "text": signed.text(),
        "expect": "good",
    })
}

/// Texts that no gate's key vouches for, each with one defect.
fn bad() -> Vec<(&'static str, SignedReceipt)> {
    let receipt = Receipt::new(base()).unwrap();
    let signed = receipt.sign(&gate()).unwrap();
    let changed = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = signed.as_bytes().to_vec();
        change(&mut bytes);
        SignedReceipt::from_bytes(bytes)
    };
    let other = SigningKey::deterministic(Algorithm::Es256, &[12; 32]).unwrap();
    let typed = |name| {
        let header = Header::of(gate().public_key()).with_type(name);
        let bytes = cose::sign(&gate(), &header, &[], &receipt.encode()).unwrap();
        SignedReceipt::from_bytes(bytes)
    };
    let mut longer = receipt.encode();
    let end = receipt.expires_at().unix().to_be_bytes();
    let place = longer.windows(4).position(|found| found == &end[4..]);
    *longer.get_mut(place.unwrap() + 3).unwrap() ^= 1;
    let header = Header::of(gate().public_key()).with_type(TYPE);
    let longer = cose::sign(&gate(), &header, &[], &longer).unwrap();
    vec![
        (
            "changed-signature",
            changed(&|bytes| {
                let last = bytes.pop().unwrap();
                bytes.push(last ^ 1);
            }),
        ),
        ("trailing-byte", changed(&|bytes| bytes.push(0))),
        ("cut-off", changed(&|bytes| bytes.truncate(bytes.len() - 1))),
        ("another-gates-key", receipt.sign(&other).unwrap()),
        ("type-of-a-key-list", typed("application/hc-keys+cwt")),
        ("lives-longer", SignedReceipt::from_bytes(longer)),
    ]
}

#[test]
fn receipt_vectors_are_what_the_code_makes() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../vectors/receipt");
    let bless = std::env::var("HC_BLESS").is_ok_and(|bless| bless == "1");
    if bless {
        std::fs::create_dir_all(&folder).unwrap();
    }
    let mut made: Vec<(&str, Value)> = good()
        .iter()
        .map(|(name, draft)| (*name, vector(draft)))
        .collect();
    for (name, signed) in bad() {
        assert!(signed.verify(gate().public_key()).is_err(), "{name}");
        let key = hex::encode(gate().public_key().as_bytes());
        made.push((
            name,
            json!({"key": key, "text": signed.text(), "expect": "refused"}),
        ));
    }
    let mut names = BTreeSet::new();
    for (name, value) in made {
        let path = folder.join(format!("{name}.json"));
        let text = serde_json::to_string_pretty(&value).unwrap() + "\n";
        if bless {
            std::fs::write(&path, &text).unwrap();
        }
        let found = std::fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert!(
            found == text,
            "{} is not what the code makes",
            path.display()
        );
        names.insert(path);
    }
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        assert!(
            names.contains(&path),
            "{} belongs to no vector",
            path.display()
        );
    }
}
