//! For which pages passkeys are.

use sha2::{Digest, Sha256};

/// The site that officers' passkeys are for: one origin, whose host is the relying party's id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelyingParty {
    origin: String,
    host: String,
}

/// An origin that passkeys cannot be for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "an origin is https:// and a host name in lower case, with a port where it is not 443, and nothing behind it; http:// is for localhost alone"
)]
pub struct OriginError;

impl RelyingParty {
    /// Reads an origin as browsers write it: `https://desk.example`, `http://localhost:8081`. An address
    /// is no host that a passkey could be for.
    ///
    /// # Errors
    /// [`OriginError`].
    pub fn parse(origin: &str) -> Result<Self, OriginError> {
        let (secure, rest) = match origin.split_once("://") {
            Some(("https", rest)) => (true, rest),
            Some(("http", rest)) => (false, rest),
            _ => return Err(OriginError),
        };
        let (host, port) = match rest.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (rest, None),
        };
        let usual = if secure { "443" } else { "80" };
        let port_fits = port.is_none_or(|port| {
            let number = port.parse::<u16>();
            port != usual && !port.starts_with('0') && number.is_ok_and(|number| number > 0)
        });
        let last = host.rsplit('.').next().unwrap_or_default();
        let plain = |label: &str| {
            let inside = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
            !label.is_empty()
                && label.len() <= 63
                && label.bytes().all(|byte| inside(byte) || byte == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        // The last label of a name has a letter; that of an address has none.
        let named = host.len() <= 253 && host.split('.').all(plain);
        let named = named && last.bytes().any(|byte| byte.is_ascii_lowercase());
        let named = named && (host == "localhost" || (secure && host.contains('.')));
        if port_fits && named {
            Ok(Self {
                origin: origin.to_owned(),
                host: host.to_owned(),
            })
        } else {
            Err(OriginError)
        }
    }

    /// The origin.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The host, which is the relying party's id.
    pub fn id(&self) -> &str {
        &self.host
    }

    /// What requests name in `Host`.
    pub fn authority(&self) -> &str {
        self.origin
            .split_once("://")
            .map_or(&*self.host, |(_, authority)| authority)
    }

    /// Whether its pages come over TLS.
    pub fn is_secure(&self) -> bool {
        self.origin.starts_with("https://")
    }

    pub(super) fn digest(&self) -> [u8; 32] {
        Sha256::digest(&self.host).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_one_that_passkeys_can_be_for() {
        for good in [
            "https://desk.example",
            "https://desk.example:8443",
            "http://localhost:8081",
            "https://localhost",
        ] {
            let read = RelyingParty::parse(good).unwrap();
            assert_eq!(read.origin(), good);
            assert!(good.ends_with(read.authority()));
        }
        let read = RelyingParty::parse("https://desk.example:8443").unwrap();
        assert_eq!(
            (read.id(), read.authority()),
            ("desk.example", "desk.example:8443")
        );
        for bad in [
            "",
            "desk.example",
            "http://desk.example",
            "https://desk.example/",
            "https://desk.example:443",
            "https://desk.example:0",
            "https://desk.example:080",
            "https://desk.example:99999",
            "https://Desk.example",
            "https://127.0.0.1",
            "http://127.0.0.1:8081",
            "https://[::1]",
            "https://a@desk.example",
            "https://desk..example",
            "https://-desk.example",
            "https://desk",
            "ftp://localhost",
            "https://desk.example?x",
        ] {
            assert_eq!(RelyingParty::parse(bad), Err(OriginError), "{bad}");
        }
    }
}
