//! The acts of a region over the engine.

use hc_code::{Level, Span, Timestamp};
use hc_core::act::{
    self, ActError, Actor, Changed, Consent, Enrolled, Enrolment, HealthDeclaration, Profile,
    TakenIn,
};
use hc_core::personal::{PersonName, Phone};
use hc_core::record::{DataElements, Health, Provenance, Reading};
use hc_core::store::{PaperRow, Store, SubjectState};
use hc_tlog::entry::{Kind, Role};
use serde_json::{Value, json};

use super::region::{
    close_contact, document, enrolment, hasher, identity_number, noon, rows, rulebook,
};
use super::{read, write};

pub(super) fn enrol<S: Store>(
    store: &S,
    enrolment: Enrolment,
    now: Timestamp,
) -> Result<Enrolled, ActError> {
    let mut book = rulebook();
    write(store, move |store| {
        act::enrol(
            store,
            &mut book,
            &hasher(),
            &enrolment,
            &Actor::subject(),
            now,
        )
    })
}

fn take_in<S: Store>(store: &S, lines: &[String], now: Timestamp) -> TakenIn {
    let mut book = rulebook();
    let rows = rows(lines, now, &mut book);
    write(store, move |store| {
        act::take_in(store, &mut book, &hasher(), (&rows, &act::nobodys), now)
    })
    .unwrap()
}

fn levels(changed: &[Changed], now: Timestamp) -> Vec<Level> {
    let steps = changed.iter().filter_map(|one| one.standing.at(now));
    steps.map(|(step, _)| step.level).collect()
}

fn with_symptoms(now: Timestamp) -> HealthDeclaration {
    let reading = Reading {
        elements: DataElements::bundled(),
        now,
        bare: Provenance::new("self".parse().unwrap(), now, None).unwrap(),
    };
    let form = json!({
        "symptoms": ["2", "5"], "stayedHighRisk": "2", "contactWithCase": "2",
        "reportedAt": now.to_string(),
    });
    let Value::Object(form) = form else {
        unreachable!("an object was written")
    };
    HealthDeclaration {
        health: Health::parse(&form, &reading).unwrap(),
        trips: Vec::new(),
    }
}

fn officer() -> Actor {
    Actor {
        role: Role::Officer,
        id: "officer-1".to_owned(),
    }
}

pub fn enrolment_gives_a_level_and_is_idempotent<S: Store>(store: &S) {
    let first = enrol(store, enrolment(1, noon()), noon()).unwrap();
    assert!(first.new);
    assert_eq!(levels(&first.changed, noon()), [Level::Low]);
    assert_eq!(first.changed[0].number, first.number);
    let again = enrol(store, enrolment(1, noon()), noon()).unwrap();
    assert_eq!((again.number, again.new), (first.number, false));
    let number = first.number;
    read(store, move |store| {
        assert_eq!(store.active()?, 1);
        assert_eq!(store.numbers(&[document(1)])?, [Some(number)]);
        assert_eq!(store.consents(number)?.len(), 1);
        let kept = store.evidence(&[document(1)])?.concat();
        assert_eq!(kept.len(), 1, "one page sent twice is one declaration");
        let standing = store.standings(&[number])?;
        assert_eq!(standing, [Some(first.changed[0].standing.clone())]);
        assert!(
            store.log_from(0, 9)?.is_empty(),
            "plainly low is not logged"
        );
        Ok(())
    })
    .unwrap();
}

pub fn enrolling_again_changes_the_profile_in_the_log_and_keeps_what_is_not_said<S: Store>(
    store: &S,
) {
    let mut first = enrolment(1, noon());
    first.profile.phone = Some(Phone::parse("13800000000").unwrap());
    let number = enrol(store, first.clone(), noon()).unwrap().number;
    let mut again = first;
    again.profile.phone = None;
    again.profile.name = PersonName::parse("演示改名").unwrap();
    enrol(store, again, noon()).unwrap();
    read(store, move |store| {
        let row = store.subject(number)?.unwrap();
        let kept = Profile::from_bytes(&row.content)?;
        assert_eq!(kept.name, PersonName::parse("演示改名").unwrap());
        assert_eq!(kept.phone, Some(Phone::parse("13800000000").unwrap()));
        let (_, entry) = store.log_of(number, 9)?[0].opened.clone().unwrap();
        assert_eq!(
            (entry.kind(), entry.actor().role()),
            (Kind::ProfileChanged, Role::Subject)
        );
        Ok(())
    })
    .unwrap();
}

pub fn nobody_is_enrolled_without_consent<S: Store>(store: &S) {
    let mut without = enrolment(1, noon());
    without.consents.clear();
    let refused = enrol(store, without, noon());
    assert_eq!(refused, Err(ActError::NoConsent(Consent::CODE)));
    assert_eq!(read(store, |store| Ok(store.active()?)), Ok(0));
}

pub fn evidence_before_enrolment_counts_at_enrolment<S: Store>(store: &S) {
    let line = close_contact("K-1", &identity_number(1), "2022-07-02T09:00:00+08:00");
    let taken = take_in(store, std::slice::from_ref(&line), noon());
    assert_eq!((taken.new, taken.changed.len()), (1, 0));
    assert_eq!(taken.raised(noon()), 1, "whoever enrols later counts now");
    let again = [line.clone(), line.replace("K-1", "K-2")];
    let again = take_in(store, &again, noon());
    assert_eq!(
        (again.new, again.raised(noon())),
        (1, 0),
        "above low already"
    );
    let found = enrol(store, enrolment(1, noon()), noon()).unwrap();
    assert_eq!(levels(&found.changed, noon()), [Level::High]);
    let log = read(store, move |store| Ok(store.log_of(found.number, 9)?)).unwrap();
    let (_, entry) = log[0].opened.clone().unwrap();
    assert_eq!(entry.kind(), Kind::Decision);
}

pub fn evidence_sent_twice_counts_once<S: Store>(store: &S) {
    for index in [1, 2] {
        enrol(store, enrolment(index, noon()), noon()).unwrap();
    }
    let lines: Vec<String> = [1, 2, 3]
        .map(|index| {
            let reference = format!("K-{index}");
            close_contact(
                &reference,
                &identity_number(index),
                "2022-07-02T09:00:00+08:00",
            )
        })
        .to_vec();
    let taken = take_in(store, &lines, noon());
    assert_eq!((taken.new, taken.known), (3, 0));
    assert_eq!(levels(&taken.changed, noon()), [Level::High; 2]);
    let log = read(store, |store| Ok(store.log_frontier()?)).unwrap();
    assert_eq!(log.size(), 2);
    let again = take_in(store, &lines, noon());
    assert_eq!((again.new, again.known), (0, 3));
    assert!(again.changed.is_empty());
    assert_eq!(read(store, |store| Ok(store.log_frontier()?)), Ok(log));
}

pub fn a_symptom_declared_raises_the_level_and_is_logged<S: Store>(store: &S) {
    let number = enrol(store, enrolment(1, noon()), noon()).unwrap().number;
    let later = noon().plus(Span::hours(1));
    let mut book = rulebook();
    let declared = write(store, move |store| {
        act::declare(store, &mut book, number, &with_symptoms(later), later)
    })
    .unwrap();
    assert_eq!(levels(&declared.changed, later), [Level::Medium]);
    let mut book = rulebook();
    let why = read(store, move |store| {
        act::why(store, &mut book, number, later)
    })
    .unwrap();
    assert_eq!(why.explanation.reasons.len(), 1);
    assert_eq!(why.evidence.len(), 1);
    let (declarations, log) = read(store, move |store| {
        Ok((store.declarations(number, 9)?, store.log_of(number, 9)?))
    })
    .unwrap();
    assert_eq!((declarations.len(), log.len()), (2, 1));
}

pub fn linked_documents_share_their_evidence<S: Store>(store: &S) {
    let one = enrol(store, enrolment(1, noon()), noon()).unwrap().number;
    let (own, other) = (identity_number(1), identity_number(2));
    let link = format!(
        r#"{{"ref":"L-1","source":"health-authority","by":"CDC","document_type":"111","document":"{own}","kind":"link","at":"2022-07-01T09:00:00+08:00","other_document_type":"111","other_document":"{other}"}}"#
    );
    take_in(store, &[link], noon());
    let line = close_contact("K-1", &other, "2022-07-02T09:00:00+08:00");
    let taken = take_in(store, &[line], noon());
    assert_eq!(levels(&taken.changed, noon()), [Level::High]);
    assert_eq!(taken.changed[0].number, one);
}

pub fn withdrawal_keeps_the_level_and_ends_papers<S: Store>(store: &S) {
    let line = close_contact("K-1", &identity_number(1), "2022-07-02T09:00:00+08:00");
    take_in(store, &[line], noon());
    let old = enrol(store, enrolment(1, noon()), noon()).unwrap().number;
    let later = noon().plus(Span::hours(1));
    let paper = PaperRow {
        pointer: [9; 16],
        number: old,
        at: noon(),
        until: noon().plus(Span::days(90)),
        withdrawn: None,
    };
    write(store, move |store| Ok(store.set_paper(&paper)?)).unwrap();
    let mut book = rulebook();
    let (new, changed) = write(store, move |store| {
        act::withdraw(
            store,
            &mut book,
            old,
            &Actor::subject(),
            "lost-phone",
            later,
        )
    })
    .unwrap();
    assert_ne!(new, old);
    assert_eq!(levels(&changed, later), [Level::High]);
    let mut book = rulebook();
    let again = write(store, move |store| {
        act::withdraw(
            store,
            &mut book,
            old,
            &Actor::subject(),
            "lost-phone",
            later,
        )
    });
    assert_eq!(again, Err(ActError::NotEnrolled));
    read(store, move |store| {
        let state = store.subject(old)?.unwrap().state;
        assert_eq!(state, SubjectState::Withdrawn { successor: new });
        assert_eq!(store.paper(&[9; 16])?.unwrap().withdrawn, Some(later));
        let kinds: Vec<_> = store
            .log_of(new, 9)?
            .into_iter()
            .filter_map(|row| Some(row.opened?.1.kind()))
            .collect();
        assert!(kinds.contains(&Kind::Withdrawal) && kinds.contains(&Kind::Decision));
        Ok(())
    })
    .unwrap();
}

pub fn erasure_forgets_everything<S: Store>(store: &S) {
    let line = close_contact("K-1", &identity_number(1), "2022-07-02T09:00:00+08:00");
    take_in(store, &[line], noon());
    let number = enrol(store, enrolment(1, noon()), noon()).unwrap().number;
    // Not while the contact counts: enrolled again, the person would be low at once.
    let soon = noon().plus(Span::hours(1));
    let refused = write(store, move |store| {
        act::erase(store, number, &Actor::subject(), "own-wish", soon)
    });
    assert!(matches!(refused, Err(ActError::AboveLow { until }) if until > soon));
    let later = noon().plus(Span::days(30));
    write(store, move |store| {
        act::erase(store, number, &Actor::subject(), "own-wish", later)
    })
    .unwrap();
    let log = read(store, |store| Ok(store.log_from(0, 9)?)).unwrap();
    let kinds: Vec<_> = log
        .iter()
        .map(|row| row.opened.as_ref().map(|(_, entry)| entry.kind()))
        .collect();
    assert_eq!(kinds, [None, Some(Kind::Erasure)]);
    assert_eq!(read(store, |store| Ok(store.active()?)), Ok(0));
    // Whoever comes again is somebody new, of whom nothing is known.
    let again = enrol(store, enrolment(1, later), later).unwrap();
    assert!(again.new && again.number != number);
    assert_eq!(levels(&again.changed, later), [Level::Low]);
}

pub fn export_gives_everything_and_is_logged<S: Store>(store: &S) {
    let line = close_contact("K-1", &identity_number(1), "2022-07-02T09:00:00+08:00");
    take_in(store, &[line], noon());
    let asked = enrolment(1, noon());
    let number = enrol(store, asked.clone(), noon()).unwrap().number;
    let mut book = rulebook();
    let export = write(store, move |store| {
        act::export(store, &mut book, number, &officer(), noon())
    })
    .unwrap();
    assert_eq!(export.profile, asked.profile);
    assert_eq!(export.documents, [asked.document]);
    assert_eq!((export.declarations.len(), export.consents.len()), (1, 1));
    assert_eq!((export.evidence.len(), export.log.len()), (2, 1));
    let log = read(store, move |store| Ok(store.log_of(number, 1)?)).unwrap();
    let (_, entry) = log[0].opened.clone().unwrap();
    assert_eq!(entry.kind(), Kind::Export);
}
