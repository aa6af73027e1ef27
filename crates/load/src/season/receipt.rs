//! What somebody who was refused takes away, and whether it is worth something: signed by the gate, and then read as
//! whoever hears an appeal reads it.

use anyhow::{Context, Result, ensure};
use hc_code::receipt::{
    Commitment, PolicyNamed, Receipt, ReceiptDraft, ReceiptNumber, SignedReceipt,
};
use hc_code::signing::{Algorithm, Signer, SigningKey};
use hc_code::verify::{Action, RecognitionPolicy, Verdict};
use hc_code::{DivisionCode, Span};
use sha2::{Digest, Sha256};

/// The key of one gate's device, and as whom it is registered.
#[derive(Debug)]
pub(super) struct Device {
    key: SigningKey,
    region: DivisionCode,
    gate: String,
    given: u64,
}

impl Device {
    /// The device of a gate by its number, the same in every season.
    pub(super) fn new(region: DivisionCode, number: usize) -> Result<Self> {
        let gate = format!("gate-{number}");
        let secret = Sha256::digest(format!("hc-load season {region} {gate}"));
        Ok(Self {
            key: SigningKey::from_secret(Algorithm::Es256, &secret.into())?,
            region,
            gate,
            given: 0,
        })
    }

    /// Gives a receipt for a refusal and reads it from its QR code and from its number a day later.
    ///
    /// # Errors
    /// Where there is none that says who refused, by which rule, and for which code.
    pub(super) fn refuse(
        &mut self,
        verdict: &Verdict,
        policy: &RecognitionPolicy,
        text: &str,
    ) -> Result<()> {
        self.given += 1;
        let mut salt = [0; 16];
        let drawn = Sha256::digest(format!("{} {}", self.gate, self.given));
        salt.iter_mut().zip(drawn).for_each(|(to, from)| *to = from);
        let id = verdict.rule().context("no rule")?;
        let place = policy.rules().iter().position(|rule| rule.id == id);
        let place = u16::try_from(place.context("no rule of the policy")?)?;
        let receipt = Receipt::new(ReceiptDraft {
            region: self.region,
            gate: self.gate.clone(),
            at: verdict.now(),
            action: verdict.action(),
            cause: verdict.cause().word().to_owned(),
            policy: Some(PolicyNamed {
                region: self.region,
                version: 1,
                rule: Some((place, id.to_owned())),
            }),
            measures: Vec::new(),
            issuer: verdict.genuine().map(hc_code::verify::Genuine::issuer),
            commitment: Commitment::to(text, salt),
        })?;
        let shown = receipt.sign(&self.key)?.text();
        let later = verdict.now().plus(Span::days(1));
        let read = SignedReceipt::from_text(&shown)?.verify(self.key.public_key())?;
        read.holds_at(later)?;
        ensure!(read == receipt, "it says something else than the gate did");
        ensure!(read.commitment().is_to(text), "it is for another code");
        let number: ReceiptNumber = receipt.number().to_string().parse()?;
        let says = number.says(later)?;
        ensure!(
            says.action == Action::Refuse,
            "its number says {:?}",
            says.action
        );
        ensure!(
            says.rule == Some(place),
            "its number names rule {:?}",
            says.rule
        );
        Ok(())
    }
}
