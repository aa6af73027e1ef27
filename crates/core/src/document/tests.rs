use super::*;

fn now() -> Timestamp {
    "2022-06-28T09:00:00+08:00".parse().unwrap()
}

fn try_document(kind: &str, number: &str, country: &str) -> Result<Document, DocumentError> {
    let country = (!country.is_empty()).then(|| country.parse().unwrap());
    Document::parse(kind.parse().unwrap(), number, country, now())
}

fn document(kind: &str, number: &str, country: &str) -> Document {
    try_document(kind, number, country).unwrap()
}

#[test]
fn documents_that_carry_one_number_have_one_key() {
    let same = |documents: &[(&str, &str, &str)]| {
        let keys: Vec<DocumentKey> = documents
            .iter()
            .map(|(kind, number, country)| document(kind, number, country).key())
            .collect();
        assert!(
            keys.windows(2).all(|pair| pair[0] == pair[1]),
            "{documents:?}"
        );
    };
    same(&[
        ("111", "11010519491231002X", ""),
        ("112", "110105 19491231 002x", "CHN"),
        ("113", "１１０１０５１９４９１２３１００２Ｘ", ""),
        ("335", "110105491231002", ""),
    ]);
    same(&[
        ("111", "830000194912310021", ""),
        ("901", "830000194912310021", "TWN"),
    ]);
    same(&[
        ("111", "911124198108030024", ""),
        ("553", "911124-19810803-0024", "CAN"),
    ]);
    same(&[("516", "H12345678", ""), ("516", "h1234567801", "HKG")]);
    same(&[("511", "12345678", ""), ("511", "1234567801(B)", "TWN")]);
    same(&[
        ("414", "K12345678", "CHN"),
        ("414", "K12345678", "HKG"),
        ("420", "k12345678", ""),
    ]);
    same(&[("414", "E12345678", "CHN"), ("411", "E12345678", "CHN")]);
    same(&[
        ("902", "111/11010519491231002X/20210305/1", ""),
        ("902", "112／110105 19491231 002x／2021-03-05", ""),
    ]);
}

#[test]
fn different_numbers_and_spaces_have_different_keys() {
    let documents = [
        document("111", "11010519491231002X", ""),
        document("111", "440524188001010014", ""),
        document("414", "12345678", "USA"),
        document("414", "12345678", "GBR"),
        document("511", "12345678", ""),
        document("512", "12345678", ""),
        document("990", "12345678", "USA"),
        document("419", "12345678", "USA"),
        document("554", "12345678", ""),
        document("517", "12345678", ""),
        document("114", "军字第12345678号", ""),
        document("114", "空字第12345678号", ""),
        document("516", "H12345678", ""),
        document("516", "M12345678", ""),
        document("420", "H12345678", ""),
        document("117", "H123456789", ""),
        document("553", "CAN110081080310", ""),
        document("902", "111/11010519491231002X/20210305/1", ""),
        document("902", "111/11010519491231002X/20210305/2", ""),
        document("902", "111/11010519491231002X/20210306/1", ""),
        document("902", "414:USA/12345678/20210305/1", ""),
    ];
    for (index, one) in documents.iter().enumerate() {
        for other in &documents[..index] {
            assert!(one.key() != other.key(), "{one} {other}");
        }
    }
}

/// What is stored is a keyed hash of these bytes: changing them would lose everybody.
#[test]
fn key_bytes_never_change() {
    for (kind, number, country, bytes) in [
        (
            "111",
            "11010519491231002X",
            "",
            "\x01\0\x1211010519491231002X",
        ),
        ("414", "AB123456", "CAN", "\x02\0\x03CAN\0\x08AB123456"),
        ("420", "K12345678", "", "\x02\0\x03HKG\0\x09K12345678"),
        ("516", "H1234567801", "", "\x03\0\x09H12345678"),
        ("511", "1234567801", "", "\x04\0\x0812345678"),
        ("512", "T12345678", "", "\x05\0\x09T12345678"),
        ("553", "CAN110081080310", "", "\x06\0\x0fCAN110081080310"),
        ("114", "军字第2001988号", "", "\x07\0\x0d军字2001988"),
        ("117", "O330012345", "", "\x08\0\x0aO330012345"),
        (
            "902",
            "111/11010519491231002X/20210305/2",
            "",
            "\x09\0\x15\x01\0\x1211010519491231002X\0\x0820210305\0\x01\x02",
        ),
        (
            "513",
            "C12345678",
            "",
            "\x0a\0\x12permit-to-hk-macao\0\x09C12345678",
        ),
        (
            "990",
            "证-12345",
            "USA",
            "\x0b\0\x05other\0\x03USA\0\x08证12345",
        ),
    ] {
        let key = document(kind, number, country).key();
        assert_eq!(key.expose_for_keyed_hash(), bytes.as_bytes(), "{kind}");
    }
}

#[test]
fn the_number_decides_where_lists_are_too_coarse() {
    assert_eq!(
        document("111", "830000194912310021", "").kind().word(),
        "residence-permit"
    );
    let card = document("111", "911124198108030024", "");
    assert_eq!(card.kind().word(), "foreign-permanent-residence");
    assert_eq!(
        document("414", "MA1234567", "CHN").kind().word(),
        "macao-passport"
    );
    assert_eq!(
        try_document("901", "11010519491231002X", ""),
        Err(NumberError::OtherBearer {
            found: Bearer::Mainland
        }
        .into())
    );
    assert_eq!(
        try_document("553", "11010519491231002X", ""),
        Err(NumberError::OtherBearer {
            found: Bearer::Mainland
        }
        .into())
    );
}

#[test]
fn a_passport_names_its_country() {
    assert_eq!(
        try_document("414", "12345678", ""),
        Err(DocumentError::CountryMissing { kind: "414" })
    );
    assert_eq!(
        try_document("990", "12345678", ""),
        Err(DocumentError::CountryMissing { kind: "990" })
    );
    for (number, country) in [
        ("K12345678", "MAC"),
        ("E12345678", "CHN"),
        ("MA1234567", ""),
    ] {
        assert_eq!(
            try_document("420", number, country),
            Err(DocumentError::OtherCountry {
                kind: "420",
                expected: "HKG"
            })
        );
    }
}

#[test]
fn a_child_without_a_card_is_known_by_its_guardian() {
    let guardian = document("414", "AB123456", "CAN");
    let birth = BirthDate::new(2021, 3, 5, now()).unwrap();
    let child = Document::child(guardian.clone(), birth, 2).unwrap();
    assert_eq!(child.expose_number(), "414:CAN/AB123456/20210305/2");
    assert_eq!(document("902", &child.expose_number(), ""), child);
    assert_eq!(child.as_child().unwrap().guardian(), &guardian);
    assert_eq!(
        Document::child(child, birth, 1),
        Err(NumberError::GuardianIsChild.into())
    );
    assert_eq!(
        Document::child(guardian, birth, 0),
        Err(NumberError::ChildOrdinal.into())
    );
}

#[test]
fn a_childs_number_is_refused_part_by_part() {
    let refused = |text| try_document("902", text, "").unwrap_err();
    let number = |error| DocumentError::Number(error);
    assert_eq!(
        refused("11010519491231002X"),
        number(NumberError::ChildParts)
    );
    assert_eq!(
        refused("111/11010519491231002X/20210305/1/1"),
        number(NumberError::ChildParts)
    );
    assert_eq!(
        refused("902/x/20210305/1"),
        number(NumberError::GuardianIsChild)
    );
    assert_eq!(
        refused("111/11010519491231002X/20210230"),
        number(NumberError::BirthDate)
    );
    assert_eq!(
        refused("111/11010519491231002X/20230305"),
        number(NumberError::BirthInFuture)
    );
    assert_eq!(
        refused("111/11010519491231002X/20210305/x"),
        number(NumberError::ChildOrdinal)
    );
    assert_eq!(
        refused("111/110105194912310021/20210305"),
        number(NumberError::Guardian(Box::new(
            NumberError::CheckCharacter.into()
        )))
    );
}

#[test]
fn other_lists_are_mapped() {
    assert_eq!(DocumentType::from_ws364("03").unwrap().code(), "414");
    assert_eq!(DocumentType::from_ws364("99").unwrap().code(), "990");
    assert_eq!(DocumentType::from_gate("34").unwrap().code(), "553");
    assert!(DocumentType::from_gate("11").is_err());
    assert_eq!(
        "511".parse::<DocumentType>().unwrap().cell("ws364"),
        Some("07")
    );
}

#[test]
fn nothing_printed_shows_a_whole_number() {
    let shown = |document: &Document| {
        format!(
            "{document} {document:?} {:?} {:?}",
            document.key(),
            document.number_parts()
        )
    };
    let id = document("111", "11010519491231002X", "");
    assert_eq!(id.to_string(), "111 110***********002X");
    let child = document("902", "111/11010519491231002X/20210305/1", "");
    assert_eq!(child.to_string(), "902 111/110***********002X/********/1");
    for (document, secret) in [
        (&id, "19491231"),
        (&child, "19491231"),
        (&child, "20210305"),
    ] {
        assert!(!shown(document).contains(secret));
    }
    assert_eq!(
        document("414", "12345678", "USA").masked_number(),
        "1******8"
    );
    for text in [
        "11010519491231002Y",
        "110105194912310021",
        "11010519491331002X",
        "99010519491231002X1",
    ] {
        let error = try_document("111", text, "").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("1949"), "{error}");
    }
}

impl Document {
    fn number_parts(&self) -> String {
        format!(
            "{:?} {:?} {:?}",
            self.identity_number(),
            self.as_child(),
            self.birth()
        )
    }
}
