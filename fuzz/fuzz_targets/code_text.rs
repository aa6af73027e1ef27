//! A text that parses is the one text of its domains; claims inside have one encoding.
#![no_main]

use hc_code::{Extension, base45, claims::Claims, cose::Sign1, text};

libfuzzer_sys::fuzz_target!(|whole: &str| {
    if let Ok(bytes) = base45::decode(whole) {
        assert_eq!(base45::encode(&bytes), whole);
    }
    let Ok(code) = text::CodeText::parse(whole) else {
        return;
    };
    let extension = Extension::new(code.extension()).unwrap();
    assert_eq!(
        text::compose(code.standard(), &extension, code.security()),
        code.issued()
    );
    let Ok(signed) = Sign1::parse(code.security()) else {
        return;
    };
    if let Ok(claims) = Claims::decode(signed.payload()) {
        assert_eq!(claims.encode(), signed.payload());
    }
});
