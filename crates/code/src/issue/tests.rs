//! Codes as they are made: their ends and their sizes.

use super::*;
use crate::ReasonClass;
use crate::carried::show;
use crate::cose::Sign1;
use crate::paper::Pointer;
use crate::signing::{Algorithm, SigningKey};
use crate::statement::{Binder, LastTest, TestKind};
use crate::text::CodeText;

const NOON: Timestamp = Timestamp::from_unix(1_656_388_800);
const HANDLE: Handle = Handle::from_bytes([9; 16]);

fn issuer(algorithm: Algorithm) -> Issuer<SigningKey> {
    let key = SigningKey::from_secret(algorithm, &[5; 32]).unwrap();
    let division = DivisionCode::new(330_100).unwrap();
    Issuer::new(division, key, Span::hours(4), Offset::CHINA).unwrap()
}

/// The largest statement that there is.
fn largest(level: Level) -> Decided {
    let reason = if level == Level::Low {
        ReasonClass::None
    } else {
        ReasonClass::Monitoring
    };
    let test = LastTest::at(NOON.minus(Span::hours(20)), TestKind::Antigen).unwrap();
    let statement = Statement::new(level, reason, NOON)
        .unwrap()
        .with_last_test(test)
        .unwrap()
        .with_binder(Binder::new("abcdefghijklmnop").unwrap());
    Decided {
        statement,
        valid_until: Timestamp::MAX,
    }
}

fn claims(text: &str) -> Claims {
    let text = CodeText::parse(text).unwrap();
    let signed = Sign1::parse(text.security()).unwrap();
    Claims::decode(signed.payload()).unwrap()
}

fn today() -> u32 {
    u32::try_from(NOON.local_day(Offset::CHINA)).unwrap()
}

fn place(day: u32) -> CarriedPlace {
    let holder = SigningKey::from_secret(Algorithm::Es256, &[6; 32]).unwrap();
    CarriedPlace {
        day,
        index: u32::MAX,
        holder: holder.public_key().clone(),
    }
}

#[test]
fn texts_fit_the_qr_versions_that_they_are_meant_for() {
    let none = Extension::empty();
    let full = Extension::new([0xff; 200]).unwrap();
    for algorithm in Algorithm::ALL {
        let issuer = issuer(algorithm);
        let decided = largest(Level::Medium);
        let live = issuer.live(&decided, HANDLE, &none, NOON).unwrap();
        assert!(live.len() <= 300, "{algorithm} live: {}", live.len());
        let long = issuer.live(&decided, HANDLE, &full, NOON).unwrap();
        assert!(long.len() <= 600, "{algorithm} live, full: {}", long.len());
        let carried = issuer
            .carried(&decided, &place(today()), &none, NOON)
            .unwrap();
        let holder = SigningKey::from_secret(Algorithm::Es256, &[6; 32]).unwrap();
        let shown = show(&holder, &carried, NOON).unwrap();
        assert!(shown.len() <= 460, "{algorithm} showing: {}", shown.len());
        let binder = decided.statement.binder().cloned();
        let paper = Paper::new(Pointer::from_bytes([7; 16]), binder);
        let until = NOON.plus(Span::days(180));
        let paper = issuer.paper(paper, &none, NOON, until).unwrap();
        assert!(paper.len() <= 300, "{algorithm} paper: {}", paper.len());
        println!(
            "{algorithm}: live {}, with full extension {}, carried {}, showing {}, paper {}",
            live.len(),
            long.len(),
            carried.len(),
            shown.len(),
            paper.len()
        );
    }
}

#[test]
fn a_live_code_ends_with_its_minute_the_decision_or_the_facts() {
    let issuer = issuer(Algorithm::Ed25519);
    let none = Extension::empty();
    let end = |decided: &Decided, at| {
        let text = issuer.live(decided, HANDLE, &none, at).unwrap();
        claims(&text).expires_at()
    };
    let mut decided = largest(Level::Low);
    assert_eq!(end(&decided, NOON), NOON.plus(Span::seconds(60)));
    decided.valid_until = NOON.plus(Span::seconds(20));
    assert_eq!(end(&decided, NOON), NOON.plus(Span::seconds(20)));
    decided.valid_until = Timestamp::MAX;
    let late = NOON.plus(Span::hours(4)).minus(Span::seconds(10));
    assert_eq!(end(&decided, late), NOON.plus(Span::hours(4)));
}

#[test]
fn facts_beyond_the_limit_give_level_unknown() {
    let issuer = issuer(Algorithm::Ed25519);
    let late = NOON.plus(Span::hours(4));
    for level in [Level::Low, Level::High] {
        let text = issuer
            .live(&largest(level), HANDLE, &Extension::empty(), late)
            .unwrap();
        let claims = claims(&text);
        let statement = claims.body().statement().unwrap();
        assert_eq!(statement.level(), Level::Unknown);
        assert_eq!(statement.as_of(), NOON);
        assert!(text.starts_with("HC1P:330100:L20:"));
    }
}

#[test]
fn an_ended_decision_is_not_signed() {
    let issuer = issuer(Algorithm::Ed25519);
    let mut decided = largest(Level::Low);
    decided.valid_until = NOON;
    let none = Extension::empty();
    assert_eq!(
        issuer.live(&decided, HANDLE, &none, NOON),
        Err(IssueError::DecisionEnded)
    );
    // Ends before tomorrow begins: there is nothing to carry tomorrow.
    decided.valid_until = NOON.plus(Span::hours(11));
    let evening = NOON.plus(Span::hours(10));
    assert_eq!(
        issuer.carried(&decided, &place(today() + 1), &none, evening),
        Err(IssueError::DecisionEnded)
    );
}

#[test]
fn carried_codes_are_for_today_or_tomorrow() {
    let issuer = issuer(Algorithm::Ed25519);
    let none = Extension::empty();
    let carried = |day, at| issuer.carried(&largest(Level::Low), &place(day), &none, at);
    assert_eq!(
        claims(&carried(today(), NOON).unwrap()).expires_at(),
        NOON.plus(Span::hours(12))
    );
    let evening = NOON.plus(Span::hours(10));
    assert_eq!(
        claims(&carried(today() + 1, evening).unwrap()).expires_at(),
        NOON.plus(Span::hours(36))
    );
    for day in [today() - 1, today() + 2] {
        assert_eq!(carried(day, NOON), Err(IssueError::NotThatDay));
    }
    // Tomorrow's code is made in the evening: at noon it would live too long.
    assert_eq!(
        carried(today() + 1, NOON),
        Err(IssueError::Claims(ClaimsError::LivesTooLong(
            crate::Class::Carried
        )))
    );
}

#[test]
fn paper_ends_after_half_a_year() {
    let issuer = issuer(Algorithm::Sm2);
    let paper = Paper::new(Pointer::from_bytes([7; 16]), None);
    let result = issuer.paper(paper, &Extension::empty(), NOON, NOON.plus(Span::days(185)));
    assert_eq!(
        result,
        Err(IssueError::Claims(ClaimsError::LivesTooLong(
            crate::Class::Paper
        )))
    );
}
