use super::*;

fn place(row: &[u8]) -> SealedAt<'_> {
    SealedAt {
        table: "subject",
        column: "content",
        row,
    }
}

fn ciphers(key: u8) -> [ColumnCipher; 2] {
    ColumnSuite::ALL.map(|suite| ColumnCipher::of(suite, &Zeroizing::new([key; 32])))
}

#[test]
fn a_value_opens_where_it_stands_and_nowhere_else() {
    for (cipher, thief) in ciphers(7).into_iter().zip(ciphers(8)) {
        let sealed = cipher.seal("张伟".as_bytes(), place(b"1")).unwrap();
        assert_eq!(
            *cipher.unseal(&sealed, place(b"1")).unwrap(),
            "张伟".as_bytes()
        );
        assert_eq!(
            cipher.unseal(&sealed, place(b"2")),
            Err(UnsealError::Broken)
        );
        let other = SealedAt {
            column: "phone",
            ..place(b"1")
        };
        assert_eq!(cipher.unseal(&sealed, other), Err(UnsealError::Broken));
        assert_eq!(thief.unseal(&sealed, place(b"1")), Err(UnsealError::Broken));
    }
}

#[test]
fn every_changed_bit_is_noticed() {
    for cipher in ciphers(7) {
        let sealed = cipher.seal(b"13800000000", place(b"1")).unwrap();
        for bit in 0..sealed.len() * 8 {
            let mut changed = sealed.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(cipher.unseal(&changed, place(b"1")).is_err(), "bit {bit}");
        }
        assert_eq!(cipher.unseal(&[], place(b"1")), Err(UnsealError::Algorithm));
        assert_eq!(
            cipher.unseal(&[0; 40], place(b"1")),
            Err(UnsealError::Algorithm)
        );
    }
}

#[test]
fn equal_values_in_two_rows_look_different() {
    for cipher in ciphers(7) {
        let one = cipher.seal(b"same", place(b"1")).unwrap();
        assert_ne!(one, cipher.seal(b"same", place(b"2")).unwrap());
        assert_eq!(one, cipher.seal(b"same", place(b"1")).unwrap());
        let empty = cipher.seal(b"", place(b"1")).unwrap();
        assert!(cipher.unseal(&empty, place(b"1")).unwrap().is_empty());
    }
}

#[test]
fn a_value_of_the_other_suite_is_named_as_such() {
    let [one, other] = ciphers(7);
    for (sealer, opener) in [(&one, &other), (&other, &one)] {
        let sealed = sealer.seal(b"value", place(b"1")).unwrap();
        assert_eq!(
            opener.unseal(&sealed, place(b"1")),
            Err(UnsealError::Suite(sealer.suite()))
        );
    }
}

#[test]
fn suites_are_read_by_their_names() {
    for suite in ColumnSuite::ALL {
        assert_eq!(suite.to_string().parse(), Ok(suite));
    }
    assert_eq!("SM4".parse::<ColumnSuite>(), Err(ColumnSuiteError));
}
