//! What a person can do: enrol, declare, show, ask why, see, take along, withdraw, erase.

pub(crate) mod appeals;
pub(crate) mod applications;
pub(crate) mod asked;
pub(crate) mod carried;
pub(crate) mod change;
pub(crate) mod code;
pub(crate) mod declarations;
pub(crate) mod enrolments;
pub(crate) mod export;
pub(crate) mod grants;
pub(crate) mod identity_methods;
pub(crate) mod known;
pub(crate) mod log;
pub(crate) mod log_proof;
pub(crate) mod paper_prints;
pub(crate) mod paper_withdrawals;
pub(crate) mod papers;
pub(crate) mod profile;
pub(crate) mod reports;
pub(crate) mod sign_ins;
pub(crate) mod subject;
pub(crate) mod transfers;
pub(crate) mod why;
pub(crate) mod withdrawal;
