//! The rules of `policies/hangzhou-2020-02.toml` as a programmer in a hurry would write them: levels
//! only, no reasons, no next change, no other pack.

use hc_code::{Level, Offset, Span, Timestamp};
use hc_core::evidence::{Answer, ContactDegree, Event, FEVER, Fact, Setting, SourceKind};

pub(crate) fn level(facts: &[Fact], now: Timestamp) -> Level {
    let mut declared_until = Timestamp::MIN;
    let mut highest = 0;
    for fact in facts {
        if fact.known > now || fact.expires <= now {
            continue;
        }
        let by_authority = matches!(
            fact.source,
            SourceKind::HealthAuthority | SourceKind::Transport | SourceKind::Telecom
        );
        match fact.event {
            Event::Declaration {
                answers,
                temperature,
            } => {
                declared_until =
                    declared_until.max(fact.until.plus(Span::days(30)).min(fact.expires));
                let counts = answers.contains(Answer::Symptoms)
                    || answers.contains(Answer::Fever)
                    || temperature >= FEVER
                    || answers.contains(Answer::RiskStay)
                    || answers.contains(Answer::CaseContact)
                    || answers.contains(Answer::QuarantinedHousehold);
                if counts && fact.source == SourceKind::Person && !over(facts, fact, 7, 14, now) {
                    highest = highest.max(1);
                }
            }
            Event::Contact(ContactDegree::Close)
                if fact.source == SourceKind::HealthAuthority
                    && !over(facts, fact, 14, 28, now) =>
            {
                highest = 2;
            }
            Event::Stay { division, .. }
                if by_authority
                    && division.number() / 10_000 == 42
                    && fact.at <= now
                    && !over(facts, fact, 14, 28, now) =>
            {
                highest = 2;
            }
            Event::Case(_)
                if matches!(
                    fact.source,
                    SourceKind::HealthAuthority | SourceKind::Hospital
                ) =>
            {
                let released = facts.iter().find(|other| {
                    matches!(other.event, Event::Release(Setting::Hospital))
                        && other.at >= fact.until
                        && other.known <= now
                });
                let ended = released.is_some_and(|released| over(facts, released, 14, 28, now));
                if !ended {
                    highest = 2;
                }
            }
            _ => {}
        }
    }
    match highest {
        2 => Level::High,
        1 => Level::Medium,
        _ if declared_until > now => Level::Low,
        _ => Level::Unknown,
    }
}

/// Whether so many healthy days in a row, or the time, have ended what began with a fact.
fn over(facts: &[Fact], begin: &Fact, days: u32, longest: u16, now: Timestamp) -> bool {
    if begin.until.plus(Span::days(longest)) <= now {
        return true;
    }
    let (mut run, mut last) = (0, i64::MIN);
    for fact in facts {
        let Event::Declaration {
            answers,
            temperature,
        } = fact.event
        else {
            continue;
        };
        if fact.at < begin.until || fact.known > now {
            continue;
        }
        let day = fact.at.local_day(Offset::CHINA);
        if !answers.is_empty() || temperature >= FEVER {
            run = 0;
            last = i64::MIN;
        } else if day == last.wrapping_add(1) {
            run += 1;
            last = day;
        } else if day != last {
            run = 1;
            last = day;
        }
        if run >= days {
            return true;
        }
    }
    false
}
