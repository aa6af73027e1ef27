//! Calls that neither vectors nor mutants make: a policy that is set, lists that are forgotten, and
//! calls that make no sense.

use anyhow::{Result, ensure};
use hc_code::notice::Degraded;
use hc_code::verify::RecognitionPolicy;
use hc_code::{Span, Timestamp};
use hc_testkit::regions::NOON;
use hc_testkit::vectors::GateForm;
use serde_json::json;

use super::recording::{Input, Number, Recording, field};
use super::signed_gate;

/// Makes the calls at a gate of that form, which has a code to verify and lists to forget; gives
/// how many there are.
///
/// # Errors
/// Where one does not come out as it must.
pub(super) fn record(recording: &mut Recording, form: &GateForm, code: &str) -> Result<usize> {
    let before = recording.len();
    let gate = signed_gate::open(recording, form)?;
    let memory = recording.open("hc_open_memory", &[16.into()], Input::Nothing)?;
    policy(recording, gate, memory, code)?;
    notices(recording, gate, form)?;
    forgetting(recording, gate)?;
    nonsense(recording, memory)?;
    Ok(recording.len() - before)
}

/// The same of what the door alone takes.
///
/// # Errors
/// Where one does not come out as it must.
pub(super) fn record_door(recording: &mut Recording, form: &GateForm, code: &str) -> Result<usize> {
    let gate = signed_gate::open(recording, form)?;
    let memory = recording.open("hc_open_memory", &[16.into()], Input::Nothing)?;
    let everything = json!({ "version": "2", "rules": [
        { "id": "all", "levels": ["00", "01", "10", "20"], "then": "check" },
    ]});
    let policy = Input::Text(everything.to_string());
    recording.call("hc_policy", &[gate.into()], policy)?;
    authorities(recording, (gate, memory), form, code)?;
    // What was held is remembered.
    let marks = recording.call("hc_marks", &[gate.into()], Input::Nothing)?;
    let policies = field(&marks, "policies").as_array().map_or(0, Vec::len);
    ensure!(policies == 1, "{marks}");
    Ok(recording.len())
}

/// The policy that is set last decides, and one that is refused changes nothing.
fn policy(recording: &mut Recording, gate: u32, memory: u32, code: &str) -> Result<()> {
    let plain = serde_json::to_value(RecognitionPolicy::plain())?;
    let everything = json!({ "version": "2", "rules": [
        { "id": "all", "levels": ["00", "01", "10", "20"], "then": "check" },
    ]});
    let nobody = json!({ "version": "", "rules": [] });
    for (policy, word, rule) in [
        (&plain, None, "low-passes"),
        (&everything, None, "all"),
        (&nobody, Some("policy-version"), "all"),
    ] {
        let answer =
            recording.call("hc_policy", &[gate.into()], Input::Text(policy.to_string()))?;
        ensure!(
            field(&answer, "error").as_str() == word,
            "{policy}: {answer}"
        );
        let numbers = [gate.into(), memory.into(), NOON.into()];
        let answer = recording.call("hc_verify", &numbers, Input::Text(code.to_owned()))?;
        ensure!(*field(&answer, "rule") == rule, "{policy}: {answer}");
    }
    Ok(())
}

/// A notice changes what is done without a code; held twice it says nothing new, and an older list is refused.
fn notices(recording: &mut Recording, gate: u32, form: &GateForm) -> Result<()> {
    let at = form.fetched_at.max(NOON);
    let (region, list) = signed_gate::notices(form, Degraded::CodesUnavailable, at)?;
    let before = at.minus(Span::seconds(1));
    let (_, older) = signed_gate::notices(form, Degraded::FactsStale, before)?;
    let numbers = [gate.into(), region.into(), at.into()];
    for (list, due, action) in [
        (None, "", "unknown"),
        (Some(&list), "new", "check"),
        (Some(&list), "held", "check"),
        (Some(&older), "rolled-back", "check"),
    ] {
        if let Some(list) = list {
            let answer = recording.call("hc_notices", &numbers, Input::Bytes(list.clone()))?;
            ensure!(*field(&answer, "word") == due, "{due}: {answer}");
        }
        let answer = recording.call("hc_without_code", &numbers, Input::Nothing)?;
        ensure!(*field(&answer, "action") == action, "{due}: {answer}");
    }
    Ok(())
}

/// What authorities say of a scan: the venue by the policy that is set, a region by the one it has published.
fn authorities(
    recording: &mut Recording,
    (gate, memory): (u32, u32),
    form: &GateForm,
    code: &str,
) -> Result<()> {
    let (region, signed) = signed_gate::recognition(form)?;
    let numbers = [gate.into(), region.into(), NOON.into()];
    for due in ["new", "held"] {
        let answer = recording.call("hc_recognition", &numbers, Input::Bytes(signed.clone()))?;
        ensure!(*field(&answer, "word") == due, "{due}: {answer}");
    }
    for (asked, due, action) in [
        (
            json!({"regions": [region.to_string()], "venue": true}),
            json!({}),
            "refuse",
        ),
        (json!({"regions": ["429000"]}), json!({}), "unknown"),
        (json!({"regions": [], "venue": true}), json!({}), "check"),
        (
            json!({"regions": [7]}),
            json!({"error": "wrong-value", "about": "regions"}),
            "check",
        ),
        (json!({}), json!({}), "check"),
    ] {
        let answer = recording.call(
            "hc_authorities",
            &[gate.into()],
            Input::Text(asked.to_string()),
        )?;
        ensure!(answer == due, "{asked}: {answer}");
        let numbers = [gate.into(), memory.into(), NOON.into()];
        let answer = recording.call("hc_verify", &numbers, Input::Text(code.to_owned()))?;
        ensure!(*field(&answer, "action") == action, "{asked}: {answer}");
    }
    Ok(())
}

/// A list is forgotten when its day is over, and its mark two days after it was signed.
fn forgetting(recording: &mut Recording, gate: u32) -> Result<()> {
    let mut marks_at = |at: Timestamp| {
        let forgot = recording.call("hc_forget_past", &[gate.into(), at.into()], Input::Nothing)?;
        ensure!(forgot == json!({}), "forgetting: {forgot}");
        let marks = recording.call("hc_marks", &[gate.into()], Input::Nothing)?;
        Ok(field(&marks, "status").as_array().map_or(0, Vec::len))
    };
    let (noon, later) = (marks_at(NOON)?, marks_at(NOON.plus(Span::days(30)))?);
    ensure!(
        noon > 0 && later == 0,
        "{noon} marks at noon, {later} later"
    );
    Ok(())
}

/// What makes no sense is answered with a word, and with what it is about.
fn nonsense(recording: &mut Recording, memory: u32) -> Result<()> {
    let gate = recording.open("hc_open_gate", &[], signed_gate::settings())?;
    let (gate, memory, none) = (
        Number::from(gate),
        Number::from(memory),
        Number::from(99_999),
    );
    let region = Number::from(330_000);
    let noon = Number::from(NOON);
    let text = |text: &str| Input::Text(text.to_owned());
    let calls: [(&str, Vec<Number>, Input, &str, &str); 15] = [
        ("hc_marks", vec![none], Input::Nothing, "no-gate", "99999"),
        (
            "hc_policy",
            vec![none],
            text("{\"version\":\"1\",\"rules\":[]}"),
            "no-gate",
            "99999",
        ),
        (
            "hc_verify",
            vec![gate, none, noon],
            text(""),
            "no-memory",
            "99999",
        ),
        (
            "hc_verify",
            vec![gate, memory, noon],
            Input::Bytes(vec![b'H', 0xff]),
            "not-utf8",
            "1",
        ),
        (
            "hc_status",
            vec![gate, 1.into(), 0.into(), 0.into()],
            Input::Nothing,
            "region",
            "000001",
        ),
        (
            "hc_paper",
            vec![gate, region],
            Input::Bytes(vec![0; 15]),
            "pointer",
            "15",
        ),
        (
            "hc_open_gate",
            vec![],
            text("{\"hubKeys\":["),
            "not-json",
            "12",
        ),
        ("hc_open_gate", vec![], text("{}"), "no-hub-key", ""),
        (
            "hc_open_gate",
            vec![],
            text("{\"hubKeys\":[],\"x\":\"é\"}"),
            "unknown-field",
            "x",
        ),
        (
            "hc_open_gate",
            vec![],
            text("{\"hubKeys\":[{\"algorithm\":\"SM2\",\"key\":\"02\"}]}"),
            "key-length",
            "",
        ),
        (
            "hc_policy",
            vec![gate],
            text("{\"rules\":[]}"),
            "missing-field",
            "version",
        ),
        (
            "hc_policy",
            vec![gate],
            text("{\"version\":1.5,\"rules\":[]}"),
            "not-whole",
            "11",
        ),
        (
            "hc_policy",
            vec![gate],
            text(
                "{\"version\":\"1\",\"rules\":[{\"id\":\"a\",\"levels\":[\"10\"],\"then\":\"pass\"}]}",
            ),
            "policy-passes",
            "a",
        ),
        (
            "hc_signature",
            vec![],
            text("{\"algorithm\":\"RSA\",\"key\":\"\",\"message\":\"\",\"signature\":\"\"}"),
            "algorithm",
            "RSA",
        ),
        (
            "hc_signature",
            vec![],
            text("{\"algorithm\":\"SM2\",\"key\":\"0g\",\"message\":\"\",\"signature\":\"\"}"),
            "hexadecimal",
            "0g",
        ),
    ];
    for (name, numbers, input, word, about) in calls {
        let answer = recording.call(name, &numbers, input)?;
        let due = json!({ "error": word, "about": about });
        ensure!(answer == due, "{name}: {answer}, not {due}");
    }
    Ok(())
}
