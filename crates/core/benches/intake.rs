//! How fast evidence lines are read.

use std::fmt::Write as _;

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use hc_code::Timestamp;
use hc_core::evidence::intake::{self, CsvStream, Desk, NdjsonStream};
use hc_core::place::PlaceTable;

fn main() {
    divan::main();
}

const ROWS: usize = 20_000;

fn received() -> Timestamp {
    Timestamp::from_unix(1_582_171_200)
}

/// An identity number of row `number`, with its check character.
fn identity(number: usize) -> String {
    let body = format!(
        "330106{}{:02}{:02}{:03}",
        1940 + number % 70,
        1 + number % 12,
        1 + number % 28,
        number % 1000
    );
    let sum = body
        .bytes()
        .fold(0, |sum, digit| (sum + u32::from(digit - b'0')) * 2 % 11);
    let check = "10X98765432".chars().nth(sum as usize).unwrap_or('X');
    format!("{body}{check}")
}

/// What a region gets on a day: two tests for each declaration and stay.
fn cells(number: usize) -> [(&'static str, String); 15] {
    let empty = String::new;
    let test = |text: &str| {
        if number % 4 < 2 {
            text.to_owned()
        } else {
            String::new()
        }
    };
    let stay = |text: &str| {
        if number % 4 == 2 {
            text.to_owned()
        } else {
            String::new()
        }
    };
    let (kind, source) = match number % 4 {
        0 | 1 => ("test", "laboratory"),
        2 => ("stay", "telecom"),
        _ => ("declaration", "self"),
    };
    [
        ("ref", format!("20200219-{number:08}")),
        ("source", source.to_owned()),
        ("by", "杭州市某检测机构".to_owned()),
        ("document_type", "111".to_owned()),
        ("document", identity(number)),
        ("country", empty()),
        ("kind", kind.to_owned()),
        (
            "at",
            format!("2020-02-19T{:02}:{:02}:00+08:00", number % 24, number % 60),
        ),
        ("method", test("nucleic-acid")),
        ("pooling", test("pooled")),
        ("result", test("negative")),
        ("reported", test("2020-02-20T08:00:00+08:00")),
        ("division", stay("420106")),
        (
            "place",
            stay(["", "友谊社区", "西溪街道文三路社区"][number % 3]),
        ),
        ("answers", empty()),
    ]
}

fn ndjson_file() -> String {
    (0..ROWS).fold(String::new(), |mut file, number| {
        let mut mark = '{';
        for (field, text) in cells(number) {
            if field == "answers" && number % 4 == 3 {
                let _ = write!(file, "{mark}\"answers\":[]");
            } else if !text.is_empty() {
                let _ = write!(file, "{mark}\"{field}\":\"{text}\"");
                mark = ',';
            }
        }
        file.push_str("}\n");
        file
    })
}

fn csv_file() -> String {
    let mut file = cells(0).map(|(field, _)| field).join(",");
    for number in 0..ROWS {
        file.push('\n');
        file.push_str(&cells(number).map(|(_, text)| text).join(","));
    }
    file
}

#[divan::bench]
fn ndjson_batch(bencher: Bencher<'_, '_>) {
    let file = ndjson_file();
    bencher
        .counter(ItemsCount::new(ROWS))
        .counter(BytesCount::of_str(&file))
        .bench(|| {
            let mut places = PlaceTable::new();
            let mut desk = Desk::new(received(), &mut places);
            let batch = intake::ndjson(file.as_bytes(), &mut desk);
            assert_eq!(
                batch.rows().len(),
                ROWS,
                "{:?}",
                batch.quarantined().first()
            );
            batch
        });
}

#[divan::bench]
fn csv_batch(bencher: Bencher<'_, '_>) {
    let file = csv_file();
    bencher
        .counter(ItemsCount::new(ROWS))
        .counter(BytesCount::of_str(&file))
        .bench(|| {
            let mut places = PlaceTable::new();
            let mut desk = Desk::new(received(), &mut places);
            let batch = intake::csv(file.as_bytes(), &mut desk);
            assert_eq!(batch.as_ref().map(|batch| batch.rows().len()), Ok(ROWS));
            batch
        });
}

#[divan::bench]
fn ndjson_stream(bencher: Bencher<'_, '_>) {
    let file = ndjson_file();
    bencher
        .counter(ItemsCount::new(ROWS))
        .counter(BytesCount::of_str(&file))
        .bench(|| {
            let mut places = PlaceTable::new();
            let mut desk = Desk::new(received(), &mut places);
            let mut stream = NdjsonStream::new();
            let mut good = 0;
            for piece in file.as_bytes().chunks(1 << 16) {
                stream.feed(piece, &mut desk, |read| good += usize::from(read.is_ok()));
            }
            stream.finish(&mut desk, |read| good += usize::from(read.is_ok()));
            assert_eq!(good, ROWS);
        });
}

#[divan::bench]
fn csv_stream(bencher: Bencher<'_, '_>) {
    let file = csv_file();
    bencher
        .counter(ItemsCount::new(ROWS))
        .counter(BytesCount::of_str(&file))
        .bench(|| {
            let mut places = PlaceTable::new();
            let mut desk = Desk::new(received(), &mut places);
            let mut stream = CsvStream::new();
            let mut good = 0;
            let mut header = Ok(());
            for piece in file.as_bytes().chunks(1 << 16) {
                header = header.and_then(|()| {
                    stream.feed(piece, &mut desk, |read| good += usize::from(read.is_ok()))
                });
            }
            let end = header
                .and_then(|()| stream.finish(&mut desk, |read| good += usize::from(read.is_ok())));
            assert_eq!((end, good), (Ok(()), ROWS));
        });
}
