//! Which list, which edition of it, and when it may have been made.

use crate::cbor::{CborError, Reader, Writer};
use crate::day_index::{Domain, DomainError};
use crate::signing::PublicKey;
use crate::{Day, DivisionCode, DivisionCodeError, Offset, Span, Timestamp};

/// Which list: region, day, the day key's epoch, and the domain that its positions lie in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ListName {
    /// The region whose list it is.
    pub region: DivisionCode,
    /// The region's local day that it is for.
    pub day: Day,
    /// The epoch of the day key; another epoch has other positions.
    pub epoch: u8,
    /// How many positions the day has.
    pub domain: Domain,
}

/// One edition of a list: its number and times.
///
/// Edition 0 is made once, in the evening before the day; edition 1 and later are made during the
/// day. So a list is never updated while that of another day is, which would let an onlooker join
/// a person's positions of two days by the minute at which both change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edition {
    name: ListName,
    sequence: u32,
    as_of: Timestamp,
    issued_at: Timestamp,
    expires_at: Timestamp,
}

/// Whose key it is: what the reader of a list must know beforehand, from trust list and key list.
#[derive(Clone, Copy, Debug)]
pub struct ListIssuer<'a> {
    /// The region that the key signs for.
    pub region: DivisionCode,
    /// A key of the region that may sign lists.
    pub key: &'a PublicKey,
    /// Where the region's days begin.
    pub offset: Offset,
}

/// Why no edition can have these numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditionError {
    /// Facts from after the signature.
    #[error("as-of {as_of} is after issued-at {issued_at}")]
    AsOfAfterIssue {
        /// Time of the facts.
        as_of: Timestamp,
        /// Time of the signature.
        issued_at: Timestamp,
    },
    /// Ends before it begins, or after the day it is for.
    #[error("a list of {day} cannot be issued at {issued_at} to expire at {expires_at}")]
    Expiry {
        /// The day.
        day: Day,
        /// Time of the signature.
        issued_at: Timestamp,
        /// The end.
        expires_at: Timestamp,
    },
    /// Edition 0 is made in the twelve hours before the day.
    #[error("edition 0 of {day} is made the evening before, not at {issued_at}")]
    NotTheEveningBefore {
        /// The day.
        day: Day,
        /// Time of the signature.
        issued_at: Timestamp,
    },
    /// Later editions are made during the day.
    #[error("edition {sequence} of {day} is made during that day, not at {issued_at}")]
    NotThatDay {
        /// The day.
        day: Day,
        /// Number of the edition.
        sequence: u32,
        /// Time of the signature.
        issued_at: Timestamp,
    },
}

/// How long before its day edition 0 may be made.
const EVENING: Span = Span::hours(12);

impl Edition {
    /// Checks order of the times and the rule of midnight.
    ///
    /// # Errors
    /// [`EditionError`], by what is wrong first.
    pub fn new(
        name: ListName,
        sequence: u32,
        as_of: Timestamp,
        issued_at: Timestamp,
        expires_at: Timestamp,
        offset: Offset,
    ) -> Result<Self, EditionError> {
        let day = name.day;
        if as_of > issued_at {
            return Err(EditionError::AsOfAfterIssue { as_of, issued_at });
        }
        let (start, end) = (day.start(offset), day.end(offset));
        if sequence == 0 {
            if issued_at >= start || issued_at < start.minus(EVENING) {
                return Err(EditionError::NotTheEveningBefore { day, issued_at });
            }
        } else if issued_at < start || issued_at >= end {
            return Err(EditionError::NotThatDay {
                day,
                sequence,
                issued_at,
            });
        }
        if expires_at <= issued_at || expires_at > end {
            return Err(EditionError::Expiry {
                day,
                issued_at,
                expires_at,
            });
        }
        Ok(Self {
            name,
            sequence,
            as_of,
            issued_at,
            expires_at,
        })
    }

    /// Which list.
    pub const fn name(&self) -> ListName {
        self.name
    }

    /// The number of the edition within its list, 0 for the one made the evening before.
    pub const fn sequence(&self) -> u32 {
        self.sequence
    }

    /// Of when the facts are.
    pub const fn as_of(&self) -> Timestamp {
        self.as_of
    }

    /// When it was signed.
    pub const fn issued_at(&self) -> Timestamp {
        self.issued_at
    }

    /// From when on it says nothing any more.
    pub const fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// Appends the six numbers of the private claim that name the edition.
    pub(super) fn write(&self, writer: &mut Writer) {
        writer
            .uint(u64::from(self.name.region.number()))
            .uint(u64::from(self.name.day.number()))
            .uint(u64::from(self.name.epoch))
            .uint(u64::from(self.name.domain.bits()))
            .uint(u64::from(self.sequence))
            .int(self.as_of.unix());
    }

    /// Reads what [`Self::write`] wrote; issued-at and expiry stand in the CWT's own claims.
    pub(super) fn read(
        reader: &mut Reader<'_>,
        issued_at: Timestamp,
        expires_at: Timestamp,
        issuer: &ListIssuer<'_>,
    ) -> Result<Self, EditionFault> {
        let region = number(reader, "region")?;
        let region = DivisionCode::new(region)?;
        if region != issuer.region {
            return Err(EditionFault::OtherRegion(region));
        }
        let day = Day::from_number(number(reader, "day")?);
        let epoch = number(reader, "epoch")?;
        let domain = Domain::new(number(reader, "domain")?)?;
        let sequence = number(reader, "sequence")?;
        let as_of = time(reader)?;
        let name = ListName {
            region,
            day,
            epoch,
            domain,
        };
        let edition = Self::new(name, sequence, as_of, issued_at, expires_at, issuer.offset)?;
        Ok(edition)
    }
}

/// What is wrong with the claims that name an edition.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditionFault {
    /// Not the fixed form.
    #[error(transparent)]
    Encoding(#[from] CborError),
    /// A number that is too large for what it is.
    #[error("{found} is too large for the {what}")]
    TooLarge {
        /// Which number.
        what: &'static str,
        /// Its value.
        found: u64,
    },
    /// A time outside the years 1 to 9999.
    #[error("{0} is no time")]
    Time(i64),
    /// No division code.
    #[error(transparent)]
    Region(#[from] DivisionCodeError),
    /// Signed by a key of one region for another.
    #[error("a list of {0}, signed by another region's key")]
    OtherRegion(DivisionCode),
    /// No domain.
    #[error(transparent)]
    Domain(#[from] DomainError),
    /// Times that no edition has.
    #[error(transparent)]
    Edition(#[from] EditionError),
}

/// Reads an unsigned number of a smaller type.
pub(crate) fn number<T: TryFrom<u64>>(
    reader: &mut Reader<'_>,
    what: &'static str,
) -> Result<T, EditionFault> {
    let found = reader.uint()?;
    T::try_from(found).map_err(|_| EditionFault::TooLarge { what, found })
}

/// Reads Unix seconds; a value outside the range of [`Timestamp`] is refused, not moved into it.
pub(crate) fn time(reader: &mut Reader<'_>) -> Result<Timestamp, EditionFault> {
    let seconds = reader.int()?;
    let at = Timestamp::from_unix(seconds);
    if at.unix() == seconds {
        Ok(at)
    } else {
        Err(EditionFault::Time(seconds))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A list of Zhejiang for 28 June 2022.
    pub(crate) fn name() -> ListName {
        ListName {
            region: DivisionCode::new(330_000).unwrap(),
            day: "2022-06-28".parse().unwrap(),
            epoch: 0,
            domain: Domain::SMALLEST,
        }
    }

    pub(crate) fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn edition(sequence: u32, issued_at: &str, expires_at: &str) -> Result<Edition, EditionError> {
        let issued_at = at(issued_at);
        Edition::new(
            name(),
            sequence,
            issued_at,
            issued_at,
            at(expires_at),
            Offset::CHINA,
        )
    }

    const END: &str = "2022-06-29T00:00:00+08:00";

    #[test]
    fn edition_zero_is_made_the_evening_before_and_no_other() {
        assert!(edition(0, "2022-06-27T22:00:00+08:00", END).is_ok());
        assert!(edition(0, "2022-06-27T12:00:00+08:00", END).is_ok());
        for at in ["2022-06-27T11:59:59+08:00", "2022-06-28T00:00:00+08:00"] {
            let refused = edition(0, at, END);
            assert!(matches!(
                refused,
                Err(EditionError::NotTheEveningBefore { .. })
            ));
        }
    }

    #[test]
    fn later_editions_are_made_during_the_day_only() {
        assert!(edition(1, "2022-06-28T00:00:00+08:00", END).is_ok());
        assert!(edition(9, "2022-06-28T23:59:59+08:00", END).is_ok());
        for at in ["2022-06-27T23:59:59+08:00", "2022-06-29T00:00:00+08:00"] {
            let refused = edition(1, at, END);
            assert!(
                matches!(refused, Err(EditionError::NotThatDay { .. })),
                "{at}"
            );
        }
    }

    #[test]
    fn a_list_ends_after_it_begins_and_with_its_day() {
        let noon = "2022-06-28T12:00:00+08:00";
        for end in [
            noon,
            "2022-06-29T00:00:01+08:00",
            "2022-06-28T11:00:00+08:00",
        ] {
            assert!(matches!(
                edition(1, noon, end),
                Err(EditionError::Expiry { .. })
            ));
        }
        let late = Edition::new(name(), 1, at(END), at(noon), at(END), Offset::CHINA);
        assert!(matches!(late, Err(EditionError::AsOfAfterIssue { .. })));
    }
}
