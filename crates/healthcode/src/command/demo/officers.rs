//! The officers of the demonstration: two, since nothing that matters is done by one.

use std::path::Path;

use anyhow::Result;
use hc_code::Span;
use hc_code::signing::{Algorithm, Signer};
use hc_core::party::Duty;
use hc_core::store::Store;
use hc_node::officers::OfficerTerms;
use hc_node::party::PartyId;

use crate::input::key_file;
use crate::output::{self, Readers};
use crate::service::node;
use crate::service::secrets::signing_key;

/// Who they are: id and name.
pub(super) const BOTH: [(&str, &str); 2] = [("li", "李明"), ("wang", "王芳")];

/// Registers them with every duty that goes with others; their keys lie in the region's folder, as
/// `officer-li.json` and `officer-wang.json`, for `officer call`.
pub(super) async fn register(node: &node::Node, folder: &Path) -> Result<()> {
    let now = node.now();
    for (id, name) in BOTH {
        let (key, secret) = signing_key(Algorithm::Ed25519)?;
        let file = key_file::secret_file(key.public_key(), &secret)?;
        let path = folder.join(format!("officer-{id}.json"));
        output::create(&path, &file, Readers::User)?;
        let duties = [Duty::Operator, Duty::Health, Duty::Counter];
        let terms = OfficerTerms::new(
            PartyId::parse(id)?,
            name,
            duties.into_iter().collect(),
            key.public_key().clone(),
            (now, now.plus(Span::days(365))),
        )?;
        let row = terms.to_row();
        let written = node.store().write(move |writing| writing.set_party(&row));
        written.await?;
    }
    Ok(())
}
