use hc_code::Timestamp;
use hc_code::signing::{Algorithm, Signer as _, SigningKey};
use proptest::prelude::*;

use super::*;
use crate::{Anchors, ChainError, Request, RequestError};

pub(crate) const FROM: Timestamp = Timestamp::from_unix(1_656_000_000);
pub(crate) const UNTIL: Timestamp = Timestamp::from_unix(1_756_000_000);
pub(crate) const NOON: Timestamp = Timestamp::from_unix(1_700_000_000);

pub(crate) fn key(fill: u8) -> SigningKey {
    SigningKey::deterministic(Algorithm::Sm2, &[fill; 32]).unwrap()
}

pub(crate) fn new(name: &str, key: &SigningKey, purpose: Purpose) -> NewCertificate {
    NewCertificate {
        subject: name.parse().unwrap(),
        key: key.public_key().clone(),
        purpose,
        from: FROM,
        until: UNTIL,
        serial: Serial::from_bytes(&[0x9c, name.len().try_into().unwrap()]).unwrap(),
    }
}

pub(crate) const TOP: Purpose = Purpose::Authority { below: Some(1) };

pub(crate) fn root() -> Certificate {
    let certificate = new("CN=卫生信任根,O=浙江省,C=CN", &key(1), TOP);
    certificate.self_signed(&key(1)).unwrap()
}

/// A root, an authority below it, and an application below that.
pub(crate) fn tree() -> [Certificate; 3] {
    let root = root();
    let below = Purpose::Authority { below: Some(0) };
    let middle = new("CN=applications", &key(2), below);
    let middle = middle.issued(&root, &key(1)).unwrap();
    let application = new("CN=gate vendor", &key(3), Purpose::Signing);
    let application = application.issued(&middle, &key(2)).unwrap();
    [root, middle, application]
}

#[test]
fn a_certificate_says_what_it_was_made_to_say() {
    let [root, _, application] = tree();
    assert_eq!(root.subject().to_string(), "CN=卫生信任根,O=浙江省,C=CN");
    assert_eq!(root.subject(), root.issuer());
    assert_eq!(root.purpose(), TOP);
    assert_eq!(application.issuer().to_string(), "CN=applications");
    assert_eq!(application.key(), key(3).public_key());
    assert_eq!([application.from(), application.until()], [FROM, UNTIL]);
    assert_eq!(application.serial().to_string(), "9c0e");
    assert_eq!(application.purpose(), Purpose::Signing);
    let again = Certificate::from_der(application.as_der()).unwrap();
    assert_eq!(again, application);
}

#[test]
fn a_chain_up_to_an_anchor_is_believed() {
    let [root, middle, application] = tree();
    let anchors = Anchors::new(vec![root.clone()]).unwrap();
    let others = [middle.clone()];
    let way = anchors.verify(&application, &others, NOON).unwrap();
    assert_eq!(way, [&application, &middle, &root]);
    for end in [FROM, UNTIL] {
        assert!(anchors.verify(&application, &others, end).is_ok());
    }
}

#[test]
fn what_breaks_a_chain_is_named() {
    let [root, middle, application] = tree();
    let anchors = Anchors::new(vec![root.clone()]).unwrap();
    let others = [middle.clone()];
    let early = FROM.minus(hc_code::Span::seconds(1));
    let late = UNTIL.plus(hc_code::Span::seconds(1));
    let subject = "CN=gate vendor".to_owned();
    assert_eq!(
        anchors.verify(&application, &others, early),
        Err(ChainError::NotYet {
            subject: subject.clone(),
            from: FROM
        })
    );
    assert_eq!(
        anchors.verify(&application, &others, late),
        Err(ChainError::Ended {
            subject: subject.clone(),
            until: UNTIL
        })
    );
    assert_eq!(
        anchors.verify(&application, &[], NOON),
        Err(ChainError::NoIssuer(subject))
    );
    assert_eq!(
        anchors.verify(&middle, &[], NOON),
        Err(ChainError::Purpose("CN=applications".to_owned()))
    );
    // A root of the same name with another key signed nothing of this.
    let other = new("CN=卫生信任根,O=浙江省,C=CN", &key(9), TOP);
    let other = Anchors::new(vec![other.self_signed(&key(9)).unwrap()]).unwrap();
    assert_eq!(
        other.verify(&application, &others, NOON),
        Err(ChainError::NoIssuer("CN=applications".to_owned()))
    );
    assert_eq!(Anchors::new(vec![]).unwrap_err(), ChainError::NoAnchors);
    for none in [middle, application] {
        let name = none.subject().to_string();
        assert_eq!(
            Anchors::new(vec![none]).unwrap_err(),
            ChainError::NoAnchor(name)
        );
    }
}

#[test]
fn whoever_is_no_authority_signs_no_certificate() {
    let [root, middle, application] = tree();
    let more = || new("CN=more", &key(4), Purpose::Signing);
    assert_eq!(
        more().issued(&application, &key(3)),
        Err(IssueError::NotAuthority)
    );
    let below = new("CN=more", &key(4), TOP);
    assert_eq!(
        below.issued(&middle, &key(2)),
        Err(IssueError::NotAuthority)
    );
    assert_eq!(more().issued(&root, &key(2)), Err(IssueError::OtherKey));
    assert_eq!(more().self_signed(&key(2)), Err(IssueError::OtherKey));
    let longer = NewCertificate {
        until: UNTIL.plus(hc_code::Span::seconds(1)),
        ..more()
    };
    assert_eq!(longer.issued(&root, &key(1)), Err(IssueError::Outlives));
    // One that does so by itself is not believed either.
    let forged = forged(&application, &key(3));
    let anchors = Anchors::new(vec![root]).unwrap();
    assert_eq!(
        anchors.verify(&forged, &[middle, application], NOON),
        Err(ChainError::NotAuthority("CN=gate vendor".to_owned()))
    );
}

/// A certificate below one that is none of an authority.
fn forged(above: &Certificate, key_above: &SigningKey) -> Certificate {
    let authority = NewCertificate {
        subject: above.subject().clone(),
        ..new("CN=x", key_above, TOP)
    };
    let authority = authority.self_signed(key_above).unwrap();
    let new = new("CN=forged", &key(5), Purpose::Signing);
    new.issued(&authority, key_above).unwrap()
}

#[test]
fn more_authorities_than_allowed_are_too_deep() {
    let [root, middle, _] = tree();
    // The middle one may have none below; it is given a certificate that says otherwise.
    let pretended = NewCertificate {
        subject: middle.subject().clone(),
        ..new("CN=x", &key(2), TOP)
    };
    let pretended = pretended.self_signed(&key(2)).unwrap();
    let below = new("CN=below", &key(6), Purpose::Authority { below: None });
    let below = below.issued(&pretended, &key(2)).unwrap();
    let leaf = new("CN=leaf", &key(7), Purpose::Signing);
    let leaf = leaf.issued(&below, &key(6)).unwrap();
    let anchors = Anchors::new(vec![root]).unwrap();
    assert_eq!(
        anchors.verify(&leaf, &[below, middle], NOON),
        Err(ChainError::TooDeep("CN=applications".to_owned()))
    );
}

#[test]
fn every_changed_bit_is_refused_or_breaks_the_signature() {
    let root = root();
    let anchors = Anchors::new(vec![root.clone()]).unwrap();
    let leaf = new("CN=leaf", &key(3), Purpose::Signing);
    let leaf = leaf.issued(&root, &key(1)).unwrap();
    let (mut refused, mut broken) = (0, 0);
    for bit in 0..leaf.as_der().len() * 8 {
        let mut bytes = leaf.as_der().to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        match Certificate::from_der(&bytes) {
            Err(_) => refused += 1,
            Ok(changed) => {
                assert!(anchors.verify(&changed, &[], NOON).is_err(), "bit {bit}");
                broken += 1;
            }
        }
    }
    assert!(refused > 500 && broken > 500, "{refused} {broken}");
}

#[test]
fn only_sm2_keys_have_such_certificates() {
    let other = SigningKey::deterministic(Algorithm::Es256, &[7; 32]).unwrap();
    let result = new("CN=x", &other, Purpose::Signing).issued(&root(), &key(1));
    assert_eq!(
        result,
        Err(IssueError::Key(KeyFormError::Algorithm(Algorithm::Es256)))
    );
    let encryption = new("CN=x", &key(3), Purpose::Other).issued(&root(), &key(1));
    assert_eq!(
        encryption,
        Err(IssueError::Refused(CertificateError::Contradiction))
    );
}

#[test]
fn a_serial_number_is_above_zero_and_has_at_most_twenty_bytes() {
    assert_eq!(Serial::from_bytes(&[]), None);
    assert_eq!(Serial::from_bytes(&[0; 16]), None);
    assert!(Serial::from_bytes(&[0x7f; 20]).is_some());
    assert_eq!(Serial::from_bytes(&[0x80; 20]), None);
    assert_eq!(Serial::from_bytes(&[1; 21]), None);
    assert_eq!(Serial::from_bytes(&[0, 5]).unwrap().as_bytes(), [5]);
}

#[test]
fn a_request_is_of_whoever_has_the_key() {
    let request = Request::new("CN=应用,O=杭州".parse().unwrap(), &key(3)).unwrap();
    assert_eq!(request.key(), key(3).public_key());
    assert_eq!(Request::from_der(request.as_der()), Ok(request.clone()));
    // The name is changed, and nobody signed that.
    let mut bytes = request.as_der().to_vec();
    let at = bytes.windows(6).position(|part| part == "应用".as_bytes());
    bytes[at.unwrap()] ^= 1;
    let refused = Request::from_der(&bytes).unwrap_err();
    assert!(
        matches!(refused, RequestError::NotItsKey | RequestError::Encoding),
        "{refused}"
    );
    let mut named = request.as_der().to_vec();
    let at = at.unwrap();
    named[at + 2] ^= 1;
    assert_eq!(Request::from_der(&named), Err(RequestError::NotItsKey));
    named.push(0);
    assert_eq!(Request::from_der(&named), Err(RequestError::Encoding));
    assert_eq!(
        Request::from_der(&vec![0; 20_000]),
        Err(RequestError::Length(20_000))
    );
    let unnamed = Request::new(Name::default(), &key(3));
    assert_eq!(unnamed, Err(RequestError::Name));
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_fall_over(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(Certificate::from_der(&bytes).is_err());
        prop_assert!(Request::from_der(&bytes).is_err());
    }
}
