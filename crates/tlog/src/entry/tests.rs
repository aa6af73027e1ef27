use super::*;

fn label(text: &str) -> Label {
    text.parse().unwrap()
}

fn service() -> Actor {
    Actor::new(Role::Service, label("330100"))
}

fn high() -> Vec<Detail> {
    vec![
        Detail::Level(LogLevel::High),
        Detail::ValidUntil(1_656_400_000),
        Detail::Pack(label("hangzhou")),
        Detail::PackVersion(label("2022-06-10")),
        Detail::Rule(label("case")),
        Detail::Evidence(EvidenceRef::from_bytes([9; 16])),
    ]
}

fn decision(details: Vec<Detail>) -> Result<Entry, EntryError> {
    let subject = Some(SubjectRef::from_number(77));
    Entry::new(Kind::Decision, 1_656_390_000, subject, service(), details)
}

#[test]
fn a_level_above_low_names_rule_version_evidence_and_end() {
    assert!(decision(high()).is_ok());
    let kind = Kind::Decision;
    for left_out in 1..high().len() {
        let mut details = high();
        let field = details.remove(left_out).field();
        assert_eq!(decision(details), Err(EntryError::Missing { kind, field }));
    }
}

#[test]
fn unknown_needs_no_rule() {
    let details = vec![
        Detail::Level(LogLevel::Unknown),
        Detail::ValidUntil(1_656_400_000),
    ];
    assert!(decision(details).is_ok());
}

#[test]
fn a_look_up_names_venue_purpose_and_verdict() {
    let device = Actor::new(Role::Device, label("gate-12"));
    let all = [
        Detail::Venue(label("330106-0042")),
        Detail::Purpose(label("entry")),
        Detail::Verdict(label("pass")),
    ];
    let look = |details: &[Detail]| {
        Entry::new(
            Kind::Lookup,
            0,
            None,
            device.clone(),
            details.iter().cloned(),
        )
    };
    assert!(look(&all).is_ok());
    for end in 0..all.len() {
        assert!(matches!(
            look(&all[..end]),
            Err(EntryError::Missing {
                kind: Kind::Lookup,
                ..
            })
        ));
    }
}

#[test]
fn a_detail_that_the_kind_does_not_have_is_refused() {
    let mut details = high();
    details.push(Detail::Venue(label("330106-0042")));
    let field = Field::Venue;
    let kind = Kind::Decision;
    assert_eq!(decision(details), Err(EntryError::Foreign { kind, field }));
}

#[test]
fn what_is_there_once_is_not_there_twice() {
    let twice = |field| {
        Err(EntryError::Twice {
            kind: Kind::Decision,
            field,
        })
    };
    let mut details = high();
    details.push(Detail::ValidUntil(5));
    assert_eq!(decision(details), twice(Field::ValidUntil));
    let mut details = high();
    details.push(Detail::Rule(label("case")));
    assert_eq!(decision(details), twice(Field::Rule));
    let mut details = high();
    details.push(Detail::Rule(label("contact")));
    assert!(decision(details).is_ok());
}

#[test]
fn an_entry_about_a_person_names_one() {
    let kind = Kind::Decision;
    assert_eq!(
        Entry::new(kind, 0, None, service(), high()),
        Err(EntryError::Subject { kind, needed: true })
    );
    let kind = Kind::DegradedEnded;
    let subject = Some(SubjectRef::from_number(1));
    assert_eq!(
        Entry::new(kind, 0, subject, service(), [Detail::About(3)]),
        Err(EntryError::Subject {
            kind,
            needed: false
        })
    );
}

#[test]
fn details_past_the_limit_are_refused() {
    let mut details = high();
    details.extend((0..250_u16).map(|n| Detail::Rule(label(&format!("rule-{n}")))));
    assert_eq!(decision(details), Err(EntryError::TooMany(256)));
}

#[test]
fn the_order_of_details_does_not_reach_the_content() {
    let forwards = decision(high()).unwrap();
    let backwards = decision(high().into_iter().rev().collect()).unwrap();
    assert_eq!(forwards.content(), backwards.content());
    assert_eq!(forwards.content().entry(), Ok(forwards));
}

/// The example of `spec/decision-log.md`, byte for byte.
#[test]
fn a_content_is_the_bytes_that_the_format_says() {
    let entry = Entry::new(
        Kind::Withdrawal,
        1_656_390_000,
        Some(SubjectRef::from_number(77)),
        Actor::new(Role::Subject, label("self")),
        [Detail::Reason(label("moved"))],
    )
    .unwrap();
    let content = entry.content();
    assert_eq!(
        hex::encode(content.expose_bytes()),
        "010a0000000062ba81700100000000000000000000000000\
         00004d020473656c66010705 6d6f766564"
            .replace(' ', "")
    );
    // Computed by another program from what the page says.
    let salt = Salt::from_bytes(core::array::from_fn(|n| u8::try_from(n).unwrap()));
    let commitment = entry.seal(salt).commitment();
    assert_eq!(
        hex::encode(commitment.as_bytes()),
        "3588f4ac7a1de4d975df13559457af6a8274be6a65469e3a8f3fb87fbe92659a"
    );
    assert_eq!(
        hex::encode(commitment.leaf_hash().as_bytes()),
        "0a8c73f6711d0a9836d78ddd7f75bc90aec3c7f2bc55d9cd4cbf2f009e2eb7b4"
    );
}

#[test]
fn a_content_cut_off_anywhere_is_refused() {
    let whole = decision(high()).unwrap().content();
    let bytes = whole.expose_bytes();
    for end in 0..bytes.len() {
        let cut = Content::from_bytes(bytes[..end].into());
        assert!(
            matches!(cut.entry(), Err(ContentError::CutOff(_))),
            "{end}: {:?}",
            cut.entry()
        );
    }
    let longer = Content::from_bytes([bytes, &[0]].concat().into());
    assert_eq!(longer.entry(), Err(ContentError::Trailing(1)));
}

#[test]
fn details_out_of_order_are_refused() {
    let entry = Entry::new(
        Kind::Lookup,
        0,
        None,
        service(),
        [
            Detail::Venue(label("v")),
            Detail::Purpose(label("p")),
            Detail::Verdict(label("x")),
        ],
    )
    .unwrap();
    let mut bytes = entry.content().expose_bytes().to_vec();
    let details = bytes.len() - 9;
    let first: Vec<u8> = bytes.drain(details..details + 3).collect();
    bytes.extend(first);
    let content = Content::from_bytes(bytes.into());
    assert_eq!(content.entry(), Err(ContentError::Order(Field::Venue)));
}

#[test]
fn a_detail_that_is_written_twice_is_refused() {
    let mut bytes = decision(high()).unwrap().content().expose_bytes().to_vec();
    // The last detail is the evidence: field, length, 16 bytes. The count stands after the actor.
    let last = bytes[bytes.len() - 18..].to_vec();
    bytes.extend(last);
    let count = 2 + 8 + 17 + 2 + "330100".len();
    assert_eq!(bytes[count], 6);
    bytes[count] = 7;
    let content = Content::from_bytes(bytes.into());
    assert_eq!(content.entry(), Err(ContentError::Order(Field::Evidence)));
}

#[test]
fn an_entry_has_no_second_content() {
    let whole = decision(high()).unwrap().content();
    for at in 0..whole.expose_bytes().len() {
        for value in 0..=u8::MAX {
            let mut bytes = whole.expose_bytes().to_vec();
            bytes[at] = value;
            let content = Content::from_bytes(bytes.into());
            if let Ok(entry) = content.entry() {
                assert_eq!(entry.content(), content, "byte {at} as {value}");
            }
        }
    }
}

#[test]
fn what_speaks_of_a_person_is_not_shown() {
    let entry = decision(high()).unwrap();
    let shown = format!("{entry:?} {:?}", entry.content());
    assert!(shown.contains("SubjectRef(..)"), "{shown}");
    assert!(shown.ends_with("bytes)"), "{shown}");
}

#[test]
fn every_code_is_of_one_kind_role_field_and_level() {
    for code in 0..=u8::MAX {
        assert!(Kind::from_code(code).is_none_or(|kind| kind.code() == code));
        assert!(Role::from_code(code).is_none_or(|role| role.code() == code));
        assert!(Field::from_code(code).is_none_or(|field| field.code() == code));
        assert!(LogLevel::from_code(code).is_none_or(|level| level.code() == code));
    }
    // Those that are not used are kept for kinds to come.
    let codes = Kind::ALL.map(Kind::code);
    assert!(codes.is_sorted_by(|one, next| one < next));
    let known = (0..=u8::MAX).filter(|code| Kind::from_code(*code).is_some());
    assert!(known.eq(codes));
    assert!(Field::ALL.is_sorted());
}

#[test]
fn a_label_is_short_and_plain() {
    assert_eq!("".parse::<Label>(), Err(LabelError::Length(0)));
    assert_eq!(
        "a".repeat(256).parse::<Label>(),
        Err(LabelError::Length(256))
    );
    assert_eq!("a\nb".parse::<Label>(), Err(LabelError::Control));
    assert!("杭州".parse::<Label>().is_ok());
    assert!(IndexRange::new(3, 3).is_err());
}
