//! Addresses of other services: `https`, or `http` on this machine.

use std::fmt;
use std::net::IpAddr;

use hyper::Uri;

/// An address that the region may ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    uri: Uri,
    text: String,
}

/// A text that is no such address. It is repeated: addresses are no secrets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no address of a service: https, or http to this machine, without user or fragment"
)]
pub struct EndpointError(pub String);

/// The most bytes of an address.
const LONGEST: usize = 1024;

impl Endpoint {
    /// Reads an address.
    ///
    /// # Errors
    /// [`EndpointError`].
    pub fn parse(text: &str) -> Result<Self, EndpointError> {
        let refused = || EndpointError(text.chars().take(LONGEST).collect());
        if text.len() > LONGEST || text.contains(['#', '@']) {
            return Err(refused());
        }
        let uri: Uri = text.parse().map_err(|_| refused())?;
        let host = uri.host().ok_or_else(refused)?;
        let allowed = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => is_this_machine(host),
            _ => false,
        };
        if !allowed {
            return Err(refused());
        }
        Ok(Self {
            uri,
            text: text.to_owned(),
        })
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) fn uri(&self) -> Uri {
        self.uri.clone()
    }

    /// The address with a query behind it.
    pub(crate) fn with_query(&self, query: &str) -> String {
        let joint = if self.uri.query().is_some() { '&' } else { '?' };
        format!("{}{joint}{query}", self.text)
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

/// The names of this machine; any other name may lead elsewhere.
fn is_this_machine(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || bare
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// `application/x-www-form-urlencoded`, for queries and bodies.
pub(crate) fn form<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_services_are_asked_by_https_and_this_machine_also_by_http() {
        for good in [
            "https://id.example/a?b=c",
            "http://127.0.0.1:8080/x",
            "http://[::1]/x",
            "http://localhost/x",
        ] {
            assert_eq!(Endpoint::parse(good).unwrap().as_str(), good);
        }
        for bad in [
            "",
            "id.example",
            "http://id.example/",
            "http://127.0.0.1.example/",
            "https://user@id.example/",
            "https://id.example/#a",
            "ftp://127.0.0.1/",
            "https:///x",
        ] {
            assert!(Endpoint::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_query_goes_behind_the_one_that_is_there() {
        let query = form([("code", "a b&c"), ("state", "=")]);
        assert_eq!(query, "code=a+b%26c&state=%3D");
        let plain = Endpoint::parse("https://id.example/a").unwrap();
        assert_eq!(plain.with_query("x=1"), "https://id.example/a?x=1");
        let query = Endpoint::parse("https://id.example/a?b=c").unwrap();
        assert_eq!(query.with_query("x=1"), "https://id.example/a?b=c&x=1");
    }
}
