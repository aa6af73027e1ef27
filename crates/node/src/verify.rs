//! Verification by the region itself: what any gate does, and then what only the region knows.
//!
//! A gate that asks online gets the level of this second, also where the code was signed before a
//! test came in. The region's own lists need no signing for that: they are its memory.

use hc_code::claims::Body;
use hc_code::day_index::{DayIndex, SubjectNumber};
use hc_code::day_key::Minute;
use hc_code::keys::KeyBook;
use hc_code::signing::KeyId;
use hc_code::statement::LastTest;
use hc_code::trust_list::Role;
use hc_code::verify::{
    Action, ClockFloor, Considered, Gate, Genuine, IssuerAnswer, IssuerTerms, ListAnswer, Listed,
    NoTrust, PaperLookup, RecognitionPolicy, ShowingMemory, StatusLookup, TrustLookup, Verdict,
};
use hc_code::{Class, Day, DivisionCode, Extension, Level, ReasonClass, Timestamp};

use crate::foreign::Foreign;
use crate::keys::{Current, RegionTerms};
use crate::papers::Papers;
use crate::standings::{Seen, Standings};

/// What a gate is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnlineVerdict {
    /// What to do.
    pub action: Action,
    /// Why, in one word of `spec/verdict.md`, or `newer` where the region knew something newer than
    /// the code.
    pub cause: &'static str,
    /// The rule of the recognition policy.
    pub rule: Option<String>,
    /// The class of a genuine code.
    pub class: Option<Class>,
    /// The level that counts.
    pub level: Option<Level>,
    /// Why, as a gate may know it.
    pub reason: ReasonClass,
    /// The time of the facts that count.
    pub as_of: Option<Timestamp>,
    /// The last negative test.
    pub last_test: Option<LastTest>,
}

/// A verdict, with what else stands in a genuine code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scanned {
    /// What a gate is told.
    pub told: OnlineVerdict,
    /// Whose code it is, where it is a live one of this region.
    pub subject: Option<SubjectNumber>,
    /// What was bound into it.
    pub extension: Extension,
    /// When it ends.
    pub until: Option<Timestamp>,
}

/// What the region verifies its own codes with.
#[derive(Debug)]
pub struct OwnGate<'a> {
    /// Everybody's standing.
    pub standings: &'a Standings,
    /// The node's keys.
    pub keys: &'a Current,
    /// What the region is.
    pub terms: &'a RegionTerms,
    /// The keys that it vouches for.
    pub book: &'a KeyBook,
    /// Its sheets of paper.
    pub papers: &'a Papers,
    /// Its policy.
    pub policy: &'a RecognitionPolicy,
    /// What is held of other regions.
    pub foreign: &'a Foreign,
}

impl OwnGate<'_> {
    /// The verdict on a text.
    pub fn verify(&self, text: &str, now: Timestamp) -> OnlineVerdict {
        let verdict = self.judged(text, now);
        self.newest(&verdict, now)
    }

    /// The verdict, and what a genuine code has beside it.
    pub fn scan(&self, text: &str, now: Timestamp) -> Scanned {
        let verdict = self.judged(text, now);
        Scanned {
            told: self.newest(&verdict, now),
            subject: self.subject_of(&verdict, now),
            extension: verdict
                .genuine()
                .map_or_else(Extension::empty, |genuine| genuine.extension().clone()),
            until: verdict
                .genuine()
                .map(|genuine| genuine.claims().expires_at()),
        }
    }

    fn judged(&self, text: &str, now: Timestamp) -> Verdict {
        let own = self.terms.division;
        let held = self.foreign.held();
        if let Some(issuer) = Foreign::issuer_of(text, own)
            && held.follows()
        {
            // Who follows a hub and has no list that holds can tell nothing of others, and says so.
            let trust = held.trust().map(|trust| trust.at(now));
            let trust: &dyn TrustLookup = match &trust {
                Some(trust) => trust,
                None => &NoTrust,
            };
            // A root may be trusted for other things than codes.
            let none = KeyBook::new();
            let vouched = held.vouches(issuer, Role::Codes, now);
            let gate = Gate {
                trust,
                keys: if vouched { held.keys() } else { &none },
                status: self.foreign,
                paper: self.foreign,
                policy: self.policy,
                clock: ClockFloor::NONE,
            };
            return gate.verify(text, now, &mut ShowingMemory::new(1));
        }
        let gate = Gate {
            trust: self,
            keys: self.book,
            status: self,
            paper: self,
            policy: self.policy,
            clock: ClockFloor::NONE,
        };
        // Whether it was shown before is the gate's own knowledge; the region remembers nobody's way.
        gate.verify(text, now, &mut ShowingMemory::new(1))
    }

    /// The subject of a live code of this minute or the one before; nobody for a code of another region,
    /// whose handles this region's key turns into anything.
    pub fn subject_of(&self, verdict: &Verdict, now: Timestamp) -> Option<SubjectNumber> {
        let genuine = verdict.genuine()?;
        if genuine.claims().issuer() != self.terms.division {
            return None;
        }
        let Body::Live(live) = genuine.claims().body() else {
            return None;
        };
        let issued = genuine.claims().issued_at();
        let day = Day::of(issued.min(now), self.terms.offset).ok()?;
        let minute = Minute::of(issued);
        let handles = &self.keys.day(day)?.live;
        handles.subject_of(live.handle(), minute).ok()
    }

    fn newest(&self, verdict: &Verdict, now: Timestamp) -> OnlineVerdict {
        let genuine = verdict.genuine();
        let told = OnlineVerdict {
            action: verdict.action(),
            cause: verdict.cause().word(),
            rule: verdict.rule().map(str::to_owned),
            class: genuine.map(Genuine::class),
            level: genuine.and_then(Genuine::level),
            reason: genuine.map_or(ReasonClass::None, Genuine::reason),
            as_of: genuine.and_then(Genuine::as_of),
            last_test: genuine.and_then(Genuine::last_test),
        };
        let (Some(level), Some(class)) = (told.level, told.class) else {
            return told;
        };
        let Some(number) = self.subject_of(verdict, now) else {
            return told;
        };
        let as_of = self.standings.as_of().min(now);
        let found = match self.standings.at(number, now) {
            Seen::Active(found) => found,
            Seen::Gone | Seen::Nobody => crate::standings::Now::UNKNOWN,
        };
        let stale = as_of.plus(self.terms.staleness_limit) <= now;
        if stale || (found.level, found.class) == (level, told.reason) {
            return told;
        }
        let considered = Considered {
            issuer: self.terms.division,
            class,
            level: found.level,
            reason: found.class,
            as_of: Some(as_of),
            last_test: found.last_test,
        };
        let (action, rule) = self.policy.apply(considered, now);
        OnlineVerdict {
            action,
            cause: "newer",
            rule: rule.map(str::to_owned),
            level: Some(found.level),
            reason: found.class,
            as_of: Some(as_of),
            last_test: found.last_test,
            ..told
        }
    }

    fn answer(&self, number: SubjectNumber, now: Timestamp) -> ListAnswer {
        let listed = match self.standings.at(number, now) {
            Seen::Active(found) => Listed::from(found.level),
            Seen::Gone | Seen::Nobody => Listed::Recheck,
        };
        ListAnswer {
            listed,
            as_of: now,
            expires_at: now.plus(self.terms.staleness_limit),
        }
    }
}

impl TrustLookup for OwnGate<'_> {
    fn issued_at(&self) -> Timestamp {
        Timestamp::MIN
    }

    fn expires_at(&self) -> Timestamp {
        Timestamp::MAX
    }

    fn issuer(&self, issuer: DivisionCode) -> IssuerAnswer {
        if issuer == self.terms.division {
            IssuerAnswer::Known(IssuerTerms {
                staleness_limit: self.terms.staleness_limit,
                offset: self.terms.offset,
            })
        } else {
            IssuerAnswer::Unknown
        }
    }

    fn is_removed(&self, _issuer: DivisionCode, _key: KeyId) -> bool {
        false
    }
}

impl StatusLookup for OwnGate<'_> {
    fn status(&self, issuer: DivisionCode, day: u32, index: u32) -> Option<ListAnswer> {
        if issuer != self.terms.division {
            return None;
        }
        let day = Day::from_number(u16::try_from(day).ok()?);
        let handles = self.keys.day(day)?;
        let now = self.standings.as_of();
        let number = handles
            .key
            .list(handles.domain)
            .subject_at(DayIndex::new(index));
        Some(match number {
            Ok(number) => self.answer(number, now),
            Err(_) => ListAnswer {
                listed: Listed::Recheck,
                as_of: now,
                expires_at: now.plus(self.terms.staleness_limit),
            },
        })
    }
}

impl PaperLookup for OwnGate<'_> {
    fn paper(&self, issuer: DivisionCode, pointer: &[u8; 16]) -> Option<ListAnswer> {
        if issuer != self.terms.division {
            return None;
        }
        let as_of = self.standings.as_of();
        let listed = self.papers.listed(pointer, self.standings, as_of);
        Some(ListAnswer {
            // A signed pointer that the region does not know was erased with its subject.
            listed: listed.unwrap_or(Listed::Recheck),
            as_of,
            expires_at: as_of.plus(self.terms.staleness_limit),
        })
    }
}
