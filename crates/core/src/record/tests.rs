use hc_code::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn now() -> Timestamp {
    "2022-06-28T09:00:00+08:00".parse().unwrap()
}

fn reading() -> Reading<'static> {
    Reading {
        elements: DataElements::bundled(),
        now: now(),
        bare: Provenance::new("self".parse().unwrap(), now(), None).unwrap(),
    }
}

fn object(value: Value) -> Object {
    match value {
        Value::Object(object) => object,
        other => panic!("{other} is no object"),
    }
}

fn faults<T: core::fmt::Debug>(read: Result<T, Vec<FieldError>>) -> Vec<String> {
    read.unwrap_err()
        .iter()
        .map(FieldError::to_string)
        .collect()
}

fn basic() -> Object {
    object(json!({
        "name": "张三",
        "sex": "2",
        "nationality": "CHN",
        "idType": "111",
        "idNumber": "110105 19491231 002x",
        "householdDivision": "110105",
        "phone": "+86 138 0013 8000",
        "diseaseHistory": ["02", "03"],
    }))
}

fn health() -> Object {
    object(json!({
        "temperature": {
            "value": "36.5", "source": "venue",
            "observedAt": "2022-06-28T08:30:00+08:00", "expiresAt": "2022-06-29T08:30:00+08:00",
        },
        "symptoms": "2^5",
        "stayedHighRisk": "2",
        "contactWithCase": "3",
        "currentDivision": "330106",
        "currentDivisionRisk": "1",
        "reportedAt": "2022-06-28T09:00:00+08:00",
    }))
}

#[test]
fn a_good_record_becomes_typed_values() {
    let basic = Basic::parse(&basic(), &reading()).unwrap();
    assert_eq!(basic.name().value().expose_name(), "张三");
    assert_eq!(
        basic.document().value().expose_number(),
        "11010519491231002X"
    );
    assert_eq!(
        basic.phone().unwrap().value().expose_number(),
        "13800138000"
    );
    assert_eq!(basic.sex().provenance().source().word(), "self");

    let health = Health::parse(&health(), &reading()).unwrap();
    let temperature = health.temperature().unwrap();
    assert_eq!(temperature.value().tenths(), 365);
    assert_eq!(temperature.provenance().source().word(), "venue");
    assert!(temperature.holds_at(now()));
    assert!(!temperature.holds_at(now().plus(hc_code::Span::days(1))));
    let symptoms: Vec<_> = health
        .symptoms()
        .value()
        .iter()
        .map(|one| one.word())
        .collect();
    assert_eq!(symptoms, ["cold-like", "chest"]);
}

#[test]
fn a_record_without_a_phone_number_is_complete() {
    let mut object = basic();
    object.remove("phone");
    assert!(Basic::parse(&object, &reading()).unwrap().phone().is_none());
}

#[test]
fn all_faults_are_reported_at_once_and_none_repeats_a_value() {
    let object = object(json!({
        "name": "",
        "sex": "3",
        "nationality": "chn",
        "idType": "111",
        "idNumber": "110105194912310021",
        "householdDivision": "990105",
        "phone": "1380013800x",
        "diseaseHistory": ["01", "02"],
        "agentId": "11010519491231002X",
        "colour": "green",
        "11010519491231002X": "1",
    }));
    let found = faults(Basic::parse(&object, &reading()));
    assert_eq!(
        found,
        [
            "name: is not a text of 1 to 100 characters",
            "sex: is not a code of the table sex",
            "nationality: is not 3 capital letters A to Z",
            "idNumber: the last character does not fit the others: a digit is wrong or two are exchanged (ISO 7064 MOD 11-2)",
            "householdDivision: is a division that never existed",
            "phone: character 11 cannot stand there",
            "diseaseHistory: says \"none\" and something else",
            "agentIdType: is missing",
            "?: is no element of the group",
            "colour: is no element of the group",
        ]
    );
    assert!(!found.concat().contains("1949"));
}

#[test]
fn missing_elements_are_each_named() {
    let found = faults(Health::parse(&Object::new(), &reading()));
    assert_eq!(
        found,
        [
            "symptoms: is missing",
            "stayedHighRisk: is missing",
            "contactWithCase: is missing",
            "reportedAt: is missing"
        ]
    );
}

#[test]
fn an_element_goes_with_its_companion_both_ways() {
    let mut alone = health();
    alone.remove("currentDivision");
    assert_eq!(
        faults(Health::parse(&alone, &reading())),
        ["currentDivisionRisk: only goes with currentDivision"]
    );
    let mut without = health();
    without.remove("currentDivisionRisk");
    assert_eq!(
        faults(Health::parse(&without, &reading())),
        ["currentDivisionRisk: is missing"]
    );
}

#[test]
fn items_say_when_and_by_whom() {
    let with = |item: Value| {
        let mut object = health();
        object.insert("isolation".to_owned(), item);
        Health::parse(&object, &reading())
    };
    assert!(with(json!({"value": "1", "observedAt": "2022-06-28T09:10:00+08:00"})).is_ok());
    for (item, fault) in [
        (json!({"source": "self"}), "isolation: is missing"),
        (
            json!({"value": "1", "source": "rumour"}),
            "isolation: has a source that is not in the table item-sources",
        ),
        (
            json!({"value": "1", "observedAt": "2022-06-28"}),
            "isolation: has an observedAt that is not a time like 2022-06-28T09:00:00+08:00",
        ),
        (
            json!({"value": "1", "observedAt": "2022-06-28T09:10:01+08:00"}),
            "isolation: is observed in the future",
        ),
        (
            json!({"value": "1", "expiresAt": "2022-06-28T09:00:00+08:00"}),
            "isolation: has an expiresAt that is not a time after observedAt",
        ),
        (
            json!({"value": "1", "level": "00"}),
            "isolation: has members besides value, source, observedAt and expiresAt",
        ),
        (json!(true), "isolation: is not a text or number"),
        (json!(["1"]), "isolation: is not a text or number"),
    ] {
        assert_eq!(faults(with(item)), [fault]);
    }
    assert!(with(json!(1)).is_ok());
    assert!(with(Value::Null).unwrap().isolation().is_none());
}

#[test]
fn type_and_number_of_a_document_come_together() {
    let mut object = basic();
    object.insert(
        "idType".to_owned(),
        json!({"value": "111", "source": "counter"}),
    );
    assert_eq!(
        faults(Basic::parse(&object, &reading())),
        ["idType: has another source or time than idNumber"]
    );
}

#[test]
fn every_kind_of_person_can_be_recorded() {
    for (kind, number, nationality, name) in [
        ("111", "11010519491231002X", "CHN", "阿卜杜拉·买买提"),
        ("113", "11010519491231002X", "CHN", "张三"),
        ("901", "830000194912310021", "TWN", "林小姐"),
        ("516", "H12345678", "HKG", "CHAN Tai Man"),
        ("511", "12345678", "TWN", "林先生"),
        ("512", "12345678", "TWN", "林先生"),
        (
            "414",
            "C01X00T47",
            "DEU",
            "Karl Theodor Maria Nikolaus Johann Jacob Philipp Franz Joseph",
        ),
        ("414", "E12345678", "CHN", "李四"),
        ("420", "K12345678", "HKG", "WONG Siu Ming"),
        ("553", "911124198108030024", "CAN", "Jean-Luc O’Neill"),
        ("553", "CAN110081080310", "CAN", "Jean-Luc O’Neill"),
        ("114", "军字第2001988号", "CHN", "王五"),
        ("117", "O330012345", "CHN", "赵六之子"),
        (
            "902",
            "111/11010519491231002X/20210305/1",
            "CHN",
            "赵六之子",
        ),
        ("414", "XX1234567", "XXA", "A. Stateless"),
        ("990", "UN-123456", "UNO", "N. N."),
    ] {
        let object = object(json!({
            "name": name, "sex": "0", "nationality": nationality, "idType": kind, "idNumber": number,
        }));
        let found = Basic::parse(&object, &reading());
        assert!(found.is_ok(), "{kind} {:?}", found.unwrap_err());
    }
}

#[test]
fn trips_end_after_they_begin_and_are_named_by_index() {
    let trip = json!({
        "startDivision": "330106", "arriveDivision": "310101",
        "departTime": "2022-06-27T09:00:00+08:00", "arriveTime": "2022-06-27T10:00:00+08:00",
        "transportMode": "2", "transportNo": "G7301", "companions": 2,
    });
    let mut wrong = trip.clone();
    wrong["arriveTime"] = json!("2022-06-27T08:00:00+08:00");
    let found = Trip::parse_all(std::slice::from_ref(&trip), &reading()).unwrap();
    assert_eq!(found[0].companions().map(|item| *item.value()), Some(2));
    assert_eq!(
        faults(Trip::parse_all(&[trip, wrong, json!("G7301")], &reading())),
        [
            "[1].arriveTime: is before departTime",
            "[2]: is not an object"
        ]
    );
}

fn certificate() -> Object {
    object(json!({
        "level": "00",
        "regionReports": [
            {"division": "330000", "level": "00", "asOf": "2022-06-28T08:00:00+08:00"},
            {"division": "660000", "level": "01"},
        ],
        "warnings": ["未见异常"],
        "nucleicAcidResult": "0",
        "nucleicAcidAt": "2022-06-27T20:00:00+08:00",
        "maskedName": "张*",
    }))
}

#[test]
fn a_certificate_lists_each_region_once() {
    let found = Certificate::parse(&certificate(), &reading()).unwrap();
    let reports = found.region_reports().unwrap().value();
    assert_eq!(reports[1].division().value().number(), 660_000);
    assert_eq!(*reports[1].level().value(), hc_code::Level::Medium);

    let mut object = certificate();
    object.insert(
        "regionReports".to_owned(),
        json!([{"division": "330000", "level": "00"}, {"division": "330000", "level": "10"}, {"level": "red"}, 1]),
    );
    assert_eq!(
        faults(Certificate::parse(&object, &reading())),
        ["regionReports[3]: is not an object"]
    );
    object["regionReports"].as_array_mut().unwrap().pop();
    assert_eq!(
        faults(Certificate::parse(&object, &reading())),
        [
            "regionReports[1]: names a value twice",
            "regionReports[2].division: is missing",
            "regionReports[2].level: is not 2 digits",
        ]
    );
}

#[test]
fn every_element_of_the_table_is_one_of_its_type() {
    let full = |group: Group| -> Object {
        DataElements::bundled()
            .group(group)
            .map(|element| (element.name().to_owned(), json!({"value": sample(element)})))
            .collect()
    };
    let same = |parsed: Object, group: Group| {
        let names = |object: &Object| object.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&parsed), names(&full(group)), "{group:?}");
    };
    let reading = reading();
    same(
        Basic::parse(&full(Group::Basic), &reading)
            .unwrap()
            .expose_object(),
        Group::Basic,
    );
    same(
        Health::parse(&full(Group::Health), &reading)
            .unwrap()
            .expose_object(),
        Group::Health,
    );
    same(
        Trip::parse(&full(Group::Itinerary), &reading)
            .unwrap()
            .expose_object(),
        Group::Itinerary,
    );
    let certificate = Certificate::parse(&full(Group::Certificate), &reading).unwrap();
    same(certificate.expose_object(), Group::Certificate);
}

/// A value that the element allows, from its row alone.
fn sample(element: &DataElement) -> Value {
    let text = match (element.name(), element.domain(), element.format()) {
        ("idNumber" | "agentId", ..) => "11010519491231002X".to_owned(),
        (_, ValueDomain::Table(table), _) => table.rows()[0].code().to_owned(),
        (_, ValueDomain::Division | ValueDomain::Region, _) => "330106".to_owned(),
        (_, ValueDomain::Level, _) => "01".to_owned(),
        (_, ValueDomain::Group(_), _) => return json!([{"division": "330000", "level": "00"}]),
        ("phone", ..) => "13800138000".to_owned(),
        (.., Format::Time) => now().to_string(),
        (.., Format::Decimal { .. }) => "36.5".to_owned(),
        (.., Format::Number { .. }) => "2".to_owned(),
        _ => "张*".replace('*', "三"),
    };
    match element.most_values() {
        Some(_) => json!([text]),
        None => Value::String(text),
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<f64>().prop_map(|number| json!(number)),
        "\\PC{0,12}".prop_map(Value::String),
        prop::sample::select(vec![
            "1",
            "111",
            "CHN",
            "36.5",
            "330106",
            "00",
            "11010519491231002X",
            "self"
        ])
        .prop_map(|text| json!(text)),
        Just(json!("2022-06-28T09:00:00+08:00")),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::vec(
                (
                    prop::sample::select(vec![
                        "value",
                        "source",
                        "observedAt",
                        "expiresAt",
                        "division",
                        "level"
                    ]),
                    inner
                ),
                0..4
            )
            .prop_map(|members| {
                Value::Object(
                    members
                        .into_iter()
                        .map(|(name, value)| (name.to_owned(), value))
                        .collect(),
                )
            }),
        ]
    })
}

fn any_object() -> impl Strategy<Value = Object> {
    let names: Vec<String> = Group::ALL
        .into_iter()
        .flat_map(|group| DataElements::bundled().group(group))
        .map(|element| element.name().to_owned())
        .collect();
    let name = prop_oneof![9 => prop::sample::select(names), 1 => "\\PC{0,6}"];
    prop::collection::vec((name, any_json()), 0..12)
        .prop_map(|members| members.into_iter().collect())
}

/// A provenance member by member, some left out.
fn any_item(value: Value) -> impl Strategy<Value = Value> {
    (any::<bool>(), 0_i64..10_000_000, prop::option::of(1_i64..10_000_000)).prop_map(
        move |(bare, before, lasts)| {
            if bare {
                return value.clone();
            }
            let observed = Timestamp::from_unix(now().unix() - before);
            let mut item = json!({"value": value.clone(), "source": "health", "observedAt": observed.to_string()});
            if let Some(lasts) = lasts {
                let end = Timestamp::from_unix(observed.unix() + lasts);
                item["expiresAt"] = json!(end.to_string());
            }
            item
        },
    )
}

fn with_items(object: Object) -> impl Strategy<Value = Object> {
    object
        .into_iter()
        .map(|(name, value)| {
            // Type and number share their provenance, so they stay bare here.
            let fixed = name.starts_with("id") || value.is_object();
            let item = if fixed {
                Just(value).boxed()
            } else {
                any_item(value).boxed()
            };
            item.prop_map(move |item| (name.clone(), item))
        })
        .collect::<Vec<_>>()
        .prop_map(|members| members.into_iter().collect())
}

proptest! {
    #[test]
    fn any_object_is_read_or_refused_with_reasons(object in any_object()) {
        let reading = reading();
        let refused = [
            Basic::parse(&object, &reading).err(),
            Health::parse(&object, &reading).err(),
            Trip::parse(&object, &reading).err(),
            Certificate::parse(&object, &reading).err(),
        ];
        for errors in refused.into_iter().flatten() {
            prop_assert!(!errors.is_empty());
            prop_assert!(!errors.iter().any(|error| error.to_string().contains("19491231")));
        }
    }

    #[test]
    fn what_is_written_is_read_to_the_same(
        basic in with_items(basic()),
        health in with_items(health()),
        certificate in with_items(certificate()),
    ) {
        let reading = reading();
        let read = Basic::parse(&basic, &reading).unwrap();
        prop_assert_eq!(&Basic::parse(&read.expose_object(), &reading).unwrap(), &read);
        let written = read.expose_object();
        prop_assert_eq!(Basic::parse(&written, &reading).unwrap().expose_object(), written);

        let read = Health::parse(&health, &reading).unwrap();
        let written = read.expose_object();
        prop_assert_eq!(&Health::parse(&written, &reading).unwrap(), &read);

        let read = Certificate::parse(&certificate, &reading).unwrap();
        let written = read.expose_object();
        prop_assert_eq!(&Certificate::parse(&written, &reading).unwrap(), &read);
    }
}
