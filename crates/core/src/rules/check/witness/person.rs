//! The evidence of a proof: what sets a rule off, what satisfies an exit, what a person keeps up.

use hc_code::{DivisionCode, Span, Timestamp};

use crate::area::{Area, AreaIndex, AreaLedger, AreaStatement};
use crate::evidence::{
    Answers, ContactDegree, Event, EventKind, ExposureGrade, Fact, Origin, Pooling, Setting,
    SourceKind, SourceSet, TestMethod, TestResult,
};
use crate::place::{Overlap, Place, PlaceTable};
use crate::rules::{
    Exit, LapseOf, Rule, RulePack, StayTrigger, TestSeries, Trigger, release_sources,
};

/// Evidence that sets a rule off.
pub(super) struct Scene {
    pub(super) facts: Vec<Fact>,
    pub(super) areas: AreaIndex,
    /// When the rule comes into force.
    pub(super) at: Timestamp,
    /// What its first stage counts from.
    pub(super) base: Timestamp,
}

/// How long a laboratory takes.
const TEST_TAKES: Span = Span::hours(6);

/// Evidence that sets a rule off at about an instant; `None` if none can.
pub(super) fn scene(rule: &Rule, begin: Timestamp) -> Option<Scene> {
    let source = rule.sources.iter().next()?;
    let event = |event: Event| plain(fact(event, source, begin));
    Some(match &rule.trigger {
        Trigger::Declaration(answers) => event(Event::Declaration {
            answers: Answers::EMPTY.with(answers.iter().next()?),
            temperature: 0,
        }),
        Trigger::Case(classes) => event(Event::Case(classes.iter().next()?)),
        Trigger::Contact(degrees) => event(Event::Contact(degrees.iter().next()?)),
        Trigger::Test(test) => event(Event::Test {
            method: test.methods.iter().next()?,
            pooling: test.pooling.iter().next()?,
            result: test.results.iter().next()?,
        }),
        Trigger::Stay(stay) => return at_place(stay, source, begin),
        Trigger::Arrival(origins) => event(Event::Arrival(origins.iter().next()?)),
        Trigger::Quarantine(settings) => {
            let begins = plain(fact(
                Event::Quarantine(settings.iter().next()?),
                source,
                begin,
            ));
            ordered_for(begins, Span::days(7))
        }
        Trigger::Release(settings) => event(Event::Release(settings.iter().next()?)),
        Trigger::Symptoms => event(Event::Symptoms),
        Trigger::Temperature(least) => event(Event::Temperature(*least)),
        Trigger::Exposure(grades) => event(Event::Exposure(grades.iter().next()?)),
        Trigger::Lapse(lapse) => missing(once(lapse.of), source, begin, lapse.after),
        Trigger::Overdue(overdue) => missing(start(overdue.since)?, source, begin, overdue.within),
    })
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

fn plain(fact: Fact) -> Scene {
    Scene {
        at: fact.known,
        base: fact.until,
        facts: vec![fact],
        areas: AreaIndex::empty(),
    }
}

/// An order that is still running when it becomes known.
fn ordered_for(scene: Scene, length: Span) -> Scene {
    let facts = scene.facts.into_iter().map(|fact| Fact {
        until: fact.at.plus(length),
        ..fact
    });
    Scene {
        facts: facts.collect(),
        ..scene
    }
}

/// Something that happened once and should have been followed by something else.
fn missing(event: Event, source: SourceKind, begin: Timestamp, after: Span) -> Scene {
    let due = begin.plus(after);
    Scene {
        at: due,
        base: due,
        ..plain(fact(event, source, begin))
    }
}

/// The last of what then lapses.
fn once(of: LapseOf) -> Event {
    match of {
        LapseOf::Declaration | LapseOf::Temperature => Event::Declaration {
            answers: Answers::EMPTY,
            temperature: 366,
        },
        LapseOf::Test => negative(TestMethod::NucleicAcid, Pooling::Single),
    }
}

/// The event after which a test is due.
fn start(kind: EventKind) -> Option<Event> {
    Some(match kind {
        EventKind::Arrival => Event::Arrival(Origin::Abroad),
        EventKind::Release => Event::Release(Setting::Central),
        EventKind::Contact => Event::Contact(ContactDegree::Close),
        EventKind::Exposure => Event::Exposure(ExposureGrade::Traced),
        EventKind::Quarantine => Event::Quarantine(Setting::Central),
        _ => return None,
    })
}

fn negative(method: TestMethod, pooling: Pooling) -> Event {
    Event::Test {
        method,
        pooling,
        result: TestResult::Negative,
    }
}

/// A stay of one hour at a place that is put at risk when the stay begins, or in a listed division.
fn at_place(stay: &StayTrigger, source: SourceKind, begin: Timestamp) -> Option<Scene> {
    let division = match stay.divisions.first() {
        Some(division) => *division,
        None => DivisionCode::new(110_101).ok()?,
    };
    let site = Place::parse("东四街道某小区").ok()?;
    let known_as = match stay.overlap {
        Overlap::Possible => Place::whole(),
        _ => site.clone(),
    };
    let mut places = PlaceTable::new();
    let place = places.intern(division, known_as).ok()?;
    let mut ledger = AreaLedger::new();
    if let Some(level) = stay.areas.iter().next() {
        let area = Area::new(division, site);
        ledger.state(&AreaStatement::new(area, level, (begin, None), "witness").ok()?);
    }
    let left = begin.plus(Span::hours(1));
    let event = Event::Stay { division, place };
    let fact = Fact {
        until: left,
        known: left,
        ..fact(event, source, begin)
    };
    Some(Scene {
        areas: AreaIndex::build(&places, &ledger.history()),
        ..plain(fact)
    })
}

/// The facts with those added that make an exit hold, and when it then holds.
pub(super) fn satisfy(exit: &Exit, facts: &[Fact], from: Timestamp) -> (Vec<Fact>, Timestamp) {
    // What set the rule off comes first, if only by an hour.
    let from = from.plus(Span::hours(1));
    let mut facts = facts.to_vec();
    // A day more, because a stage may count to midnight.
    let mut holds = match exit.not_before {
        Span::ZERO => from,
        length => from.plus(length).plus(Span::days(1)),
    };
    let mut add = |fact: Fact| {
        holds = holds.max(fact.known);
        facts.push(fact);
    };
    if let Some(series) = exit.tests {
        let mut sampled = from.plus(series.after);
        for _ in 0..series.negative {
            if let Some(test) = counting_test(&series, sampled) {
                add(test);
            }
            sampled = sampled.plus(series.apart);
        }
    }
    if let Some(reports) = exit.reports {
        let mut day = from.plus(reports.after);
        for _ in 0..reports.days {
            add(healthy(day));
            day = day.plus(Span::days(1));
        }
    }
    let release = exit
        .release
        .iter()
        .next()
        .zip(release_sources().iter().next());
    if let Some((setting, source)) = release {
        add(fact(Event::Release(setting), source, from));
    }
    (facts, holds)
}

fn counting_test(series: &TestSeries, sampled: Timestamp) -> Option<Fact> {
    let event = negative(series.methods.iter().next()?, series.pooling.iter().next()?);
    let source = series.sources.iter().next()?;
    Some(Fact {
        known: sampled.plus(TEST_TAKES),
        ..fact(event, source, sampled)
    })
}

fn healthy(at: Timestamp) -> Fact {
    fact(
        Event::Declaration {
            answers: Answers::EMPTY,
            temperature: 366,
        },
        SourceKind::Person,
        at,
    )
}

/// The facts with those added that a person keeps up day by day.
pub(super) fn cooperates(
    pack: &RulePack,
    facts: &[Fact],
    from: Timestamp,
    end: Timestamp,
) -> Vec<Fact> {
    let tests_are_due = pack.rules.iter().any(|rule| {
        matches!(&rule.trigger, Trigger::Overdue(_))
            || matches!(&rule.trigger, Trigger::Lapse(lapse) if lapse.of == LapseOf::Test)
    });
    let tester = TestSeries::usual_sources();
    let believed: SourceSet = pack
        .rules
        .iter()
        .filter(|rule| matches!(&rule.trigger, Trigger::Lapse(lapse) if lapse.of == LapseOf::Test))
        .flat_map(|rule| rule.sources.iter())
        .filter(|source| tester.contains(*source))
        .collect();
    let tester = believed.iter().next().or_else(|| tester.iter().next());
    let mut facts = facts.to_vec();
    let mut day = from;
    while day <= end {
        facts.push(healthy(day));
        if let (true, Some(source)) = (tests_are_due, tester) {
            facts.push(fact(
                negative(TestMethod::NucleicAcid, Pooling::Single),
                source,
                day,
            ));
        }
        day = day.plus(Span::days(1));
    }
    facts
}
