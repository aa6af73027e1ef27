//! What an officer can do, signed: see `spec/officers.md`.

pub(crate) mod appeals;
pub(crate) mod areas;
pub(crate) mod asked;
pub(crate) mod audited;
pub(crate) mod batches;
pub(crate) mod counter;
pub(crate) mod degraded;
pub(crate) mod overrides;
pub(crate) mod overview;
pub(crate) mod own;
pub(crate) mod parties;
pub(crate) mod passkeys;
pub(crate) mod proposals;
pub(crate) mod records;
pub(crate) mod registered;
pub(crate) mod rules;

use hc_core::party::Duty;

/// Officers of every duty.
pub(crate) const ANY: &[Duty] = &[Duty::Operator, Duty::Health, Duty::Counter, Duty::Auditor];
