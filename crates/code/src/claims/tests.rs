//! Claims that are and are not a code's.

use proptest::prelude::*;

use super::*;
use crate::signing::{Signer, SigningKey};

const NOON: Timestamp = Timestamp::from_unix(1_656_388_800);

fn hangzhou() -> DivisionCode {
    DivisionCode::new(330_100).unwrap()
}

fn holder() -> PublicKey {
    SigningKey::deterministic(Algorithm::Es256, &[3; 32])
        .unwrap()
        .public_key()
        .clone()
}

fn low() -> Statement {
    Statement::new(Level::Low, ReasonClass::None, NOON).unwrap()
}

fn live(statement: Statement) -> Claims {
    let body = Body::Live(Live::new(statement, Handle::from_bytes([9; 16])));
    Claims::new(hangzhou(), NOON, NOON.plus(Span::seconds(60)), body).unwrap()
}

#[test]
fn times_fit_each_other_and_the_class() {
    let body = || Body::Live(Live::new(low(), Handle::from_bytes([9; 16])));
    let claims = |from, until| Claims::new(hangzhou(), from, until, body());
    assert_eq!(claims(NOON, NOON), Err(ClaimsError::EndsBeforeItBegins));
    assert_eq!(
        claims(NOON, NOON.plus(Span::seconds(61))),
        Err(ClaimsError::LivesTooLong(Class::Live))
    );
    let before = NOON.minus(Span::seconds(1));
    assert_eq!(claims(before, NOON), Err(ClaimsError::FactsFromTheFuture));
    let country = Claims::new(
        DivisionCode::COUNTRY,
        NOON,
        NOON.plus(Span::seconds(60)),
        body(),
    );
    assert_eq!(country, Err(ClaimsError::Issuer));
}

#[test]
fn a_holders_key_is_es256() {
    let other = SigningKey::deterministic(Algorithm::Sm2, &[3; 32]).unwrap();
    assert_eq!(
        Carried::new(low(), 1, 2, other.public_key().clone()),
        Err(CarriedError::HolderAlgorithm(Algorithm::Sm2))
    );
}

#[test]
fn the_encoding_is_the_documented_one() {
    let expected = concat!(
        "a4",
        "01",
        "66",
        "333330313030",
        "04",
        "1a",
        "62ba7cfc",
        "06",
        "1a",
        "62ba7cc0",
        "3a00010000",
        "87",
        "00",
        "00",
        "00",
        "1a62ba7cc0",
        "5009090909090909090909090909090909",
        "f6",
        "f6",
    );
    let bytes = live(low()).encode();
    let due: Vec<u8> = (0..expected.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&expected[at..at + 2], 16).unwrap())
        .collect();
    assert_eq!(bytes, due);
}

fn statement() -> impl Strategy<Value = Statement> {
    let level = prop_oneof![
        Just((Level::Low, ReasonClass::None)),
        Just((Level::Medium, ReasonClass::Contact)),
        Just((Level::High, ReasonClass::Case)),
        Just((Level::Unknown, ReasonClass::Declaration)),
    ];
    let test = proptest::option::of((0_i64..100, any::<bool>()));
    let binder = proptest::option::of("[张李王*0-9]{1,5}");
    (level, 0_i64..100_000, test, binder).prop_map(|((level, reason), age, test, binder)| {
        let as_of = Timestamp::from_unix(NOON.unix() - age);
        let mut statement = Statement::new(level, reason, as_of).unwrap();
        if let Some((hours, antigen)) = test {
            let kind = if antigen {
                TestKind::Antigen
            } else {
                TestKind::NucleicAcid
            };
            let at = Timestamp::from_unix(as_of.unix() - hours * 3600);
            statement = statement
                .with_last_test(LastTest::at(at, kind).unwrap())
                .unwrap();
        }
        match binder {
            Some(masked) => statement.with_binder(Binder::new(&masked).unwrap()),
            None => statement,
        }
    })
}

fn body() -> impl Strategy<Value = Body> {
    prop_oneof![
        (statement(), any::<[u8; 16]>()).prop_map(|(statement, handle)| Body::Live(Live::new(
            statement,
            Handle::from_bytes(handle)
        ))),
        (statement(), 0_u32..2_000_000, any::<u32>()).prop_map(|(statement, day, index)| {
            Body::Carried(Carried::new(statement, day, index, holder()).unwrap())
        }),
        (any::<[u8; 16]>(), proptest::option::of("[a-z]{1,16}")).prop_map(|(pointer, binder)| {
            let binder = binder.map(|text| Binder::new(&text).unwrap());
            Body::Paper(Paper::new(Pointer::from_bytes(pointer), binder))
        }),
    ]
}

proptest! {
    #[test]
    fn what_is_written_is_read(body in body(), life in 1_u32..60) {
        let claims = Claims::new(hangzhou(), NOON, NOON.plus(Span::seconds(life)), body).unwrap();
        prop_assert_eq!(Claims::decode(&claims.encode()), Ok(claims));
    }

    #[test]
    fn what_is_read_is_what_would_be_written(
        body in body(),
        at in 0_usize..140,
        to in any::<u8>(),
    ) {
        let claims = Claims::new(hangzhou(), NOON, NOON.plus(Span::seconds(60)), body).unwrap();
        let mut bytes = claims.encode();
        let at = at % bytes.len();
        bytes[at] = to;
        if let Ok(read) = Claims::decode(&bytes) {
            prop_assert_eq!(read.encode(), bytes);
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(read) = Claims::decode(&bytes) {
            prop_assert_eq!(read.encode(), bytes);
        }
    }
}
