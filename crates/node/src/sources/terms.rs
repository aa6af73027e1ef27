//! What a source is registered for.

use hc_code::signing::PublicKey;
use hc_code::{DivisionCode, Timestamp};
use hc_core::evidence::intake::LineKind;
use hc_core::evidence::{EventKind, SourceKind, Statement};
use hc_core::store::{PartyKind, PartyRow};
use serde::{Deserialize, Serialize};

use crate::party::{KeptKey, PartyId, TermsError, holds};

/// The terms of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceTerms {
    id: PartyId,
    name: String,
    kind: SourceKind,
    region: Option<DivisionCode>,
    lines: Vec<LineKind>,
    divisions: Vec<DivisionCode>,
    rows_a_batch: u32,
    rows_a_day: u32,
    raised_freely: u32,
    raised_share: u16,
    key: PublicKey,
    registered: Timestamp,
    until: Timestamp,
    used: Used,
}

/// How much of a day's volume is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Used {
    day: i64,
    rows: u32,
    raised: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    name: String,
    kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    region: Option<DivisionCode>,
    lines: Vec<String>,
    divisions: Vec<DivisionCode>,
    rows_a_batch: u32,
    rows_a_day: u32,
    raised_freely: u32,
    raised_share: u16,
    key: KeptKey,
    used: Used,
}

impl SourceTerms {
    /// Registers a source for some kinds of line about some divisions, from `registered` until
    /// `until`.
    ///
    /// The usual volume is 100,000 rows a batch and 1,000,000 a day; a batch with which the
    /// source has turned more than 100 people and more than 1 per mille of the region above low in a
    /// day waits for an officer.
    ///
    /// # Errors
    /// [`TermsError`].
    pub fn new(
        id: PartyId,
        kind: SourceKind,
        lines: Vec<LineKind>,
        divisions: Vec<DivisionCode>,
        key: PublicKey,
        (registered, until): (Timestamp, Timestamp),
    ) -> Result<Self, TermsError> {
        if kind == SourceKind::Person {
            Err(TermsError::Person)
        } else if lines.is_empty() {
            Err(TermsError::NoLines)
        } else if divisions.is_empty() {
            Err(TermsError::NoDivisions)
        } else if until <= registered {
            Err(TermsError::Ends)
        } else {
            Ok(Self {
                name: id.as_str().to_owned(),
                id,
                kind,
                region: None,
                lines,
                divisions,
                rows_a_batch: 100_000,
                rows_a_day: 1_000_000,
                raised_freely: 100,
                raised_share: 1,
                key,
                registered,
                until,
                used: Used::default(),
            })
        }
    }

    /// Another region as a source: what its own sources stated comes under their names with the region
    /// before them. For every kind of line but declarations and links, about every division; 64 rows a
    /// parcel, 20,000 a day, and as many people above low as any source. `root` is the root that the trust
    /// list gives it for evidence and transfers.
    ///
    /// # Errors
    /// [`TermsError`] where the dates are none.
    pub fn of_region(
        region: DivisionCode,
        root: PublicKey,
        dates: (Timestamp, Timestamp),
    ) -> Result<Self, TermsError> {
        let stated = |kind: &LineKind| {
            !matches!(
                kind,
                LineKind::Event(EventKind::Declaration) | LineKind::Link
            )
        };
        let lines = LineKind::all().filter(stated).collect();
        let id = PartyId::parse(&format!("region-{region}"))?;
        let everywhere = vec![DivisionCode::COUNTRY];
        let terms = Self::new(
            id,
            SourceKind::HealthAuthority,
            lines,
            everywhere,
            root,
            dates,
        )?
        .with_volume(64, 20_000)?;
        Ok(Self {
            region: Some(region),
            ..terms
        })
    }

    /// The region that it is, where it is one.
    pub const fn region(&self) -> Option<DivisionCode> {
        self.region
    }

    /// With the name that its lines are stated by, where that is not the id.
    ///
    /// # Errors
    /// [`TermsError::Name`].
    pub fn with_name(mut self, name: &str) -> Result<Self, TermsError> {
        // The same form as that of a statement, whose reference is of no matter here.
        Statement::new(self.kind, name, "1").map_err(|_| TermsError::Name)?;
        name.clone_into(&mut self.name);
        Ok(self)
    }

    /// With another volume.
    ///
    /// # Errors
    /// [`TermsError::Volume`].
    pub fn with_volume(mut self, a_batch: u32, a_day: u32) -> Result<Self, TermsError> {
        if a_batch == 0 || a_day < a_batch {
            return Err(TermsError::Volume);
        }
        (self.rows_a_batch, self.rows_a_day) = (a_batch, a_day);
        Ok(self)
    }

    /// With another bound of people whom the source may turn above low in a day by itself: `freely` in any
    /// case, and up to a share of the region in per mille.
    ///
    /// # Errors
    /// [`TermsError::Share`].
    pub fn with_raised(mut self, freely: u32, share: u16) -> Result<Self, TermsError> {
        if share > 1000 {
            return Err(TermsError::Share);
        }
        (self.raised_freely, self.raised_share) = (freely, share);
        Ok(self)
    }

    /// The id.
    pub const fn id(&self) -> &PartyId {
        &self.id
    }

    /// The name that its lines are stated by.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What kind of body it is.
    pub const fn kind(&self) -> SourceKind {
        self.kind
    }

    /// The kinds of line that it may send.
    pub fn lines(&self) -> &[LineKind] {
        &self.lines
    }

    /// The divisions that it may state stays in.
    pub fn divisions(&self) -> &[DivisionCode] {
        &self.divisions
    }

    /// The most rows of a day.
    pub const fn rows_a_day(&self) -> u32 {
        self.rows_a_day
    }

    /// Up to how many people, and up to which share of the region in per mille, the source may turn above
    /// low in a day by itself; the larger counts.
    pub const fn raised(&self) -> (u32, u16) {
        (self.raised_freely, self.raised_share)
    }

    /// Since when it is registered.
    pub const fn registered(&self) -> Timestamp {
        self.registered
    }

    /// The key that it signs with.
    pub const fn key(&self) -> &PublicKey {
        &self.key
    }

    /// When the registration ends.
    pub const fn until(&self) -> Timestamp {
        self.until
    }

    /// Whether the registration holds at an instant.
    pub fn holds_at(&self, now: Timestamp) -> bool {
        holds((self.registered, self.until), now)
    }

    /// Whether the source may send lines of a kind.
    pub fn may_state(&self, kind: LineKind) -> bool {
        self.lines.contains(&kind)
    }

    /// Whether the source may state stays in a division.
    pub fn covers(&self, division: DivisionCode) -> bool {
        self.divisions.iter().any(|own| own.contains(division))
    }

    /// The most rows of a batch.
    pub const fn rows_a_batch(&self) -> u32 {
        self.rows_a_batch
    }

    /// The most people whom the source may turn above low in a day without an officer, in a region of
    /// so many.
    pub fn raised_at_most(&self, subjects: u64) -> u64 {
        let share = subjects.saturating_mul(self.raised_share.into()) / 1000;
        share.max(self.raised_freely.into())
    }

    /// The terms with so many more rows used on a local day; `None` where the day has no room for them.
    pub fn using(&self, rows: u32, day: i64) -> Option<Self> {
        let before = self.used_on(day);
        let rows = before.rows.checked_add(rows)?;
        (rows <= self.rows_a_day).then(|| Self {
            used: Used { rows, ..before },
            ..self.clone()
        })
    }

    /// The terms with so many more people turned above low on a local day; `None` where they are more
    /// than the source may turn by itself in a region of so many. Counted by the day, so that many
    /// small batches do no more than one large one.
    pub fn raising(&self, raised: u64, day: i64, subjects: u64) -> Option<Self> {
        let before = self.used_on(day);
        let raised = before.raised.checked_add(raised)?;
        (raised <= self.raised_at_most(subjects)).then(|| Self {
            used: Used { raised, ..before },
            ..self.clone()
        })
    }

    fn used_on(&self, day: i64) -> Used {
        if self.used.day == day {
            self.used
        } else {
            Used {
                day,
                ..Used::default()
            }
        }
    }

    /// The row for the store.
    pub fn to_row(&self) -> PartyRow {
        let kept = Kept {
            name: self.name.clone(),
            kind: self.kind.to_string(),
            region: self.region,
            lines: self
                .lines
                .iter()
                .map(|kind| kind.word().to_owned())
                .collect(),
            divisions: self.divisions.clone(),
            rows_a_batch: self.rows_a_batch,
            rows_a_day: self.rows_a_day,
            raised_freely: self.raised_freely,
            raised_share: self.raised_share,
            key: KeptKey::of(&self.key),
            used: self.used,
        };
        PartyRow {
            kind: PartyKind::Source,
            id: self.id.as_str().to_owned(),
            at: self.registered,
            until: self.until,
            // Texts and numbers always have a JSON form.
            content: serde_json::to_vec(&kept).unwrap_or_default(),
        }
    }

    /// Reads what [`Self::to_row`] gave.
    ///
    /// # Errors
    /// [`TermsError`] for anything else.
    pub fn from_row(row: &PartyRow) -> Result<Self, TermsError> {
        let kept: Kept =
            serde_json::from_slice(&row.content).map_err(|_| TermsError::Kept("its form"))?;
        let lines: Option<Vec<LineKind>> = kept
            .lines
            .iter()
            .map(|word| LineKind::from_word(word))
            .collect();
        let terms = Self::new(
            PartyId::parse(&row.id)?,
            kept.kind
                .parse()
                .map_err(|_| TermsError::Kept("the kind"))?,
            lines.ok_or(TermsError::Kept("the lines"))?,
            kept.divisions,
            kept.key.read()?,
            (row.at, row.until),
        )?
        .with_name(&kept.name)?
        .with_volume(kept.rows_a_batch, kept.rows_a_day)?
        .with_raised(kept.raised_freely, kept.raised_share)?;
        Ok(Self {
            used: kept.used,
            region: kept.region,
            ..terms
        })
    }
}
