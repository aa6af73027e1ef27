//! Records of people who never lived, in the one form in which they are written.

use hc_code::{Span, Timestamp};
use hc_core::document::DocumentType;
use hc_core::domain_table::bundled;
use hc_core::record::{DataElements, Format, Group, Object, Obligation, ValueDomain};
use hc_testkit::Seeded;
use serde_json::{Value, json};

/// 2022-07-15, midday in China.
pub(crate) const NOW: Timestamp = Timestamp::from_unix(1_657_857_600);

/// The codes of all types of documents.
pub(crate) fn types() -> Vec<&'static str> {
    DocumentType::all().map(DocumentType::code).collect()
}

const NAMES: [&str; 6] = [
    "张三",
    "欧阳修文",
    "阿卜杜拉·买买提",
    "Maria de Souza",
    "O'Neill, J.",
    "李𠮷",
];
const DIVISIONS: [&str; 5] = ["330106", "310115", "110105", "440304", "659001"];

/// One person with a document of a type; most optional elements are there now and then.
pub(crate) fn person(choice: &mut Seeded, kind: &str) -> Object {
    let (number, nationality) = number(choice, kind);
    let given = item(choice, json!(number));
    let name = NAMES[choice.below(6) as usize];
    let sex = ["0", "1", "2", "9"][choice.below(4) as usize];
    let mut basic = object(&json!({
        "name": item(choice, json!(name)),
        "sex": item(choice, json!(sex)),
        "nationality": item(choice, json!(nationality)),
    }));
    // Type and number are one thing and have one source.
    let mut of_type = given.clone();
    of_type["value"] = json!(kind);
    basic.insert("idType".to_owned(), of_type);
    basic.insert("idNumber".to_owned(), given);
    let agents = [("agentIdType", "111"), ("agentId", "11010519491231002X")];
    if choice.chance(300) {
        let agent = item(choice, Value::Null);
        for (name, value) in agents {
            let mut agent = agent.clone();
            agent["value"] = json!(value);
            basic.insert(name.to_owned(), agent);
        }
    }
    fill(choice, Group::Basic, &mut basic);
    let mut record = Object::new();
    record.insert("basic".to_owned(), Value::Object(basic));
    for (group, likely) in [(Group::Health, 900), (Group::Certificate, 500)] {
        if choice.chance(likely) {
            let mut found = Object::new();
            fill(choice, group, &mut found);
            record.insert(group.word().to_owned(), Value::Object(found));
        }
    }
    let trips: Vec<Value> = (0..choice.below(4))
        .map(|_| {
            let mut trip = Object::new();
            let departs = NOW.minus(Span::hours(72));
            let departs = item(choice, json!(departs.to_string()));
            trip.insert("departTime".to_owned(), departs);
            fill(choice, Group::Itinerary, &mut trip);
            Value::Object(trip)
        })
        .collect();
    if !trips.is_empty() {
        record.insert("itinerary".to_owned(), trips.into());
    }
    record
}

/// The record with one thing wrong, or something that only seems so.
pub(crate) fn spoilt(choice: &mut Seeded, mut record: Object) -> Object {
    let groups: Vec<String> = record.keys().cloned().collect();
    let group = choice.pick(&groups).unwrap();
    let members = match &mut record[group] {
        Value::Object(members) => members,
        Value::Array(trips) => trips[0].as_object_mut().unwrap(),
        other => panic!("{other}"),
    };
    let names: Vec<String> = members.keys().cloned().collect();
    let name = choice.pick(&names).unwrap();
    match choice.below(6) {
        0 => drop(members.remove(name)),
        1 => drop(members.insert("colour".to_owned(), json!("green"))),
        2 => members[name]["value"] = json!({"a": 1}),
        3 => members[name]["value"] = json!("#".repeat(300)),
        4 => members[name]["source"] = json!("nobody"),
        _ => members[name]["value"] = json!(["x", "x"]),
    }
    record
}

/// Puts the mandatory elements in, and optional ones now and then with those that go with them.
fn fill(choice: &mut Seeded, group: Group, object: &mut Object) {
    let elements = DataElements::bundled();
    let by_hand = |name: &str| name.starts_with("agentId");
    let missing: Vec<_> = elements
        .group(group)
        .filter(|element| !object.contains_key(element.name()) && !by_hand(element.name()))
        .collect();
    for element in missing {
        let wanted = match element.obligation() {
            Obligation::Mandatory => true,
            Obligation::Optional => choice.chance(500),
            Obligation::With(_) => false,
        };
        if wanted {
            let value = value(
                choice,
                element.format(),
                element.domain(),
                element.most_values(),
            );
            let value = item(choice, value);
            object.insert(element.name().to_owned(), value);
        }
    }
    for element in elements
        .group(group)
        .filter(|element| !by_hand(element.name()))
    {
        if let Obligation::With(other) = element.obligation()
            && object.contains_key(other.as_str())
        {
            let value = value(
                choice,
                element.format(),
                element.domain(),
                element.most_values(),
            );
            let value = item(choice, value);
            object.insert(element.name().to_owned(), value);
        }
    }
}

fn value(choice: &mut Seeded, format: Format, domain: ValueDomain, most: Option<usize>) -> Value {
    if let ValueDomain::Group(group) = domain {
        let mut reports = Vec::new();
        for division in DIVISIONS.iter().take(1 + choice.below(4) as usize) {
            let mut report = Object::new();
            let division = item(choice, json!(division));
            report.insert("division".to_owned(), division);
            fill(choice, group, &mut report);
            reports.push(Value::Object(report));
        }
        return reports.into();
    }
    let Some(most) = most else {
        return json!(text(choice, format, domain));
    };
    let mut all: Vec<String> = Vec::new();
    for _ in 0..=choice.below(u32::try_from(most.min(4)).unwrap()) {
        let one = text(choice, format, domain);
        if !all.contains(&one) {
            all.push(one);
        }
    }
    if let ValueDomain::Table(table) = domain {
        let none = |code: &String| table.by_code(code).unwrap().word() == "none";
        if all.len() > 1 {
            all.retain(|code| !none(code));
        }
    }
    json!(all)
}

fn text(choice: &mut Seeded, format: Format, domain: ValueDomain) -> String {
    match domain {
        ValueDomain::Table(table) => choice.pick(table.rows()).unwrap().code().to_owned(),
        ValueDomain::Division | ValueDomain::Region => {
            (*choice.pick(&DIVISIONS).unwrap()).to_owned()
        }
        ValueDomain::Level => (*choice.pick(&["00", "01", "10", "20"]).unwrap()).to_owned(),
        ValueDomain::Any | ValueDomain::Group(_) => match format {
            Format::Text { most: 20 } => format!("139{}", digits(choice, 8)),
            Format::Text { .. } => format!("天目山路 {} 号", 1 + choice.below(999)),
            Format::Letters { count } => "A".repeat(count),
            Format::Digits { count } => digits(choice, count),
            Format::Number { .. } => choice.below(9).to_string(),
            Format::Decimal { .. } => format!("{}.{}", 35 + choice.below(7), choice.below(10)),
            Format::Time => choice
                .within(NOW.minus(Span::hours(48)), Span::hours(48))
                .to_string(),
            Format::Object => panic!("no text"),
        },
    }
}

/// A value with a source, the time of observation and now and then an end.
#[expect(
    clippy::needless_pass_by_value,
    reason = "what is made in place is given away"
)]
fn item(choice: &mut Seeded, value: Value) -> Value {
    let sources = bundled("item-sources").unwrap().rows();
    let observed = choice.within(NOW.minus(Span::days(9)), Span::days(9));
    let mut item = json!({
        "value": value,
        "source": choice.pick(sources).unwrap().code(),
        "observedAt": observed.to_string(),
    });
    if choice.chance(400) {
        item["expiresAt"] = json!(observed.plus(Span::days(14)).to_string());
    }
    item
}

fn object(value: &Value) -> Object {
    value.as_object().unwrap().clone()
}

fn digits(choice: &mut Seeded, count: usize) -> String {
    (0..count)
        .map(|_| char::from_digit(choice.below(10), 10).unwrap())
        .collect()
}

/// A number of a type, with the nationality of whoever has it.
fn number(choice: &mut Seeded, kind: &str) -> (String, &'static str) {
    let form: DocumentType = kind.parse().unwrap();
    match form.cell("form").unwrap() {
        "identity-number" => (identity(choice, "330106"), "CHN"),
        "residence-permit" => (identity(choice, "810000"), "HKG"),
        "foreign-residence" => (identity(choice, "931840"), "USA"),
        "hk-macao-permit" => (format!("H{}", digits(choice, 8)), "HKG"),
        "taiwan-permit" => (digits(choice, 8), "TWN"),
        "taiwan-permit-once" => (format!("T{}", digits(choice, 8)), "TWN"),
        "passport" => match choice.below(3) {
            0 => (format!("E{}", digits(choice, 8)), "CHN"),
            1 => (format!("AB{}", digits(choice, 7)), "CAN"),
            _ => (digits(choice, 9), "GBR"),
        },
        "hong-kong-passport" => (format!("K{}", digits(choice, 8)), "HKG"),
        "macao-passport" => (format!("MA{}", digits(choice, 7)), "MAC"),
        "military" => (format!("南字{}", digits(choice, 8)), "CHN"),
        "birth-certificate" => (format!("U{}", digits(choice, 9)), "CHN"),
        "child" => {
            let guardian = identity(choice, "330106");
            (
                format!("111/{guardian}/20210305/{}", 1 + choice.below(2)),
                "CHN",
            )
        }
        "chinese-issued" => (format!("L{}", digits(choice, 8)), "CHN"),
        "free" => (format!("A{}", digits(choice, 9)), "PHL"),
        other => panic!("no number of the form {other}"),
    }
}

/// 18 characters of GB 11643, born in the 1900s.
fn identity(choice: &mut Seeded, division: &str) -> String {
    let (year, month, day) = (choice.below(10), 1 + choice.below(12), 1 + choice.below(28));
    let body = format!(
        "{division}190{year}{month:02}{day:02}{:03}",
        1 + choice.below(995)
    );
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let digit = |one: char| one.to_digit(10).unwrap();
    let sum: u32 = body
        .chars()
        .map(digit)
        .zip(weights)
        .map(|(one, weight)| one * weight)
        .sum();
    format!(
        "{body}{}",
        &"10X98765432"[sum as usize % 11..=sum as usize % 11]
    )
}
