//! Consents: found by when they end, and those to applications.

use hc_code::day_index::SubjectNumber;
use hc_code::{Span, Timestamp};
use hc_core::act::{
    self, ActError, Actor, ApplicationConsent, ApplicationPurpose, consented_applications,
};
use hc_core::party::{Function, Functions};
use hc_core::store::{ConsentRow, Store};
use hc_tlog::entry::Kind;

use super::acts::enrol;
use super::region::{document, enrolment, noon, rulebook};
use super::{read, write};

fn after(hours: u16) -> Timestamp {
    noon().plus(Span::hours(hours))
}

fn consent(application: &str, functions: &[Function], hours: u16) -> ApplicationConsent {
    ApplicationConsent {
        application: application.to_owned(),
        functions: functions.iter().copied().collect(),
        version: 1,
        lasts: Span::hours(hours),
    }
}

/// What applications may do for somebody.
fn held<S: Store>(store: &S, number: SubjectNumber, at: Timestamp) -> Vec<(String, Functions)> {
    let rows = read(store, move |store| Ok(store.consents(number)?)).unwrap();
    let all = consented_applications(&rows, at).into_iter();
    all.map(|one| (one.application, one.functions)).collect()
}

pub fn consents_are_found_by_when_they_end<S: Store>(store: &S) {
    let number = write(store, |store| {
        let number = store.add_subject(document(1), noon(), b"")?;
        for (purpose, hours) in [("early", 1), ("within", 2), ("last", 5), ("late", 6)] {
            let row = ConsentRow {
                purpose: purpose.to_owned(),
                version: 3,
                at: noon(),
                until: after(hours),
            };
            store.set_consent(number, &row)?;
        }
        Ok(number)
    })
    .unwrap();
    let mut found = read(store, |store| {
        let mut found = Vec::new();
        store.each_consent_ending((after(1), after(5)), &mut |number, row| {
            found.push((number, row.purpose, row.version, row.until));
        })?;
        Ok(found)
    })
    .unwrap();
    found.sort_by_key(|one| one.3);
    let one = |purpose: &str, hours| (number, purpose.to_owned(), 3, after(hours));
    assert_eq!(found, [one("within", 2), one("last", 5)]);
}

pub fn an_application_may_act_until_its_consent_ends<S: Store>(store: &S) {
    let number = enrol(store, enrolment(1, noon()), noon()).unwrap().number;
    let agree = move |agreed: ApplicationConsent, at| {
        write(store, move |store| {
            act::consent_to_application(store, number, &agreed, at)
        })
    };
    let (make, query) = (Function::MakeCode, Function::QueryHealth);
    assert_eq!(agree(consent("super", &[make], 2), noon()), Ok(after(2)));
    assert_eq!(
        agree(consent("super", &[make, query], 1), noon()),
        Ok(after(1))
    );
    assert_eq!(
        agree(consent("other", &[query], 200), noon()),
        Ok(after(24))
    );
    let of = |functions: &[Function]| functions.iter().copied().collect::<Functions>();
    let (super_app, other) = ("super".to_owned(), "other".to_owned());
    assert_eq!(
        held(store, number, noon()),
        [
            (other.clone(), of(&[query])),
            (super_app.clone(), of(&[make, query]))
        ]
    );
    // The shorter one did not end the longer one.
    assert_eq!(
        held(store, number, after(1)),
        [(other.clone(), of(&[query])), (super_app, of(&[make]))]
    );
    let end = |application: &'static str, at| {
        write(store, move |store| {
            act::end_application_consent(store, number, application, at)
        })
    };
    assert_eq!(end("super", after(1)), Ok(()));
    assert_eq!(end("super", after(1)), Err(ActError::NoGrant));
    assert_eq!(end("nobody", after(1)), Err(ActError::NoGrant));
    assert_eq!(held(store, number, after(1)), [(other, of(&[query]))]);
    // That it was taken back stays when the person agrees anew.
    agree(consent("super", &[make], 2), after(3)).unwrap();
    let rows = read(store, move |store| Ok(store.consents(number)?)).unwrap();
    let ended = ApplicationPurpose::Ended("super".to_owned()).to_string();
    let ended = rows.iter().find(|row| row.purpose == ended).unwrap();
    assert_eq!(ended.until, after(1));
    let log = read(store, move |store| Ok(store.log_of(number, 100)?)).unwrap();
    let kinds = |kind: Kind| {
        let of_kind = log.iter().filter(|row| {
            row.opened
                .as_ref()
                .is_some_and(|(_, entry)| entry.kind() == kind)
        });
        of_kind.count()
    };
    assert_eq!((kinds(Kind::GrantMade), kinds(Kind::GrantEnded)), (4, 1));
}

pub fn a_withdrawn_number_ends_what_applications_may_do<S: Store>(store: &S) {
    let old = enrol(store, enrolment(1, noon()), noon()).unwrap().number;
    let mut book = rulebook();
    let new = write(store, move |store| {
        let agreed = consent("super", &[Function::MakeCode], 20);
        act::consent_to_application(store, old, &agreed, noon())?;
        let actor = Actor::subject();
        act::withdraw(store, &mut book, old, &actor, "lost-phone", after(1))
    });
    let (new, _) = new.unwrap();
    assert!(held(store, new, after(2)).is_empty());
    let agreed = consent("super", &[Function::MakeCode], 20);
    let gone = write(store, move |store| {
        act::consent_to_application(store, old, &agreed, after(2))
    });
    assert_eq!(gone, Err(ActError::NotEnrolled));
}
