//! Rule packs: uploaded, tried on everybody, put in force.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use hc_code::Timestamp;
use hc_code::signing::Signer;
use hc_core::act::{self, ActError};
use hc_core::rulebook::Rulebook;
use hc_core::rules::{Findings, RulePack};
use hc_core::store::{PackRow, Reading, Store, StoreError, Writing};
use hc_tlog::entry::{Detail, Kind, Role};
use sha2::{Digest, Sha256};

use super::{Region, RegionError, Steps, held};
use crate::party::PartyId;
use crate::proposals::Proposed;
use crate::registration::By;
use crate::rules::{self, Progress, Trial, Turn};
use crate::trace::{label, log, seconds};

/// Why nothing was done with a rule pack.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PackError {
    /// The act.
    #[error(transparent)]
    Act(#[from] ActError),
    /// What is wrong with it.
    #[error("the pack has findings")]
    Findings(#[from] Findings),
    /// Another region's.
    #[error("the pack is of {0}")]
    OtherRegion(hc_code::DivisionCode),
    /// There is a pack of this version, or a later one.
    #[error("version {given} is taken or passed: the next is {next}")]
    Version {
        /// What the pack says.
        given: u32,
        /// The first that is free.
        next: u32,
    },
    /// No pack of this version is kept.
    #[error("no pack of this version was uploaded")]
    Nothing,
    /// It is in force or was activated, or a later one is.
    #[error("the pack, or a later one, was activated already")]
    Activated,
    /// It ends before it could take effect.
    #[error("the pack ends before it could take effect")]
    Ended,
    /// A pack is being tried.
    #[error("a pack is being tried on everybody at the moment")]
    Busy,
}

impl From<StoreError> for PackError {
    fn from(error: StoreError) -> Self {
        Self::Act(ActError::Store(error))
    }
}

/// Which packs there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packs {
    /// The version that decides.
    pub in_force: u32,
    /// Those that were uploaded, by version.
    pub uploaded: Vec<PackRow>,
    /// Deciding everybody anew, the last or the present time.
    pub redeciding: Option<Progress>,
}

/// What a node begins with of rules and areas.
pub(super) struct Kept {
    pub(super) in_force: Option<RulePack>,
    pub(super) due: Vec<(Timestamp, RulePack)>,
}

/// Reads the packs that two officers activated.
pub(super) fn kept(reading: &mut dyn Reading, now: Timestamp) -> Result<Kept, StoreError> {
    let (in_force, following) = rules::at(reading.packs()?, now);
    let read = |row: &PackRow| {
        RulePack::parse(&row.text).map_err(|findings| StoreError::Damaged {
            table: "pack",
            what: format!(
                "version {} cannot be read any more: {findings}",
                row.version
            ),
        })
    };
    let mut due = Vec::new();
    for row in &following {
        due.push((row.activated.unwrap_or(Timestamp::MAX), read(row)?));
    }
    Ok(Kept {
        in_force: in_force.as_ref().map(read).transpose()?,
        due,
    })
}

impl<S: Store, R: Signer + Send + Sync + 'static> Region<S, R> {
    /// Reads and proves a pack of this region. Takes a while: not to be called where others wait.
    ///
    /// # Errors
    /// [`PackError::Findings`]; [`PackError::OtherRegion`].
    pub fn prove_pack(&self, text: &str) -> Result<RulePack, PackError> {
        let pack = rules::proved(text)?;
        if pack.region == self.division() {
            Ok(pack)
        } else {
            Err(PackError::OtherRegion(pack.region))
        }
    }

    /// Keeps a pack that was proved; it decides nobody yet. The same again changes nothing, and the time
    /// of the first upload is given.
    ///
    /// # Errors
    /// [`PackError::Version`]; [`PackError::Act`].
    pub async fn upload_pack(
        &self,
        pack: RulePack,
        text: String,
        by: PartyId,
    ) -> Result<PackRow, PackError> {
        let now = self.clock.now();
        let in_force = self.rulebook().pack().version;
        self.store
            .write(move |writing| {
                let rows = writing.packs()?;
                if let Some(same) = rows.iter().find(|row| row.version == pack.version)
                    && same.text == text
                {
                    return Ok(same.clone());
                }
                let last = rows.last().map_or(0, |row| row.version).max(in_force);
                if pack.version <= last {
                    let (given, next) = (pack.version, last.saturating_add(1));
                    return Err(PackError::Version { given, next });
                }
                let row = PackRow {
                    version: pack.version,
                    at: now,
                    activated: None,
                    text: text.clone(),
                };
                writing.set_pack(&row)?;
                let mut details = named(&pack)?;
                details.push(Detail::Digest(digest(&text)));
                let by = (Role::Officer, by.as_str());
                log(writing, Kind::RulesUploaded, now, by, details)?;
                Ok(row)
            })
            .await
    }

    /// Which packs there are, and which decides.
    ///
    /// # Errors
    /// [`PackError::Act`].
    pub async fn packs(&self) -> Result<Packs, PackError> {
        let uploaded = self.store.read(|reading| reading.packs()).await?;
        Ok(Packs {
            in_force: self.rulebook().pack().version,
            uploaded,
            redeciding: *held(&self.at_work.redeciding),
        })
    }

    /// A pack that was uploaded.
    ///
    /// # Errors
    /// [`PackError::Nothing`]; [`PackError::Act`].
    pub async fn pack(&self, version: u32) -> Result<PackRow, PackError> {
        let rows = self.packs().await?.uploaded;
        let mut found = rows.into_iter().filter(|row| row.version == version);
        found.next().ok_or(PackError::Nothing)
    }

    /// The proposal to put a pack in force as it is kept now.
    ///
    /// # Errors
    /// [`PackError::Nothing`]; [`PackError::Act`].
    pub async fn proposed_rules(&self, version: u32) -> Result<Proposed, PackError> {
        let digest = digest(&self.pack(version).await?.text);
        Ok(Proposed::ActivateRules { version, digest })
    }

    /// Begins to try a pack on everybody, one at a time; [`Self::run_trial`] does it.
    ///
    /// # Errors
    /// [`PackError::Busy`]; [`PackError::Nothing`]; [`PackError::Findings`].
    pub async fn begin_trial(&self, version: u32) -> Result<(Trial, Rulebook), PackError> {
        let row = self.pack(version).await?;
        let mut pack = RulePack::parse(&row.text)?;
        // As if it were valid today: what it changes is to be seen, not what time does until then.
        pack.valid_from = pack.valid_from.min(self.clock.now());
        let of = self.standings.counts().active;
        let mut rulebook = self.rulebook().clone();
        rulebook.set_pack(pack);
        let mut held = held(&self.at_work.trial);
        if held
            .as_ref()
            .is_some_and(|trial| trial.progress.ended.is_none())
        {
            return Err(PackError::Busy);
        }
        let trial = Trial {
            version,
            progress: Progress::beginning(self.clock.now(), of),
            turns: BTreeMap::new(),
        };
        *held = Some(trial.clone());
        Ok((trial, rulebook))
    }

    /// Tries a pack that was begun with: everybody, some at a time, reading only. Nothing is changed and
    /// nobody waits for it.
    pub async fn run_trial(&self, rulebook: Rulebook, at_once: u32) {
        let trial = Arc::new(Mutex::new(rulebook));
        let mut after = None;
        let failed = loop {
            let now = self.clock.now();
            let trial = Arc::clone(&trial);
            let tried = self.store.read(move |reading| {
                let numbers = reading.active_after(after, at_once)?;
                let tried = act::try_rules(reading, &mut held(&trial), &numbers, now)?;
                Ok::<_, ActError>((numbers.last().copied(), tried))
            });
            let Ok((last, tried)) = tried.await else {
                break true;
            };
            if let Some(trial) = held(&self.at_work.trial).as_mut() {
                trial.progress.looked += tried.len() as u64;
                for one in &tried {
                    let inside = one.division.filter(|own| self.division().contains(*own));
                    let turn = Turn {
                        division: inside,
                        from: one.from,
                        to: one.to,
                    };
                    *trial.turns.entry(turn).or_default() += 1;
                }
            }
            if last.is_none() {
                break false;
            }
            after = last;
        };
        if let Some(trial) = held(&self.at_work.trial).as_mut() {
            trial.progress.ended = Some(self.clock.now());
            trial.progress.failed = failed;
        }
    }

    /// The last or present trial of a pack.
    pub fn trial(&self, version: u32) -> Option<Trial> {
        let trial = held(&self.at_work.trial);
        trial
            .as_ref()
            .filter(|trial| trial.version == version)
            .cloned()
    }

    /// Decides everybody anew where rules or areas have changed since the last time; gives how many have
    /// another standing, or none where nothing had changed. How far it is can be seen meanwhile.
    ///
    /// # Errors
    /// [`RegionError`]; it is to be tried again then.
    pub async fn redecide_where_wanted(&self, steps: Steps) -> Result<Option<u64>, RegionError> {
        if !self.at_work.wanted.swap(false, Ordering::AcqRel) {
            return Ok(None);
        }
        let edition = self.rulebook().edition();
        let of = self.standings.counts().active;
        let began = Progress::beginning(self.clock.now(), of);
        *held(&self.at_work.redeciding) = Some(began);
        let note = |change: &dyn Fn(&mut Progress)| {
            if let Some(progress) = held(&self.at_work.redeciding).as_mut() {
                change(progress);
            }
        };
        let turned = self
            .redecide_everybody(steps, |looked| note(&|progress| progress.looked = looked))
            .await;
        let ended = Some(self.clock.now());
        note(&|progress| {
            progress.ended = ended;
            progress.failed = turned.is_err();
        });
        if turned.is_err() {
            self.want_redeciding();
        } else {
            // From here on a standing tells what deciding anew would.
            self.rulebook().follow(edition);
        }
        turned.map(Some)
    }

    /// Everybody is to be decided anew.
    pub(super) fn want_redeciding(&self) {
        self.at_work.wanted.store(true, Ordering::Release);
    }

    /// Puts in force what is due: packs whose time has come, areas that were published.
    pub(super) fn turn_rules(&self, now: Timestamp) {
        let pack = {
            let mut due = held(&self.at_work.due);
            let begun = due.extract_if(.., |(at, _)| *at <= now);
            begun.map(|(_, pack)| pack).max_by_key(|pack| pack.version)
        };
        let areas = std::mem::take(&mut *held(&self.at_work.areas));
        if pack.is_none() && areas.is_empty() {
            return;
        }
        let mut rulebook = self.rulebook();
        if let Some(pack) = pack
            && pack.version > rulebook.pack().version
        {
            rulebook.set_pack(pack);
        }
        super::areas::publish(&mut rulebook, &areas);
        drop(rulebook);
        self.want_redeciding();
    }
}

/// Whether a pack could be activated now; gives it with the time at which it would take effect.
pub(super) fn activable(
    reading: &mut dyn Reading,
    (version, in_force): (u32, u32),
    now: Timestamp,
) -> Result<(PackRow, RulePack, Timestamp), PackError> {
    let rows = reading.packs()?;
    let later = rows
        .iter()
        .any(|row| row.activated.is_some() && row.version >= version);
    let row = rows.into_iter().find(|row| row.version == version);
    let row = row.ok_or(PackError::Nothing)?;
    if later || version <= in_force {
        return Err(PackError::Activated);
    }
    let pack = RulePack::parse(&row.text)?;
    let from = rules::in_force_from(&pack, row.at, now);
    if from >= pack.valid_until {
        return Err(PackError::Ended);
    }
    Ok((row, pack, from))
}

/// Activates a pack on the word of two officers; it decides from the time that is given on.
pub(super) fn activate(
    writing: &mut dyn Writing,
    versions: (u32, u32),
    by: &By,
    now: Timestamp,
) -> Result<(Timestamp, RulePack), PackError> {
    let (mut row, pack, from) = activable(writing, versions, now)?;
    row.activated = Some(from);
    writing.set_pack(&row)?;
    let mut details = named(&pack)?;
    details.extend(by.details()?);
    details.extend([
        Detail::Digest(digest(&row.text)),
        Detail::Ends(seconds(pack.valid_until)),
    ]);
    log(writing, Kind::RulesActivated, now, by.actor(), details)?;
    Ok((from, pack))
}

fn named(pack: &RulePack) -> Result<Vec<Detail>, ActError> {
    Ok(vec![
        Detail::Pack(label(&pack.region.to_string())?),
        Detail::PackVersion(label(&pack.version.to_string())?),
    ])
}

/// What both officers mean.
pub(super) fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text).into()
}
