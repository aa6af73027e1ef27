//! Carried codes: for a day without network, bound to a key in the holder's device.

use hc_code::day_index::SubjectNumber;
use hc_code::issue::{CarriedPlace, Decided};
use hc_code::signing::PublicKey;
use hc_code::{Day, Extension, Timestamp};

use crate::keys::Current;
use crate::show::{ShowError, statement};
use crate::standings::{Now, Seen, Standings};

/// A carried code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CarriedCode {
    /// The local day it is for.
    pub day: Day,
    /// The text, without a showing.
    pub text: String,
}

/// Signs the carried codes of a subject for today and, where the node has tomorrow's key, tomorrow.
///
/// # Errors
/// [`ShowError`]; a subject whose number found no room in the day's list has none for that day.
pub fn carry(
    standings: &Standings,
    keys: &Current,
    number: SubjectNumber,
    holder: &PublicKey,
    now: Timestamp,
) -> Result<Vec<CarriedCode>, ShowError> {
    let as_of = standings.as_of().min(now);
    let today = Day::of(now, keys.codes.offset())?;
    let mut codes = Vec::new();
    for handles in keys.days.iter().filter(|kept| kept.day >= today) {
        let Ok(index) = handles.key.list(handles.domain).index_of(number) else {
            continue;
        };
        let found = match standings.at(number, now) {
            Seen::Active(found) => found,
            Seen::Gone => return Err(ShowError::Withdrawn),
            Seen::Nobody => return Err(ShowError::Nobody),
        };
        let Now { until, .. } = found;
        // The list tells of what comes later in the day; the code itself says what is so now.
        let ends_before = until <= handles.day.start(keys.codes.offset());
        if ends_before {
            continue;
        }
        let place = CarriedPlace {
            day: u32::from(handles.day.number()),
            index: index.position(),
            holder: holder.clone(),
        };
        let decided = Decided {
            statement: statement(&found, as_of)?,
            valid_until: until,
        };
        let text = keys
            .codes
            .carried(&decided, &place, &Extension::empty(), now)?;
        codes.push(CarriedCode {
            day: handles.day,
            text,
        });
    }
    Ok(codes)
}
