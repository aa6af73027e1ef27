//! The outbreak: who is found infected where, who was near them, and how it ends.

use hc_code::{Span, Timestamp};
use hc_core::evidence::{
    CaseClass, ContactDegree, Event, Fact, Pooling, Setting, SourceKind, TestMethod, TestResult,
};

use super::chance::Chance;
use super::country::{Country, FULL, Person};
use super::plan::Plan;

/// Something that a source of some region will state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Finding {
    /// When the source's region has it.
    pub(super) at: Timestamp,
    /// The region that the source belongs to.
    pub(super) place: usize,
    pub(super) about: Person,
    pub(super) fact: Fact,
}

/// Close contacts of a case.
const CONTACTS: u32 = 6;

/// Everything that will be found in the season, by time. A case begins up to twenty days before it, so
/// that the first day is a day like any other.
pub(super) fn findings(plan: &Plan, country: &Country, chance: &mut Chance) -> Vec<Finding> {
    let mut all = Vec::new();
    for _ in 0..plan.days {
        for _ in 0..plan.cases_a_day {
            let length = Span::days(plan.days);
            let at = chance.within(plan.begins, length);
            case(&mut all, country, chance, at);
        }
    }
    all.retain(|finding| finding.at < plan.ends());
    all.sort_unstable();
    all
}

fn case(all: &mut Vec<Finding>, country: &Country, chance: &mut Chance, sampled: Timestamp) {
    let person = country.anybody(chance);
    // Half of the cases are found on a journey.
    let place = if chance.of_a_thousand(500) {
        usize::try_from(chance.below(FULL as u64)).unwrap_or(0)
    } else {
        person.region
    };
    let mut state = |about, place, at, known, source, event| {
        all.push(Finding {
            at: known,
            place,
            about,
            fact: Fact {
                at,
                until: at,
                known,
                expires: Timestamp::MAX,
                event,
                source,
            },
        });
    };
    let test = |result| Event::Test {
        method: TestMethod::NucleicAcid,
        pooling: Pooling::Single,
        result,
    };
    let tested = chance.within(sampled.plus(Span::hours(4)), Span::hours(8));
    let laboratory = SourceKind::Laboratory;
    let positive = test(TestResult::Positive);
    state(person, place, sampled, tested, laboratory, positive);
    let confirmed = chance.within(tested.plus(Span::hours(2)), Span::hours(20));
    let hospital = SourceKind::Hospital;
    let class = Event::Case(CaseClass::Confirmed);
    state(person, place, confirmed, confirmed, hospital, class);
    let well = chance.within(confirmed.plus(Span::days(8)), Span::days(12));
    let release = Event::Release(Setting::Hospital);
    state(person, place, well, well, hospital, release);
    for hours in [48, 24] {
        let sample = well.minus(Span::hours(hours));
        let known = sample.plus(Span::hours(8));
        let negative = test(TestResult::Negative);
        state(person, place, sample, known, laboratory, negative);
    }
    for _ in 0..CONTACTS {
        let contact = country.anybody(chance);
        let met = sampled.minus(Span::hours(12));
        let traced = chance.within(tested, Span::hours(24));
        let authority = SourceKind::HealthAuthority;
        let close = Event::Contact(ContactDegree::Close);
        state(contact, place, met, traced, authority, close);
    }
}
