//! The tables of `spec/decision-log.md` say what the code does.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use hc_tlog::entry::{
    Actor, Detail, Entry, EntryError, EvidenceRef, Field, IndexRange, Kind, Label, LogLevel, Part,
    Role, SubjectRef,
};

const PAGE: &str = include_str!("../../../spec/decision-log.md");

/// The rows of the table under a heading, cell by cell.
fn table(heading: &str) -> Vec<Vec<&'static str>> {
    let (_, section) = PAGE.split_once(heading).unwrap();
    let rows = section.lines().skip_while(|line| !line.starts_with('|'));
    let rows = rows.take_while(|line| line.starts_with('|')).skip(2);
    rows.map(|row| row.trim_matches('|').split('|').map(str::trim).collect())
        .collect()
}

fn fields(cell: &str) -> Vec<Field> {
    let words = cell.split(", ").filter(|word| !word.is_empty());
    let field = |word| {
        *Field::ALL
            .iter()
            .find(|field| field.word() == word)
            .unwrap()
    };
    words.map(field).collect()
}

/// Some value of a field; of fields that can be there more than once, another for each number.
fn detail(field: Field, n: u8) -> Detail {
    let label = || -> Label { format!("label-{n}").parse().unwrap() };
    match field {
        Field::Level => Detail::Level(LogLevel::Low),
        Field::ValidUntil => Detail::ValidUntil(n.into()),
        Field::Pack => Detail::Pack(label()),
        Field::PackVersion => Detail::PackVersion(label()),
        Field::Rule => Detail::Rule(label()),
        Field::Evidence => Detail::Evidence(EvidenceRef::from_bytes([n; 16])),
        Field::Reason => Detail::Reason(label()),
        Field::Venue => Detail::Venue(label()),
        Field::Purpose => Detail::Purpose(label()),
        Field::Verdict => Detail::Verdict(label()),
        Field::Source => Detail::Source(label()),
        Field::Batch => Detail::Batch(label()),
        Field::Rows => Detail::Rows(n.into()),
        Field::Quarantined => Detail::Quarantined(n.into()),
        Field::SecondOfficer => Detail::SecondOfficer(label()),
        Field::Division => Detail::Division(label()),
        Field::Day => Detail::Day(n.into()),
        Field::Custodian => Detail::Custodian(label()),
        Field::Case => Detail::Case(label()),
        Field::Erased => Detail::Erased(IndexRange::new(n.into(), 99).unwrap()),
        Field::Records => Detail::Records(n.into()),
        Field::Recipient => Detail::Recipient(label()),
        Field::Ends => Detail::Ends(n.into()),
        Field::About => Detail::About(n.into()),
        Field::Digest => Detail::Digest([n; 32]),
        Field::Signed => Detail::Signed(Part::split(&[n]).unwrap().remove(0)),
        Field::Key => Detail::Key(label()),
        Field::Outcome => Detail::Outcome(label()),
        Field::Act => Detail::Act(label()),
        Field::Party => Detail::Party(label()),
        Field::PartyKind => Detail::PartyKind(label()),
        Field::Credential => Detail::Credential(label()),
    }
}

fn entry(kind: Kind, subject: bool, details: Vec<Detail>) -> Result<Entry, EntryError> {
    let actor = Actor::new(Role::Officer, "officer-1".parse().unwrap());
    let subject = subject.then(|| SubjectRef::from_number(1));
    Entry::new(kind, 1, subject, actor, details)
}

#[test]
fn the_page_lists_every_kind_and_every_field() {
    let kinds: Vec<_> = table("## 3. Kinds")
        .iter()
        .map(|row| (row[0].parse().unwrap(), row[1]))
        .collect();
    assert_eq!(kinds, Kind::ALL.map(|kind| (kind.code(), kind.word())));
    let fields: Vec<(u8, _)> = table("## 4. Fields")
        .iter()
        .map(|row| (row[0].parse().unwrap(), row[1]))
        .collect();
    let known = Field::ALL.iter().map(|field| (field.code(), field.word()));
    assert_eq!(fields, known.collect::<Vec<_>>());
    for role in Role::ALL {
        assert!(PAGE.contains(&format!("{} {role}", role.code())), "{role}");
    }
}

#[test]
fn an_entry_has_what_the_page_says_and_nothing_else() {
    for (kind, row) in Kind::ALL.into_iter().zip(table("## 3. Kinds")) {
        let (must, may) = (fields(row[3]), fields(row[4]));
        let subjects: &[bool] = match row[2] {
            "person" => &[true],
            "nobody" => &[false],
            "either" => &[true, false],
            other => panic!("{other}"),
        };
        let needed: Vec<_> = must.iter().map(|&field| detail(field, 1)).collect();
        for subject in [true, false] {
            let made = entry(kind, subject, needed.clone());
            assert_eq!(
                made.is_ok(),
                subjects.contains(&subject),
                "{kind}: {made:?}"
            );
        }
        let subject = subjects[0];
        for (place, &field) in must.iter().enumerate() {
            let mut without = needed.clone();
            without.remove(place);
            let missing = Err(EntryError::Missing { kind, field });
            assert_eq!(entry(kind, subject, without), missing);
        }
        for &field in Field::ALL {
            if must.contains(&field) {
                continue;
            }
            let with = [&needed[..], &[detail(field, 1)]].concat();
            let made = entry(kind, subject, with);
            if may.contains(&field) {
                let made = made.unwrap();
                assert_eq!(made.content().entry(), Ok(made));
            } else {
                assert_eq!(made, Err(EntryError::Foreign { kind, field }));
            }
        }
    }
}

#[test]
fn what_can_be_there_more_than_once_is_what_the_page_says() {
    let many = table("## 4. Fields");
    for (kind, row) in Kind::ALL.into_iter().zip(table("## 3. Kinds")) {
        let (must, may) = (fields(row[3]), fields(row[4]));
        for &field in must.iter().chain(&may) {
            if field == Field::Level {
                continue;
            }
            let mut details: Vec<_> = must.iter().map(|&field| detail(field, 1)).collect();
            if may.contains(&field) {
                details.push(detail(field, 1));
            }
            details.push(detail(field, 2));
            let made = entry(kind, row[2] != "nobody", details);
            let yes = many[usize::from(field.code()) - 1][3] == "yes";
            if yes {
                assert!(made.is_ok(), "{kind} {field}");
            } else {
                assert_eq!(made, Err(EntryError::Twice { kind, field }));
            }
        }
    }
}
