use hc_code::signing::SigningKey;
use hc_code::{Span, Timestamp};

use super::*;
use crate::certificate::tests::{FROM, NOON, TOP, UNTIL, key, new, tree};
use crate::certificate::{IssueError, Purpose};
use crate::{Anchors, ChainError};

fn later(hours: u16) -> Timestamp {
    NOON.plus(Span::hours(hours))
}

/// A list of an authority, good for a day from noon on.
fn list(authority: &Certificate, by: &SigningKey, revoked: &[&Certificate]) -> Revocations {
    let revoked = revoked.iter().map(|one| (one.serial().clone(), NOON));
    let new = NewRevocations {
        revoked: revoked.collect(),
        from: NOON,
        until: later(24),
        number: 7,
    };
    new.issued(authority, by).unwrap()
}

#[test]
fn a_list_says_what_it_was_made_to_say() {
    let [root, middle, application] = tree();
    let made = list(&middle, &key(2), &[&application]);
    assert_eq!(made.issuer().to_string(), "CN=applications");
    assert_eq!((made.from(), made.until()), (NOON, later(24)));
    assert_eq!(made.revoked_since(application.serial()), Some(NOON));
    assert_eq!(made.revoked_since(root.serial()), None);
    assert!(made.is_signed_by(&middle) && !made.is_signed_by(&root));
    assert_eq!(Revocations::from_der(made.as_der()), Ok(made.clone()));
    let empty = list(&middle, &key(2), &[]);
    assert!(empty.revoked().is_empty());
    assert_eq!(Revocations::from_der(empty.as_der()), Ok(empty));
}

#[test]
fn with_lists_a_chain_is_believed_that_none_of_them_breaks() {
    let [root, middle, application] = tree();
    let others = [middle.clone()];
    let (of_root, of_middle) = (list(&root, &key(1), &[]), list(&middle, &key(2), &[]));
    let anchors = |lists: &[&Revocations]| {
        let lists = lists.iter().map(|one| (*one).clone()).collect();
        Anchors::new(vec![root.clone()])
            .unwrap()
            .with_revocations(lists)
    };
    let both = anchors(&[&of_root, &of_middle]);
    for at in [NOON, later(24)] {
        assert!(both.verify(&application, &others, at).is_ok());
    }
    // A list that is missing, not there yet, or past its time proves nothing.
    for (anchors, at, whose) in [
        (anchors(&[&of_root]), NOON, "CN=applications"),
        (anchors(&[&of_middle]), NOON, "CN=卫生信任根,O=浙江省,C=CN"),
        (anchors(&[]), NOON, "CN=applications"),
        (
            both.clone(),
            NOON.minus(Span::seconds(1)),
            "CN=applications",
        ),
        (both, later(24).plus(Span::seconds(1)), "CN=applications"),
    ] {
        assert_eq!(
            anchors.verify(&application, &others, at),
            Err(ChainError::NoRevocations(whose.to_owned()))
        );
    }
    // Revoked itself, or its authority.
    let revoked = list(&middle, &key(2), &[&application]);
    assert_eq!(
        anchors(&[&of_root, &revoked]).verify(&application, &others, NOON),
        Err(ChainError::Revoked {
            subject: "CN=gate vendor".to_owned(),
            since: NOON
        })
    );
    let revoked = list(&root, &key(1), &[&middle]);
    assert_eq!(
        anchors(&[&revoked, &of_middle]).verify(&application, &others, NOON),
        Err(ChainError::Revoked {
            subject: "CN=applications".to_owned(),
            since: NOON
        })
    );
    // Of two that are good the newer one counts.
    let older = list(&middle, &key(2), &[]);
    let newer = NewRevocations {
        revoked: vec![(application.serial().clone(), later(1))],
        from: later(1),
        until: later(20),
        number: 8,
    };
    let newer = newer.issued(&middle, &key(2)).unwrap();
    let lists = anchors(&[&older, &of_root, &newer]);
    assert!(lists.verify(&application, &others, NOON).is_ok());
    assert!(lists.verify(&application, &others, later(2)).is_err());
}

#[test]
fn nobody_else_revokes_an_authoritys_certificates() {
    let [root, middle, application] = tree();
    // One of the same name with another key, and one that is no authority.
    let other = new("CN=applications", &key(9), TOP);
    let other = other.self_signed(&key(9)).unwrap();
    let forged = list(&other, &key(9), &[&application]);
    assert!(!forged.is_signed_by(&middle));
    let nobody = NewRevocations {
        revoked: Vec::new(),
        from: FROM,
        until: UNTIL,
        number: 1,
    };
    assert_eq!(
        nobody.clone().issued(&application, &key(3)),
        Err(IssueError::NotAuthority)
    );
    assert_eq!(nobody.issued(&root, &key(2)), Err(IssueError::OtherKey));
    assert_eq!(application.purpose(), Purpose::Signing);
    // A byte that is changed anywhere breaks the list.
    let made = list(&root, &key(1), &[&middle]);
    for place in 0..made.as_der().len() {
        let mut changed = made.as_der().to_vec();
        changed[place] ^= 1;
        let read = Revocations::from_der(&changed);
        assert!(
            read.is_err() || !read.unwrap().is_signed_by(&root),
            "{place}"
        );
    }
}

#[test]
fn a_certificate_stands_once_in_a_list() {
    let [_, middle, application] = tree();
    let serial = application.serial().clone();
    let twice = NewRevocations {
        revoked: vec![(serial.clone(), NOON), (serial.clone(), later(1))],
        from: NOON,
        until: later(24),
        number: 1,
    };
    assert_eq!(
        twice.issued(&middle, &key(2)),
        Err(IssueError::List(RevocationsError::Twice(serial)))
    );
}
