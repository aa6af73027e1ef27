//! One scan at one door: what each authority says, and the receipts for it.

use anyhow::{Context, Result};
use hc_code::DivisionCode;
use hc_code::receipt::{Commitment, PolicyNamed, Receipt, ReceiptDraft, SignedReceipt};
use hc_code::recognition::{AtDoor, Authority, Decided, HeldPolicies};
use hc_code::signing::SigningKey;
use hc_code::verify::{Action, Genuine, Verdict};
use serde::Serialize;

use crate::args::Verify;
use crate::input::key_file;
use crate::random;
use crate::screen::Screen;
use crate::show::receipt::AuthorityLine;
use crate::show::verdict::{self, VerdictLine};

/// A verdict beside what authorities say; without authorities the verdict alone.
pub(super) struct Door<'a> {
    at: AtDoor<'a>,
    named: bool,
}

/// A receipt for each authority that does not let pass, in their order.
pub(super) type Receipts = Vec<Option<(Receipt, SignedReceipt)>>;

#[derive(Serialize)]
struct DoorLine {
    #[serde(flatten)]
    verdict: VerdictLine,
    /// What the gate does, by the strictest.
    door: &'static str,
    authorities: Vec<AuthorityLine>,
}

impl<'a> Door<'a> {
    /// Asks everybody whom the command names: the regions, and the venue where it has rules of its own
    /// or nobody else is named.
    pub(super) fn at(command: &Verify, verdict: &Verdict, policies: &'a HeldPolicies) -> Self {
        let regions = command.authorities.iter().copied();
        let mut authorities: Vec<_> = regions.map(Authority::Region).collect();
        if command.policy.is_some() || authorities.is_empty() {
            authorities.push(Authority::Venue);
        }
        Self {
            at: AtDoor::judge(verdict, &authorities, policies, verdict.now()),
            named: !command.authorities.is_empty() || command.receipts.is_some(),
        }
    }

    /// What the gate does.
    pub(super) const fn action(&self) -> Action {
        self.at.action
    }

    /// Says the verdict, and below it each authority with its receipt.
    pub(super) fn tell(
        &self,
        screen: &mut Screen,
        verdict: &Verdict,
        receipts: &Receipts,
    ) -> Result<()> {
        let receipts = receipts.iter().map(Option::as_ref);
        let receipts = receipts.chain(std::iter::repeat(None));
        let decided = self.at.decided.iter().zip(receipts);
        if screen.json() {
            let line = VerdictLine::of(verdict);
            if !self.named {
                return screen.object(&line);
            }
            let authorities = decided.map(|(decided, receipt)| AuthorityLine::of(decided, receipt));
            return screen.object(&DoorLine {
                verdict: line,
                door: self.at.action.word(),
                authorities: authorities.collect(),
            });
        }
        verdict::in_words(screen, verdict)?;
        if self.named {
            let action = verdict::action(screen, self.at.action);
            let line = format!("  {}: {action}", screen.say("本门", "at this door"));
            screen.line(line)?;
            for (decided, receipt) in decided {
                AuthorityLine::in_words(screen, decided, receipt)?;
            }
        }
        Ok(())
    }
}

/// The gate that signs receipts.
pub(super) struct Signer {
    key: SigningKey,
    region: DivisionCode,
    gate: String,
}

impl Signer {
    /// The gate that the command names, if it names one.
    pub(super) fn of(command: &Verify) -> Result<Option<Self>> {
        let (Some(file), Some((region, gate))) = (&command.receipts, &command.gate) else {
            return Ok(None);
        };
        Ok(Some(Self {
            key: key_file::signing_key(file)?,
            region: *region,
            gate: gate.clone(),
        }))
    }

    /// A receipt for each authority that does not let pass.
    pub(super) fn receipts(
        &self,
        text: &str,
        verdict: &Verdict,
        door: &Door<'_>,
    ) -> Result<Receipts> {
        let decided = door.at.decided.iter();
        decided
            .map(|decided| match decided.action {
                Action::Pass => Ok(None),
                _ => self.receipt(text, verdict, decided).map(Some),
            })
            .collect()
    }

    fn receipt(
        &self,
        text: &str,
        verdict: &Verdict,
        decided: &Decided<'_>,
    ) -> Result<(Receipt, SignedReceipt)> {
        let ruling = decided.ruling.as_ref();
        let measures = ruling
            .into_iter()
            .flat_map(hc_code::recognition::Ruling::measures);
        let receipt = Receipt::new(ReceiptDraft {
            region: self.region,
            gate: self.gate.clone(),
            at: verdict.now(),
            action: decided.action,
            cause: verdict.cause().word().to_owned(),
            policy: ruling.map(PolicyNamed::of),
            measures: measures
                .map(|measure| measure.obligation().clone())
                .collect(),
            issuer: verdict.genuine().map(Genuine::issuer),
            // One of its own, so that two receipts for one code do not show that they are.
            commitment: Commitment::to(text, *random::bytes()?),
        })
        .context("no receipt could be made")?;
        let signed = receipt.sign(&self.key)?;
        Ok((receipt, signed))
    }
}
