//! What holds for all evidence lines, whatever they say and however they come.

use hc_code::{Level, Span, Timestamp};
use hc_core::area::{AreaHistory, AreaIndex};
use hc_core::decide::decide;
use hc_core::evidence::intake::{self, Batch, Desk, Row};
use hc_core::evidence::{EventKind, EvidenceId, Register, SourceKind};
use hc_core::place::PlaceTable;
use hc_core::rules::RulePack;
use hc_core::word::Word;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

const GOOD: &str = include_str!("fixtures/evidence/good.ndjson");

/// Documents of three people: the first two are one number under two types.
const DOCUMENTS: [(&str, &str, &str); 5] = [
    ("111", "11010519491231002X", ""),
    ("112", "110105491231002", ""),
    ("414", "AB123456", "CAN"),
    ("516", "H12345678", ""),
    ("111", "440524188001010014", ""),
];

fn begin() -> Timestamp {
    "2020-02-11T00:00:00+08:00".parse().unwrap()
}

fn end() -> Timestamp {
    "2020-03-13T00:00:00+08:00".parse().unwrap()
}

fn pack() -> RulePack {
    let text = include_str!("../../../policies/hangzhou-2020-02.toml");
    RulePack::parse(text).unwrap_or_else(|findings| panic!("{findings}"))
}

/// A line as fields with their texts; `answers` joined as in CSV.
type Line = Vec<(&'static str, String)>;

fn hours(hours: u16) -> String {
    begin().plus(Span::hours(hours)).to_string()
}

fn words<T: Word>() -> impl Strategy<Value = String> {
    select(T::ALL).prop_map(|value| value.word().to_owned())
}

/// The fields of a kind, from a few numbers.
fn of_kind(kind: &'static str, pick: usize, at: u16) -> Line {
    let word = |list: &[&str]| list[pick % list.len()].to_owned();
    let later = hours(at + u16::try_from(pick % 5).unwrap());
    match kind {
        "declaration" => {
            let answers = [
                "",
                "",
                "",
                "fever",
                "risk-stay",
                "case-contact",
                "risk-stay^symptoms",
            ];
            vec![("answers", word(&answers))]
        }
        "case" => vec![("class", word(&["confirmed", "suspected", "asymptomatic"]))],
        "contact" => vec![
            ("degree", word(&["close", "secondary", "general"])),
            ("until", later),
        ],
        "test" => vec![
            ("method", word(&["nucleic-acid", "antigen"])),
            ("pooling", word(&["single", "pooled"])),
            ("result", word(&["negative", "positive", "undecided"])),
            ("reported", later),
        ],
        "vaccination" => vec![("dose", word(&["1", "2"]))],
        "stay" => vec![
            ("division", word(&["420100", "420106", "330106", "110105"])),
            ("place", word(&["", "友谊社区", "西溪街道", "北山街道"])),
            ("until", later),
        ],
        "arrival" => vec![("from", word(&["abroad", "domestic"]))],
        "quarantine" => vec![
            ("setting", word(&["home", "central"])),
            ("until", hours(at + 300)),
        ],
        "release" => vec![("setting", word(&["hospital", "central", "home"]))],
        "temperature" => vec![("temperature", word(&["36.6", "37.3", "39"]))],
        "exposure" => vec![("grade", word(&["traced", "possible"]))],
        "correction" => vec![("of", word(&["3", "5", "7"]))],
        "link" => {
            let (kind, number, country) = DOCUMENTS[pick % DOCUMENTS.len()];
            vec![
                ("other_document_type", kind.to_owned()),
                ("other_document", number.to_owned()),
                ("other_country", country.to_owned()),
            ]
        }
        _ => vec![],
    }
}

/// A line that is mostly good; references repeat, so that lines contradict and correct each other.
fn line() -> impl Strategy<Value = Line> {
    let kinds: Vec<&'static str> = EventKind::ALL
        .iter()
        .map(|kind| kind.word())
        .chain([
            "declaration",
            "declaration",
            "stay",
            "stay",
            "correction",
            "link",
        ])
        .collect();
    (
        select(kinds),
        words::<SourceKind>(),
        0..DOCUMENTS.len(),
        (0u16..30, 0usize..60, 0u16..500, 0u16..100),
        prop::option::weighted(0.1, 100u16..400),
    )
        .prop_map(
            |(kind, source, person, (reference, pick, at, late), lasts)| {
                let (document_type, document, country) = DOCUMENTS[person];
                let source = match kind {
                    "declaration" => "self".to_owned(),
                    "link" if pick % 8 != 0 => "community".to_owned(),
                    _ => source,
                };
                let mut line = vec![
                    ("ref", reference.to_string()),
                    ("source", source),
                    ("by", "someone, \"somewhere\"".to_owned()),
                    ("document_type", document_type.to_owned()),
                    ("document", document.to_owned()),
                    ("country", country.to_owned()),
                    ("kind", kind.to_owned()),
                    ("at", hours(at)),
                    ("received", hours(at + 5 + late)),
                ];
                line.extend(of_kind(kind, pick, at));
                if let Some(lasts) = lasts {
                    line.push(("expires", hours(at + lasts)));
                }
                line
            },
        )
}

fn json(line: &Line) -> String {
    let object: serde_json::Map<String, serde_json::Value> = line
        .iter()
        .filter(|(field, text)| !text.is_empty() || *field == "answers")
        .map(|(field, text)| {
            let value = match *field {
                "answers" => text.split('^').filter(|text| !text.is_empty()).collect(),
                _ => text.as_str().into(),
            };
            ((*field).to_owned(), value)
        })
        .collect();
    serde_json::Value::from(object).to_string() + "\n"
}

fn ndjson_file(lines: &[Line]) -> String {
    lines.iter().map(json).collect()
}

fn csv_file(lines: &[Line]) -> Vec<u8> {
    let columns: Vec<&str> = intake::Field::ALL
        .iter()
        .rev()
        .map(|field| field.name())
        .collect();
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&columns).unwrap();
    for line in lines {
        let cell = |column: &&str| {
            let found = line.iter().find(|(field, _)| field == column);
            found.map_or("", |(_, text)| text.as_str())
        };
        writer.write_record(columns.iter().map(cell)).unwrap();
    }
    writer.into_inner().unwrap()
}

fn read(file: impl AsRef<[u8]>, places: &mut PlaceTable) -> Batch {
    let mut desk = Desk::new(end(), places);
    intake::ndjson(file.as_ref(), &mut desk)
}

/// One decision about one document: its level, its next change, and each reason with the evidence
/// that it rests on.
type Outcome = (Level, Timestamp, Vec<(String, Vec<EvidenceId>)>);

/// Every decision about everybody on every third day.
fn decisions(rows: impl IntoIterator<Item = Row>, places: &PlaceTable) -> Vec<Outcome> {
    let pack = pack();
    let areas = AreaIndex::build(places, &AreaHistory::empty());
    let mut register = Register::new();
    let mut keys = std::collections::BTreeSet::new();
    for row in rows {
        keys.insert(row.document().unwrap().key());
        register.add(row);
    }
    let mut outcomes = Vec::new();
    for days in (0..31).step_by(3) {
        let now = begin().plus(Span::days(days)).plus(Span::hours(7));
        for key in &keys {
            let story = register.story(key, now);
            let decision = decide(&pack, story.facts(), &areas, now);
            let reasons = decision.reasons.iter().map(|reason| {
                let mut evidence: Vec<EvidenceId> = reason
                    .facts
                    .iter()
                    .flat_map(|fact| story.evidence(*fact))
                    .copied()
                    .collect();
                evidence.sort();
                let shown = format!(
                    "{} {} {:?} {} {} {:?} {:?}",
                    reason.rule,
                    reason.stage,
                    reason.level,
                    reason.since,
                    reason.until,
                    reason.grain,
                    reason.area
                );
                (shown, evidence)
            });
            outcomes.push((decision.level, decision.valid_until, reasons.collect()));
        }
    }
    outcomes
}

/// Lines, and the same lines in another order with some of them again.
fn lines_and_others() -> impl Strategy<Value = (Vec<Line>, Vec<Line>)> {
    vec(line(), 0..24).prop_flat_map(|lines| {
        let again = subsequence(lines.clone(), 0..=lines.len());
        let shuffled = again
            .prop_map({
                let lines = lines.clone();
                move |again| [lines.clone(), again].concat()
            })
            .prop_shuffle();
        (Just(lines), shuffled)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn order_and_repetition_of_lines_change_no_decision((lines, others) in lines_and_others()) {
        let (mut places, mut other_places) = (PlaceTable::new(), PlaceTable::new());
        let batch = read(ndjson_file(&lines), &mut places);
        let other = read(ndjson_file(&others), &mut other_places);
        prop_assert_eq!(
            decisions(batch.into_rows(), &places),
            decisions(other.into_rows(), &other_places)
        );
    }

    #[test]
    fn order_and_repetition_of_rows_change_no_decision((lines, others) in lines_and_others()) {
        // Each line as a batch of its own, so that contradictory ones count as well.
        let mut places = PlaceTable::new();
        let mut rows = |lines: &[Line]| -> Vec<Row> {
            lines.iter().flat_map(|line| read(json(line), &mut places).into_rows()).collect()
        };
        let (one, other) = (rows(&lines), rows(&others));
        prop_assert_eq!(decisions(one, &places), decisions(other, &places));
    }

    #[test]
    fn csv_and_ndjson_of_the_same_lines_give_the_same_evidence(lines in vec(line(), 0..24)) {
        let (mut places, mut other_places) = (PlaceTable::new(), PlaceTable::new());
        let one = read(ndjson_file(&lines), &mut places);
        let mut desk = Desk::new(end(), &mut other_places);
        let other = intake::csv(&csv_file(&lines), &mut desk).unwrap();
        let shown = |batch: &Batch| -> Vec<String> {
            batch.rows().iter().map(|row| {
                format!("{:?} {} {:?}", row.statement(), row.document().unwrap(), row.record())
            }).collect()
        };
        prop_assert_eq!(shown(&one), shown(&other));
        let faults = |batch: &Batch| -> Vec<String> {
            batch.quarantined().iter().map(|refused| {
                // The lines are one further down in CSV.
                refused.faults().iter().map(|fault| {
                    fault.to_string().split(" line ").next().unwrap().to_owned()
                }).collect()
            }).collect()
        };
        prop_assert_eq!(faults(&one), faults(&other));
    }

    #[test]
    fn arbitrary_bytes_lose_no_line_that_is_good(
        noise in vec(vec(any::<u8>(), 0..300), 0..8),
        cut in 1usize..400,
        marks in vec(select(vec!['"', ',', '{', '}', '\r', '\u{feff}', '\\']), 0..40),
    ) {
        let expected = read(GOOD, &mut PlaceTable::new()).into_rows().len();
        let mut file = Vec::new();
        let mut noise = noise.iter().cycle();
        for good in GOOD.lines() {
            if let Some(noise) = noise.next() {
                file.extend(noise);
                file.extend(marks.iter().collect::<String>().bytes());
            }
            file.push(b'\n');
            file.extend(good.bytes());
            file.push(b'\n');
        }
        let batch = read(&file, &mut PlaceTable::new());
        prop_assert_eq!(batch.rows().len(), expected);
        let mut places = PlaceTable::new();
        let mut desk = Desk::new(end(), &mut places);
        let mut stream = intake::NdjsonStream::new();
        let (mut rows, mut refused) = (Vec::new(), Vec::new());
        let mut sink = |read: Result<Row, _>| match read {
            Ok(row) => rows.push(row),
            Err(refusal) => refused.push(refusal),
        };
        for piece in file.chunks(cut) {
            stream.feed(piece, &mut desk, &mut sink);
        }
        stream.finish(&mut desk, &mut sink);
        prop_assert_eq!(&rows, batch.rows());
        prop_assert_eq!(&refused, batch.quarantined());
    }

    #[test]
    fn arbitrary_bytes_after_a_header_lose_no_row_that_is_good(
        noise in vec(vec(any::<u8>(), 0..300), 0..8),
        marks in "[\",\r]{0,40}",
    ) {
        let good = include_str!("fixtures/evidence/good.csv");
        let mut lines = good.lines();
        let mut file = lines.next().unwrap().as_bytes().to_vec();
        let mut noise = noise.iter().cycle();
        for good in lines {
            file.push(b'\n');
            if let Some(noise) = noise.next() {
                file.extend(marks.bytes());
                file.extend(noise);
                file.push(b'\n');
            }
            file.extend(good.bytes());
        }
        let mut places = PlaceTable::new();
        let mut desk = Desk::new(end(), &mut places);
        let batch = intake::csv(&file, &mut desk).unwrap();
        prop_assert_eq!(batch.rows().len(), 16);
    }

    #[test]
    fn arbitrary_bytes_are_rows_quarantined_or_a_refused_header(bytes in vec(any::<u8>(), 0..2000)) {
        let mut places = PlaceTable::new();
        let batch = read(&bytes, &mut places);
        let lines = bytes.split(|byte| *byte == b'\n').count();
        prop_assert!(batch.rows().len() + batch.quarantined().len() <= lines);
        let mut desk = Desk::new(end(), &mut places);
        prop_assert!(intake::csv(&bytes, &mut desk).is_err());
    }
}

#[test]
fn the_generator_reaches_every_level_and_kind() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let (mut levels, mut good, mut bad) = (std::collections::BTreeSet::new(), 0, 0);
    let mut kinds = std::collections::BTreeSet::new();
    for _ in 0..100 {
        let lines = vec(line(), 24).new_tree(&mut runner).unwrap().current();
        let mut places = PlaceTable::new();
        let batch = read(ndjson_file(&lines), &mut places);
        good += batch.rows().len();
        bad += batch.quarantined().len();
        for line in batch.rows() {
            kinds.insert(
                lines[usize::try_from(line.line()).unwrap() - 1][6]
                    .1
                    .clone(),
            );
        }
        levels.extend(
            decisions(batch.into_rows(), &places)
                .into_iter()
                .map(|(level, ..)| format!("{level:?}")),
        );
    }
    assert_eq!(kinds.len(), EventKind::ALL.len() + 2, "{kinds:?}");
    assert_eq!(levels.len(), 4, "{levels:?}");
    assert!(good > bad && bad > 20, "{good} good lines, {bad} bad ones");
}
