//! Every kind of code that rules can tell apart: a finite number, so that what holds for all codes is
//! proved by looking at each kind.

use std::collections::BTreeSet;

use hc_code::recognition::PublishedPolicy;
use hc_code::statement::{LastTest, TestKind};
use hc_code::verify::Considered;
use hc_code::{Class, DivisionCode, DivisionRank, Level, ReasonClass, Span, Timestamp};

use crate::division::DivisionTable;

/// A whole hour: last tests are told to the hour.
pub(super) const AT: Timestamp = Timestamp::from_unix(1_656_388_800);

/// The issuers that rules tell apart: every division that one of them names stands for itself and what
/// lies in it and is not named, every province for what no rule names.
pub(super) fn issuers(policies: &[&PublishedPolicy]) -> BTreeSet<DivisionCode> {
    let named = policies.iter().flat_map(|policy| policy.rules());
    let named = named.flat_map(|rule| rule.rule().issuers.iter().copied());
    let provinces = DivisionTable::bundled()
        .iter()
        .map(crate::division::Division::code);
    let provinces = provinces.filter(|code| code.rank() == DivisionRank::Province);
    let own = policies.iter().map(|policy| policy.region());
    named.chain(provinces).chain(own).collect()
}

/// Every kind of code by issuer, class, level and reason, with facts of now and no test. Low has no
/// reason, and paper says none.
pub(super) fn kinds(policies: &[&PublishedPolicy]) -> impl Iterator<Item = Considered> {
    let issuers = issuers(policies);
    issuers.into_iter().flat_map(|issuer| {
        let classes = Class::ALL.into_iter();
        let leveled = classes.flat_map(|class| Level::ALL.map(|level| (class, level)));
        leveled.flat_map(move |(class, level)| {
            let bare = level == Level::Low || class == Class::Paper;
            let reasons = ReasonClass::ALL.into_iter();
            let reasons = reasons.take(if bare { 1 } else { usize::MAX });
            reasons.map(move |reason| Considered {
                issuer,
                class,
                level,
                reason,
                as_of: Some(AT),
                last_test: None,
            })
        })
    })
}

/// Ages of facts on both sides of every limit.
pub(super) fn ages(policies: &[&PublishedPolicy]) -> Vec<Option<Timestamp>> {
    let limits = policies.iter().flat_map(|policy| policy.rules());
    let limits: BTreeSet<Span> = limits.filter_map(|rule| rule.rule().facts_within).collect();
    let mut ages = vec![None, Some(AT)];
    for limit in limits {
        ages.push(Some(AT.minus(limit)));
        ages.push(Some(AT.minus(limit).minus(Span::seconds(1))));
    }
    ages
}

/// Last tests of each kind on both sides of every limit, which are whole hours.
pub(super) fn tests(policies: &[&PublishedPolicy]) -> Vec<Option<LastTest>> {
    let limits = policies.iter().flat_map(|policy| policy.rules());
    let limits: BTreeSet<Span> = limits.filter_map(|rule| rule.rule().test_within).collect();
    let mut tests = vec![None];
    for kind in TestKind::ALL {
        tests.push(LastTest::at(AT, kind));
        for limit in &limits {
            tests.push(LastTest::at(AT.minus(*limit), kind));
            tests.push(LastTest::at(AT.minus(*limit).minus(Span::hours(1)), kind));
        }
    }
    tests
}
