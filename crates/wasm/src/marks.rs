//! What a gate must remember across a restart, so that nothing older can be passed off as new.

use hc_code::day_index::{Domain, DomainError};
use hc_code::keys::KeyMark;
use hc_code::paper_list::PaperMark;
use hc_code::recognition::PolicyMark;
use hc_code::signing::KeyId;
use hc_code::status_list::{ListName, Mark};
use hc_code::trust_list::TrustMark;
use hc_code::{Day, DivisionCode, Timestamp};

use crate::RECOGNISES;
use crate::json::{Fields, FormError, Json, Object, Read, hexadecimal, list};
use crate::settings;

/// The newest of every list that was seen. As JSON it goes to storage and comes back with
/// [`Settings`](crate::Settings); it names no person.
///
/// It holds numbers and times, no lists: whoever stores it stores the signed lists too and offers
/// them again, trust lists in their order, since each names who may sign the next, and removals,
/// which nothing else holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    trust_version: Option<u32>,
    keys: Vec<KeyMark>,
    status: Vec<StatusForm>,
    paper: Vec<PaperForm>,
    policies: Vec<PolicyMark>,
}

/// Why something is no memory of lists.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MarksError {
    /// Not of the form of one.
    #[error(transparent)]
    Form(#[from] FormError),
    /// No day has so many positions.
    #[error(transparent)]
    Domain(#[from] DomainError),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct StatusForm {
    region: DivisionCode,
    day: u16,
    epoch: u8,
    domain_bits: u8,
    full: Option<u32>,
    newest: u32,
    issued_at: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct PaperForm {
    region: DivisionCode,
    sequence: u32,
    issued_at: i64,
}

impl MarksError {
    /// The word of the fault.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Form(fault) => fault.word(),
            Self::Domain(_) => "marks-domain",
        }
    }

    /// What it is about.
    pub fn about(&self) -> String {
        match self {
            Self::Form(fault) => fault.about(),
            Self::Domain(_) => String::new(),
        }
    }
}

impl Marks {
    /// Reads what [`Self::json`] writes; what is left out was never seen.
    ///
    /// # Errors
    /// [`FormError`] by what is wrong first.
    pub(crate) fn read(json: Json) -> Result<Self, FormError> {
        let mut fields = Fields::of(json, "marks")?;
        let marks = Self {
            trust_version: fields.perhaps("trustVersion")?,
            keys: fields.several("keys", read_keys)?,
            status: fields.several("status", StatusForm::read)?,
            paper: fields.several("paper", PaperForm::read)?,
            // A gate that takes no policies would forget these: it says that it does not know the field.
            policies: if RECOGNISES {
                fields.several("policies", read_policy)?
            } else {
                Vec::new()
            },
        };
        fields.end()?;
        Ok(marks)
    }

    /// The marks as JSON.
    pub(crate) fn json(&self) -> String {
        let keys = list(self.keys.iter().map(keys_json));
        let status = list(self.status.iter().map(StatusForm::json));
        let paper = list(self.paper.iter().map(PaperForm::json));
        let mut marks = Object::new();
        marks
            .perhaps_whole("trustVersion", self.trust_version.map(i64::from))
            .json("keys", &keys)
            .json("status", &status)
            .json("paper", &paper);
        // Left out by a gate that no policy was offered to.
        if RECOGNISES && !self.policies.is_empty() {
            marks.json("policies", &list(self.policies.iter().map(policy_json)));
        }
        marks.end()
    }

    pub(crate) fn of<'a>(
        trust: Option<TrustMark>,
        keys: impl Iterator<Item = &'a KeyMark>,
        status: impl Iterator<Item = &'a Mark>,
        paper: impl Iterator<Item = &'a PaperMark>,
        policies: impl Iterator<Item = &'a PolicyMark>,
    ) -> Self {
        Self {
            trust_version: trust.map(|mark| mark.version),
            keys: keys.copied().collect(),
            status: status.map(StatusForm::of).collect(),
            paper: paper.map(PaperForm::of).collect(),
            policies: policies.copied().collect(),
        }
    }

    pub(crate) fn trust(&self) -> Option<TrustMark> {
        self.trust_version.map(|version| TrustMark { version })
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = KeyMark> + '_ {
        self.keys.iter().copied()
    }

    pub(crate) fn status(&self) -> Result<Vec<Mark>, MarksError> {
        self.status.iter().map(StatusForm::mark).collect()
    }

    pub(crate) fn policies(&self) -> impl Iterator<Item = PolicyMark> + '_ {
        self.policies.iter().copied()
    }

    pub(crate) fn paper(&self) -> impl Iterator<Item = PaperMark> + '_ {
        self.paper.iter().map(|form| PaperMark {
            region: form.region,
            sequence: form.sequence,
            issued_at: Timestamp::from_unix(form.issued_at),
        })
    }
}

fn read_keys(json: Json) -> Result<KeyMark, FormError> {
    let mut fields = Fields::of(json, "keys")?;
    let mark = KeyMark {
        issuer: fields.one("region")?,
        root: fields.one("root")?,
        version: fields.one::<Version>("version")?.0,
        issued_at: Timestamp::from_unix(fields.one("issuedAt")?),
    };
    fields.end()?;
    Ok(mark)
}

fn read_policy(json: Json) -> Result<PolicyMark, FormError> {
    let mut fields = Fields::of(json, "policies")?;
    let mark = PolicyMark {
        region: fields.one("region")?,
        root: fields.one("root")?,
        in_force: fields.one("inForce")?,
        newest: fields.one("newest")?,
        newest_from: Timestamp::from_unix(fields.one("newestFrom")?),
        newest_published: Timestamp::from_unix(fields.one("newestPublished")?),
    };
    fields.end()?;
    Ok(mark)
}

fn policy_json(mark: &PolicyMark) -> String {
    Object::new()
        .region("region", mark.region)
        .text("root", &hexadecimal(mark.root.as_bytes()))
        .whole("inForce", mark.in_force.into())
        .whole("newest", mark.newest.into())
        .whole("newestFrom", mark.newest_from.unix())
        .whole("newestPublished", mark.newest_published.unix())
        .end()
}

fn keys_json(mark: &KeyMark) -> String {
    Object::new()
        .region("region", mark.issuer)
        .text("root", &hexadecimal(mark.root.as_bytes()))
        .text("version", &hexadecimal(&mark.version.to_be_bytes()))
        .whole("issuedAt", mark.issued_at.unix())
        .end()
}

impl Read for KeyId {
    fn read(json: Json) -> Option<Self> {
        String::read(json)?.parse().ok()
    }
}

/// Sixteen hexadecimal digits: JavaScript has no whole numbers of 64 bits, and would round.
struct Version(u64);

impl Read for Version {
    fn read(json: Json) -> Option<Self> {
        let bytes = settings::hexadecimal(String::read(json)?).ok()?;
        Some(Self(u64::from_be_bytes(bytes.try_into().ok()?)))
    }
}

impl StatusForm {
    fn read(json: Json) -> Result<Self, FormError> {
        let mut fields = Fields::of(json, "status")?;
        let form = Self {
            region: fields.one("region")?,
            day: fields.one("day")?,
            epoch: fields.one("epoch")?,
            domain_bits: fields.one("domainBits")?,
            full: fields.perhaps("full")?,
            newest: fields.one("newest")?,
            issued_at: fields.one("issuedAt")?,
        };
        fields.end()?;
        Ok(form)
    }

    fn json(&self) -> String {
        Object::new()
            .region("region", self.region)
            .whole("day", self.day.into())
            .whole("epoch", self.epoch.into())
            .whole("domainBits", self.domain_bits.into())
            .perhaps_whole("full", self.full.map(i64::from))
            .whole("newest", self.newest.into())
            .whole("issuedAt", self.issued_at)
            .end()
    }

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
    fn read(json: Json) -> Result<Self, FormError> {
        let mut fields = Fields::of(json, "paper")?;
        let form = Self {
            region: fields.one("region")?,
            sequence: fields.one("sequence")?,
            issued_at: fields.one("issuedAt")?,
        };
        fields.end()?;
        Ok(form)
    }

    fn json(&self) -> String {
        Object::new()
            .region("region", self.region)
            .whole("sequence", self.sequence.into())
            .whole("issuedAt", self.issued_at)
            .end()
    }

    const fn of(mark: &PaperMark) -> Self {
        Self {
            region: mark.region,
            sequence: mark.sequence,
            issued_at: mark.issued_at.unix(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::read;

    const WHOLE: &str = r#"{"trustVersion":7,"keys":[{"region":"330000","root":"0123456789abcdef","version":"ffffffffffffffff","issuedAt":1656388800}],"status":[{"region":"330000","day":19171,"epoch":1,"domainBits":20,"full":null,"newest":4,"issuedAt":1656388800}],"paper":[{"region":"330106","sequence":2,"issuedAt":-1}],"policies":[{"region":"510000","root":"fedcba9876543210","inForce":2,"newest":3,"newestFrom":1656388800,"newestPublished":1656302400}]}"#;

    fn marks(text: &str) -> Result<Marks, FormError> {
        Marks::read(read(text.as_bytes())?)
    }

    #[test]
    fn marks_are_written_as_they_were_read() {
        assert_eq!(marks(WHOLE).unwrap().json(), WHOLE);
        let none = r#"{"trustVersion":null,"keys":[],"status":[],"paper":[]}"#;
        assert_eq!(marks("{}").unwrap().json(), none);
        assert_eq!(marks(none), Ok(Marks::default()));
    }

    #[test]
    fn a_mark_is_what_the_lists_remember() {
        let marks = marks(WHOLE).unwrap();
        let status = marks.status().unwrap();
        let paper: Vec<_> = marks.paper().collect();
        let keys: Vec<_> = marks.keys().collect();
        let policies: Vec<_> = marks.policies().collect();
        assert_eq!(marks.trust(), Some(TrustMark { version: 7 }));
        assert_eq!(keys[0].version, u64::MAX);
        assert_eq!(status[0].name.domain.bits(), 20);
        assert_eq!(paper[0].issued_at, Timestamp::from_unix(-1));
        assert_eq!(
            Marks::of(
                marks.trust(),
                keys.iter(),
                status.iter(),
                paper.iter(),
                policies.iter()
            ),
            marks
        );
    }

    #[test]
    fn a_number_that_does_not_fit_is_refused() {
        for (from, to, field) in [
            ("\"day\":19171", "\"day\":65536", "day"),
            ("\"epoch\":1", "\"epoch\":-1", "epoch"),
            (
                "\"trustVersion\":7",
                "\"trustVersion\":4294967296",
                "trustVersion",
            ),
            ("\"region\":\"330000\"", "\"region\":\"33\"", "region"),
            ("\"region\":\"330106\"", "\"region\":330106", "region"),
            ("\"sequence\":2", "\"sequence\":null", "sequence"),
            ("\"inForce\":2", "\"inForce\":-2", "inForce"),
            ("\"root\":\"01", "\"root\":\"0", "root"),
            ("\"version\":\"ff", "\"version\":\"f", "version"),
            ("\"version\":\"ff", "\"version\":\"", "version"),
            ("\"version\":\"ff", "\"version\":\"fg", "version"),
        ] {
            let changed = WHOLE.replace(from, to);
            assert_ne!(changed, WHOLE);
            assert_eq!(marks(&changed), Err(FormError::Value(field)));
        }
        let without = WHOLE.replace(",\"newest\":4", "");
        assert_eq!(marks(&without), Err(FormError::Missing("newest")));
        let more = WHOLE.replace("\"sequence\":2", "\"sequence\":2,\"x\":1");
        assert_eq!(marks(&more), Err(FormError::Unknown("x".to_owned())));
    }

    #[test]
    fn no_day_has_a_domain_of_that_size() {
        let marks = marks(&WHOLE.replace("\"domainBits\":20", "\"domainBits\":255")).unwrap();
        assert_eq!(
            marks.status().map_err(|fault| fault.word()),
            Err("marks-domain")
        );
    }
}
