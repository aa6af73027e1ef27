//! Evidence files: who is known, by which documents, and what of the files was set aside.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use hc_code::Timestamp;
use hc_core::document::{Document, DocumentKey};
use hc_core::evidence::Register;
use hc_core::evidence::intake::{
    CsvStream, Desk, NdjsonStream, Quarantined, Receipt, References, Row,
};
use hc_core::place::PlaceTable;
use indicatif::ProgressBar;

use crate::{clock, progress};

/// How much of a file is read at once.
const PIECE: usize = 1 << 18;
/// The most that is taken from standard input, which cannot be read twice: 1 GiB.
const MOST_FROM_STDIN: u64 = 1 << 30;

/// Everything that evidence files hold.
#[derive(Default)]
pub(crate) struct EvidenceFiles {
    pub(crate) register: Register,
    /// The documents as they were written, to show them.
    pub(crate) documents: BTreeMap<DocumentKey, Document>,
    pub(crate) places: PlaceTable,
    pub(crate) rows: u64,
    pub(crate) quarantined: Vec<(PathBuf, Quarantined)>,
}

/// Reads evidence files as an archive: a line that does not say when it was received counts from when
/// it was reported. Lines may be later than the instant that is decided for, which then does not see
/// them, but not later than now and that instant.
pub(crate) fn read(paths: &[PathBuf], decided_for: Timestamp) -> Result<EvidenceFiles> {
    let up_to = decided_for.max(clock::now());
    let mut read = EvidenceFiles::default();
    for path in paths {
        let reading = || format!("cannot read {}", path.display());
        if path.as_os_str() == "-" {
            let mut bytes = Vec::new();
            io::stdin()
                .lock()
                .take(MOST_FROM_STDIN + 1)
                .read_to_end(&mut bytes)
                .with_context(reading)?;
            if bytes.len() as u64 > MOST_FROM_STDIN {
                bail!("standard input has more than {MOST_FROM_STDIN} bytes; give a file instead");
            }
            let bar = ProgressBar::hidden();
            read.two_passes(path, Form::Ndjson, up_to, &bar, || Ok(bytes.as_slice()))?;
        } else {
            let form = Form::of(path)?;
            super::is_file(path)?;
            let length = path.metadata().with_context(reading)?.len();
            let bar = progress::bar(length * 2, "evidence");
            let open = || File::open(path).with_context(reading);
            read.two_passes(path, form, up_to, &bar, open)
                .with_context(reading)?;
            bar.finish_and_clear();
        }
    }
    Ok(read)
}

#[derive(Clone, Copy)]
enum Form {
    Ndjson,
    Csv,
}

impl Form {
    fn of(path: &Path) -> Result<Self> {
        match path.extension().and_then(OsStr::to_str) {
            Some("ndjson" | "jsonl") => Ok(Self::Ndjson),
            Some("csv") => Ok(Self::Csv),
            _ => bail!(
                "{}: evidence files end with .ndjson, .jsonl or .csv",
                path.display()
            ),
        }
    }
}

impl EvidenceFiles {
    /// Reads a file once for its references and once for its rows: a reference that is used twice with
    /// different contents spoils both rows, wherever they stand.
    fn two_passes<R: Read>(
        &mut self,
        path: &Path,
        form: Form,
        up_to: Timestamp,
        bar: &ProgressBar,
        open: impl Fn() -> Result<R>,
    ) -> Result<()> {
        let mut references = References::new();
        let mut scratch = PlaceTable::new();
        let mut desk = Desk::new(Receipt::Archived(up_to), &mut scratch);
        each_row(open()?, form, &mut desk, bar, |read| {
            if let Ok(row) = read {
                references.note(&row);
            }
        })?;
        let references = references.close();
        let mut desk = Desk::new(Receipt::Archived(up_to), &mut self.places);
        each_row(open()?, form, &mut desk, bar, |read| {
            self.rows += 1;
            match read.and_then(|row| references.check(row)) {
                Ok(row) => {
                    if let Some(document) = row.document() {
                        self.documents
                            .entry(document.key())
                            .or_insert_with(|| document.clone());
                    }
                    self.register.add(row);
                }
                Err(quarantined) => self.quarantined.push((path.to_owned(), quarantined)),
            }
        })
    }

    /// The documents of a person, masked or in full.
    pub(crate) fn shown<'a>(
        &self,
        keys: impl Iterator<Item = &'a DocumentKey>,
        in_full: bool,
    ) -> Vec<String> {
        keys.filter_map(|key| self.documents.get(key))
            .map(|document| {
                let number = if in_full {
                    document.expose_number()
                } else {
                    document.masked_number()
                };
                format!("{} {number}", document.kind().code())
            })
            .collect()
    }
}

/// Hands every row of a file on.
fn each_row(
    mut file: impl Read,
    form: Form,
    desk: &mut Desk<'_>,
    bar: &ProgressBar,
    mut then: impl FnMut(Result<Row, Quarantined>),
) -> Result<()> {
    let mut piece = vec![0; PIECE];
    let mut ndjson = NdjsonStream::new();
    let mut csv = CsvStream::new();
    loop {
        let length = file.read(&mut piece)?;
        let filled = piece.get(..length).unwrap_or_default();
        bar.inc(length as u64);
        match (form, length) {
            (Form::Ndjson, 0) => {
                ndjson.finish(desk, then);
                return Ok(());
            }
            (Form::Csv, 0) => return Ok(csv.finish(desk, then)?),
            (Form::Ndjson, _) => ndjson.feed(filled, desk, &mut then),
            (Form::Csv, _) => csv.feed(filled, desk, &mut then)?,
        }
    }
}
