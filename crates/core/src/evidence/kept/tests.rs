use proptest::prelude::*;

use super::*;
use crate::evidence::{Answer, CaseClass, ContactDegree, ExposureGrade, Origin, Setting};
use crate::evidence::{Pooling, TestMethod, TestResult};

fn events(places: &mut PlaceTable) -> Vec<Event> {
    let division: DivisionCode = "330106".parse().unwrap();
    let mut stay = |text: &str| {
        let place = if text.is_empty() {
            Place::whole()
        } else {
            Place::parse(text).unwrap()
        };
        Event::Stay {
            division,
            place: places.intern(division, place).unwrap(),
        }
    };
    let mut events = vec![
        stay(""),
        stay("北山街道"),
        stay("古荡街道湖畔花园12幢3单元"),
        stay("全域（除高风险区外）"),
        stay("西溪路550号、552号"),
        stay("新金都城市花园（东区）5-7幢"),
    ];
    events.extend(CaseClass::ALL.iter().copied().map(Event::Case));
    events.extend(ContactDegree::ALL.iter().copied().map(Event::Contact));
    events.extend(Origin::ALL.iter().copied().map(Event::Arrival));
    events.extend(Setting::ALL.iter().copied().map(Event::Quarantine));
    events.extend(Setting::ALL.iter().copied().map(Event::Release));
    events.extend(ExposureGrade::ALL.iter().copied().map(Event::Exposure));
    for method in TestMethod::ALL {
        for result in TestResult::ALL {
            events.push(Event::Test {
                method: *method,
                pooling: Pooling::Pooled,
                result: *result,
            });
        }
    }
    events.extend([
        Event::Symptoms,
        Event::Temperature(373),
        Event::Vaccination { dose: 3 },
        Event::Declaration {
            answers: Answers::EMPTY,
            temperature: 0,
        },
        Event::Declaration {
            answers: Answer::ALL
                .iter()
                .fold(Answers::EMPTY, |answers, answer| answers.with(*answer)),
            temperature: 391,
        },
    ]);
    events
}

fn statement() -> Statement {
    Statement::new(SourceKind::Laboratory, "省疾控 1", "A-7").unwrap()
}

#[test]
fn every_kind_of_evidence_reads_back_in_another_table() {
    let mut places = PlaceTable::new();
    let known: Timestamp = "2022-06-28T12:00:00+08:00".parse().unwrap();
    let mut kinds = std::collections::BTreeSet::new();
    for event in events(&mut places) {
        kinds.insert(event.kind());
        let fact = Fact {
            at: known,
            until: known,
            known,
            expires: Timestamp::MAX,
            event,
            source: SourceKind::Laboratory,
        };
        let evidence = Evidence::new(statement(), fact, &places);
        let row = KeptRow::of(&KeptRecord::Evidence(evidence.clone()), &places);
        let mut elsewhere = PlaceTable::new();
        let KeptRecord::Evidence(found) = row.record(&mut elsewhere).unwrap() else {
            panic!("another form");
        };
        // The id is made from everything that is stated, the place too.
        assert_eq!(found.id(), evidence.id(), "{event:?}");
        assert_eq!(found.statement(), evidence.statement());
        let again = KeptRow::of(&KeptRecord::Evidence(found), &elsewhere);
        assert_eq!(again, row);
    }
    assert_eq!(kinds.len(), EventKind::ALL.len());
}

#[test]
fn corrections_and_links_read_back() {
    let known: Timestamp = "2022-06-28T12:00:00+08:00".parse().unwrap();
    let mut places = PlaceTable::new();
    for record in [
        KeptRecord::Correction(Correction {
            of: statement(),
            known,
        }),
        KeptRecord::Link {
            statement: statement(),
            other: DocumentHash::from_bytes([9; 16]),
            known,
        },
    ] {
        let row = KeptRow::of(&record, &places);
        assert_eq!(row.record(&mut places).unwrap(), record);
        // Known later, it is the same statement.
        let later = KeptRow {
            known: Timestamp::MAX,
            ..row.clone()
        };
        assert_eq!(later.id, row.id);
    }
}

proptest! {
    #[test]
    fn other_bytes_are_refused_and_never_panic(content in proptest::collection::vec(any::<u8>(), 0..80)) {
        let row = KeptRow { id: [0; 16], known: Timestamp::MIN, expires: Timestamp::MAX, plain: false, content };
        let mut places = PlaceTable::new();
        if let Ok(record) = row.record(&mut places) {
            prop_assert_eq!(KeptRow::of(&record, &places).record(&mut places).unwrap(), record);
        }
    }

    #[test]
    fn cut_rows_are_refused(length in 0usize..200) {
        let mut places = PlaceTable::new();
        for event in events(&mut places) {
            let fact = Fact {
                at: Timestamp::MIN, until: Timestamp::MIN, known: Timestamp::MIN,
                expires: Timestamp::MAX, event, source: SourceKind::Laboratory,
            };
            let evidence = Evidence::new(statement(), fact, &places);
            let mut row = KeptRow::of(&KeptRecord::Evidence(evidence), &places);
            if length < row.content.len() {
                row.content.truncate(length);
                prop_assert!(row.record(&mut PlaceTable::new()).is_err());
            }
        }
    }
}
