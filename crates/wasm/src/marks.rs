//! What a gate must remember across a restart, so that nothing older can be passed off as new.

use hc_code::day_index::{Domain, DomainError};
use hc_code::paper_list::PaperMark;
use hc_code::status_list::{ListName, Mark};
use hc_code::trust_list::TrustMark;
use hc_code::{Day, DivisionCode, Timestamp};
use serde::{Deserialize, Serialize};

/// The newest of every list that was seen. As JSON it goes to storage and comes back with
/// [`Settings`](crate::Settings); it names no person.
///
/// It holds numbers and times, no lists: whoever stores it stores the signed lists too and offers
/// them again, trust lists in their order, since each names who may sign the next.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Marks {
    #[serde(default)]
    trust_version: Option<u32>,
    #[serde(default)]
    status: Vec<StatusForm>,
    #[serde(default)]
    paper: Vec<PaperForm>,
}

/// Why something is no memory of lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MarksError {
    /// No day has so many positions.
    #[error(transparent)]
    Domain(#[from] DomainError),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct StatusForm {
    region: DivisionCode,
    day: u16,
    epoch: u8,
    domain_bits: u8,
    full: Option<u32>,
    newest: u32,
    issued_at: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct PaperForm {
    region: DivisionCode,
    sequence: u32,
    issued_at: i64,
}

impl Marks {
    pub(crate) fn of<'a>(
        trust: Option<TrustMark>,
        status: impl Iterator<Item = &'a Mark>,
        paper: impl Iterator<Item = &'a PaperMark>,
    ) -> Self {
        Self {
            trust_version: trust.map(|mark| mark.version),
            status: status.map(StatusForm::of).collect(),
            paper: paper.map(PaperForm::of).collect(),
        }
    }

    pub(crate) fn trust(&self) -> Option<TrustMark> {
        self.trust_version.map(|version| TrustMark { version })
    }

    pub(crate) fn status(&self) -> Result<Vec<Mark>, MarksError> {
        self.status.iter().map(StatusForm::mark).collect()
    }

    pub(crate) fn paper(&self) -> impl Iterator<Item = PaperMark> + '_ {
        self.paper.iter().map(|form| PaperMark {
            region: form.region,
            sequence: form.sequence,
            issued_at: Timestamp::from_unix(form.issued_at),
        })
    }
}

impl StatusForm {
    const fn of(mark: &Mark) -> Self {
        Self {
            region: mark.name.region,
            day: mark.name.day.number(),
            epoch: mark.name.epoch,
            domain_bits: mark.name.domain.bits(),
            full: mark.full,
            newest: mark.newest,
            issued_at: mark.issued_at.unix(),
        }
    }

    fn mark(&self) -> Result<Mark, MarksError> {
        Ok(Mark {
            name: ListName {
                region: self.region,
                day: Day::from_number(self.day),
                epoch: self.epoch,
                domain: Domain::new(self.domain_bits)?,
            },
            full: self.full,
            newest: self.newest,
            issued_at: Timestamp::from_unix(self.issued_at),
        })
    }
}

impl PaperForm {
    const fn of(mark: &PaperMark) -> Self {
        Self {
            region: mark.region,
            sequence: mark.sequence,
            issued_at: mark.issued_at.unix(),
        }
    }
}
