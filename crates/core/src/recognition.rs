//! Recognition policies as files: what a region makes of its own codes and those of others.
//!
//! A policy is a TOML file. [`PolicyFile::parse`] reads it, [`check::check`] proves what a policy must
//! keep before any gate goes by it, [`check::follows`] what it must keep beside the one before, and
//! [`diff::diff`] tells two versions apart in words. What gates hold is [`hc_code::recognition`].

pub mod check;
pub mod describe;
pub mod diff;
mod parse;
mod raw;
mod space;

use std::collections::BTreeMap;

use hc_code::recognition::PublishedPolicy;

pub use parse::MAX_POLICY_BYTES;

use crate::rules::{Citation, Text};

/// A policy as it was read, with what only the file has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyFile {
    policy: PublishedPolicy,
    name: Text,
    sources: Vec<Citation>,
    /// Where a rule stands in the file, by its id.
    lines: BTreeMap<String, usize>,
}

impl PolicyFile {
    /// What gates go by.
    pub const fn policy(&self) -> &PublishedPolicy {
        &self.policy
    }

    /// What people call it.
    pub const fn name(&self) -> &Text {
        &self.name
    }

    /// Where it was published.
    pub fn sources(&self) -> &[Citation] {
        &self.sources
    }

    /// The line of a rule, from 1; that of the head where there is none of this id.
    pub fn line(&self, rule: Option<&str>) -> usize {
        let line = rule.and_then(|rule| self.lines.get(rule));
        line.copied().unwrap_or(1)
    }
}

#[cfg(test)]
mod tests;
