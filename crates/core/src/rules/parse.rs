//! From the text of a pack to a [`RulePack`], or to everything that is wrong with the text.

mod header;
pub(crate) mod raw;
pub(crate) mod reader;
mod stage;
mod trigger;

use crate::rules::{Findings, RulePack};

/// The largest pack that is read: 1 MiB, a hundred times the largest that was ever published.
pub const MAX_PACK_BYTES: usize = 1 << 20;

impl RulePack {
    /// Reads a pack from TOML.
    ///
    /// Only the form is judged here; [`check`](crate::rules::check::check) judges the rules.
    ///
    /// # Errors
    /// Every finding, each with its line and rule, by line.
    pub fn parse(text: &str) -> Result<Self, Findings> {
        let mut findings = Findings::default();
        if text.len() > MAX_PACK_BYTES {
            findings.add(
                1,
                None,
                format!(
                    "the pack has {} bytes; at most {MAX_PACK_BYTES} are read",
                    text.len()
                ),
            );
            return Err(findings);
        }
        match toml::from_str::<raw::Pack>(text) {
            Ok(raw) => {
                let mut reader = reader::Reader::new(text);
                let pack = header::pack(&mut reader, raw);
                reader.into_findings().or(pack)
            }
            Err(error) => {
                let line = error
                    .span()
                    .map_or(1, |span| reader::line_of(text, span.start));
                findings.add(line, None, error.message().to_owned());
                Err(findings)
            }
        }
    }
}

#[cfg(test)]
mod tests;
