//! Seeded people: what is known about each, in proportions that resemble a city's.

use hc_code::{DivisionCode, Span, Timestamp};
use hc_core::evidence::{
    Answer, Answers, ContactDegree, Event, Fact, Facts, Pooling, SourceKind, TestMethod, TestResult,
};
use hc_core::place::PlaceId;
use hc_core::population::{Population, PopulationFull};

use crate::Seeded;

/// A place that people stay at.
#[derive(Clone, Copy, Debug)]
pub struct Haunt {
    /// Its division.
    pub division: DivisionCode,
    /// The place.
    pub place: PlaceId,
    /// Who reports stays at it: carriers know counties, authorities know houses.
    pub source: SourceKind,
}

/// What people are made from.
#[derive(Clone, Debug)]
pub struct Model<'a> {
    /// The seed.
    pub seed: u64,
    /// Places that people stay at; never empty.
    pub haunts: &'a [Haunt],
    /// The first instant of the time that evidence falls in.
    pub begin: Timestamp,
    /// How long that time is.
    pub length: Span,
    /// How many of a thousand are close contacts.
    pub contacts: u32,
}

impl Model<'_> {
    /// Five pieces of evidence about each of so many people: a declaration, a stay, two tests, and a
    /// vaccination or, for some, the notice that they are a close contact.
    ///
    /// # Errors
    /// [`PopulationFull`] beyond 858 million people.
    pub fn five_pieces_each(&self, people: usize) -> Result<Population, PopulationFull> {
        let mut choice = Seeded::new(self.seed);
        let mut population = Population::with_capacity(people, people.saturating_mul(5));
        let mut facts = Vec::with_capacity(5);
        for _ in 0..people {
            facts.clear();
            self.person(&mut choice, &mut facts);
            population.add(Facts::sort(&mut facts))?;
        }
        Ok(population)
    }

    fn person(&self, choice: &mut Seeded, facts: &mut Vec<Fact>) {
        let at = |choice: &mut Seeded| choice.within(self.begin, self.length);
        let mut answers = Answers::EMPTY;
        if choice.chance(5) {
            answers = answers.with(Answer::Symptoms);
        }
        let temperature = u16::try_from(360 + choice.below(12)).unwrap_or(366);
        let declared = choice.within(self.begin, Span::hours(48));
        facts.push(fact(
            Event::Declaration {
                answers,
                temperature,
            },
            SourceKind::Person,
            declared,
        ));
        if let Some(Haunt {
            division,
            place,
            source,
        }) = choice.pick(self.haunts).copied()
        {
            let from = at(choice);
            let until = from.plus(Span::hours(
                u16::try_from(1 + choice.below(72)).unwrap_or(1),
            ));
            let stay = fact(Event::Stay { division, place }, source, from);
            facts.push(Fact {
                until,
                known: until,
                ..stay
            });
        }
        for _ in 0..2 {
            let sampled = at(choice);
            let result = if choice.chance(1) {
                TestResult::Positive
            } else {
                TestResult::Negative
            };
            let pooling = if choice.chance(700) {
                Pooling::Pooled
            } else {
                Pooling::Single
            };
            let event = Event::Test {
                method: TestMethod::NucleicAcid,
                pooling,
                result,
            };
            let test = fact(event, SourceKind::Laboratory, sampled);
            facts.push(Fact {
                known: sampled.plus(Span::hours(8)),
                ..test
            });
        }
        let last = at(choice);
        facts.push(if choice.chance(self.contacts) {
            fact(
                Event::Contact(ContactDegree::Close),
                SourceKind::HealthAuthority,
                last,
            )
        } else {
            fact(Event::Vaccination { dose: 1 }, SourceKind::Hospital, last)
        });
    }
}

fn fact(event: Event, source: SourceKind, at: Timestamp) -> Fact {
    Fact {
        at,
        until: at,
        known: at,
        expires: Timestamp::MAX,
        event,
        source,
    }
}
