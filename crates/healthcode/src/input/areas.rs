//! Files of risk areas: publications of the national list, and the region's own statements.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use hc_core::area::{
    AreaLedger, AreaStatement, FeedProblem, Gazetteer, LARGEST_PUBLICATION, Located, Publication,
};

use ruzstd::decoding::StreamingDecoder;

use super::{at_most, files};
use crate::progress;

/// The most bytes of an archive when it is unpacked.
const LARGEST_ARCHIVE: u64 = 1 << 30;

/// One publication with its areas found, and what was wrong with it.
pub(crate) struct ReadPublication {
    pub(crate) path: PathBuf,
    pub(crate) located: Located,
    pub(crate) problems: Vec<FeedProblem>,
}

/// Publications by their time, and statements of the region's own.
#[derive(Default)]
pub(crate) struct AreaFiles {
    pub(crate) publications: Vec<ReadPublication>,
    pub(crate) statements: Vec<AreaStatement>,
    /// What could not be read: a line of a file, or a whole publication.
    pub(crate) refused: Vec<(PathBuf, Option<u64>, String)>,
}

/// Reads publications and statements.
pub(crate) fn read(named: &[PathBuf]) -> Result<AreaFiles> {
    read_all(files(named, &["json", "ndjson", "jsonl", "zst"])?)
}

/// Reads publications only.
pub(crate) fn read_publications(named: &[PathBuf]) -> Result<AreaFiles> {
    let paths = files(named, &["json"])?;
    if let Some(other) = paths
        .iter()
        .find(|path| path.extension().is_none_or(|ending| ending != "json"))
    {
        bail!(
            "{} is not a publication: those end with .json",
            other.display()
        );
    }
    read_all(paths)
}

fn read_all(paths: Vec<PathBuf>) -> Result<AreaFiles> {
    let gazetteer = Gazetteer::bundled();
    let bar = progress::bar(paths.len() as u64, "risk areas");
    let mut read = AreaFiles::default();
    for path in paths {
        read.file(&path, &gazetteer)
            .with_context(|| format!("cannot read {}", path.display()))?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    read.publications.sort_by(|one, other| {
        (one.located.snapshot.at(), &one.path).cmp(&(other.located.snapshot.at(), &other.path))
    });
    Ok(read)
}

impl AreaFiles {
    fn file(&mut self, path: &Path, gazetteer: &Gazetteer<'_>) -> Result<()> {
        match path.extension().and_then(OsStr::to_str) {
            Some("json") => {
                self.publication(path, &at_most(path, LARGEST_PUBLICATION)?, gazetteer);
            }
            Some("zst") => self.archive(path, gazetteer)?,
            Some("ndjson" | "jsonl") => {
                for line in AreaStatement::parse_lines(&statements(path)?) {
                    match line {
                        Ok(statement) => self.statements.push(statement),
                        Err((number, error)) => {
                            let number = u64::try_from(number).ok();
                            self.refused
                                .push((path.to_owned(), number, error.to_string()));
                        }
                    }
                }
            }
            _ => bail!(
                "files of risk areas end with .json (publications), .tar.zst (an archive of them) or .ndjson (statements)"
            ),
        }
        Ok(())
    }

    fn publication(&mut self, path: &Path, text: &[u8], gazetteer: &Gazetteer<'_>) {
        let name = path.file_stem().and_then(OsStr::to_str).unwrap_or_default();
        match Publication::parse(text, name) {
            Ok(parsed) => self.publications.push(ReadPublication {
                path: path.to_owned(),
                located: gazetteer.locate(&parsed.publication),
                problems: parsed.problems,
            }),
            Err(error) => self
                .refused
                .push((path.to_owned(), None, error.to_string())),
        }
    }

    /// The publications of an archive: tar, compressed with Zstandard (RFC 8878).
    fn archive(&mut self, path: &Path, gazetteer: &Gazetteer<'_>) -> Result<()> {
        let plain = StreamingDecoder::new(File::open(path)?)?;
        let mut archive = tar::Archive::new(plain.take(LARGEST_ARCHIVE));
        for entry in archive.entries()? {
            let entry = entry?;
            let file = entry.path()?.into_owned();
            if file.extension().is_some_and(|ending| ending == "json") {
                let mut text = Vec::new();
                // One byte more than there may be, so that a longer one is refused and not cut.
                let most = LARGEST_PUBLICATION as u64 + 1;
                entry.take(most).read_to_end(&mut text)?;
                self.publication(&file, &text, gazetteer);
            }
        }
        Ok(())
    }

    /// What had been published and stated by an instant.
    pub(crate) fn ledger(&self, by: hc_code::Timestamp) -> AreaLedger {
        let mut ledger = AreaLedger::new();
        for publication in &self.publications {
            if publication.located.snapshot.at() <= by {
                ledger.add(&publication.located.snapshot);
            }
        }
        // A statement may say today what holds from tomorrow on.
        for statement in &self.statements {
            ledger.state(statement);
        }
        ledger
    }
}

/// The text of a file of statements, of at most 64 MiB, without a byte order mark.
fn statements(path: &Path) -> Result<String> {
    let bytes = at_most(path, 64 << 20)?;
    let text = String::from_utf8_lossy(&bytes);
    Ok(text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned())
}
