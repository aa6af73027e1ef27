//! Passkeys against an authenticator of our own, and every single thing that may be wrong with one.

use base64ct::{Base64UrlUnpadded, Encoding};
use hc_code::Span;
use hc_code::cbor::Writer;
use hc_code::signing::{Algorithm, Signer, SigningKey};
use hc_testkit::regions::{NOON, key};

use super::*;

fn site() -> RelyingParty {
    RelyingParty::parse("https://desk.example").unwrap()
}

fn challenge(number: u8) -> Challenge {
    Challenge::of(&[number; 32], &[7; 32])
}

fn client(kind: &str, challenge: Challenge, origin: &str) -> Vec<u8> {
    let challenge = Base64UrlUnpadded::encode_string(challenge.as_bytes());
    let json = serde_json::json!({
        "type": kind, "challenge": challenge, "origin": origin, "crossOrigin": false, "more": 1,
    });
    json.to_string().into_bytes()
}

fn data(host: &str, flags: u8, counter: u32) -> Vec<u8> {
    let mut data = Sha256::digest(host).to_vec();
    data.push(flags);
    data.extend(counter.to_be_bytes());
    data
}

fn attested(key: &SigningKey, flags: u8) -> Vec<u8> {
    let mut data = data("desk.example", flags, 0);
    data.extend([0; 16]);
    data.extend([0, 20]);
    data.extend([9; 20]);
    let mut cose = Writer::new();
    cose.map(4).int(1).int(1).int(3).int(-8).int(-1).int(6);
    cose.int(-2).bytes(key.public_key().as_bytes());
    data.extend(cose.into_bytes());
    data
}

fn passkey(signer: &SigningKey) -> Passkey {
    let asked = (&site(), challenge(1));
    let client = client("webauthn.create", challenge(1), "https://desk.example");
    let created = Created::read(&client, &attested(signer, 0x45), asked).unwrap();
    let times = (NOON, NOON.plus(Span::days(10)));
    Passkey::new(created, PartyId::parse("li").unwrap(), "手机", times).unwrap()
}

fn assertion(signer: &SigningKey, client_data: Vec<u8>, data: Vec<u8>) -> Asserted {
    let mut signed = data.clone();
    signed.extend(Sha256::digest(&client_data));
    Asserted {
        credential: vec![9; 20],
        client_data,
        data,
        signature: signer.sign(&signed).unwrap().as_bytes().to_vec(),
    }
}

#[test]
fn a_passkey_signs_for_one_challenge_on_one_page() {
    let signer = key(Algorithm::Ed25519, 70, 1);
    let passkey = passkey(&signer);
    assert_eq!(Passkey::from_row(&passkey.to_row()), Ok(passkey.clone()));
    let client = client("webauthn.get", challenge(2), "https://desk.example");
    let used = assertion(&signer, client, data("desk.example", 0x05, 3));
    let asked = (&site(), challenge(2));
    let after = passkey.clone().asserting(&used, asked, NOON).unwrap();
    assert_eq!(after.used(), Some(NOON));
    // The same again: the counter stands still.
    let again = after.asserting(&used, asked, NOON);
    assert_eq!(again, Err(AuthenticatorError::Counter));
    let other = passkey
        .clone()
        .asserting(&used, (&site(), challenge(3)), NOON);
    assert_eq!(other, Err(AuthenticatorError::Challenge));
    let act = Challenge::of(&[2; 32], &[8; 32]);
    let other = passkey.asserting(&used, (&site(), act), NOON);
    assert_eq!(other, Err(AuthenticatorError::Challenge), "for another act");
}

#[test]
fn what_is_wrong_with_an_assertion_is_named() {
    use AuthenticatorError as E;
    let signer = key(Algorithm::Ed25519, 70, 1);
    let good = |challenge| client("webauthn.get", challenge, "https://desk.example");
    let cases: Vec<(E, Vec<u8>, Vec<u8>)> = vec![
        (
            E::ClientData,
            client("webauthn.create", challenge(2), "https://desk.example"),
            data("desk.example", 5, 1),
        ),
        (E::ClientData, b"{".to_vec(), data("desk.example", 5, 1)),
        (
            E::Origin,
            client("webauthn.get", challenge(2), "https://evil.example"),
            data("desk.example", 5, 1),
        ),
        (
            E::RelyingParty,
            good(challenge(2)),
            data("evil.example", 5, 1),
        ),
        (
            E::NotVerified,
            good(challenge(2)),
            data("desk.example", 1, 1),
        ),
        (
            E::NotVerified,
            good(challenge(2)),
            data("desk.example", 4, 1),
        ),
        (E::Data, good(challenge(2)), vec![0; 36]),
        (E::Data, good(challenge(2)), {
            let mut long = data("desk.example", 5, 1);
            long.push(0);
            long
        }),
    ];
    for (error, client, data) in cases {
        let used = assertion(&signer, client, data);
        let refused = passkey(&signer).asserting(&used, (&site(), challenge(2)), NOON);
        assert_eq!(refused, Err(error));
    }
    let stranger = key(Algorithm::Ed25519, 71, 1);
    let used = assertion(&stranger, good(challenge(2)), data("desk.example", 5, 1));
    let refused = passkey(&signer).asserting(&used, (&site(), challenge(2)), NOON);
    assert_eq!(refused, Err(E::Signature));
}

#[test]
fn a_new_passkey_is_read_to_its_last_byte() {
    let signer = key(Algorithm::Ed25519, 70, 1);
    let asked = (&site(), challenge(1));
    let client = client("webauthn.create", challenge(1), "https://desk.example");
    let whole = attested(&signer, 0x45);
    for cut in 0..whole.len() {
        assert!(
            Created::read(&client, &whole[..cut], asked).is_err(),
            "{cut}"
        );
    }
    let mut more = whole.clone();
    more.push(0xA0);
    assert_eq!(
        Created::read(&client, &more, asked),
        Err(AuthenticatorError::Data)
    );
    let none = Created::read(&client, &attested(&signer, 0x05), asked);
    assert_eq!(none, Err(AuthenticatorError::Data));
    let unverified = Created::read(&client, &attested(&signer, 0x41), asked);
    assert_eq!(unverified, Err(AuthenticatorError::NotVerified));
    let officer = PartyId::parse("li").unwrap();
    let created = Created::read(&client, &whole, asked).unwrap();
    let unnamed = Passkey::new(created, officer, "", (NOON, NOON));
    assert_eq!(unnamed, Err(LabelError));
}

#[test]
fn what_a_passkey_signed_is_verified_from_the_log_alone() {
    let signer = key(Algorithm::Ed25519, 70, 1);
    let (fresh, act) = ([2; 32], [7; 32]);
    let asked = Challenge::of(&fresh, &act);
    let client = client("webauthn.get", asked, "https://desk.example");
    let mut used = assertion(&signer, client, data("desk.example", 0x05, 3));
    used.credential.clear();
    let statement = Statement::new((fresh, act), signer.public_key().clone(), used.clone());
    let bytes = statement.to_bytes();
    assert_eq!(Statement::read(&bytes), Ok(statement.clone()));
    let mut parts = statement.to_parts().unwrap();
    assert!(parts.len() > 1);
    parts.reverse();
    let read = Statement::from_parts(&parts).unwrap();
    assert_eq!(read.verify(&site()), Ok(()));
    assert_eq!(read.act(), &act);
    parts.pop();
    assert!(Statement::from_parts(&parts).is_err());
    // Another act, another random part, another key: nobody signed for that.
    for changed in [
        Statement::new((fresh, [8; 32]), signer.public_key().clone(), used.clone()),
        Statement::new(([3; 32], act), signer.public_key().clone(), used.clone()),
        Statement::new(
            (fresh, act),
            key(Algorithm::Ed25519, 70, 2).public_key().clone(),
            used.clone(),
        ),
    ] {
        assert!(changed.verify(&site()).is_err());
    }
    // Cut anywhere, it is none.
    for cut in 0..bytes.len() {
        assert!(Statement::read(&bytes[..cut]).is_err());
    }
}
