//! What regions have published about codes, and whom the gate has to satisfy by it. Built without, it holds nothing.

use hc_code::DivisionCode;
use hc_code::Timestamp;
#[cfg(feature = "recognition")]
use hc_code::recognition::HeldPolicies;
use hc_code::recognition::{AtDoor, Authority, PolicyMark};
use hc_code::signing::{KeyId, PublicKey};
use hc_code::verify::Verdict;

use crate::taken::{Refused, Taken};

/// Published policies, and the authorities that are asked.
#[derive(Clone, Debug, Default)]
pub(super) struct Published {
    #[cfg(feature = "recognition")]
    policies: HeldPolicies,
    #[cfg(feature = "recognition")]
    authorities: Vec<Authority>,
}

#[cfg(feature = "recognition")]
impl Published {
    pub(super) fn with_marks(marks: impl IntoIterator<Item = PolicyMark>) -> Self {
        Self {
            policies: HeldPolicies::with_marks(marks),
            authorities: Vec::new(),
        }
    }

    pub(super) fn marks(&self) -> impl Iterator<Item = &PolicyMark> {
        self.policies.marks()
    }

    pub(super) fn ask(&mut self, authorities: Vec<Authority>) {
        self.authorities = authorities;
    }

    pub(super) fn door(&self, verdict: &Verdict) -> Option<AtDoor<'_>> {
        let door = || AtDoor::judge(verdict, &self.authorities, &self.policies, verdict.now());
        (!self.authorities.is_empty()).then(door)
    }

    pub(super) fn take(
        &mut self,
        bytes: &[u8],
        region: DivisionCode,
        roots: &[PublicKey],
        now: Timestamp,
    ) -> Result<Taken, Refused> {
        Ok(self.policies.adopt(bytes, region, roots, now)?.into())
    }

    /// Forgets what none of the roots signed that a region has for rules by now.
    pub(super) fn keep_only(&mut self, roots: impl Fn(DivisionCode) -> Vec<KeyId>) {
        let regions: Vec<DivisionCode> = self.policies.regions().collect();
        for region in regions {
            self.policies.keep_only(region, &roots(region));
        }
    }
}

#[cfg(not(feature = "recognition"))]
#[expect(
    clippy::unused_self,
    clippy::needless_pass_by_ref_mut,
    reason = "the same calls as with policies"
)]
impl Published {
    pub(super) fn with_marks(_: impl IntoIterator<Item = PolicyMark>) -> Self {
        Self::default()
    }

    pub(super) fn marks(&self) -> impl Iterator<Item = &PolicyMark> {
        core::iter::empty()
    }

    pub(super) fn ask(&mut self, _: Vec<Authority>) {}

    pub(super) fn door(&self, _: &Verdict) -> Option<AtDoor<'_>> {
        None
    }

    pub(super) fn take(
        &mut self,
        _: &[u8],
        _: DivisionCode,
        _: &[PublicKey],
        _: Timestamp,
    ) -> Result<Taken, Refused> {
        Err(Refused::new("no-policies"))
    }

    pub(super) fn keep_only(&mut self, _: impl Fn(DivisionCode) -> Vec<KeyId>) {}
}
