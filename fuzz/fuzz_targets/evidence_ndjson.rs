//! Every line is a row, a repetition, quarantined or blank; pieces of any size say the same.
#![no_main]

use hc_core::{evidence::intake, place::PlaceTable};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let (mut places, received) = (
        PlaceTable::default(),
        hc_code::Timestamp::from_unix(1_656_378_000),
    );
    let mut desk = intake::Desk::new(received, &mut places);
    let batch = intake::ndjson(bytes, &mut desk);
    let read = batch.rows().len() + batch.quarantined().len() + batch.repetitions().len();
    let (mut stream, mut in_pieces) = (intake::NdjsonStream::new(), 0);
    bytes
        .chunks(7)
        .for_each(|piece| stream.feed(piece, &mut desk, |_| in_pieces += 1));
    stream.finish(&mut desk, |_| in_pieces += 1);
    assert_eq!(read, in_pieces);
});
