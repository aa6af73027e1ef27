//! Evidence lines from their bytes to a decision.

use hc_code::Timestamp;
use hc_core::evidence::EvidenceId;
use hc_core::evidence::intake::{
    self, Batch, CsvStream, Desk, Field, HeaderFault, LONGEST_LINE, LineKind, Named, NdjsonStream,
    Reason, Record, References, RepeatedReferences, Repetition, Row,
};
use hc_core::place::PlaceTable;

const GOOD_NDJSON: &str = include_str!("fixtures/evidence/good.ndjson");
const GOOD_CSV: &str = include_str!("fixtures/evidence/good.csv");
/// What is wrong with a line, a tab, and the line.
const REFUSED_NDJSON: &str = include_str!("fixtures/evidence/refused.ndjson.tsv");
const REFUSED_CSV: &str = include_str!("fixtures/evidence/refused.csv.tsv");

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn received() -> Timestamp {
    time("2020-02-20T12:00:00+08:00")
}

fn ndjson(bytes: impl AsRef<[u8]>) -> Batch {
    let mut places = PlaceTable::new();
    let mut desk = Desk::new(received(), &mut places);
    intake::ndjson(bytes.as_ref(), &mut desk)
}

fn csv(bytes: impl AsRef<[u8]>) -> Result<Batch, Vec<HeaderFault>> {
    let mut places = PlaceTable::new();
    let mut desk = Desk::new(received(), &mut places);
    intake::csv(bytes.as_ref(), &mut desk).map_err(|error| error.faults().to_vec())
}

/// What the rows say, without the lines they stand on.
fn said(rows: &[Row]) -> Vec<(Timestamp, String, Option<EvidenceId>)> {
    rows.iter()
        .map(|row| {
            let id = match row.record() {
                Record::Evidence(evidence) => Some(evidence.id()),
                Record::Correction(_) | Record::Link(_) => None,
            };
            let text = format!(
                "{:?} {:?} {:?}",
                row.statement(),
                row.document().map(ToString::to_string),
                row.record()
            );
            (row.known(), text, id)
        })
        .collect()
}

fn lines(batch: &Batch) -> Vec<u64> {
    batch.rows().iter().map(Row::line).collect()
}

fn quarantine(batch: &Batch) -> Vec<String> {
    batch
        .quarantined()
        .iter()
        .map(ToString::to_string)
        .collect()
}

fn csv_header() -> &'static str {
    GOOD_CSV.split_inclusive('\n').next().unwrap()
}

fn table(text: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> + Clone {
    text.lines().map(|line| line.split_once('\t').unwrap())
}

#[test]
fn every_kind_is_read_alike_from_ndjson_and_csv() {
    let (from_ndjson, from_csv) = (ndjson(GOOD_NDJSON), csv(GOOD_CSV).unwrap());
    assert_eq!(quarantine(&from_ndjson), [""; 0]);
    assert_eq!(quarantine(&from_csv), [""; 0]);
    assert_eq!(said(from_ndjson.rows()), said(from_csv.rows()));
    for kind in GOOD_CSV.lines().skip(1) {
        let word = kind.split(',').next().unwrap();
        assert!(LineKind::from_word(word).is_some(), "{word}");
    }
    let kinds: std::collections::BTreeSet<&str> = GOOD_CSV
        .lines()
        .skip(1)
        .map(|line| line.split(',').next().unwrap())
        .collect();
    assert_eq!(kinds.len(), 14, "a good line of every kind");
}

#[test]
fn a_row_says_what_its_line_says() {
    let batch = ndjson(GOOD_NDJSON);
    let facts: Vec<String> = batch
        .rows()
        .iter()
        .map(|row| match row.record() {
            Record::Evidence(evidence) => {
                let fact = evidence.fact();
                format!(
                    "{} {:?} {} {} {} {:?}",
                    fact.source, fact.event, fact.at, fact.until, fact.known, fact.expires
                )
            }
            Record::Correction(correction) => {
                format!("{} {}", correction.of.reference(), correction.known)
            }
            Record::Link(other) => other.to_string(),
        })
        .collect();
    let expected = include_str!("fixtures/evidence/good.facts");
    assert_eq!(facts.join("\n"), expected.trim_end());
}

#[test]
fn every_rule_of_the_format_refuses_its_line() {
    for (expected, line) in table(REFUSED_NDJSON) {
        let batch = ndjson(line);
        assert_eq!(
            quarantine(&batch),
            [format!("line 1: {expected}")],
            "{line}"
        );
        assert!(batch.rows().is_empty());
    }
    for (expected, line) in table(REFUSED_CSV) {
        let batch = csv(format!("{}{line}", csv_header())).unwrap();
        assert_eq!(
            quarantine(&batch),
            [format!("line 2: {expected}")],
            "{line}"
        );
        assert!(batch.rows().is_empty());
    }
}

#[test]
fn every_field_has_a_refused_line() {
    for field in Field::ALL {
        let refused = table(REFUSED_NDJSON).any(|(expected, _)| {
            expected
                .split("; ")
                .any(|fault| fault.starts_with(&format!("{field}: ")))
        });
        assert!(refused, "{field}");
    }
}

#[test]
fn a_refusal_never_shows_what_the_line_says_about_a_person() {
    for (expected, line) in table(REFUSED_NDJSON) {
        for secret in [
            "1949",
            "11010",
            "440524",
            "AB123456",
            "E12345678",
            "张三",
            "杭",
            "西溪",
        ] {
            assert!(!expected.contains(secret), "{expected}");
        }
        let shown = format!("{:?}", ndjson(line).quarantined());
        assert!(
            !shown.contains("1949") && !shown.contains("12345678"),
            "{shown}"
        );
    }
    let shown = format!("{:?}", ndjson(GOOD_NDJSON));
    for secret in ["19491231", "12345678", "AB123456", "西溪街道文三路"] {
        assert!(!shown.contains(secret), "{secret}");
    }
}

#[test]
fn bad_lines_do_not_spoil_good_ones() {
    let mut file = String::new();
    let mut bad = table(REFUSED_NDJSON).map(|(_, line)| line).cycle();
    for good in GOOD_NDJSON.lines() {
        for _ in 0..9 {
            file.push_str(bad.next().unwrap());
            file.push('\n');
        }
        file.push_str(good);
        file.push('\n');
    }
    let batch = ndjson(&file);
    assert_eq!(said(batch.rows()), said(ndjson(GOOD_NDJSON).rows()));
    assert_eq!(batch.quarantined().len(), 9 * 16);

    let mut file = csv_header().to_owned();
    let mut bad = table(REFUSED_CSV).map(|(_, line)| line).cycle();
    for good in GOOD_CSV.lines().skip(1) {
        for _ in 0..8 {
            file.push_str(bad.next().unwrap());
            file.push('\n');
        }
        file.push_str(good);
        file.push('\n');
    }
    let batch = csv(&file).unwrap();
    assert_eq!(said(batch.rows()), said(ndjson(GOOD_NDJSON).rows()));
    assert_eq!(batch.quarantined().len(), 8 * 16);
}

#[test]
fn line_ends_marks_and_blank_lines_do_not_matter() {
    let good = said(ndjson(GOOD_NDJSON).rows());
    let windows = format!("\u{feff}{}", GOOD_NDJSON.replace('\n', "\r\n\r\n"));
    assert_eq!(said(ndjson(windows).rows()), good);
    assert_eq!(said(ndjson(GOOD_NDJSON.trim_end()).rows()), good);
    let windows = format!("\u{feff}{}", GOOD_CSV.replace('\n', "\r\n  \r\n"));
    assert_eq!(said(csv(windows).unwrap().rows()), good);
    assert_eq!(said(csv(GOOD_CSV.trim_end()).unwrap().rows()), good);
}

#[test]
fn bytes_that_are_not_utf8_spoil_their_line_only() {
    let first = GOOD_NDJSON.lines().next().unwrap();
    let mut file = b"{\"ref\":\"\xff\"}\n".to_vec();
    file.extend(first.as_bytes());
    let batch = ndjson(&file);
    assert_eq!(lines(&batch), [2]);
    assert_eq!(quarantine(&batch), ["line 1: the line is not UTF-8"]);
}

#[test]
fn a_line_that_is_too_long_is_skipped_to_its_end() {
    let first = GOOD_NDJSON.lines().next().unwrap();
    let long = first.replacen('{', &format!("{{{}", " ".repeat(LONGEST_LINE)), 1);
    let fits = format!("{}{first}", " ".repeat(LONGEST_LINE - first.len()));
    let batch = ndjson(format!("{long}\n{fits}\n"));
    assert_eq!(lines(&batch), [2]);
    assert_eq!(
        quarantine(&batch),
        ["line 1: the line has more than 65536 bytes"]
    );
}

#[test]
fn columns_may_come_in_any_order_and_unneeded_ones_be_left_out() {
    let file = "at,document,kind,by,source,ref,document_type\n\
                2020-02-19T08:00:00+08:00,11010519491231002X,symptoms,市一医院,hospital,Y-1,111\n";
    let batch = csv(file).unwrap();
    let same = ndjson(GOOD_NDJSON.lines().nth(11).unwrap());
    assert_eq!(said(batch.rows()), said(same.rows()));
}

#[test]
fn a_declaration_needs_the_column_of_answers() {
    let file = "at,document,kind,by,source,ref,document_type\n\
                2020-02-19T08:00:00+08:00,11010519491231002X,declaration,h,self,Y-1,111\n";
    let batch = csv(file).unwrap();
    assert_eq!(
        quarantine(&batch),
        ["line 2: answers: the field is missing"]
    );
}

#[test]
fn a_header_is_refused_with_everything_that_is_wrong_with_it() {
    let required = [
        Field::Ref,
        Field::Source,
        Field::By,
        Field::DocumentType,
        Field::Document,
        Field::Kind,
        Field::At,
    ];
    let missing = required.map(HeaderFault::ColumnMissing);
    for empty in ["", "\n\n", "\u{feff}"] {
        assert_eq!(csv(empty).unwrap_err(), [HeaderFault::Absent], "{empty:?}");
    }
    assert_eq!(csv("\"ref\n").unwrap_err(), [HeaderFault::Unreadable]);
    assert_eq!(csv(b"ref,\xff\n").unwrap_err(), [HeaderFault::Unreadable]);
    assert_eq!(
        csv("x".repeat(LONGEST_LINE + 1)).unwrap_err(),
        [HeaderFault::Unreadable]
    );
    let unknown = |position| HeaderFault::UnknownColumn { position };
    let mut expected = vec![unknown(1), unknown(2)];
    expected.extend(missing);
    assert_eq!(csv("Ref,\n").unwrap_err(), expected);
    let all = "ref,source,by,document_type,document,kind,at";
    assert_eq!(
        csv(format!("{all},of,ref,name\nx")).unwrap_err(),
        [HeaderFault::ColumnTwice(Field::Ref), unknown(10)]
    );
    assert!(csv(all).unwrap().rows().is_empty());
}

#[test]
fn a_refused_header_keeps_every_later_piece_out() {
    let mut places = PlaceTable::new();
    let mut desk = Desk::new(received(), &mut places);
    let mut stream = CsvStream::new();
    let mut count = 0;
    assert!(stream.feed(b"name\n", &mut desk, |_| count += 1).is_err());
    assert!(
        stream
            .feed(GOOD_CSV.as_bytes(), &mut desk, |_| count += 1)
            .is_err()
    );
    assert!(stream.finish(&mut desk, |_| count += 1).is_err());
    assert_eq!(count, 0);
}

fn symptoms(reference: &str, at: &str, received: &str) -> String {
    format!(
        r#"{{"ref":"{reference}","source":"hospital","by":"H","document_type":"111","document":"11010519491231002X","kind":"symptoms","at":"2020-02-{at}T08:00:00+08:00","received":"2020-02-{received}T08:00:00+08:00"}}"#
    )
}

#[test]
fn a_reference_used_for_two_things_is_good_for_neither() {
    let file = [
        symptoms("1", "10", "12"),
        symptoms("2", "10", "12"),
        symptoms("1", "10", "13"),
        symptoms("1", "11", "12"),
        symptoms("1", "10", "11").replace("\"H\"", "\"other hospital\""),
    ];
    let batch = ndjson(file.join("\n"));
    let twice = |line: u64, other: u64| {
        let reason = Reason::ReferenceUsedTwice { line: other };
        format!("line {line}: ref: {reason}")
    };
    assert_eq!(quarantine(&batch), [twice(1, 4), twice(3, 4), twice(4, 1)]);
    assert_eq!(lines(&batch), [2, 5]);
    assert!(batch.repetitions().is_empty());
}

#[test]
fn a_line_said_twice_counts_once_from_its_first_receipt() {
    let file = [
        symptoms("1", "10", "13"),
        symptoms("1", "10", "12"),
        symptoms("1", "10", "14"),
    ];
    let batch = ndjson(file.join("\n"));
    let repetition = |line| Repetition { line, of: 1 };
    assert_eq!(batch.repetitions(), [repetition(2), repetition(3)]);
    assert_eq!(lines(&batch), [1]);
    let row = &batch.rows()[0];
    assert_eq!(row.known(), time("2020-02-12T08:00:00+08:00"));
    let Record::Evidence(evidence) = row.record() else {
        panic!("{row:?}");
    };
    assert_eq!(evidence.fact().known, row.known());
    assert_eq!(quarantine(&batch), [""; 0]);
}

#[test]
fn one_reference_for_two_people_is_refused() {
    let other = symptoms("1", "10", "12").replace("11010519491231002X", "440524188001010014");
    let batch = ndjson(format!("{}\n{other}", symptoms("1", "10", "12")));
    assert_eq!(batch.quarantined().len(), 2);
}

#[test]
fn a_file_read_twice_in_pieces_gives_what_a_batch_gives() {
    let file = [
        GOOD_NDJSON.trim_end(),
        &symptoms("1", "10", "12"),
        &symptoms("1", "11", "12"),
        &symptoms("3", "11", "12"),
    ]
    .join("\n");
    let batch = ndjson(&file);
    let mut references = References::new();
    let mut rows = Vec::new();
    let mut quarantined = Vec::new();
    let mut places = PlaceTable::new();
    let mut desk = Desk::new(received(), &mut places);
    let mut repeated = RepeatedReferences::default();
    for pass in 0..2 {
        let mut take = |read: Result<Row, _>| match (pass, read) {
            (0, Ok(row)) => references.note(&row),
            (0, Err(_)) => {}
            (_, read) => match read.and_then(|row| repeated.check(row)) {
                Ok(row) => rows.push(row),
                Err(refusal) => quarantined.push(refusal),
            },
        };
        let mut stream = NdjsonStream::new();
        for piece in file.as_bytes().chunks(17) {
            stream.feed(piece, &mut desk, &mut take);
        }
        stream.finish(&mut desk, &mut take);
        if pass == 0 {
            repeated = std::mem::take(&mut references).close();
        }
    }
    assert_eq!(rows, batch.rows());
    assert_eq!(quarantined, batch.quarantined());
    assert_eq!(quarantined.len(), 2);
}

/// The text of a live code, as a region of the vectors signs it.
fn code() -> String {
    let vector = include_str!("../../../vectors/verify/live-low-ed25519.json");
    let vector: serde_json::Value = serde_json::from_str(vector).unwrap();
    vector["text"].as_str().unwrap().to_owned()
}

fn test_line(person: &str) -> String {
    format!(
        r#"{{"ref":"T-1","source":"laboratory","by":"lab",{person},"kind":"test","at":"2020-02-20T11:00:00+08:00","method":"nucleic-acid","pooling":"single","result":"positive"}}"#
    )
}

fn with_codes(line: &str) -> Batch {
    let mut places = PlaceTable::new();
    let mut desk = Desk::new(received(), &mut places).with_codes();
    intake::ndjson(line.as_bytes(), &mut desk)
}

#[test]
fn a_person_is_named_by_a_code_only_where_codes_are_taken() {
    let line = test_line(&format!(r#""code":"{}""#, code()));
    let batch = with_codes(&line);
    assert_eq!(quarantine(&batch), [""; 0]);
    let Named::Code(named) = batch.rows()[0].named() else {
        panic!("named by the code");
    };
    assert_eq!(named.expose_text(), code());
    assert!(!format!("{named:?}").contains(&code()));
    assert_eq!(
        quarantine(&ndjson(&line)),
        [
            "line 1: code: a person is named by a code only in what a region receives from its sources"
        ]
    );
}

#[test]
fn a_code_and_a_document_are_not_both_taken_and_no_other_text_is_a_code() {
    let both = format!(r#""code":"{}","document_type":"111""#, code());
    assert_eq!(
        quarantine(&with_codes(&test_line(&both))),
        ["line 1: document_type: the person is named by a code already: no document beside it"]
    );
    let mut cut = code();
    cut.pop();
    for text in ["HC1P", "11010519491231002X", &cut] {
        let line = test_line(&format!(r#""code":"{text}""#));
        assert_eq!(
            quarantine(&with_codes(&line)),
            ["line 1: code: not the text of a health code"]
        );
    }
}

#[test]
fn a_statement_that_came_through_another_region_says_so_and_is_another_one() {
    let mut places = PlaceTable::new();
    let mut desk = Desk::new(received(), &mut places);
    let batch = intake::ndjson(GOOD_NDJSON.as_bytes(), &mut desk);
    let region = "500000".parse().unwrap();
    for row in batch.rows() {
        let through = row.clone().through(region, &places);
        let (own, other) = (row.statement(), through.statement());
        assert_eq!(other.name(), format!("500000/{}", own.name()));
        assert_eq!(
            (other.kind(), other.reference()),
            (own.kind(), own.reference())
        );
        match (row.record(), through.record()) {
            (Record::Evidence(own), Record::Evidence(other)) => {
                assert_ne!(own.id(), other.id());
                assert_eq!(own.fact(), other.fact());
                assert_eq!(other.statement(), through.statement());
            }
            (Record::Correction(own), Record::Correction(other)) => {
                assert_eq!(other.of.name(), format!("500000/{}", own.of.name()));
            }
            (own, other) => assert_eq!(own, other),
        }
    }
    // Two long names that differ only at their ends stay two.
    let long = |end: char| {
        let name = format!("{}{end}", "检".repeat(63));
        let line = test_line(r#""document_type":"111","document":"11010519491231002X""#);
        let line = line.replace(r#""by":"lab""#, &format!(r#""by":"{name}""#));
        let row = ndjson(line).into_rows().remove(0);
        row.through(region, &PlaceTable::new())
            .statement()
            .name()
            .to_owned()
    };
    let (one, other) = (long('一'), long('二'));
    assert!(
        one != other && one.starts_with("500000/检") && one.chars().count() == 64,
        "{one}"
    );
}
