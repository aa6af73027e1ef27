//! Passkeys of officers: added on a ticket, used, ended; each in the log but a use that only signs in.

use hc_code::Timestamp;
use hc_code::signing::{PublicKey, Signer};
use hc_core::act::ActError;
use hc_core::store::{PartyKind, Reading, Store, StoreError, Writing};
use hc_tlog::entry::{Detail, Kind, Role};

use super::Region;
use crate::officers::{OfficerTerms, ProvedBy};
use crate::party::{PartyId, TermsError};
use crate::passkeys::{
    Asserted, AuthenticatorError, Challenge, Created, KeptPasskeyError, LabelError, MOST_PASSKEYS,
    Passkey, RelyingParty, Statement,
};
use crate::trace::{label, log, seconds};

/// Why nothing was done with a passkey.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasskeyError {
    /// The act.
    #[error(transparent)]
    Act(#[from] ActError),
    /// What the authenticator said.
    #[error(transparent)]
    Authenticator(#[from] AuthenticatorError),
    /// Its name.
    #[error(transparent)]
    Label(#[from] LabelError),
    /// What is kept.
    #[error(transparent)]
    Kept(#[from] KeptPasskeyError),
    /// What is kept of the officer.
    #[error(transparent)]
    Terms(#[from] TermsError),
    /// No such passkey, or one that has ended, or the officer's registration has.
    #[error("no passkey of a registered officer is known by this id")]
    Unknown,
    /// Somebody has it.
    #[error("the passkey is registered already")]
    Taken,
    /// Enough of them.
    #[error("an officer has at most {MOST_PASSKEYS} passkeys at a time: end one first")]
    TooMany,
}

impl From<StoreError> for PasskeyError {
    fn from(error: StoreError) -> Self {
        Self::Act(ActError::Store(error))
    }
}

/// The officer of an id, where they are registered now.
fn officer(
    reading: &mut dyn Reading,
    id: &PartyId,
    now: Timestamp,
) -> Result<OfficerTerms, PasskeyError> {
    let row = reading.party(PartyKind::Officer, id.as_str())?;
    let terms = OfficerTerms::from_row(&row.ok_or(PasskeyError::Unknown)?)?;
    let holds = terms.holds_at(now);
    holds.then_some(terms).ok_or(PasskeyError::Unknown)
}

impl<S: Store, R: Signer + Send + Sync + 'static> Region<S, R> {
    /// Logs that an officer was given a ticket to add a passkey with.
    ///
    /// # Errors
    /// [`PasskeyError`]; there is no ticket then.
    pub async fn log_ticket(
        &self,
        id: PartyId,
        until: Timestamp,
        proved: ProvedBy,
    ) -> Result<(), PasskeyError> {
        let now = self.clock.now();
        self.store
            .write(move |writing| {
                officer(writing, &id, now)?;
                let details = [
                    Detail::Party(label(id.as_str())?),
                    Detail::Ends(seconds(until)),
                    Detail::Credential(label(proved.word())?),
                ];
                let by = (Role::Officer, id.as_str());
                log(writing, Kind::PasskeyTicket, now, by, details)?;
                Ok(())
            })
            .await
    }

    /// Adds a passkey to an officer's, until their registration ends.
    ///
    /// # Errors
    /// [`PasskeyError`].
    pub async fn add_passkey(
        &self,
        id: PartyId,
        created: Created,
        name: String,
    ) -> Result<Passkey, PasskeyError> {
        let now = self.clock.now();
        self.store
            .write(move |writing| {
                let terms = officer(writing, &id, now)?;
                let times = (now, terms.until());
                let passkey = Passkey::new(created.clone(), id.clone(), &name, times)?;
                if writing.passkey(passkey.credential())?.is_some() {
                    return Err(PasskeyError::Taken);
                }
                let rows = writing.passkeys(id.as_str())?;
                if rows.iter().filter(|row| now < row.until).count() >= MOST_PASSKEYS {
                    return Err(PasskeyError::TooMany);
                }
                writing.set_passkey(&passkey.to_row())?;
                let details = [
                    Detail::Party(label(id.as_str())?),
                    Detail::Digest(passkey.digest()),
                    Detail::Key(label(&named(passkey.key()))?),
                ];
                let by = (Role::Officer, id.as_str());
                log(writing, Kind::PasskeyAdded, now, by, details)?;
                Ok(passkey)
            })
            .await
    }

    /// An officer's passkeys that hold.
    ///
    /// # Errors
    /// [`PasskeyError`].
    pub async fn passkeys(&self, id: PartyId) -> Result<Vec<Passkey>, PasskeyError> {
        let now = self.clock.now();
        self.store
            .read(move |reading| {
                let rows = reading.passkeys(id.as_str())?;
                let held = rows.iter().filter(|row| now < row.until);
                Ok(held.map(Passkey::from_row).collect::<Result<_, _>>()?)
            })
            .await
    }

    /// Ends one of an officer's own passkeys, named by its digest.
    ///
    /// # Errors
    /// [`PasskeyError::Unknown`]; [`PasskeyError`].
    pub async fn end_passkey(
        &self,
        id: PartyId,
        digest: [u8; 32],
        proved: ProvedBy,
    ) -> Result<Passkey, PasskeyError> {
        let now = self.clock.now();
        self.store
            .write(move |writing| {
                for row in writing.passkeys(id.as_str())? {
                    let passkey = Passkey::from_row(&row)?;
                    if passkey.digest() != digest || !passkey.holds_at(now) {
                        continue;
                    }
                    let ended = passkey.ended(now);
                    writing.set_passkey(&ended.to_row())?;
                    let details = [
                        Detail::Party(label(id.as_str())?),
                        Detail::Digest(digest),
                        Detail::Credential(label(proved.word())?),
                    ];
                    let by = (Role::Officer, id.as_str());
                    log(writing, Kind::PasskeyEnded, now, by, details)?;
                    return Ok(ended);
                }
                Err(PasskeyError::Unknown)
            })
            .await
    }

    /// Believes a use of a passkey that signs in: gives it, and the officer whose it is, registered now.
    ///
    /// # Errors
    /// [`PasskeyError`].
    pub async fn use_passkey(
        &self,
        asserted: Asserted,
        relying: RelyingParty,
        challenge: Challenge,
    ) -> Result<(Passkey, OfficerTerms), PasskeyError> {
        let now = self.clock.now();
        self.store
            .write(move |writing| used(writing, &asserted, (&relying, challenge), now))
            .await
    }

    /// Believes a passkey's signature for one act of an officer, and keeps it in the log: what it was for in words, and
    /// everything by which an auditor can verify it (`spec/decision-log.md` §4).
    ///
    /// # Errors
    /// [`PasskeyError::Unknown`] for another officer's; [`PasskeyError`].
    pub async fn sign_act(
        &self,
        (officer, words): (PartyId, String),
        asserted: Asserted,
        relying: RelyingParty,
        (fresh, act): ([u8; 32], [u8; 32]),
    ) -> Result<(), PasskeyError> {
        let now = self.clock.now();
        self.store
            .write(move |writing| {
                let asked = (&relying, Challenge::of(&fresh, &act));
                let (passkey, terms) = used(writing, &asserted, asked, now)?;
                if *terms.id() != officer {
                    return Err(PasskeyError::Unknown);
                }
                let key = passkey.key().clone();
                let statement = Statement::new((fresh, act), key, asserted.clone());
                let parts = statement.to_parts();
                let parts = parts.map_err(|error| ActError::Log(error.to_string()))?;
                let mut details = vec![
                    Detail::Party(label(officer.as_str())?),
                    Detail::Digest(passkey.digest()),
                    Detail::Act(label(&words)?),
                ];
                details.extend(parts.into_iter().map(Detail::Signed));
                let by = (Role::Officer, officer.as_str());
                log(writing, Kind::PasskeyUsed, now, by, details)?;
                Ok(())
            })
            .await
    }
}

/// A public key as the log names it.
fn named(key: &PublicKey) -> String {
    let mut name = format!("{}:", key.algorithm().name());
    for byte in key.as_bytes() {
        for half in [byte >> 4, byte & 15] {
            name.extend(char::from_digit(half.into(), 16));
        }
    }
    name
}

/// The passkey after this use of it, and the officer whose it is.
fn used(
    writing: &mut dyn Writing,
    asserted: &Asserted,
    asked: (&RelyingParty, Challenge),
    now: Timestamp,
) -> Result<(Passkey, OfficerTerms), PasskeyError> {
    let row = writing.passkey(&asserted.credential)?;
    let passkey = Passkey::from_row(&row.ok_or(PasskeyError::Unknown)?)?;
    if !passkey.holds_at(now) {
        return Err(PasskeyError::Unknown);
    }
    let terms = officer(writing, passkey.officer(), now)?;
    let passkey = passkey.asserting(asserted, asked, now)?;
    writing.set_passkey(&passkey.to_row())?;
    Ok((passkey, terms))
}
