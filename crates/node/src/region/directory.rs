//! What this region tells the directory: whom it has, by pseudonyms, when they enrol and when they leave.

use hc_code::signing::Signer;
use hc_code::{Span, Timestamp};
use hc_core::act::ActError;
use hc_core::directory::{Month, Pseudonym};
use hc_core::document::Document;
use hc_core::store::{DocumentHash, OutgoingKind, OutgoingRow, Store, Writing};

use super::outbox::{Attempt, Ended, unsent};
use super::{Region, RegionError};
use crate::federation::{DirectoryParts, DoorError, Federation, RegisterName};

/// So long before a month begins people are entered for it.
const BEFORE: Span = Span::hours(7 * 24);
/// So long a message to the directory is tried: the rest of a month, and the next.
const LASTS: Span = Span::hours(40 * 24);

/// So many pseudonyms are entered at once.
const AT_ONCE: usize = 1000;

/// How far it came to enter everybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entering {
    /// Everybody up to this document is entered; more may follow.
    On {
        /// From where to go on.
        after: DocumentHash,
        /// The register that they are in; none where there was nobody to enter.
        register: Option<RegisterName>,
    },
    /// Nobody is left.
    Through,
    /// The directory does not take them now, for this reason; from the same place again.
    Away(String),
}

/// What the directory is told of somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tell {
    /// That the region has them.
    Enter,
    /// That it has them no more.
    Withdraw,
}

impl Tell {
    const fn word(self) -> &'static str {
        match self {
            Self::Enter => "enter",
            Self::Withdraw => "withdraw",
        }
    }
}

impl<S: Store, R: Signer + Send + Sync + 'static> Region<S, R> {
    /// The months in which somebody who enrols or leaves now stands, or will soon.
    fn months(now: Timestamp) -> Vec<Month> {
        let months = [Month::of(now), Month::of(now.plus(BEFORE))];
        let mut months = months.to_vec();
        months.dedup();
        months
    }

    /// What is to be told to the directory of people with these documents; nothing where there is no
    /// directory. Drawn before the act, which may run more than once.
    pub(super) fn telling(
        &self,
        documents: &[Document],
        tell: Tell,
        now: Timestamp,
    ) -> Vec<OutgoingRow> {
        let federation = self.federation();
        let Some(DirectoryParts { key, .. }) = federation
            .as_ref()
            .and_then(|federation| federation.directory.as_ref())
        else {
            return Vec::new();
        };
        let mut rows = Vec::new();
        // Who leaves may stand in the next month already.
        let months = match tell {
            Tell::Enter => Self::months(now),
            Tell::Withdraw => vec![Month::of(now), Month::of(now).next()],
        };
        for document in documents {
            for month in &months {
                let pseudonym = key.pseudonym(*month, &document.key());
                rows.push(OutgoingRow {
                    id: self.random(),
                    kind: OutgoingKind::Directory,
                    to: None,
                    about: None,
                    at: now,
                    until: now.plus(LASTS),
                    next: now,
                    tries: 0,
                    content: format!("{} {pseudonym}", tell.word()).into_bytes(),
                });
            }
        }
        rows
    }

    /// The months that everybody is to be entered for now: the one that runs, and in its last days the next.
    pub fn directory_months(&self) -> Vec<Month> {
        Self::months(self.clock.now())
    }

    /// Enters people for a month, by their documents, in the order of the documents' hashes: how everybody
    /// is entered when a month comes, and when the register was lost.
    ///
    /// # Errors
    /// [`RegionError`] where the store fails.
    pub async fn enter_everybody(
        &self,
        month: Month,
        after: Option<DocumentHash>,
        limit: u32,
    ) -> Result<Entering, RegionError> {
        let federation = self.federation();
        let Some(DirectoryParts { key, at }) = federation
            .as_ref()
            .and_then(|federation| federation.directory.as_ref())
        else {
            return Ok(Entering::Away("there is no directory".to_owned()));
        };
        let now = self.clock.now();
        let (hashes, documents) = self
            .store
            .read(move |reading| {
                let hashes = reading.hashes_after(after, limit)?;
                let numbers = reading.numbers(&hashes)?;
                let mut documents = Vec::new();
                for number in numbers.into_iter().flatten() {
                    documents.extend(hc_core::act::documents(reading, number, now)?);
                }
                Ok::<_, ActError>((hashes, documents))
            })
            .await
            .map_err(RegionError::Act)?;
        let Some(last) = hashes.last().copied() else {
            return Ok(Entering::Through);
        };
        let pseudonyms: Vec<Pseudonym> = documents
            .iter()
            .map(|document| key.pseudonym(month, &document.key()))
            .collect();
        let mut register = None;
        for some in pseudonyms.chunks(AT_ONCE) {
            match at.enter(some.to_vec()).await {
                Ok(name) => register = Some(name),
                Err(error) => return Ok(Entering::Away(error.to_string())),
            }
        }
        Ok(Entering::On {
            after: last,
            register,
        })
    }

    pub(super) async fn tell_directory(
        &self,
        federation: &Federation,
        row: &OutgoingRow,
    ) -> Attempt {
        let Some(directory) = &federation.directory else {
            return Attempt::Again;
        };
        let content = core::str::from_utf8(&row.content).ok();
        let told = content.and_then(|content| {
            let (word, pseudonym) = content.split_once(' ')?;
            let pseudonym: Pseudonym = pseudonym.parse().ok()?;
            let tells = [Tell::Enter, Tell::Withdraw];
            let tell = tells.into_iter().find(|tell| tell.word() == word)?;
            Some((tell, pseudonym))
        });
        let Some((tell, pseudonym)) = told else {
            return Attempt::Done(Ended::Damaged);
        };
        if pseudonym.month() < Month::of(self.clock.now()) {
            return Attempt::Done(Ended::Past);
        }
        let answer: Result<RegisterName, DoorError> = match tell {
            Tell::Enter => directory.at.enter(vec![pseudonym]).await,
            Tell::Withdraw => directory.at.withdraw(vec![pseudonym]).await,
        };
        match answer {
            Ok(_) => Attempt::Done(Ended::Told),
            Err(error) => unsent(&error),
        }
    }
}

/// Writes what is to be told, with the act that it follows from.
pub(super) fn write(writing: &mut dyn Writing, rows: &[OutgoingRow]) -> Result<(), ActError> {
    for row in rows {
        writing.set_outgoing(row)?;
    }
    Ok(())
}
