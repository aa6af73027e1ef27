//! Tests of people who are plainly low: taken in by a short way that leaves what the long one leaves.

use hc_code::{Span, Timestamp};
use hc_core::act::{self, TakenIn};
use hc_core::evidence::{KeptRow, intake::Row};
use hc_core::rulebook::Rulebook;
use hc_core::store::Store;

use super::acts::enrol;
use super::region::{
    document, document_in, enrolment, hasher, identity_number, noon, row, rows, rulebook,
};
use super::{read, write};
use crate::Seeded;

const COUPLES: u32 = 24;
const MORNINGS: u32 = 30;

/// Two rulebooks that say the same; by one of them everybody is known to have been decided.
fn books() -> [Rulebook; 2] {
    let mut followed = rulebook();
    let edition = followed.edition();
    followed.follow(edition);
    [followed, rulebook()]
}

fn take_in<S: Store>(store: &S, book: &Rulebook, rows: Vec<Row>, now: Timestamp) -> TakenIn {
    let mut book = book.clone();
    let taken = write(store, move |store| {
        act::take_in(store, &mut book, &hasher(), (&rows, &act::nobodys), now)
    });
    taken.unwrap()
}

/// Something that happens to somebody: mostly one more negative test.
fn line(
    choice: &mut Seeded,
    (reference, before): (&str, &str),
    person: u32,
    now: Timestamp,
) -> String {
    let number = identity_number(person);
    let hours = *choice.pick(&[0, 0, 0, 0, 1, 5, 30]).unwrap();
    let at = now.minus(Span::hours(hours));
    let head = |source: &str, kind: &str| {
        format!(
            r#""ref":"{reference}","source":"{source}","by":"load","document_type":"111","document":"{number}","kind":"{kind}","at":"{at}""#
        )
    };
    let (method, pooling) = (
        *choice
            .pick(&["nucleic-acid", "nucleic-acid", "antigen", "antibody"])
            .unwrap(),
        *choice.pick(&["single", "pooled"]).unwrap(),
    );
    let test = |result: &str| {
        let test = head("laboratory", "test");
        format!(r#"{{{test},"method":"{method}","pooling":"{pooling}","result":"{result}"}}"#)
    };
    match choice.below(40) {
        0 => test("positive"),
        1..4 => test("undecided"),
        4 => format!(
            r#"{{{},"degree":"close"}}"#,
            head("health-authority", "contact")
        ),
        5 => format!(
            r#"{{{},"of":"{before}"}}"#,
            head("laboratory", "correction")
        ),
        6 => {
            let ends = now.plus(Span::days(5));
            test("negative").replace("\"by\"", &format!("\"expires\":\"{ends}\",\"by\""))
        }
        7 => format!(
            r#"{{{},"other_document_type":"111","other_document":"{}"}}"#,
            head("health-authority", "link"),
            // Another one for each side, so that a couple is not made one person.
            identity_number(5000 + 2 * choice.below(4) + person % 2)
        ),
        _ => test("negative"),
    }
}

/// Couples live through the same, the one by the short way, the other by the long: nothing tells them apart.
pub fn the_short_way_of_tests_leaves_what_the_long_way_leaves<S: Store>(store: &S) {
    let [short, long] = books();
    for person in 0..2 * COUPLES {
        enrol(store, enrolment(person, noon()), noon()).unwrap();
    }
    let mut choice = Seeded::new(0x5407);
    let mut now = noon();
    let (mut shortened, mut changed) = (0, 0);
    let mut before = [Vec::new(), Vec::new()];
    for morning in 0..MORNINGS {
        now = now.plus(Span::seconds(1 + choice.below(2 * 86_400)));
        let mut both = [Vec::new(), Vec::new()];
        for couple in 0..COUPLES {
            let part = choice.below(2);
            for row in 0..=part {
                // The same choices for both.
                let seed = u64::from(morning * COUPLES + couple) << 1 | u64::from(row);
                for (side, lines) in (0..).zip(&mut both) {
                    let mut choice = Seeded::new(seed);
                    let reference = format!("T-{row}-{morning}-{couple}");
                    let before = format!("T-{}-{}-{couple}", 1 - row, morning.saturating_sub(row));
                    let person = 2 * couple + side;
                    lines.push(line(&mut choice, (&reference, &before), person, now));
                }
            }
        }
        let plain = read(store, move |store| {
            let documents: Vec<_> = (0..COUPLES).map(|couple| document(2 * couple)).collect();
            Ok(store.plainly_named(&documents, now)?)
        });
        shortened += plain.unwrap().iter().flatten().count();
        let sent = both.clone();
        if choice.chance(300) {
            // What came yesterday comes again.
            both.iter_mut()
                .zip(before)
                .for_each(|(lines, more)| lines.extend(more));
        }
        before = sent;
        let [first, second] = both;
        let taken = [(&short, first), (&long, second)].map(|(book, lines)| {
            let rows = rows(&lines, now, &mut book.clone());
            take_in(store, book, rows, now)
        });
        assert_eq!(
            (taken[0].new, taken[0].known, taken[0].changed.len()),
            (taken[1].new, taken[1].known, taken[1].changed.len()),
            "morning {morning}"
        );
        changed += taken[0].changed.len();
        let [of_short, of_long] = [0, 1].map(|side| {
            read(store, move |store| {
                let documents: Vec<_> = (0..COUPLES).map(|c| document(2 * c + side)).collect();
                let numbers = store.numbers(&documents)?;
                let numbers: Vec<_> = numbers.into_iter().map(Option::unwrap).collect();
                let mut logged = Vec::new();
                for number in &numbers {
                    logged.push(store.log_of(*number, 1000)?.len());
                }
                Ok((store.standings(&numbers)?, logged))
            })
            .unwrap()
        });
        assert_eq!(of_short, of_long, "morning {morning}");
    }
    assert!(
        shortened > 200 && changed > 200,
        "{shortened} short ways, {changed} changes"
    );
}

pub fn whoever_is_not_plain_is_not_named_plainly<S: Store>(store: &S) {
    let plain = |store: &S, number: u8, before: Timestamp| {
        let asked = read(store, move |store| {
            Ok(store.plainly_named(&[document_in(7, number)], before)?)
        });
        asked.unwrap()[0].is_some()
    };
    let later = noon().plus(Span::hours(1));
    let kept = |id: u8, plain: bool| KeptRow {
        plain,
        ..row(id, noon())
    };
    // 1 has plain evidence only, 2 also other, 3 and 4 are one person's, 5 was never decided, 6 nobody's.
    write(store, move |store| {
        let standing = store.standings(&[])?;
        assert!(standing.is_empty());
        for number in [1, 2, 3, 5] {
            let subject = store.add_subject(document_in(7, number), noon(), b"")?;
            store.add_document(subject, document_in(7, number), b"")?;
            if number == 3 {
                store.add_document(subject, document_in(7, 4), b"")?;
            }
            if number != 5 {
                store.set_standings(&[(subject, decided())])?;
            }
        }
        store.add_evidence(&[
            (document_in(7, 1), kept(1, true)),
            (document_in(7, 2), kept(1, true)),
            (document_in(7, 2), kept(2, false)),
            (document_in(7, 6), kept(1, true)),
        ])?;
        Ok(())
    })
    .unwrap();
    let found: Vec<u8> = (1..=6)
        .filter(|number| plain(store, *number, later))
        .collect();
    assert_eq!(found, [1]);
    assert!(!plain(store, 1, noon()), "known in this very second");
    // What is plain once stays so only as long as nothing else comes.
    write(store, move |store| {
        Ok(store.add_evidence(&[(document_in(7, 1), kept(9, false))])?)
    })
    .unwrap();
    assert!(!plain(store, 1, later));
}

/// Low for good.
fn decided() -> hc_core::standing::Standing {
    let mut bytes = vec![1];
    bytes.extend(1_u32.to_be_bytes());
    bytes.extend(noon().unix().to_be_bytes());
    bytes.extend(Timestamp::MAX.unix().to_be_bytes());
    bytes.extend([0; 5]);
    bytes.extend(noon().unix().to_be_bytes());
    bytes.extend([0, 0]);
    hc_core::standing::Standing::from_bytes(&bytes).unwrap()
}
