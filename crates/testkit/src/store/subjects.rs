//! Subjects and what is theirs.

use hc_code::day_index::SubjectNumber;
use hc_code::{Span, Timestamp};
use hc_core::standing::Standing;
use hc_core::store::{
    ConsentRow, DeclarationRow, DocumentHash, GrantRow, Named, PaperRow, Store, StoreError,
    SubjectState, Writing,
};

use super::region::{document, document_in, look, noon, row, rulebook};
use super::{read, write};
use hc_core::act::ActError;

fn is_refused<T>(result: &Result<T, ActError>) -> bool {
    matches!(result, Err(ActError::Store(StoreError::Refused(_))))
}

fn add(store: &mut dyn Writing, index: u32) -> Result<SubjectNumber, StoreError> {
    let number = store.add_subject(
        document(index),
        noon(),
        format!("person {index}").as_bytes(),
    )?;
    store.add_document(number, document(index), b"a document")?;
    Ok(number)
}

fn declaration(at: Timestamp, text: &str) -> DeclarationRow {
    DeclarationRow {
        at,
        content: text.as_bytes().to_vec(),
    }
}

fn consent(purpose: &str, version: u32, at: Timestamp) -> ConsentRow {
    ConsentRow {
        purpose: purpose.to_owned(),
        version,
        at,
        until: at.plus(Span::days(30)),
    }
}

fn standing(index: u64) -> Standing {
    let minutes = u32::try_from(index).unwrap() * 60;
    let story = hc_core::evidence::EvidenceSet::default().story(noon());
    let (mut standing, _) = rulebook().decide(&story, noon());
    standing.horizon = noon().plus(Span::seconds(minutes));
    standing
}

pub fn numbers_are_sequences_within_a_bucket<S: Store>(store: &S) {
    let given = write(store, |store| {
        let mut given = Vec::new();
        for (bucket, name) in [
            (0xabc, 1),
            (0xabc, 2),
            (0, 1),
            (0xabc, 3),
            (0xfff, 1),
            (0, 2),
        ] {
            let number = store.add_subject(document_in(bucket, name), noon(), b"")?;
            given.push(number.expose_number());
        }
        Ok(given)
    });
    assert_eq!(
        given.unwrap(),
        [0xabc, 4096 + 0xabc, 0, 8192 + 0xabc, 0xfff, 4096]
    );
}

pub fn numbers_are_never_given_twice<S: Store>(store: &S) {
    let numbers = write(store, |store| {
        let first = store.add_subject(document_in(7, 1), noon(), b"")?;
        store.erase_subject(first, noon())?;
        let second = store.add_subject(document_in(7, 1), noon(), b"")?;
        let third = store.replace_subject(second, noon())?;
        let fourth = store.add_subject(document_in(7, 2), noon(), b"")?;
        Ok([first, second, third, fourth].map(SubjectNumber::expose_number))
    });
    assert_eq!(numbers.unwrap(), [7, 4096 + 7, 8192 + 7, 12_288 + 7]);
}

pub fn what_is_kept_about_a_subject_is_given_back<S: Store>(store: &S) {
    let number = write(store, |store| Ok(add(store, 1)?)).unwrap();
    write(store, move |store| {
        Ok(store.set_subject(number, "张三".as_bytes())?)
    })
    .unwrap();
    let (row, documents, named, active) = read(store, move |store| {
        Ok((
            store.subject(number)?.unwrap(),
            store.documents(number)?,
            store.numbers(&[document(2), document(1)])?,
            store.active()?,
        ))
    })
    .unwrap();
    assert_eq!(row.state, SubjectState::Active);
    assert_eq!(row.since, noon());
    assert_eq!(row.content, "张三".as_bytes());
    assert_eq!(documents.len(), 1);
    assert_eq!(documents[0].hash, document(1));
    assert_eq!(documents[0].content, b"a document");
    assert_eq!(named, [None, Some(number)]);
    assert_eq!(active, 1);
}

pub fn a_document_names_one_subject<S: Store>(store: &S) {
    let (one, other) = write(store, |store| Ok((add(store, 1)?, add(store, 2)?))).unwrap();
    let taken = write(store, move |store| {
        Ok(store.add_document(other, document(1), b"stolen")?)
    });
    assert!(is_refused(&taken));
    write(store, move |store| {
        store.add_document(one, document(3), b"a passport")?;
        Ok(store.add_document(one, document(1), b"the same, renewed")?)
    })
    .unwrap();
    let kept = read(store, move |store| Ok(store.documents(one)?)).unwrap();
    let mut expected = [document(1), document(3)];
    expected.sort_unstable();
    assert_eq!(
        kept.iter().map(|row| row.hash).collect::<Vec<_>>(),
        expected
    );
    let (hashes, found) = read(store, move |store| {
        let asked = [document(9), document(3), document(2)];
        Ok((store.hashes(one)?, store.named(&asked)?))
    })
    .unwrap();
    assert_eq!(hashes, expected);
    let named = |number, documents: &[DocumentHash]| {
        let documents = documents.iter().copied().collect();
        let standing = None;
        Some(Named {
            number,
            documents,
            standing,
        })
    };
    let whom = [None, named(one, &expected), named(other, &[document(2)])];
    assert_eq!(found, whom);
    let renewed = kept.iter().find(|row| row.hash == document(1)).unwrap();
    assert_eq!(renewed.content, b"the same, renewed");
    // What names nobody any more may be anybody's.
    write(store, move |store| {
        store.erase_subject(one, noon())?;
        Ok(store.add_document(other, document(1), b"again")?)
    })
    .unwrap();
}

pub fn consents_and_grants_are_replaced_by_later_ones<S: Store>(store: &S) {
    let later = noon().plus(Span::days(1));
    let (ward, consents, grants, seen_by_guardian) = write(store, move |store| {
        let (guardian, ward) = (add(store, 1)?, add(store, 2)?);
        for row in [
            consent("code", 1, noon()),
            consent("transfer", 1, noon()),
            consent("code", 2, later),
        ] {
            store.set_consent(ward, &row)?;
        }
        let mut grant = GrantRow {
            guardian,
            ward,
            at: noon(),
            until: noon().plus(Span::days(300)),
        };
        store.set_grant(&grant)?;
        grant.until = later;
        store.set_grant(&grant)?;
        Ok((
            ward,
            store.consents(ward)?,
            store.grants(ward)?,
            store.grants(guardian)?,
        ))
    })
    .unwrap();
    assert_eq!(
        consents,
        [consent("transfer", 1, noon()), consent("code", 2, later)]
    );
    assert_eq!(grants.len(), 1);
    assert_eq!((grants[0].ward, grants[0].until), (ward, later));
    assert_eq!(grants, seen_by_guardian);
}

pub fn declarations_come_latest_first<S: Store>(store: &S) {
    let later = noon().plus(Span::hours(1));
    let found = write(store, move |store| {
        let number = add(store, 1)?;
        for row in [
            declaration(noon(), "first"),
            declaration(later, "third"),
            declaration(noon(), "second"),
        ] {
            store.add_declaration(number, &row)?;
        }
        Ok((
            store.declarations(number, 10)?,
            store.declarations(number, 1)?,
        ))
    })
    .unwrap();
    let expected = [
        declaration(later, "third"),
        declaration(noon(), "second"),
        declaration(noon(), "first"),
    ];
    assert_eq!(found.0, expected);
    assert_eq!(found.1, expected[..1]);
}

pub fn nobody_cannot_be_written_to<S: Store>(store: &S) {
    let nobody = SubjectNumber::new(77);
    let gone = write(store, |store| {
        let number = add(store, 1)?;
        store.erase_subject(number, noon())?;
        Ok(number)
    })
    .unwrap();
    for number in [nobody, gone] {
        assert!(is_refused(&write(store, move |store| {
            Ok(store.set_subject(number, b"x")?)
        })));
        assert!(is_refused(&write(store, move |store| {
            Ok(store.add_document(number, document(9), b"x")?)
        })));
        assert!(is_refused(&write(store, move |store| {
            Ok(store.add_declaration(number, &declaration(noon(), "x"))?)
        })));
        assert!(is_refused(&write(store, move |store| {
            Ok(store.set_consent(number, &consent("code", 1, noon()))?)
        })));
        assert!(is_refused(&write(store, move |store| {
            Ok(store.set_standings(&[(number, standing(5))])?)
        })));
        assert!(is_refused(&write(store, move |store| {
            Ok(store.replace_subject(number, noon())?)
        })));
    }
    assert!(is_refused(&write(store, move |store| {
        Ok(store.erase_subject(nobody, noon())?)
    })));
    assert_eq!(
        read(store, move |store| Ok(store.subject(nobody)?)),
        Ok(None)
    );
}

pub fn a_replaced_number_hands_everything_on<S: Store>(store: &S) {
    let later = noon().plus(Span::days(1));
    let (old, child) = write(store, |store| {
        let (number, child) = (add(store, 1)?, add(store, 2)?);
        store.add_document(number, document(3), b"a passport")?;
        store.add_declaration(number, &declaration(noon(), "well"))?;
        store.add_declaration(number, &declaration(noon(), "well, again"))?;
        store.set_consent(number, &consent("code", 1, noon()))?;
        store.set_grant(&GrantRow {
            guardian: number,
            ward: child,
            at: noon(),
            until: Timestamp::MAX,
        })?;
        store.set_paper(&PaperRow {
            pointer: [1; 16],
            number,
            at: noon(),
            until: Timestamp::MAX,
            withdrawn: None,
        })?;
        store.set_standings(&[(number, standing(5))])?;
        store.log(&look(Some(number.expose_number()), noon()))?;
        Ok((number, child))
    })
    .unwrap();
    let new = write(store, move |store| Ok(store.replace_subject(old, later)?)).unwrap();
    assert_eq!(new.expose_number(), old.expose_number() + 4096);
    read(store, move |store| {
        let retired = store.subject(old)?.unwrap();
        assert_eq!(retired.state, SubjectState::Withdrawn { successor: new });
        assert_eq!((retired.since, retired.content), (noon(), Vec::new()));
        assert!(store.documents(old)?.is_empty() && store.declarations(old, 9)?.is_empty());
        assert!(store.consents(old)?.is_empty() && store.grants(old)?.is_empty());
        assert!(store.papers(old)?.is_empty() && store.log_of(old, 9)?.is_empty());

        let row = store.subject(new)?.unwrap();
        assert_eq!((row.state, row.since), (SubjectState::Active, later));
        assert_eq!(row.content, b"person 1");
        assert_eq!(store.documents(new)?.len(), 2);
        assert_eq!(store.numbers(&[document(1), document(3)])?, [Some(new); 2]);
        assert_eq!(
            store.declarations(new, 9)?,
            [
                declaration(noon(), "well, again"),
                declaration(noon(), "well")
            ]
        );
        assert_eq!(store.consents(new)?, [consent("code", 1, noon())]);
        let grants = store.grants(child)?;
        assert_eq!((grants[0].guardian, grants[0].ward), (new, child));
        let papers = store.papers(new)?;
        assert_eq!(papers[0].withdrawn, Some(later), "a lost paper ends");
        assert_eq!(store.standings(&[old, new])?, [None, Some(standing(5))]);
        let named = store.named(&[document(1)])?.pop().flatten();
        assert_eq!(named.unwrap().standing, Some(standing(5)));
        assert_eq!(store.log_of(new, 9)?.len(), 1);
        Ok(())
    })
    .unwrap();
}

pub fn erasure_leaves_the_number_and_the_commitments<S: Store>(store: &S) {
    let later = noon().plus(Span::days(1));
    let (number, other) = write(store, |store| {
        let (number, other) = (add(store, 1)?, add(store, 2)?);
        store.add_declaration(number, &declaration(noon(), "well"))?;
        store.set_consent(number, &consent("code", 1, noon()))?;
        for (guardian, ward) in [(number, other), (other, number)] {
            store.set_grant(&GrantRow {
                guardian,
                ward,
                at: noon(),
                until: Timestamp::MAX,
            })?;
        }
        store.set_paper(&PaperRow {
            pointer: [1; 16],
            number,
            at: noon(),
            until: Timestamp::MAX,
            withdrawn: None,
        })?;
        store.add_evidence(&[(document(1), row(1, noon())), (document(2), row(1, noon()))])?;
        store.set_standings(&[(number, standing(5))])?;
        for seen in [number, other] {
            store.log(&look(Some(seen.expose_number()), noon()))?;
        }
        Ok((number, other))
    })
    .unwrap();
    let before = read(store, |store| Ok(store.log_from(0, 9)?)).unwrap();
    for _ in 0..2 {
        write(store, move |store| Ok(store.erase_subject(number, later)?)).unwrap();
    }
    read(store, move |store| {
        let kept = store.subject(number)?.unwrap();
        assert_eq!(
            (kept.state, kept.content),
            (SubjectState::Erased, Vec::new())
        );
        assert!(store.documents(number)?.is_empty());
        assert!(store.declarations(number, 9)?.is_empty());
        assert!(store.consents(number)?.is_empty());
        assert!(store.grants(number)?.is_empty() && store.grants(other)?.is_empty());
        assert!(store.papers(number)?.is_empty() && store.paper(&[1; 16])?.is_none());
        assert_eq!(store.standings(&[number])?, [None]);
        assert_eq!(store.numbers(&[document(1)])?, [None]);
        let evidence = store.evidence(&[document(1), document(2)])?;
        assert_eq!((evidence[0].len(), evidence[1].len()), (0, 1));
        assert!(store.log_of(number, 9)?.is_empty());
        let after = store.log_from(0, 9)?;
        assert_eq!(after.len(), before.len());
        assert!(after[0].opened.is_none() && after[1].opened.is_some());
        for (one, same) in after.iter().zip(&before) {
            assert_eq!(one.commitment, same.commitment);
        }
        assert_eq!(store.active()?, 1);
        Ok(())
    })
    .unwrap();
}

pub fn standings_are_found_by_number_by_horizon_and_all_at_once<S: Store>(store: &S) {
    let numbers = write(store, |store| {
        let mut numbers = Vec::new();
        for index in 0..6 {
            numbers.push(add(store, index)?);
        }
        // The fifth has none; the sixth is gone.
        for (index, number) in (0..).zip(&numbers[..4]) {
            store.set_standings(&[(*number, standing(10 - index))])?;
        }
        store.erase_subject(numbers[5], noon())?;
        Ok(numbers)
    })
    .unwrap();
    read(store, move |store| {
        let found = store.standings(&numbers)?;
        assert_eq!(found[0], Some(standing(10)));
        assert_eq!(found[3], Some(standing(7)));
        assert_eq!((&found[4], &found[5]), (&None, &None));
        let before = noon().plus(Span::seconds(9 * 60));
        let due = store.due(before, 10)?;
        assert_eq!(due, [numbers[4], numbers[3], numbers[2], numbers[1]]);
        assert_eq!(store.due(before, 2)?, due[..2]);

        let mut all = Vec::new();
        store.each_standing(&mut |number, state, standing| {
            all.push((number, state, standing.map(|standing| standing.horizon)));
        })?;
        assert_eq!(all.len(), 6);
        let with = all.iter().filter(|(_, _, horizon)| horizon.is_some());
        assert_eq!(with.count(), 4);
        let gone = (numbers[5], SubjectState::Erased, None);
        assert!(all.contains(&gone));

        let mut active = numbers[..5].to_vec();
        active.sort_unstable();
        assert_eq!(store.active_after(None, 9)?, active);
        assert_eq!(store.active_after(Some(active[1]), 2)?, active[2..4]);
        assert_eq!(store.active_after(Some(active[4]), 2)?, []);
        let hashes = store.hashes_after(None, 99)?;
        assert!(hashes.is_sorted() && hashes.len() >= 5);
        assert_eq!(store.hashes_after(Some(hashes[0]), 2)?, hashes[1..3]);
        assert_eq!(store.hashes_after(hashes.last().copied(), 2)?, []);
        for number in &numbers[..5] {
            for hash in store.hashes(*number)? {
                assert!(hashes.contains(&hash));
            }
        }
        Ok(())
    })
    .unwrap();
}
