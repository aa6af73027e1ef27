//! Any text at a gate that holds the lists of three issuers: it always gets a verdict, only texts
//! that were issued are believed, a showing counts once, and what is no code leaves no trace.
#![no_main]

use std::collections::BTreeSet;
use std::sync::LazyLock;

use hc_code::signing::Algorithm;
use hc_code::verify::{Action, Cause, ShowingMemory};
use hc_code::{Class, Span};
use hc_testkit::held::Held;
use hc_testkit::mutants::Originals;
use hc_testkit::regions::NOON;
use hc_testkit::vectors::{self, World};

static HELD: LazyLock<Held> = LazyLock::new(|| {
    let [mut gate, others @ ..] = Algorithm::ALL.map(|algorithm| World::new(algorithm).gate);
    for other in others {
        gate.trust.issuers.extend(other.trust.issuers);
        gate.status.extend(other.status);
        gate.paper.extend(other.paper);
    }
    gate.held().unwrap()
});

/// Everything that was ever signed with the issuers' keys.
static ISSUED: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let mut issued: BTreeSet<String> = Originals::new().texts().iter().cloned().collect();
    for vector in vectors::all() {
        issued.extend(vector.before.into_iter().map(|reading| reading.text));
        issued.insert(vector.text);
    }
    issued
});

libfuzzer_sys::fuzz_target!(|text: &str| {
    let gate = HELD.gate();
    let mut memory = ShowingMemory::new(8);
    let verdict = gate.verify(text, NOON, &mut memory);
    let judged = matches!(verdict.cause(), Cause::Judged(_));
    assert!(judged || matches!(verdict.action(), Action::Invalid | Action::Unknown));
    if !judged {
        assert!(memory.is_empty(), "{:?}", verdict.cause());
        return;
    }
    assert!(ISSUED.contains(text), "{text}");
    let genuine = verdict.genuine().unwrap();
    let again = gate.verify(text, NOON.plus(Span::seconds(10)), &mut memory);
    match genuine.class() {
        Class::Carried => assert_eq!(again.cause(), &Cause::Replayed),
        Class::Live => assert!(again.seen_before()),
        Class::Paper => assert!(!again.seen_before() && memory.is_empty()),
    }
});
