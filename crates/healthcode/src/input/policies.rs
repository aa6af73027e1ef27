//! Recognition policies in files, plain and signed.

use std::path::Path;

use anyhow::{Context, Result, anyhow};
use hc_code::DivisionCode;
use hc_code::recognition::{PolicyEncodingError, PublishedPolicy, PublishedPolicyError};
use hc_code::signing::PublicKey;
use hc_core::recognition::{MAX_POLICY_BYTES, PolicyFile};

use super::{at_most, finding_lines};

/// The text of a policy.
pub(crate) fn policy_text(path: &Path) -> Result<String> {
    let bytes = at_most(path, MAX_POLICY_BYTES)?;
    String::from_utf8(bytes).with_context(|| format!("{} is not UTF-8", path.display()))
}

/// A policy that need not be sound, so that a defective version can be read and compared too.
pub(crate) fn read(path: &Path) -> Result<PolicyFile> {
    PolicyFile::parse(&policy_text(path)?).map_err(|findings| {
        let lines: Vec<_> = finding_lines(path, &findings).collect();
        anyhow!("not a recognition policy:\n{}", lines.join("\n"))
    })
}

/// A signed policy of whichever region the roots are of.
pub(crate) fn signed(bytes: &[u8], roots: &[PublicKey]) -> Result<PublishedPolicy> {
    // The region is what it says: nobody is judged by it here, it is only shown.
    let region = match PublishedPolicy::open(bytes, DivisionCode::COUNTRY, roots) {
        Err(PublishedPolicyError::Encoding(PolicyEncodingError::OtherRegion(region))) => region,
        Err(error) => return Err(error.into()),
        Ok((policy, _)) => policy.region(),
    };
    Ok(PublishedPolicy::open(bytes, region, roots)?.0)
}
