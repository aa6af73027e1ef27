//! Certificates, requests and signature values: what is read is written the same, and nothing falls over.
#![no_main]

use hc_pki::{Certificate, Request, from_der, to_der};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(certificate) = Certificate::from_der(bytes) {
        assert_eq!(certificate.as_der(), bytes);
        assert!(certificate.from() <= certificate.until());
        drop(certificate.is_signed_by(&certificate));
    }
    if let Ok(request) = Request::from_der(bytes) {
        assert_eq!(request.as_der(), bytes);
    }
    if let Ok(signature) = from_der(bytes) {
        assert_eq!(to_der(&signature).unwrap(), bytes);
    }
});
