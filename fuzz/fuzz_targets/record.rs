//! A record of any group that is read is written in a form that reads to the same record.
#![no_main]

use hc_core::record::{
    Basic, Certificate, DataElements, Health, Object, Provenance, Reading, Trip,
};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let (Ok(object), now) = (
        serde_json::from_str(text),
        hc_code::Timestamp::from_unix(1_656_378_000),
    ) else {
        return;
    };
    let bare = Provenance::new("self".parse().unwrap(), now, None).unwrap();
    let reading = Reading {
        elements: DataElements::bundled(),
        now,
        bare,
    };
    again(
        &object,
        |object| Basic::parse(object, &reading),
        Basic::expose_object,
    );
    again(
        &object,
        |object| Health::parse(object, &reading),
        Health::expose_object,
    );
    again(
        &object,
        |object| Trip::parse(object, &reading),
        Trip::expose_object,
    );
    again(
        &object,
        |object| Certificate::parse(object, &reading),
        Certificate::expose_object,
    );
});

fn again<T: PartialEq, E>(
    object: &Object,
    read: impl Fn(&Object) -> Result<T, E>,
    write: impl Fn(&T) -> Object,
) {
    let Ok(record) = read(object) else { return };
    assert!(read(&write(&record)).is_ok_and(|again| again == record));
}
