//! Under which policy a page runs: Content Security Policy Level 3 and its companions.

use axum::http::{HeaderMap, HeaderName, HeaderValue};

use super::settings::PageSettings;

/// What a page needs beside its own scripts, styles and answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Needs {
    /// Nothing.
    Plain,
    /// The camera, and the verifier as WebAssembly: the gate. No other page shows it in a frame, wherever a person's
    /// page may be shown: who lays something over a gate decides who walks in.
    Camera,
}

/// The headers of a page with these needs.
pub(super) fn of(needs: Needs, settings: &PageSettings) -> HeaderMap {
    let scripts = match needs {
        Needs::Plain => "script-src 'self'",
        Needs::Camera => "script-src 'self' 'wasm-unsafe-eval'",
    };
    // Texts never become scripts or markup: pages make elements, and browsers that know trusted types hold them to it.
    let mut policy = format!(
        "default-src 'none'; {scripts}; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; \
         manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; \
         require-trusted-types-for 'script'; trusted-types worker; frame-ancestors"
    );
    let embedders = match needs {
        Needs::Plain => settings.embedders(),
        Needs::Camera => &[],
    };
    if embedders.is_empty() {
        policy.push_str(" 'none'");
    }
    for origin in embedders {
        policy.push(' ');
        policy.push_str(origin);
    }
    let devices = match needs {
        Needs::Plain => "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
        Needs::Camera => "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
    };
    let mut headers = HeaderMap::new();
    let mut put = |name: &'static str, value: &str| {
        // Origins were checked; everything else is ours.
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    put("content-security-policy", &policy);
    put("permissions-policy", devices);
    put("referrer-policy", "no-referrer");
    put("x-content-type-options", "nosniff");
    put("cross-origin-opener-policy", "same-origin");
    put("cross-origin-resource-policy", "same-origin");
    if embedders.is_empty() {
        put("x-frame-options", "DENY");
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_that_scan_may_use_the_camera_and_webassembly() {
        let said = |needs, name| {
            let headers = of(needs, &PageSettings::default());
            headers.get(name).unwrap().to_str().unwrap().to_owned()
        };
        let policy = "content-security-policy";
        assert!(!said(Needs::Plain, policy).contains("wasm"));
        assert!(said(Needs::Camera, policy).contains("script-src 'self' 'wasm-unsafe-eval';"));
        assert!(said(Needs::Plain, "permissions-policy").starts_with("camera=()"));
        assert!(said(Needs::Camera, "permissions-policy").starts_with("camera=(self)"));
    }
}
