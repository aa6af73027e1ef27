//! One month of the directory in a file: lines of 25 bytes, only ever added to.
//!
//! A line is 1 to enter or 0 to withdraw, the region as a number (4 bytes, big-endian), the pseudonym (16), and
//! the first four bytes of SHA-256 over these 21, by which a line that a power failure cut is known.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use hc_code::DivisionCode;
use hc_core::directory::Month;
use sha2::{Digest as _, Sha256};

/// Bytes of a line without its check, and with it.
const SAYS: usize = 21;
const LINE: usize = 25;
/// So many lines are read at once.
const LINES: usize = 4096;
const ENDING: &str = "entries";

/// One change.
#[derive(Clone, Copy)]
pub(super) struct Line {
    pub(super) enters: bool,
    pub(super) region: DivisionCode,
    pub(super) bytes: [u8; 16],
}

/// The file of a month, open to be added to.
pub(super) struct MonthFile {
    file: File,
    /// So many bytes of it are whole lines.
    good: u64,
}

/// The name of a month's file.
pub(super) fn name_of(month: Month) -> String {
    format!("{month}.{ENDING}")
}

/// The month that a file is of.
pub(super) fn named(path: &Path) -> Option<Month> {
    let name = path.file_name()?.to_str()?;
    name.strip_suffix(ENDING)?.strip_suffix('.')?.parse().ok()
}

impl MonthFile {
    /// Makes the file of a month that has none.
    pub(super) fn create(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        if let Some(folder) = path.parent() {
            // The name is durable only with its folder.
            crate::files::sync(folder)?;
        }
        let good = file.metadata()?.len();
        Ok(Self { file, good })
    }

    /// Reads a file, line by line, and gives how many bytes at its end could not be read. They are set
    /// aside beside it.
    pub(super) fn open(path: &Path, mut then: impl FnMut(Line) -> bool) -> io::Result<(Self, u64)> {
        let mut file = OpenOptions::new().read(true).write(true).open(path)?;
        let length = file.metadata()?.len();
        let mut good = 0;
        let mut buffer = vec![0; LINE * LINES];
        'all: loop {
            let read = fill(&mut file, &mut buffer)?;
            for line in buffer.get(..read).unwrap_or_default().chunks(LINE) {
                match Line::read(line) {
                    Some(line) => {
                        then(line);
                        good += LINE as u64;
                    }
                    None => break 'all,
                }
            }
            if read < buffer.len() {
                break;
            }
        }
        let lost = length - good;
        if lost > 0 {
            file.seek(SeekFrom::Start(good))?;
            let mut rest = Vec::new();
            file.read_to_end(&mut rest)?;
            fs::write(path.with_extension("torn"), rest)?;
            file.set_len(good)?;
            file.sync_all()?;
        }
        Ok((Self { file, good }, lost))
    }

    /// Adds lines; they are durable when this returns, or none of them is there.
    pub(super) fn append(&mut self, lines: &[Line]) -> io::Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        let bytes: Vec<u8> = lines.iter().flat_map(Line::written).collect();
        let written = self.write(&bytes);
        if written.is_err() {
            // A line that is there in part would hide those after it.
            self.file.set_len(self.good)?;
        } else {
            self.good += bytes.len() as u64;
        }
        written
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        // Also after an attempt whose rest could not be taken away.
        self.file.seek(SeekFrom::Start(self.good))?;
        self.file.write_all(bytes)?;
        self.file.sync_data()
    }
}

impl Line {
    fn written(&self) -> [u8; LINE] {
        let mut line = [0; LINE];
        let says = [u8::from(self.enters)]
            .into_iter()
            .chain(self.region.number().to_be_bytes())
            .chain(self.bytes);
        for (to, from) in line.iter_mut().zip(says) {
            *to = from;
        }
        let check = check(line.get(..SAYS).unwrap_or_default());
        for (to, from) in line.iter_mut().skip(SAYS).zip(check) {
            *to = from;
        }
        line
    }

    fn read(line: &[u8]) -> Option<Self> {
        let (says, sum) = line.split_at_checked(SAYS)?;
        if check(says) != sum {
            return None;
        }
        let (enters, rest) = says.split_first()?;
        let (region, bytes) = rest.split_first_chunk::<4>()?;
        Some(Self {
            enters: match enters {
                0 => false,
                1 => true,
                _ => return None,
            },
            region: DivisionCode::new(u32::from_be_bytes(*region)).ok()?,
            bytes: bytes.try_into().ok()?,
        })
    }
}

fn check(says: &[u8]) -> [u8; 4] {
    let hash = Sha256::digest(says);
    let mut sum = [0; 4];
    for (to, from) in sum.iter_mut().zip(hash) {
        *to = from;
    }
    sum
}

/// Reads until the buffer is full or the file ends.
fn fill(file: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match file.read(rest) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
