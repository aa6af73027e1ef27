//! How a region is to be.

use hc_code::DivisionCode;

use super::{Program, process};

/// A region as a world is to have it.
#[derive(Clone, Copy, Debug)]
pub struct Planned<'a> {
    pub(super) code: &'a str,
    pack: &'a str,
    staleness: Option<&'a str>,
    pub(super) by_the_hub: bool,
}

impl<'a> Planned<'a> {
    /// A region with its own service, by the rules of a pack.
    pub const fn new(code: &'a str, pack: &'a str) -> Self {
        Self {
            code,
            pack,
            staleness: None,
            by_the_hub: false,
        }
    }

    /// Its facts are none after so long, as in `2m`.
    #[must_use]
    pub const fn stale_after(self, limit: &'a str) -> Self {
        let staleness = Some(limit);
        Self { staleness, ..self }
    }

    /// It has no code of its own: the hub serves it, by the rules of another region.
    #[must_use]
    pub const fn by_the_hub(self) -> Self {
        let by_the_hub = true;
        Self { by_the_hub, ..self }
    }

    /// The pack under the region's own number.
    pub(super) fn rules(&self, program: &Program) -> String {
        let rules = process::of_now(&program.checkout.join(self.pack));
        let lines = rules.lines().map(|line| match region_of(line) {
            Some(_) if self.by_the_hub => format!("region = \"{}\"\n", self.code),
            _ => format!("{line}\n"),
        });
        lines.collect()
    }

    /// The region's configuration with its staleness limit.
    pub(super) fn staleness(&self, config: String) -> String {
        let Some(limit) = self.staleness else {
            return config;
        };
        let own = format!("staleness-limit = \"{limit}\"");
        config.replace("#staleness-limit = \"4h\"", &own)
    }
}

/// The region that a line of a pack names as its own.
fn region_of(line: &str) -> Option<DivisionCode> {
    let named = line.strip_prefix("region = \"")?.strip_suffix('"')?;
    named.parse().ok()
}
