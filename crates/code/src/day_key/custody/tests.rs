use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use super::super::tests::key;
use super::*;

struct Office {
    keys: Vec<CustodianKey>,
    custodians: Vec<Custodian>,
    random: ChaCha8Rng,
}

fn now() -> Timestamp {
    "2022-06-29T01:00:00+08:00".parse().unwrap()
}

fn office(count: usize) -> Office {
    let mut random = ChaCha8Rng::seed_from_u64(5);
    let keys: Vec<_> = (0..count)
        .map(|_| CustodianKey::generate(&mut random))
        .collect();
    let until = now().plus(Span::days(7));
    let custodians = keys
        .iter()
        .map(|key| Custodian::new(key.public().clone(), now(), until).unwrap())
        .collect();
    Office {
        keys,
        custodians,
        random,
    }
}

fn threshold() -> Threshold {
    Threshold::new(3, 5).unwrap()
}

#[test]
fn three_of_five_custodians_give_the_key_back_and_two_do_not() {
    let mut office = office(5);
    let day_key = key("2022-06-28", 0, 9);
    let sealed = share(
        &day_key,
        threshold(),
        &office.custodians,
        now(),
        &mut office.random,
    )
    .unwrap();
    let opened: Vec<_> = sealed
        .iter()
        .zip(&office.keys)
        .map(|(sealed, key)| {
            let bytes = sealed.to_bytes();
            assert_eq!(bytes.len(), SealedShare::LENGTH);
            let sealed = SealedShare::from_bytes(&bytes).unwrap();
            sealed.open(key).unwrap()
        })
        .collect();
    for skip in 0..3 {
        let back = recover(day_key.name(), &opened[skip..skip + 3]).unwrap();
        assert_eq!(back.expose_secret(), day_key.expose_secret());
    }
    assert!(recover(day_key.name(), &opened).is_ok());
    let two = [opened[0].clone(), opened[1].clone(), opened[1].clone()];
    assert_eq!(
        recover(day_key.name(), &two).err(),
        Some(CustodyError::TooFew {
            given: 2,
            needed: 3
        })
    );
    assert!(recover(day_key.name(), &[]).is_err());
}

#[test]
fn a_share_opens_with_its_own_custodians_key_and_unchanged_only() {
    let mut office = office(5);
    let day_key = key("2022-06-28", 0, 9);
    let sealed = share(
        &day_key,
        threshold(),
        &office.custodians,
        now(),
        &mut office.random,
    )
    .unwrap();
    assert_eq!(sealed[0].open(&office.keys[1]), Err(SealError::NotOpened));
    let bytes = sealed[0].to_bytes();
    for place in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[place] ^= 1;
        let opened =
            SealedShare::from_bytes(&changed).and_then(|share| share.open(&office.keys[0]));
        assert!(opened.is_err(), "byte {place}");
        assert!(SealedShare::from_bytes(&bytes[..place]).is_err());
    }
}

#[test]
fn shares_of_different_days_do_not_mix() {
    let mut office = office(5);
    let mut opened = Vec::new();
    for day in ["2022-06-27", "2022-06-28"] {
        let day_key = key(day, 0, 9);
        let sealed = share(
            &day_key,
            threshold(),
            &office.custodians,
            now(),
            &mut office.random,
        )
        .unwrap();
        for (sealed, key) in sealed.iter().zip(&office.keys).take(2) {
            opened.push(sealed.open(key).unwrap());
        }
    }
    let name = key("2022-06-28", 0, 9).name();
    assert_eq!(recover(name, &opened).err(), Some(CustodyError::Mixed));
    assert_eq!(recover(name, &opened[..2]).err(), Some(CustodyError::Mixed));
}

#[test]
fn a_custodian_who_hands_in_another_value_is_noticed() {
    let mut office = office(5);
    let day_key = key("2022-06-28", 0, 9);
    let sealed = share(
        &day_key,
        threshold(),
        &office.custodians,
        now(),
        &mut office.random,
    )
    .unwrap();
    let mut opened: Vec<_> = (0..3)
        .map(|at| sealed[at].open(&office.keys[at]).unwrap())
        .collect();
    let liar = opened[0].clone();
    let false_point = Zeroizing::new([1; DayKey::LENGTH]);
    opened[0] = Share::new(
        liar.name(),
        liar.threshold(),
        liar.number(),
        liar.check_value(),
        false_point,
    );
    assert_eq!(
        recover(day_key.name(), &opened).err(),
        Some(CustodyError::Spoilt)
    );
    opened.push(liar);
    assert_eq!(
        recover(day_key.name(), &opened).err(),
        Some(CustodyError::Spoilt)
    );
}

#[test]
fn custodians_are_different_present_and_short_lived() {
    let mut office = office(5);
    let day_key = key("2022-06-28", 0, 9);
    let mut attempt = |custodians: &[Custodian], now| {
        share(&day_key, threshold(), custodians, now, &mut office.random).err()
    };
    let all = office.custodians.clone();
    assert_eq!(attempt(&all, now()), None);
    assert_eq!(
        attempt(&all[..4], now()),
        Some(CustodyError::Custodians {
            custodians: 4,
            shares: 5
        })
    );
    let mut twice = all.clone();
    twice[4] = twice[0].clone();
    assert_eq!(attempt(&twice, now()), Some(CustodyError::SameKey));
    let week_later = now().plus(Span::days(7));
    assert_eq!(attempt(&all, week_later), Some(CustodyError::NotNow(0)));
    let public = all[0].key().clone();
    let life = Custodian::new(public, now(), now().plus(Span::days(9)));
    assert!(matches!(life, Err(CustodyError::Life { .. })));
}

#[test]
fn a_key_of_small_order_cannot_be_sealed_to() {
    let mut office = office(5);
    let zero = CustodianPublicKey::parse(&[0; 32]).unwrap();
    office.custodians[2] = Custodian::new(zero, now(), now().plus(Span::days(1))).unwrap();
    let sealed = share(
        &key("2022-06-28", 0, 9),
        threshold(),
        &office.custodians,
        now(),
        &mut office.random,
    );
    assert_eq!(sealed, Err(CustodyError::Seal(SealError::Key)));
}

#[test]
fn secrets_are_not_shown_by_debug() {
    let office = office(2);
    let shown = format!("{:?}", office.keys[0]);
    assert!(shown.ends_with("secret)"), "{shown}");
}
