//! What a gate has seen of every list, in a file from one run to the next: so that nothing older can
//! be passed off as new. It holds numbers and times of lists, and names nobody.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use hc_code::day_index::Domain;
use hc_code::keys::KeyMark;
use hc_code::paper_list::PaperMark;
use hc_code::recognition::PolicyMark;
use hc_code::status_list::{ListName, Mark};
use hc_code::trust_list::{Removal, TrustList, TrustMark};
use hc_code::{DivisionCode, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::at_most;

/// The newest of every list that was seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) trust: Option<SeenTrust>,
    /// What was removed and no trust list has settled: a run without the removals must not give it
    /// back.
    pub(crate) removals: Vec<Removal>,
    pub(crate) removals_as_of: Option<Timestamp>,
    pub(crate) keys: Vec<KeyMark>,
    pub(crate) status: Vec<Mark>,
    pub(crate) paper: Vec<PaperMark>,
    pub(crate) policies: Vec<PolicyMark>,
}

/// A version of the trust list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SeenTrust {
    pub(crate) version: u32,
    pub(crate) issued_at: Timestamp,
}

impl SeenTrust {
    /// The part that the verifier itself compares.
    pub(crate) const fn mark(self) -> TrustMark {
        TrustMark {
            version: self.version,
        }
    }
}

/// All regions of the country are far below this.
const MAX_BYTES: usize = 1 << 26;

impl Seen {
    /// Reads a file; nothing was seen where there is none yet. One that was damaged is not taken for
    /// that.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        if let Err(error) = fs::metadata(path)
            && error.kind() == std::io::ErrorKind::NotFound
        {
            return Ok(Self::default());
        }
        let bytes = at_most(path, MAX_BYTES)?;
        Self::parse(&bytes).with_context(|| {
            format!(
                "{} is not the memory of lists that this program wrote",
                path.display()
            )
        })
    }

    fn parse(bytes: &[u8]) -> Result<Self> {
        let file: SeenFile = serde_json::from_slice(bytes)?;
        ensure!(
            digest(&file.seen)? == file.sha256,
            "its content does not have the digest that is written in it"
        );
        file.seen.seen()
    }

    /// What goes into the file.
    pub(crate) fn written(&self) -> Result<Vec<u8>> {
        let seen = SeenForm::of(self);
        let sha256 = digest(&seen)?;
        let mut bytes = serde_json::to_vec_pretty(&SeenFile { seen, sha256 })?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// # Errors
    /// Where the hub has signed two lists of one version.
    pub(crate) fn agrees_with(&self, list: &TrustList) -> Result<()> {
        if let Some(seen) = &self.trust {
            ensure!(
                list.version() != seen.version || list.issued_at() == seen.issued_at,
                "another list of version {} was seen, signed at {}: the hub signed both",
                seen.version,
                seen.issued_at
            );
        }
        Ok(())
    }
}

/// SHA-256 of the compact form: a file that was cut or changed by accident is noticed.
fn digest(seen: &SeenForm) -> Result<String> {
    Ok(hex::encode(Sha256::digest(serde_json::to_vec(seen)?)))
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SeenFile {
    seen: SeenForm,
    sha256: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SeenForm {
    trust: Option<SeenTrust>,
    removals_as_of: Option<Timestamp>,
    removals: Vec<RemovalForm>,
    keys: Vec<KeysForm>,
    status: Vec<StatusForm>,
    paper: Vec<PaperForm>,
    // Left out where there is none, as files of before have it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    policies: Vec<PolicyForm>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RemovalForm {
    region: DivisionCode,
    key_id: Option<String>,
    removed_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeysForm {
    region: DivisionCode,
    root: String,
    version: u64,
    issued_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StatusForm {
    region: DivisionCode,
    day: String,
    epoch: u8,
    bits: u8,
    full: Option<u32>,
    newest: u32,
    issued_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PaperForm {
    region: DivisionCode,
    sequence: u32,
    issued_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyForm {
    region: DivisionCode,
    root: String,
    in_force: u32,
    newest: u32,
    newest_from: Timestamp,
    newest_published: Timestamp,
}

impl SeenForm {
    fn of(seen: &Seen) -> Self {
        let removals = seen.removals.iter().map(|removal| RemovalForm {
            region: removal.region,
            key_id: removal.key.map(|key| key.to_string()),
            removed_at: removal.removed_at,
        });
        let keys = seen.keys.iter().map(|mark| KeysForm {
            region: mark.issuer,
            root: mark.root.to_string(),
            version: mark.version,
            issued_at: mark.issued_at,
        });
        let status = seen.status.iter().map(|mark| StatusForm {
            region: mark.name.region,
            day: mark.name.day.to_string(),
            epoch: mark.name.epoch,
            bits: mark.name.domain.bits(),
            full: mark.full,
            newest: mark.newest,
            issued_at: mark.issued_at,
        });
        let paper = seen.paper.iter().map(|mark| PaperForm {
            region: mark.region,
            sequence: mark.sequence,
            issued_at: mark.issued_at,
        });
        let policies = seen.policies.iter().map(|mark| PolicyForm {
            region: mark.region,
            root: mark.root.to_string(),
            in_force: mark.in_force,
            newest: mark.newest,
            newest_from: mark.newest_from,
            newest_published: mark.newest_published,
        });
        Self {
            trust: seen.trust,
            removals_as_of: seen.removals_as_of,
            removals: removals.collect(),
            keys: keys.collect(),
            status: status.collect(),
            paper: paper.collect(),
            policies: policies.collect(),
        }
    }

    fn seen(self) -> Result<Seen> {
        let removals = self.removals.into_iter().map(|form| {
            let key = form.key_id.map(|id| id.parse()).transpose()?;
            Ok(Removal {
                region: form.region,
                key,
                removed_at: form.removed_at,
            })
        });
        let keys = self.keys.into_iter().map(|form| {
            Ok(KeyMark {
                issuer: form.region,
                root: form.root.parse()?,
                version: form.version,
                issued_at: form.issued_at,
            })
        });
        let status = self.status.into_iter().map(|form| {
            let name = ListName {
                region: form.region,
                day: form.day.parse()?,
                epoch: form.epoch,
                domain: Domain::new(form.bits)?,
            };
            Ok(Mark {
                name,
                full: form.full,
                newest: form.newest,
                issued_at: form.issued_at,
            })
        });
        let paper = self.paper.into_iter().map(|form| PaperMark {
            region: form.region,
            sequence: form.sequence,
            issued_at: form.issued_at,
        });
        let policies = self.policies.into_iter().map(|form| {
            Ok(PolicyMark {
                region: form.region,
                root: form.root.parse()?,
                in_force: form.in_force,
                newest: form.newest,
                newest_from: form.newest_from,
                newest_published: form.newest_published,
            })
        });
        Ok(Seen {
            trust: self.trust,
            removals_as_of: self.removals_as_of,
            removals: removals.collect::<Result<_>>()?,
            keys: keys.collect::<Result<_>>()?,
            status: status.collect::<Result<_>>()?,
            paper: paper.collect(),
            policies: policies.collect::<Result<_>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen() -> Seen {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let region: DivisionCode = "330000".parse().unwrap();
        Seen {
            trust: Some(SeenTrust {
                version: 3,
                issued_at: at("2022-07-08T00:00:00+08:00"),
            }),
            removals: vec![Removal {
                region,
                key: Some("0123456789abcdef".parse().unwrap()),
                removed_at: at("2022-07-08T01:00:00+08:00"),
            }],
            removals_as_of: Some(at("2022-07-08T02:00:00+08:00")),
            keys: vec![KeyMark {
                issuer: region,
                root: "fedcba9876543210".parse().unwrap(),
                version: 9,
                issued_at: at("2022-07-08T03:00:00+08:00"),
            }],
            status: vec![Mark {
                name: ListName {
                    region,
                    day: "2022-07-08".parse().unwrap(),
                    epoch: 1,
                    domain: Domain::SMALLEST,
                },
                full: Some(4),
                newest: 7,
                issued_at: at("2022-07-08T04:00:00+08:00"),
            }],
            paper: vec![PaperMark {
                region,
                sequence: 11,
                issued_at: at("2022-07-08T05:00:00+08:00"),
            }],
            policies: vec![PolicyMark {
                region,
                root: "fedcba9876543210".parse().unwrap(),
                in_force: 12,
                newest: 13,
                newest_from: at("2022-07-10T05:00:00+08:00"),
                newest_published: at("2022-07-08T05:00:00+08:00"),
            }],
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        for seen in [seen(), Seen::default()] {
            assert_eq!(Seen::parse(&seen.written().unwrap()).unwrap(), seen);
        }
    }

    #[test]
    fn a_changed_digit_and_a_cut_end_are_noticed() {
        let written = seen().written().unwrap();
        let text = String::from_utf8(written.clone()).unwrap();
        for (from, to) in [
            ("\"version\": 3", "\"version\": 2"),
            ("\"newest\": 7", "\"newest\": 6"),
            ("\"sequence\": 11", "\"sequence\": 10"),
            ("\"in_force\": 12", "\"in_force\": 11"),
            ("\"key_id\": \"01", "\"key_id\": \"02"),
        ] {
            assert!(text.contains(from), "{from}");
            let error = Seen::parse(text.replace(from, to).as_bytes()).unwrap_err();
            assert!(error.to_string().contains("digest"), "{error}");
        }
        for end in 0..written.len() - 2 {
            assert!(Seen::parse(&written[..end]).is_err(), "{end}");
        }
    }
}
