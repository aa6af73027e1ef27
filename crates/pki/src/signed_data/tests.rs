use der::Encode as _;
use hc_code::Timestamp;
use hc_code::signing::SigningKey;
use proptest::prelude::*;

use super::*;
use crate::certificate::Purpose;
use crate::certificate::tests::{key, new, root};

const NOON: Timestamp = Timestamp::from_unix(1_700_000_000);
const CONTENT: &[u8] = "证件号码,检测结果\n".as_bytes();

fn anchors() -> Anchors {
    Anchors::new(vec![root()]).unwrap()
}

fn signer() -> (SigningKey, Certificate) {
    let certificate = new("CN=laboratory", &key(3), Purpose::Signing);
    (key(3), certificate.issued(&root(), &key(1)).unwrap())
}

fn signed(enclosed: bool) -> Vec<u8> {
    let (key, certificate) = signer();
    SignedData::sign(CONTENT, enclosed, &key, &certificate, &[]).unwrap()
}

fn open(bytes: &[u8], beside: Option<&[u8]>) -> Result<Opened, SignedDataError> {
    SignedData::from_der(bytes)?.open(beside, &anchors(), NOON)
}

#[test]
fn a_content_comes_out_with_its_signer() {
    let expected = Opened {
        content: CONTENT.to_vec(),
        signers: vec![signer().1],
    };
    assert_eq!(open(&signed(true), None), Ok(expected.clone()));
    assert_eq!(open(&signed(true), Some(CONTENT)), Ok(expected.clone()));
    assert_eq!(open(&signed(false), Some(CONTENT)), Ok(expected));
}

#[test]
fn another_certificate_of_the_same_authority_is_another_signer() {
    let opened = open(&signed(true), None).unwrap();
    assert!(opened.is_by(key(3).public_key()));
    let other = new("CN=other laboratory", &key(6), Purpose::Signing);
    let other = other.issued(&root(), &key(1)).unwrap();
    let message = SignedData::sign(CONTENT, true, &key(6), &other, &[]).unwrap();
    let opened = open(&message, None).unwrap();
    assert!(opened.is_by(key(6).public_key()) && !opened.is_by(key(3).public_key()));
}

#[test]
fn a_content_is_there_once_and_is_the_one_that_was_signed() {
    assert_eq!(open(&signed(false), None), Err(SignedDataError::NoContent));
    assert_eq!(
        open(&signed(true), Some(b"other")),
        Err(SignedDataError::OtherContent)
    );
    assert_eq!(
        open(&signed(false), Some(b"other")),
        Err(SignedDataError::Broken("CN=laboratory".to_owned()))
    );
}

#[test]
fn a_signer_whom_nobody_vouches_for_is_refused() {
    let certificate = new("CN=stranger", &key(4), Purpose::Authority { below: None });
    let stranger = certificate.self_signed(&key(4)).unwrap();
    let message = SignedData::sign(CONTENT, true, &key(4), &stranger, &[]).unwrap();
    assert_eq!(
        open(&message, None),
        Err(SignedDataError::Chain(ChainError::Purpose(
            "CN=stranger".to_owned()
        )))
    );
    let leaf = new("CN=leaf", &key(5), Purpose::Signing);
    let leaf = leaf.issued(&stranger, &key(4)).unwrap();
    let message = SignedData::sign(CONTENT, true, &key(5), &leaf, &[stranger]).unwrap();
    assert_eq!(
        open(&message, None),
        Err(SignedDataError::Chain(ChainError::NoIssuer(
            "CN=stranger".to_owned()
        )))
    );
    let (_, certificate) = signer();
    assert_eq!(
        SignedData::sign(CONTENT, true, &key(5), &certificate, &[]),
        Err(SignDataError::OtherKey)
    );
}

#[test]
fn no_changed_bit_lets_another_content_through() {
    let good = signed(true);
    let mut refused = 0;
    for bit in 0..good.len() * 8 {
        let mut bytes = good.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        // Whatever comes out is what was signed, by whoever signed it.
        match open(&bytes, None) {
            Err(_) => refused += 1,
            Ok(opened) => assert_eq!(opened.content, CONTENT, "bit {bit}"),
        }
    }
    assert!(refused > good.len() * 8 * 99 / 100, "{refused}");
}

/// Signed data whose parts are changed before it is written.
fn changed(change: impl FnOnce(&mut form::SignedData)) -> Result<Opened, SignedDataError> {
    let mut message = Message::from_der(&signed(true)).unwrap();
    change(&mut message.content);
    open(&message.to_der().unwrap(), None)
}

fn changed_signer(change: impl FnOnce(&mut SignerInfo)) -> Result<Opened, SignedDataError> {
    changed(|message| {
        let mut signer = message.signers.get(0).unwrap().clone();
        change(&mut signer);
        message.signers = SetOfVec::from_iter([signer]).unwrap();
    })
}

#[test]
fn what_is_not_taken_is_named() {
    use SignedDataError as Error;
    let data = oid::DATA;
    let wrong = oid::plain(oid::SM2_CURVE);
    let results = [
        (changed(|message| message.version = 2), Error::Version),
        (
            changed(|message| message.content.content_type = oid::SIGNED_DATA),
            Error::ContentType(oid::SIGNED_DATA),
        ),
        (
            changed(|message| message.content.content = Some(Any::null())),
            Error::Content,
        ),
        (
            changed(|message| message.revocation_lists = Some(SetOfVec::new())),
            Error::RevocationLists,
        ),
        (
            changed(|message| message.digest_algorithms = SetOfVec::new()),
            Error::Algorithm,
        ),
        (
            changed(|message| message.signers = SetOfVec::new()),
            Error::Signers(0),
        ),
        (
            changed(|message| message.certificates = None),
            Error::NoCertificate(signer().1.serial().clone()),
        ),
        (changed_signer(|signer| signer.version = 3), Error::Version),
        (
            changed_signer(|signer| signer.digest_algorithm = wrong.clone()),
            Error::DigestAlgorithms,
        ),
        (
            changed_signer(|signer| signer.signature_algorithm = wrong.clone()),
            Error::Algorithm,
        ),
        (
            changed_signer(|signer| signer.unsigned = Some(SetOfVec::new())),
            Error::Unsigned,
        ),
        (
            changed_signer(|signer| signer.attributes = Some(SetOfVec::new())),
            Error::Attributes,
        ),
    ];
    for (result, expected) in results {
        assert_eq!(result, Err(expected));
    }
    let other = Content {
        content_type: data,
        content: Some(Any::null()),
    };
    assert_eq!(open(&other.to_der().unwrap(), None), Err(Error::Type(data)));
    let mut longer = signed(true);
    longer.push(0);
    assert_eq!(open(&longer, None), Err(Error::Encoding));
    assert_eq!(open(&[], None), Err(Error::Encoding));
}

/// A signer's attributes over a content, signed as RFC 2315 §9.3 has it.
fn with_attributes(attributes: Vec<(ObjectIdentifier, Any)>) -> Result<Opened, SignedDataError> {
    let attributes = attributes.into_iter().map(|(oid, value)| {
        let values = SetOfVec::from_iter([value]).unwrap();
        x509_cert::attr::Attribute { oid, values }
    });
    let attributes: Attributes = SetOfVec::from_iter(attributes).unwrap();
    let signature = key(3).sign(&attributes.to_der().unwrap()).unwrap();
    changed_signer(|signer| {
        signer.attributes = Some(attributes);
        let signature = signature_value::to_der(&signature).unwrap();
        signer.signature = OctetString::new(signature).unwrap();
        signer.signature_algorithm = oid::plain(oid::SM2_WITH_SM3);
    })
}

#[test]
fn signed_attributes_bind_the_content_by_its_digest() {
    let kind = || (oid::CONTENT_TYPE, Any::encode_from(&oid::DATA).unwrap());
    let digest = |content: &[u8]| {
        let digest = OctetString::new(Sm3::digest(content).to_vec()).unwrap();
        (oid::MESSAGE_DIGEST, Any::encode_from(&digest).unwrap())
    };
    assert_eq!(
        with_attributes(vec![kind(), digest(CONTENT)])
            .unwrap()
            .content,
        CONTENT
    );
    assert_eq!(
        with_attributes(vec![kind(), digest(b"other")]),
        Err(SignedDataError::Broken("CN=laboratory".to_owned()))
    );
    let faults = [
        vec![kind()],
        vec![digest(CONTENT)],
        vec![kind(), digest(CONTENT), (oid::SM3, Any::null())],
        vec![(oid::CONTENT_TYPE, Any::null()), digest(CONTENT)],
        vec![kind(), (oid::MESSAGE_DIGEST, Any::null())],
        vec![kind(), digest(CONTENT), (oid::SIGNING_TIME, Any::null())],
    ];
    for attributes in faults {
        assert_eq!(
            with_attributes(attributes),
            Err(SignedDataError::Attributes)
        );
    }
}

#[test]
fn what_was_signed_as_attributes_is_no_content() {
    let digest = OctetString::new(Sm3::digest(CONTENT).to_vec()).unwrap();
    let all = [
        (oid::CONTENT_TYPE, Any::encode_from(&oid::DATA).unwrap()),
        (oid::MESSAGE_DIGEST, Any::encode_from(&digest).unwrap()),
    ];
    let attributes: Attributes = SetOfVec::from_iter(all.map(|(oid, value)| {
        let values = SetOfVec::from_iter([value]).unwrap();
        x509_cert::attr::Attribute { oid, values }
    }))
    .unwrap();
    // The signature of a message with these attributes is one over these very bytes.
    let content = attributes.to_der().unwrap();
    let (key, certificate) = signer();
    for enclosed in [true, false] {
        let message = SignedData::sign(&content, enclosed, &key, &certificate, &[]).unwrap();
        let beside = (!enclosed).then_some(&*content);
        assert_eq!(
            open(&message, beside),
            Err(SignedDataError::Broken("CN=laboratory".to_owned()))
        );
    }
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_fall_over(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(SignedData::from_der(&bytes).is_err());
    }
}
