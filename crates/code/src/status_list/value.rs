//! How levels become values of the list.

use crate::Level;
use crate::verify::Listed;

impl From<Level> for Listed {
    /// The numbers are those of the Token Status List registry (draft-ietf-oauth-status-list §7),
    /// so that a reader who knows nothing of levels still fails safe: 0 is valid, 1 invalid, 2
    /// suspended, 3 left to the application.
    fn from(level: Level) -> Self {
        match level {
            Level::Low => Self::Low,
            Level::High => Self::High,
            Level::Medium => Self::Medium,
            Level::Unknown => Self::Recheck,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_level_is_to_be_checked_and_never_high() {
        let numbers = Level::ALL.map(|level| Listed::from(level).bits());
        assert_eq!(Level::ALL[3], Level::Unknown);
        assert_eq!(numbers, [0, 2, 1, 3]);
    }
}
