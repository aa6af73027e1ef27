//! A gate of the vectors with every list signed, as the module takes them.
//!
//! The vectors of `vectors/verify` hold trust, status and paper lists in the open. Their regions
//! are the testkit's, whose keys come from seeds, so the same lists can be signed.

use anyhow::{Context, Result, ensure};
use hc_code::DivisionCode;
use hc_code::day_index::{DayIndex, Domain};
use hc_code::keys::{KeyList, KeyUse, NodeKey, SignedKeyList};
use hc_code::notice::{Degraded, Notice, NoticeList};
use hc_code::paper::Pointer;
use hc_code::paper_list::{PaperList, Salt};
use hc_code::recognition::{Contest, PolicyDraft, PublishedPolicy, PublishedRule, Says};
use hc_code::signing::{Algorithm, PublicKey, Signer, SigningKey};
use hc_code::status_list::{EditionTimes, ListBook, ListName};
use hc_code::trust_list::{
    IssuerEntry, Removal, RemovalList, Role, Roles, RootKey, TrustDraft, TrustList, Validity,
};
use hc_code::verify::{Action, Listed, RecognitionRule};
use hc_code::{Day, Level, Offset, Span, Timestamp};
use hc_testkit::hexadecimal;
use hc_testkit::regions::{self, NOON, Region};
use hc_testkit::vectors::{GateForm, IssuerForm, KeyForm, PaperForm, StatusForm};
use serde_json::json;

use super::recording::{Input, Recording, field};

/// The testkit's regions have seeds below this.
const SEEDS: u8 = 32;

/// Keys of the hub, from a seed that no region has.
fn hub(number: u8) -> SigningKey {
    regions::key(Algorithm::Ed25519, 200, number)
}

/// Opens a gate that trusts the hub and holds what the form says.
pub(super) fn open(recording: &mut Recording, form: &GateForm) -> Result<u32> {
    let mut settings = json!({ "hubKeys": [KeyForm::of(hub(0).public_key())] });
    if let (Some(policy), Some(settings)) = (&form.policy, settings.as_object_mut()) {
        settings.insert("policy".to_owned(), serde_json::to_value(policy)?);
    }
    let gate = recording.open("hc_open_gate", &[], Input::Text(settings.to_string()))?;
    let trust = &form.trust;
    let entries = trust.issuers.iter().map(entry);
    let list = trust_list(
        trust.issued_at,
        trust.expires_at,
        entries.collect::<Result<_>>()?,
    )?;
    let numbers = [gate.into(), trust.issued_at.into()];
    recording.call("hc_trust_list", &numbers, Input::Bytes(list))?;
    for issuer in &trust.issuers {
        if let Some(list) = &issuer.key_list {
            let list = hexadecimal::read(list).context("a key list in hexadecimal")?;
            let list = with_list_key(list, issuer, form.fetched_at)?;
            let numbers = [gate.into(), issuer.issuer.into(), form.fetched_at.into()];
            recording.call("hc_key_list", &numbers, Input::Bytes(list))?;
        }
    }
    for status in &form.status {
        let Some(key) = list_key(&trust.issuers, status.issuer) else {
            continue;
        };
        let numbers = [gate.into(), status.issuer.into(), status.as_of.into()];
        let list = Input::Bytes(status_list(status, &key)?);
        recording.call("hc_status_delta", &numbers, list)?;
    }
    for paper in &form.paper {
        let Some(key) = list_key(&trust.issuers, paper.issuer) else {
            continue;
        };
        let numbers = [gate.into(), paper.issuer.into(), paper.as_of.into()];
        let list = Input::Bytes(paper_list(paper, &key)?);
        recording.call("hc_paper_list", &numbers, list)?;
    }
    // Last, since nothing more is taken from those that are removed.
    let removals = removals(&trust.issuers, trust.issued_at)?;
    if !removals.is_empty() {
        let list = RemovalList::new(trust.issued_at, removals)?.sign(&hub(1))?;
        let numbers = [gate.into(), trust.issued_at.into()];
        let answer = recording.call("hc_removals", &numbers, Input::Bytes(list))?;
        ensure!(*field(&answer, "accepted") == true, "removals: {answer}");
    }
    Ok(gate)
}

/// A trust list of the hub of [`hub`], number 1.
pub(super) fn trust_list(
    issued_at: Timestamp,
    expires_at: Timestamp,
    issuers: Vec<IssuerEntry>,
) -> Result<Vec<u8>> {
    let list = TrustList::new(TrustDraft {
        version: 1,
        issued_at,
        expires_at,
        removals_settled_until: issued_at.minus(Span::seconds(1)),
        hub_keys: vec![hub(0).public_key().clone()],
        removal_keys: vec![hub(1).public_key().clone()],
        issuers,
    })?;
    Ok(list.sign(&hub(0))?)
}

/// A region of the gate that can sign lists, and its list of one notice that holds for an hour from an instant.
pub(super) fn notices(
    form: &GateForm,
    kind: Degraded,
    at: Timestamp,
) -> Result<(DivisionCode, Vec<u8>)> {
    let issuers = &form.trust.issuers;
    let found = issuers
        .iter()
        .filter(|issuer| issuer.key_list.is_some())
        .find_map(|issuer| Some((issuer.issuer, list_key(issuers, issuer.issuer)?)));
    let (region, key) = found.context("no region that signs lists")?;
    let notice = Notice::new(1, kind, (at, at.plus(Span::hours(1))))?;
    let life = (at, at.plus(Span::seconds(90)));
    let list = NoticeList::new(region, life, vec![notice])?;
    Ok((region, list.sign(&key)?))
}

/// A region of the gate, and its policy that refuses whoever is low without a test, which nobody at the gate has.
pub(super) fn recognition(form: &GateForm) -> Result<(DivisionCode, Vec<u8>)> {
    let issuers = &form.trust.issuers;
    let listed = issuers.iter().filter(|issuer| issuer.key_list.is_some());
    let found = listed
        .map(|issuer| issuer.issuer)
        .find_map(|issuer| region_of(issuers, issuer));
    let region = found.context("no region with a root")?;
    let says = Says::new("没有检测不予通行", "Nobody without a test")?;
    let rule = RecognitionRule {
        id: "tested".to_owned(),
        issuers: Vec::new(),
        classes: Vec::new(),
        levels: vec![Level::Low],
        reasons: Vec::new(),
        facts_within: None,
        test_within: Some(Span::seconds(1)),
        test_kinds: Vec::new(),
        then: Action::Pass,
        otherwise: Some(Action::Refuse),
    };
    let policy = PublishedPolicy::new(PolicyDraft {
        region: region.division(),
        version: 1,
        published: NOON.minus(Span::days(2)),
        in_force_from: NOON.minus(Span::days(1)),
        valid_until: NOON.plus(Span::days(9)),
        eases: false,
        contest: Contest::new("https://example.com/contest", "12345")?,
        rules: vec![PublishedRule::new(rule, says, None, Vec::new())?],
    })?;
    Ok((region.division(), policy.sign(region.root())?))
}

/// Settings with the hub's key and nothing else.
pub(super) fn settings() -> Input {
    Input::Text(json!({ "hubKeys": [KeyForm::of(hub(0).public_key())] }).to_string())
}

/// A region on the trust list, with roots for everything, for all time.
pub(super) fn region_entry(
    region: DivisionCode,
    offset: Offset,
    staleness: Span,
    roots: impl IntoIterator<Item = PublicKey>,
) -> Result<IssuerEntry> {
    let always = Validity::new(Timestamp::from_unix(0), Timestamp::MAX)?;
    let roles = Roles::new([Role::Codes, Role::Lists, Role::Rules])?;
    let roots = roots.into_iter();
    let roots = roots.map(|key| RootKey::new(key, roles, always));
    let roots = roots.collect();
    Ok(IssuerEntry::new(
        region,
        offset,
        staleness,
        always,
        roots,
        Vec::new(),
    )?)
}

fn entry(form: &IssuerForm) -> Result<IssuerEntry> {
    let roots = form.roots.iter().map(public_key);
    let roots = roots.collect::<Result<Vec<_>>>()?;
    region_entry(form.issuer, form.offset, form.staleness_limit, roots)
}

/// A key as vectors write it.
pub(super) fn public_key(form: &KeyForm) -> Result<PublicKey> {
    let algorithm = Algorithm::from_name(&form.algorithm).context("an algorithm")?;
    let bytes = hexadecimal::read(&form.key).context("a key in hexadecimal")?;
    Ok(PublicKey::parse(algorithm, &bytes)?)
}

fn removals(issuers: &[IssuerForm], at: Timestamp) -> Result<Vec<Removal>> {
    let mut removals = Vec::new();
    for form in issuers {
        let removal = |key| Removal {
            region: form.issuer,
            key,
            removed_at: at,
        };
        if form.removed {
            removals.push(removal(None));
        }
        for key in &form.removed_keys {
            removals.push(removal(Some(key.parse()?)));
        }
    }
    Ok(removals)
}

/// The key with which a region signs lists; none for a region that is not on the trust list.
fn list_key(issuers: &[IssuerForm], issuer: DivisionCode) -> Option<SigningKey> {
    Some(region_of(issuers, issuer)?.node_key(KeyUse::Lists, 0))
}

/// The region of the testkit, found by its root.
fn region_of(issuers: &[IssuerForm], issuer: DivisionCode) -> Option<Region> {
    let form = issuers.iter().find(|form| form.issuer == issuer)?;
    let root = form.roots.first()?;
    let algorithm = Algorithm::from_name(&root.algorithm)?;
    (0..SEEDS)
        .map(|seed| Region::new(issuer.number(), algorithm, seed))
        .find(|region| KeyForm::of(region.root().public_key()) == *root)
}

/// The key list with the region's list key on it, for vectors that list the key of codes alone.
fn with_list_key(bytes: Vec<u8>, form: &IssuerForm, at: Timestamp) -> Result<Vec<u8>> {
    let roots = form.roots.iter().map(public_key);
    let roots = roots.collect::<Result<Vec<_>>>()?;
    let signed = SignedKeyList::from_bytes(bytes);
    let (Ok((list, _)), Some(region)) = (
        signed.verify(form.issuer, &roots),
        region_of(std::slice::from_ref(form), form.issuer),
    ) else {
        return Ok(signed.as_bytes().to_vec());
    };
    let mut keys = list.keys().to_vec();
    if keys.iter().any(|key| key.key_use() == KeyUse::Lists) {
        return Ok(signed.as_bytes().to_vec());
    }
    let key = region.node_key(KeyUse::Lists, 0).public_key().clone();
    let from = at.minus(Span::hours(1));
    keys.push(NodeKey::new(
        key,
        KeyUse::Lists,
        from,
        from.plus(Span::hours(48)),
    )?);
    let (version, issued_at) = (list.version(), list.issued_at());
    let list = KeyList::new(form.issuer, version, issued_at, list.expires_at(), keys)?;
    Ok(list.sign(region.root())?.as_bytes().to_vec())
}

fn status_list(form: &StatusForm, key: &SigningKey) -> Result<Vec<u8>> {
    let name = ListName {
        region: form.issuer,
        day: Day::from_number(form.day.try_into()?),
        epoch: 0,
        domain: Domain::new(form.domain.ilog2().try_into()?)?,
    };
    let entries = form.entries.iter();
    let entries =
        entries.map(|(index, bits)| (DayIndex::new(*index), Listed::from_low_bits(*bits)));
    let mut book = ListBook::begin(name, Offset::CHINA, entries)?;
    Ok(book.publish(times(form.as_of, form.expires_at), key)?)
}

fn paper_list(form: &PaperForm, key: &SigningKey) -> Result<Vec<u8>> {
    let mut sheets = Vec::new();
    for (pointer, bits) in &form.entries {
        let pointer = hexadecimal::read(pointer).and_then(|bytes| bytes.try_into().ok());
        let pointer = Pointer::from_bytes(pointer.context("a pointer of 16 bytes")?);
        sheets.push((pointer, Listed::from_low_bits(*bits)));
    }
    let times = times(form.as_of, form.expires_at);
    let salt = Salt::from_random([7; 16]);
    Ok(PaperList::new(form.issuer, 1, times, salt, sheets)?.sign(key)?)
}

const fn times(as_of: Timestamp, expires_at: Timestamp) -> EditionTimes {
    EditionTimes {
        as_of,
        issued_at: as_of,
        expires_at,
    }
}
