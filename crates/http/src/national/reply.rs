//! What is answered: written once, where it goes out.
//!
//! An answer is signed over its bytes, so it is text from the start: no tree of values is made of it, and the envelope
//! stands around it in the same bytes.

use serde::Serialize;
use serde_json::Value;

/// An answer under way: the envelope's beginning, and members.
#[derive(Debug)]
pub(crate) struct Reply(Vec<u8>);

const HEAD: &[u8] = b"{\"bizPackage\":{";
/// Before the package's first brace.
const BEFORE: usize = HEAD.len() - 1;
/// Answers without an image have fewer bytes.
const USUAL: usize = 1536;

impl Reply {
    /// An answer of no members.
    pub(crate) fn new() -> Self {
        let mut text = Vec::with_capacity(USUAL);
        text.extend_from_slice(HEAD);
        Self(text)
    }

    /// Adds a member. Its name needs no escaping, and no answer has it twice.
    pub(crate) fn put(&mut self, name: &str, value: impl Serialize) {
        if !self.0.ends_with(b"{") {
            self.0.push(b',');
        }
        for part in [b"\"", name.as_bytes(), b"\":"] {
            self.0.extend_from_slice(part);
        }
        let before = self.0.len();
        if serde_json::to_writer(&mut self.0, &value).is_err() {
            // Nothing that is answered cannot be written.
            self.0.truncate(before);
            self.0.extend_from_slice(Value::Null.to_string().as_bytes());
        }
    }

    /// The whole message, with what stands in `sign` for the bytes of the package.
    ///
    /// # Errors
    /// Those of signing.
    pub(crate) fn enclosed<E>(
        self,
        sign: impl FnOnce(&[u8]) -> Result<String, E>,
    ) -> Result<Vec<u8>, E> {
        let mut text = self.0;
        text.push(b'}');
        let sign = sign(text.get(BEFORE..).unwrap_or_default())?;
        for part in [b",\"sign\":\"".as_slice(), sign.as_bytes(), b"\"}"] {
            text.extend_from_slice(part);
        }
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_signed_is_the_package_as_it_stands_in_the_message() {
        let mut reply = Reply::new();
        reply.put("success", true);
        reply.put("errorDesc", "成功\"");
        reply.put("custNum", None::<&str>);
        let mut seen = String::new();
        let message = reply.enclosed(|package| {
            seen = String::from_utf8(package.to_vec()).unwrap();
            Ok::<_, ()>("c2ln".to_owned())
        });
        let message = String::from_utf8(message.unwrap()).unwrap();
        assert_eq!(
            seen,
            "{\"success\":true,\"errorDesc\":\"成功\\\"\",\"custNum\":null}"
        );
        assert_eq!(
            message,
            format!("{{\"bizPackage\":{seen},\"sign\":\"c2ln\"}}")
        );
        let empty = Reply::new().enclosed(|package| {
            assert_eq!(package, b"{}");
            Err::<String, _>("no key")
        });
        assert_eq!(empty, Err("no key"));
    }
}
