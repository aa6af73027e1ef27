//! The fields that belong to the kind of an event.

use hc_code::DivisionCode;

use super::cells::Cells;
use super::{Field, Reason};
use crate::division::DivisionTable;
use crate::evidence::{Answer, Answers, Event, EventKind, TenthsCelsius};
use crate::place::Place;
use crate::word::{Word, WordSet};

/// What a line says has happened; a stay still has the place itself, because only the place of a
/// line that is good in everything gets a number.
pub(super) enum Happened {
    Event(Event),
    Stay(DivisionCode, Place),
}

/// Reads the fields of a kind of event; notes everything that is wrong with them.
pub(super) fn read(cells: &mut Cells<'_>, kind: EventKind) -> Option<Happened> {
    Some(Happened::Event(match kind {
        EventKind::Declaration => {
            let temperature = if cells.sees(Field::Temperature) {
                temperature(cells)
            } else {
                Some(0)
            };
            Event::Declaration {
                answers: answers(cells)?,
                temperature: temperature?,
            }
        }
        EventKind::Case => Event::Case(word(cells, Field::Class)?),
        EventKind::Contact => Event::Contact(word(cells, Field::Degree)?),
        EventKind::Test => {
            let method = word(cells, Field::Method);
            let pooling = word(cells, Field::Pooling);
            let result = word(cells, Field::Result);
            Event::Test {
                method: method?,
                pooling: pooling?,
                result: result?,
            }
        }
        EventKind::Vaccination => Event::Vaccination { dose: dose(cells)? },
        EventKind::Stay => {
            let division = division(cells);
            let place = place(cells);
            return Some(Happened::Stay(division?, place?));
        }
        EventKind::Arrival => Event::Arrival(word(cells, Field::From)?),
        EventKind::Quarantine => Event::Quarantine(word(cells, Field::Setting)?),
        EventKind::Release => Event::Release(word(cells, Field::Setting)?),
        EventKind::Symptoms => Event::Symptoms,
        EventKind::Temperature => Event::Temperature(temperature(cells)?),
        EventKind::Exposure => Event::Exposure(word(cells, Field::Grade)?),
    }))
}

/// A value of a closed vocabulary.
pub(super) fn word<T: Word>(cells: &mut Cells<'_>, field: Field) -> Option<T> {
    let found = known_word(cells.required(field)?);
    if found.is_none() {
        cells.refuse(field, not_a_word::<T>());
    }
    found
}

fn known_word<T: Word>(text: &str) -> Option<T> {
    T::ALL.iter().copied().find(|value| value.word() == text)
}

fn not_a_word<T: Word>() -> Reason {
    Reason::word(T::WHAT, T::ALL.iter().map(|value| value.word()))
}

fn answers(cells: &mut Cells<'_>) -> Option<Answers> {
    let answers = cells
        .required_answers()?
        .iter()
        .try_fold(WordSet::EMPTY, |set, text| {
            known_word(text).map(|answer| set.with(answer))
        });
    if answers.is_none() {
        cells.refuse(Field::Answers, not_a_word::<Answer>());
    }
    answers
}

fn temperature(cells: &mut Cells<'_>) -> Option<TenthsCelsius> {
    let found = tenths(cells.required(Field::Temperature)?);
    if found.is_none() {
        cells.refuse(Field::Temperature, Reason::Temperature);
    }
    found
}

/// `36.6` or `37` in tenths, between what a living body can have.
fn tenths(text: &str) -> Option<TenthsCelsius> {
    let (whole, tenth) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str, count| {
        (text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| text.parse::<TenthsCelsius>().ok())
            .flatten()
    };
    let tenths = digits(whole, 2)? * 10 + digits(tenth, 1)?;
    (300..=450).contains(&tenths).then_some(tenths)
}

fn dose(cells: &mut Cells<'_>) -> Option<u8> {
    let text = cells.required(Field::Dose)?;
    let found = (text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0'))
        .then(|| text.parse().ok())
        .flatten()
        .filter(|dose| (1..=20).contains(dose));
    if found.is_none() {
        cells.refuse(Field::Dose, Reason::Dose);
    }
    found
}

fn division(cells: &mut Cells<'_>) -> Option<DivisionCode> {
    let found = cells
        .required(Field::Division)?
        .parse()
        .ok()
        .filter(|code| DivisionTable::bundled().existed_ever(*code));
    if found.is_none() {
        cells.refuse(Field::Division, Reason::Division);
    }
    found
}

fn place(cells: &mut Cells<'_>) -> Option<Place> {
    let Some(text) = cells.text(Field::Place) else {
        return Some(Place::whole());
    };
    let found = Place::parse(text).ok();
    if found.is_none() {
        cells.refuse(Field::Place, Reason::Place);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn temperatures_have_two_digits_and_at_most_one_decimal() {
        assert_eq!(tenths("36.6"), Some(366));
        assert_eq!(tenths("37"), Some(370));
        for text in [
            "", "3", "29.9", "45.1", "36.", "36.65", ".6", "036.6", "36,6", "+6.6", "99",
        ] {
            assert_eq!(tenths(text), None, "{text:?}");
        }
    }
}
