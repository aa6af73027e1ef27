//! The directory: under which pseudonyms the regions have entered themselves (`spec/directory.md`).
//!
//! The register is in memory, and every change of it is in a file before it counts: one file a month
//! (`month`), which is removed when the month is over. What cannot be read after a power failure is
//! set aside, and the register gets another name, by which the regions notice that they are to
//! enter everybody again. The hub knows no document, no person, and not the key that pseudonyms are made with.

mod month;
mod pace;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry as Slot;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use hc_code::{DivisionCode, Span, Timestamp};
use hc_core::directory::{DirectoryRegister, Limits, Month, Pseudonym, TooMany};

use crate::files;
use month::{Line, MonthFile};
use pace::Pace;

/// The name of a register: another one after anything of it was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegisterName([u8; 8]);

/// What a region has asked since the counts were taken last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// Questions that were answered.
    pub asked: u64,
    /// Of these, those with an answer that is not empty.
    pub found: u64,
    /// Questions beyond what it may ask.
    pub refused: u64,
    /// Entries that are new.
    pub entered: u64,
    /// Entries that were taken out.
    pub withdrawn: u64,
}

/// Why the directory does not do something.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// As often as it may.
    #[error(transparent)]
    TooMany(#[from] TooMany),
    /// More than one request has.
    #[error("{0} pseudonyms at once, at most {most} are taken", most = Directory::AT_ONCE)]
    TooLong(usize),
    /// A month that is over, or too far ahead.
    #[error("{0} is not the month that runs, nor the next one")]
    Month(Month),
    /// It is not a folder of a directory.
    #[error("{}: {says}", .path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        says: String,
    },
    /// A file.
    #[error("{}: {source}", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

impl DirectoryError {
    fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }
}

/// The directory of a hub, in a folder of its own.
pub struct Directory {
    folder: PathBuf,
    name: RegisterName,
    /// Held by whoever writes: the files, one change after the other.
    months: Mutex<BTreeMap<Month, MonthFile>>,
    /// Held for a moment only: questions do not wait for a disk.
    held: Mutex<Held>,
}

struct Held {
    register: DirectoryRegister,
    paces: BTreeMap<DivisionCode, Pace>,
    counts: BTreeMap<DivisionCode, Counted>,
}

/// What was found when a directory was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Opened {
    /// Entries.
    pub entries: usize,
    /// Bytes that could not be read and were set aside: the regions enter everybody again.
    pub lost: u64,
}

/// The name of the register stands in this file.
const NAME: &str = "register";
/// More bytes than that file has.
const MOST: u64 = 64;

impl Directory {
    /// So many pseudonyms are taken at once.
    pub const AT_ONCE: usize = 1000;

    /// Opens the directory in a folder, which is made where it is not there. `name` is what the register
    /// is called if it needs a new name: eight bytes drawn at random.
    ///
    /// # Errors
    /// [`DirectoryError`].
    pub fn open(
        folder: &Path,
        limits: Limits,
        name: [u8; 8],
        now: Timestamp,
    ) -> Result<(Self, Opened), DirectoryError> {
        fs::create_dir_all(folder).map_err(DirectoryError::file(folder))?;
        let mut register = DirectoryRegister::new(limits);
        let mut months = BTreeMap::new();
        let mut opened = Opened::default();
        for entry in fs::read_dir(folder).map_err(DirectoryError::file(folder))? {
            let path = entry.map_err(DirectoryError::file(folder))?.path();
            let Some(month) = month::named(&path) else {
                continue;
            };
            if month < Month::of(now) {
                fs::remove_file(&path).map_err(DirectoryError::file(&path))?;
                continue;
            }
            let apply = |line: Line| apply(&mut register, line, month);
            let (file, lost) =
                MonthFile::open(&path, apply).map_err(DirectoryError::file(&path))?;
            opened.lost += lost;
            months.insert(month, file);
        }
        opened.entries = register.len();
        let path = folder.join(NAME);
        let kept = files::read(&path, MOST).map_err(DirectoryError::file(&path))?;
        let name = match kept {
            Some(kept) if opened.lost == 0 => RegisterName::read(&kept, &path)?,
            _ => {
                let name = RegisterName(name);
                let text = format!("{name}\n");
                files::put(&path, text.as_bytes()).map_err(DirectoryError::file(&path))?;
                name
            }
        };
        let held = Held {
            register,
            paces: BTreeMap::new(),
            counts: BTreeMap::new(),
        };
        let directory = Self {
            folder: folder.to_owned(),
            name,
            months: Mutex::new(months),
            held: Mutex::new(held),
        };
        Ok((directory, opened))
    }

    /// What the register is called.
    pub const fn name(&self) -> RegisterName {
        self.name
    }

    /// The regions under one pseudonym, asked by a region.
    ///
    /// # Errors
    /// [`DirectoryError::TooMany`]; [`DirectoryError::Month`].
    pub fn find(
        &self,
        asker: DivisionCode,
        pseudonym: Pseudonym,
        now: Timestamp,
    ) -> Result<Vec<DivisionCode>, DirectoryError> {
        in_time(&[pseudonym], now)?;
        let mut held = self.held();
        let found = held.register.find(asker, pseudonym, now);
        let counted = held.counts.entry(asker).or_default();
        match &found {
            Ok(regions) => {
                counted.asked += 1;
                counted.found += u64::from(!regions.is_empty());
            }
            Err(_) => counted.refused += 1,
        }
        Ok(found?)
    }

    /// Enters a region under pseudonyms; it is durable when this returns. Entering twice changes nothing.
    ///
    /// # Errors
    /// [`DirectoryError`]; nothing is entered then.
    pub fn enter(
        &self,
        region: DivisionCode,
        pseudonyms: &[Pseudonym],
        now: Timestamp,
    ) -> Result<RegisterName, DirectoryError> {
        self.change((region, pseudonyms), now, true)
    }

    /// Takes a region out from under pseudonyms; it is durable when this returns.
    ///
    /// # Errors
    /// [`DirectoryError`]; nothing is taken out then.
    pub fn withdraw(
        &self,
        region: DivisionCode,
        pseudonyms: &[Pseudonym],
        now: Timestamp,
    ) -> Result<RegisterName, DirectoryError> {
        self.change((region, pseudonyms), now, false)
    }

    fn change(
        &self,
        (region, pseudonyms): (DivisionCode, &[Pseudonym]),
        now: Timestamp,
        enters: bool,
    ) -> Result<RegisterName, DirectoryError> {
        if pseudonyms.len() > Self::AT_ONCE {
            return Err(DirectoryError::TooLong(pseudonyms.len()));
        }
        in_time(pseudonyms, now)?;
        let mut months = self.months();
        let lines = self.missing((region, pseudonyms), now, enters)?;
        for (month, lines) in lines {
            let path = self.folder.join(month::name_of(month));
            let file = match months.entry(month) {
                Slot::Occupied(file) => file.into_mut(),
                Slot::Vacant(place) => {
                    let file = MonthFile::create(&path).map_err(DirectoryError::file(&path))?;
                    place.insert(file)
                }
            };
            file.append(&lines).map_err(DirectoryError::file(&path))?;
            let mut held = self.held();
            let held = &mut *held;
            let counted = held.counts.entry(region).or_default();
            let count = if enters {
                &mut counted.entered
            } else {
                &mut counted.withdrawn
            };
            for line in lines {
                *count += u64::from(apply(&mut held.register, line, month));
            }
        }
        Ok(self.name)
    }

    /// The lines that would change something.
    fn missing(
        &self,
        (region, pseudonyms): (DivisionCode, &[Pseudonym]),
        now: Timestamp,
        enters: bool,
    ) -> Result<BTreeMap<Month, Vec<Line>>, DirectoryError> {
        let mut held = self.held();
        let pace = held.paces.entry(region).or_default();
        *pace = pace.after(pseudonyms.len(), now)?;
        let mut lines: BTreeMap<Month, Vec<Line>> = BTreeMap::new();
        for pseudonym in pseudonyms {
            if held.register.holds(region, *pseudonym) != enters {
                let line = Line {
                    enters,
                    region,
                    bytes: *pseudonym.as_bytes(),
                };
                lines.entry(pseudonym.month()).or_default().push(line);
            }
        }
        Ok(lines)
    }

    /// Forgets the months that are over; gives how many entries went.
    ///
    /// # Errors
    /// [`DirectoryError::File`] where a file cannot be removed; it is tried again next time.
    pub fn forget_past(&self, now: Timestamp) -> Result<usize, DirectoryError> {
        let month = Month::of(now);
        let mut months = self.months();
        let past: Vec<Month> = months.range(..month).map(|(past, _)| *past).collect();
        for past in past {
            let path = self.folder.join(month::name_of(past));
            fs::remove_file(&path).map_err(DirectoryError::file(&path))?;
            months.remove(&past);
        }
        Ok(self.held().register.forget_before(month))
    }

    /// What each region has done since the last time that this was asked.
    pub fn take_counts(&self) -> BTreeMap<DivisionCode, Counted> {
        std::mem::take(&mut self.held().counts)
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.held().register.len()
    }

    /// Whether nobody is entered.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn months(&self) -> MutexGuard<'_, BTreeMap<Month, MonthFile>> {
        self.months.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn apply(register: &mut DirectoryRegister, line: Line, month: Month) -> bool {
    let pseudonym = Pseudonym::new(month, line.bytes);
    if line.enters {
        register.enter(line.region, pseudonym)
    } else {
        register.withdraw(line.region, pseudonym)
    }
}

/// Whether all are of the month that runs or of the next; an hour of clock is allowed for at the turn.
fn in_time(pseudonyms: &[Pseudonym], now: Timestamp) -> Result<(), DirectoryError> {
    let first = Month::of(now.minus(Span::hours(1)));
    let last = Month::of(now).next();
    let mut months = pseudonyms.iter().map(Pseudonym::month);
    match months.find(|month| *month < first || *month > last) {
        Some(month) => Err(DirectoryError::Month(month)),
        None => Ok(()),
    }
}

impl RegisterName {
    fn read(bytes: &[u8], path: &Path) -> Result<Self, DirectoryError> {
        let mut name = [0; 8];
        let text = bytes.strip_suffix(b"\n").unwrap_or(bytes);
        hex::decode_to_slice(text, &mut name).map_err(|_| DirectoryError::Damaged {
            path: path.to_owned(),
            says:
                "it is not the name of a register; remove it, and the regions enter everybody again"
                    .to_owned(),
        })?;
        Ok(Self(name))
    }
}

impl fmt::Display for RegisterName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Directory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Directory({})", self.folder.display())
    }
}

#[cfg(test)]
mod tests;
