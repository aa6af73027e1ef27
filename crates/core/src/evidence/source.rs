//! Who says so.

use crate::word::{WordSet, vocabulary};

vocabulary! {
    /// The kind of body that a piece of evidence comes from. A rule names the kinds it believes.
    pub enum SourceKind : "source" {
        /// The person: declarations and self-made tests.
        Person = "self" / "本人申报",
        /// A health authority or centre for disease control.
        HealthAuthority = "health-authority" / "卫生健康部门",
        /// A laboratory that tests.
        Laboratory = "laboratory" / "检测机构",
        /// A hospital or clinic.
        Hospital = "hospital" / "医疗机构",
        /// Exit and entry control.
        Border = "border" / "口岸边检",
        /// Railways, airlines, coaches, ships.
        Transport = "transport" / "交通运输",
        /// Operators of telephone networks (stays by cell, coarse).
        Telecom = "telecom" / "通信运营商",
        /// The neighbourhood or village that looks after a quarantine or observation.
        Community = "community" / "社区",
        /// A venue. What is measured at its door may count; a scan there never raises a level.
        Venue = "venue" / "场所",
    }
}

/// A set of source kinds.
pub type SourceSet = WordSet<SourceKind>;
