//! Parcels that are and are not to be opened.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::*;
use crate::cbor::Writer;
use crate::cose::{self, CoseError, Header, Sign1};
use crate::signing::{Algorithm, KeyId, Signer, SigningKey};
use crate::{DivisionCode, Span, Timestamp};

const NOON: Timestamp = Timestamp::from_unix(1_656_388_800);

/// Two regions that send, and one that receives.
struct World {
    chongqing: SigningKey,
    guangdong: SigningKey,
    sichuan: SealingSecret,
    other: SealingSecret,
    random: ChaCha20Rng,
}

fn division(number: u32) -> DivisionCode {
    DivisionCode::new(number).unwrap()
}

const CHONGQING: u32 = 500_000;
const SICHUAN: u32 = 510_000;
const GUANGDONG: u32 = 440_000;

impl World {
    fn new(algorithm: Algorithm) -> Self {
        let mut random = ChaCha20Rng::seed_from_u64(5);
        let key = |fill| SigningKey::deterministic(algorithm, &[fill; 32]).unwrap();
        Self {
            chongqing: key(1),
            guangdong: key(2),
            sichuan: SealingSecret::generate(&mut random),
            other: SealingSecret::generate(&mut random),
            random,
        }
    }

    /// What the key lists of the trust list's regions say.
    fn sender(&self, region: DivisionCode, id: KeyId) -> Option<Sender> {
        let key = match region.number() {
            CHONGQING => &self.chongqing,
            GUANGDONG => &self.guangdong,
            _ => return None,
        };
        let key = key.public_key().clone();
        let (from, until) = (NOON.minus(Span::hours(1)), NOON.plus(Span::hours(40)));
        (key.id() == id).then_some(Sender { key, from, until })
    }

    fn open(&self, bytes: &[u8], now: Timestamp) -> Result<Parcel, ParcelError> {
        let sender = |region, id| self.sender(region, id);
        open(bytes, division(SICHUAN), &[&self.sichuan], sender, now)
    }

    fn label(id: u8) -> Label {
        let way = (division(CHONGQING), division(SICHUAN));
        let id = ParcelId::from_bytes([id; 16]);
        Label::new(way, Kind::Evidence, id, NOON, NOON.plus(Span::hours(1))).unwrap()
    }

    fn good(&mut self, id: u8, content: &[u8]) -> Vec<u8> {
        let to = *self.sichuan.public();
        let label = Self::label(id);
        seal(&self.chongqing, &label, &to, content, &mut self.random).unwrap()
    }
}

#[test]
fn what_was_sealed_is_opened_by_its_receiver_and_nobody_else() {
    for algorithm in Algorithm::ALL {
        let mut world = World::new(algorithm);
        let bytes = world.good(1, b"evidence");
        let parcel = world.open(&bytes, NOON).unwrap();
        assert_eq!(parcel.content(), b"evidence");
        assert_eq!(parcel.label(), &World::label(1));
        assert!(!format!("{parcel:?}").contains("evidence\""));
        let sender = |region, id| world.sender(region, id);
        assert_eq!(
            open(&bytes, division(SICHUAN), &[&world.other], sender, NOON),
            Err(ParcelError::UnknownSealingKey)
        );
        let sender = |region, id| world.sender(region, id);
        assert_eq!(
            open(&bytes, division(GUANGDONG), &[&world.sichuan], sender, NOON),
            Err(ParcelError::OtherReceiver(division(SICHUAN)))
        );
    }
}

#[test]
fn lengths_of_contents_do_not_show() {
    let mut world = World::new(Algorithm::Ed25519);
    let lengths: Vec<usize> = [0, 1, 200, 1019, 1020]
        .map(|length| world.good(1, &vec![1; length]).len())
        .to_vec();
    assert!(lengths.iter().all(|length| *length == lengths[0]));
    assert!(world.good(1, &[1; 1021]).len() > lengths[0]);
}

#[test]
fn a_parcel_has_its_time() {
    let mut world = World::new(Algorithm::Ed25519);
    let bytes = world.good(1, b"");
    let end = NOON.plus(Span::hours(1));
    assert!(world.open(&bytes, NOON.minus(Span::seconds(600))).is_ok());
    assert_eq!(
        world.open(&bytes, NOON.minus(Span::seconds(601))),
        Err(ParcelError::FromTheFuture(NOON))
    );
    assert!(world.open(&bytes, end.minus(Span::seconds(1))).is_ok());
    assert_eq!(world.open(&bytes, end), Err(ParcelError::Expired(end)));
}

#[test]
fn a_key_whose_time_is_over_signs_nothing_that_is_older_than_its_end() {
    let mut world = World::new(Algorithm::Ed25519);
    let bytes = world.good(1, b"");
    let sender = Sender {
        key: world.chongqing.public_key().clone(),
        from: NOON.minus(Span::hours(1)),
        until: NOON.plus(Span::seconds(60)),
    };
    let secrets = [&world.sichuan];
    let at = |seconds| {
        let sender = sender.clone();
        let now = NOON.plus(Span::seconds(seconds));
        open(
            &bytes,
            division(SICHUAN),
            &secrets,
            |_, _| Some(sender),
            now,
        )
    };
    assert!(at(59).is_ok());
    assert_eq!(at(60).err(), Some(ParcelError::KeyOutOfTime));
}

#[test]
fn a_key_signs_only_in_its_own_time() {
    let mut world = World::new(Algorithm::Ed25519);
    let bytes = world.good(1, b"");
    let key = world.chongqing.public_key().clone();
    for (from, until, good) in [(0, 1, true), (1, 2, false), (-2, 0, false)] {
        let hour = |hours: i64| Timestamp::from_unix(NOON.unix() + 3600 * hours);
        let sender = Sender {
            key: key.clone(),
            from: hour(from),
            until: hour(until),
        };
        let secrets = [&world.sichuan];
        let opened = open(
            &bytes,
            division(SICHUAN),
            &secrets,
            |_, _| Some(sender),
            NOON,
        );
        let expected = if good {
            None
        } else {
            Some(ParcelError::KeyOutOfTime)
        };
        assert_eq!(opened.err(), expected);
    }
}

#[test]
fn answers_name_what_they_answer_and_go_back() {
    let asked = World::label(3);
    let id = ParcelId::from_bytes([4; 16]);
    let label = Label::answering(&asked, Kind::EvidenceReceipt, id, NOON).unwrap();
    assert_eq!((label.from(), label.to()), (asked.to(), asked.from()));
    assert_eq!(label.answers(), Some(asked.id()));
    for kind in [Kind::Report, Kind::Evidence, Kind::TransferReceipt] {
        assert_eq!(
            Label::answering(&asked, kind, id, NOON),
            Err(LabelError::Answers(kind))
        );
    }
    let way = (division(CHONGQING), division(SICHUAN));
    let end = NOON.plus(Span::seconds(60));
    assert_eq!(
        Label::new(way, Kind::Report, id, NOON, end),
        Err(LabelError::Answers(Kind::Report))
    );
}

#[test]
fn labels_that_cannot_be_are_refused() {
    let id = ParcelId::from_bytes([1; 16]);
    let (one, other) = (division(CHONGQING), division(SICHUAN));
    let hour = NOON.plus(Span::hours(1));
    let label = |way, until| Label::new(way, Kind::Evidence, id, NOON, until);
    assert_eq!(label((one, one), hour), Err(LabelError::Divisions));
    let country = DivisionCode::COUNTRY;
    assert_eq!(label((one, country), hour), Err(LabelError::Divisions));
    let wrong = Err(LabelError::Lifetime(Kind::Evidence));
    assert_eq!(label((one, other), NOON), wrong);
    assert_eq!(label((one, other), hour.plus(Span::seconds(1))), wrong);
    for kind in Kind::ALL {
        assert_eq!(Kind::from_number(kind.number()), Ok(kind));
        // What an answer answers begins.
        assert!(kind.answers().is_none_or(|asked| asked.answers().is_none()));
    }
    assert!(Kind::from_number(0).is_err() && Kind::from_number(7).is_err());
}

#[test]
fn a_key_of_small_order_is_not_sealed_to() {
    let mut random = ChaCha20Rng::seed_from_u64(1);
    let world = World::new(Algorithm::Ed25519);
    let zero = crate::keys::SealingPublicKey::from_bytes([0; 32]);
    let sealed = seal(&world.chongqing, &World::label(1), &zero, b"x", &mut random);
    assert!(matches!(sealed, Err(SealError::Key)));
}

/// The three parts of what is signed, to be put together otherwise.
fn parts(bytes: &[u8]) -> [Vec<u8>; 3] {
    let signed = Sign1::parse(bytes).unwrap();
    let mut reader = crate::cbor::Reader::new(signed.payload());
    reader.array_of(3).unwrap();
    [(); 3].map(|()| reader.bytes().unwrap().to_vec())
}

fn signed_anew(key: &SigningKey, kind: &str, parts: &[Vec<u8>; 3]) -> Vec<u8> {
    let mut payload = Writer::new();
    payload.array(3);
    for part in parts {
        payload.bytes(part);
    }
    let header = Header::of(key.public_key()).with_type(kind);
    cose::sign(key, &header, &[], payload.as_bytes()).unwrap()
}

const TYPE: &str = "application/hc-parcel";

#[test]
fn parts_of_two_parcels_are_none_together_even_where_a_region_signs_them() {
    let mut world = World::new(Algorithm::Ed25519);
    let one = parts(&world.good(1, b"one"));
    let other = parts(&world.good(2, b"other"));
    let mut stitched = 0;
    for choice in 0..8u8 {
        let mixed: [Vec<u8>; 3] = std::array::from_fn(|part| {
            let from = if choice >> part & 1 == 0 {
                &one
            } else {
                &other
            };
            from[part].clone()
        });
        let bytes = signed_anew(&world.chongqing, TYPE, &mixed);
        let opened = world.open(&bytes, NOON);
        if choice == 0 || choice == 7 {
            assert!(opened.is_ok());
        } else {
            assert_eq!(opened, Err(ParcelError::NotOpened));
            stitched += 1;
        }
    }
    assert_eq!(stitched, 6);
}

#[test]
fn another_region_cannot_take_a_parcel_for_its_own() {
    let mut world = World::new(Algorithm::Ed25519);
    let [label, encapsulated, sealed] = parts(&world.good(1, b"one"));
    // Its own name on the label, signed well: the seal belongs to the label with the other name.
    let position = label.windows(6).position(|six| six == b"500000").unwrap();
    let mut own = label.clone();
    own[position..position + 6].copy_from_slice(b"440000");
    let bytes = signed_anew(
        &world.guangdong,
        TYPE,
        &[own, encapsulated.clone(), sealed.clone()],
    );
    assert_eq!(world.open(&bytes, NOON), Err(ParcelError::NotOpened));
    // The sender's name on it, signed by itself.
    let bytes = signed_anew(&world.guangdong, TYPE, &[label, encapsulated, sealed]);
    let key = world.guangdong.public_key().id();
    let region = division(CHONGQING);
    assert_eq!(
        world.open(&bytes, NOON),
        Err(ParcelError::UnknownSender { region, key })
    );
}

#[test]
fn another_type_version_kind_or_life_is_refused_even_where_it_is_signed() {
    let mut world = World::new(Algorithm::Ed25519);
    let good = parts(&world.good(1, b"one"));
    let bytes = signed_anew(&world.chongqing, "application/hc-keys+cwt", &good);
    assert_eq!(
        world.open(&bytes, NOON),
        Err(ParcelError::Cose(CoseError::OtherType))
    );
    let changed = |place: usize, value: u8| {
        let mut parts = good.clone();
        parts[0][place] = value;
        signed_anew(&world.chongqing, TYPE, &parts)
    };
    // Array of nine, version, sender, receiver, kind.
    assert_eq!(good[0][..2], [0x89, 0x01]);
    for version in [0, 2, 23] {
        let version_error = LabelError::Version(version.into());
        assert_eq!(
            world.open(&changed(1, version), NOON),
            Err(ParcelError::Label(version_error))
        );
    }
    let kind = 2 + 7 + 7;
    assert_eq!(good[0][kind], 1);
    for (number, refused) in [
        (0, LabelError::Kind(UnknownKind(0))),
        (7, LabelError::Kind(UnknownKind(7))),
        (2, LabelError::Answers(Kind::EvidenceReceipt)),
    ] {
        assert_eq!(
            world.open(&changed(kind, number), NOON),
            Err(ParcelError::Label(refused))
        );
    }
    assert_eq!(
        world.open(&changed(kind, 3), NOON),
        Err(ParcelError::NotOpened),
        "evidence cannot be passed off as a transfer"
    );
}

/// Every change of one byte, every cut and a thousand random changes of several bytes.
#[test]
fn no_changed_parcel_is_opened() {
    for algorithm in Algorithm::ALL {
        let mut world = World::new(algorithm);
        let good = world.good(1, b"evidence about one person");
        let mut tried = 0;
        for at in 0..good.len() {
            let mut bytes = good.clone();
            bytes[at] ^= 1 << (at % 8);
            assert!(world.open(&bytes, NOON).is_err(), "{algorithm}: byte {at}");
            tried += 1;
        }
        for length in 0..good.len() {
            assert!(world.open(&good[..length], NOON).is_err());
        }
        let mut random = ChaCha20Rng::seed_from_u64(9);
        for _ in 0..1000 {
            let mut bytes = good.clone();
            for _ in 0..=random.next_u32() % 6 {
                let at = random.next_u32() as usize % bytes.len();
                match random.next_u32() % 3 {
                    0 => bytes[at] = random.next_u32().to_le_bytes()[0],
                    1 => drop(bytes.remove(at)),
                    _ => bytes.insert(at, 0),
                }
            }
            assert!(bytes == good || world.open(&bytes, NOON).is_err());
            tried += 1;
        }
        let mut longer = good.clone();
        longer.push(0);
        assert!(world.open(&longer, NOON).is_err());
        assert!(tried > 2000, "{tried}");
    }
}

#[test]
fn what_is_longer_than_any_parcel_is_not_read() {
    let world = World::new(Algorithm::Ed25519);
    let bytes = vec![0xd2; (1 << 18) + 1025];
    assert_eq!(
        world.open(&bytes, NOON),
        Err(ParcelError::TooLong(bytes.len()))
    );
}

#[test]
fn the_largest_content_goes_and_one_byte_more_does_not() {
    let mut world = World::new(Algorithm::Ed25519);
    let bytes = world.good(1, &vec![7; LONGEST_CONTENT]);
    assert_eq!(
        world.open(&bytes, NOON).unwrap().content().len(),
        LONGEST_CONTENT
    );
    let to = *world.sichuan.public();
    let long = vec![7; LONGEST_CONTENT + 1];
    let label = World::label(1);
    let refused = seal(&world.chongqing, &label, &to, &long, &mut world.random);
    assert!(matches!(refused, Err(SealError::Padding(_))));
}
