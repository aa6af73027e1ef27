//! The header is refused, or every line is a row, a repetition, quarantined or blank, also in pieces.
#![no_main]

use hc_core::{evidence::intake, place::PlaceTable};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let (mut places, received) = (
        PlaceTable::default(),
        hc_code::Timestamp::from_unix(1_656_378_000),
    );
    let mut desk = intake::Desk::new(received, &mut places);
    let Ok(batch) = intake::csv(bytes, &mut desk) else {
        return;
    };
    let read = batch.rows().len() + batch.quarantined().len() + batch.repetitions().len();
    let (mut stream, mut in_pieces) = (intake::CsvStream::new(), 0);
    let fed = bytes
        .chunks(7)
        .try_for_each(|piece| stream.feed(piece, &mut desk, |_| in_pieces += 1));
    assert!(
        fed.and_then(|()| stream.finish(&mut desk, |_| in_pieces += 1))
            .is_ok()
    );
    assert_eq!(read, in_pieces);
});
