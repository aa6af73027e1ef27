//! The level of an area.

use crate::word::vocabulary;

vocabulary! {
    /// How risky an area is, as published. Not the [`Level`](hc_code::Level) of a person: rules
    /// decide what follows from a stay.
    pub enum AreaLevel : "level of an area" {
        /// Published since July 2022.
        Low = "low" / "低风险区",
        /// Medium.
        Medium = "medium" / "中风险区",
        /// High.
        High = "high" / "高风险区",
    }
}
