//! What can be done to any signed statement whatever it says.

use hc_code::cbor::Writer;
use hc_code::cose::{self, Header, Sign1};
use hc_code::signing::{PublicKey, Signature, Signer, SigningError, SigningKey};
use hc_testkit::regions::random;
use rand_chacha::rand_core::Rng as _;

use super::tally::{Forgery, Way};

/// Types of everything that is signed between regions.
const TYPES: [&str; 10] = [
    "application/hc-keys+cwt",
    "application/hc-notices+cwt",
    "application/hc-parcel",
    "application/hc-receipt+cwt",
    "application/hc-recognition+cwt",
    "application/healthcode-delta+cwt",
    "application/healthcode-paper+cwt",
    "application/healthcode-removals+cwt",
    "application/healthcode-trust+cwt",
    "application/statuslist+cwt",
];
/// Bytes of a signature.
const SEAL: usize = 64;
const FLIPS: usize = 40;

/// Genuine statements of one kind, and keys that did not sign them.
pub(super) struct Craft<'a> {
    /// What would be believed; the more there are, the more can be stitched.
    pub(super) genuine: &'a [Vec<u8>],
    /// Who signed them all.
    pub(super) signer: &'a SigningKey,
    /// Keys that the reader knows, by what each is: none may sign this.
    pub(super) known: &'a [(&'static str, SigningKey)],
}

impl Craft<'_> {
    /// Everything, in a fixed order.
    pub(super) fn all(&self) -> Vec<Forgery> {
        let mut all = Vec::new();
        for (number, bytes) in self.genuine.iter().enumerate() {
            self.forged(number, bytes, &mut all);
            self.downgraded(number, bytes, &mut all);
            self.of_another_purpose(number, bytes, &mut all);
            for step in 1..self.genuine.len().min(5) {
                let other = &self.genuine[(number + step) % self.genuine.len()];
                stitched(&format!("{number} and {step} on"), bytes, other, &mut all);
            }
        }
        all.retain(|(_, _, bytes)| !self.genuine.contains(bytes));
        all
    }

    fn forged(&self, number: usize, bytes: &[u8], all: &mut Vec<Forgery>) {
        let mut random = random(20_220_708 + number as u64);
        let mut push = |what: String, bytes| {
            all.push((Way::Forged, format!("{number}: {what}"), bytes));
        };
        for step in 0..FLIPS {
            let mut changed = bytes.to_vec();
            let aside = random.next_u32() as usize % 8;
            let at = (step * bytes.len() / FLIPS + aside) % bytes.len();
            let bit = random.next_u32() % 8;
            changed[at] ^= 1 << bit;
            push(format!("bit {bit} of byte {at}"), changed);
        }
        for part in 0..6 {
            push(
                format!("cut at {part} of 6"),
                bytes[..part * bytes.len() / 6].to_vec(),
            );
        }
        push("a byte more".to_owned(), [bytes, &[0]].concat());
        push(
            "signed by nobody".to_owned(),
            sealed_with(bytes, &[0; SEAL]),
        );
        let stranger = hc_testkit::regions::key(self.signer.public_key().algorithm(), 250, 1);
        let named = self.signer.public_key();
        push("a stranger".to_owned(), by(bytes, &stranger));
        push(
            "a stranger under the name".to_owned(),
            under_name(bytes, named, &stranger),
        );
        for (what, key) in self.known {
            push(
                format!("{what} under the name"),
                under_name(bytes, named, key),
            );
        }
    }

    fn downgraded(&self, number: usize, bytes: &[u8], all: &mut Vec<Forgery>) {
        let mut push = |what: String, bytes| {
            all.push((Way::Downgraded, format!("{number}: {what}"), bytes));
        };
        for (what, key) in self.known {
            push(format!("by {what}"), by(bytes, key));
        }
        let statement = Sign1::parse(bytes).unwrap();
        let key = self.signer.public_key();
        let bare = Header::of(key);
        push(
            "without a type".to_owned(),
            with_header(self.signer, &bare, &statement),
        );
        let type_of = statement.content_type().unwrap();
        let nameless = Header::without_key_id(key).with_type(type_of);
        push(
            "without a key's name".to_owned(),
            with_header(self.signer, &nameless, &statement),
        );
        // ES256, SM2, the newer number of Ed25519 (RFC 9864), HMAC, and none.
        for number in [-7, -65_538, -19, 5, 0] {
            let named = named_algorithm(self.signer, number, &statement);
            push(format!("as if by algorithm {number}"), named);
        }
    }

    /// Signed by the right key, and as something else.
    fn of_another_purpose(&self, number: usize, bytes: &[u8], all: &mut Vec<Forgery>) {
        let statement = Sign1::parse(bytes).unwrap();
        let own = statement.content_type().unwrap();
        for other in TYPES.into_iter().filter(|other| *other != own) {
            let header = Header::of(self.signer.public_key()).with_type(other);
            let bytes = with_header(self.signer, &header, &statement);
            all.push((Way::Foreign, format!("{number}: as {other}"), bytes));
        }
    }
}

/// Parts of two statements.
fn stitched(what: &str, one: &[u8], other: &[u8], all: &mut Vec<Forgery>) {
    let seal = &other[other.len() - SEAL..];
    let way = Way::Stitched;
    all.push((
        way,
        format!("{what}: body and seal"),
        sealed_with(one, seal),
    ));
    for part in 1..7 {
        let spliced = [
            &one[..part * one.len() / 7],
            &other[part * other.len() / 7..],
        ]
        .concat();
        all.push((way, format!("{what}: spliced at {part} of 7"), spliced));
    }
}

/// A statement with another signature.
fn sealed_with(bytes: &[u8], seal: &[u8]) -> Vec<u8> {
    [&bytes[..bytes.len() - SEAL], seal].concat()
}

fn with_header(signer: &impl Signer, header: &Header<'_>, statement: &Sign1<'_>) -> Vec<u8> {
    cose::sign(signer, header, &[], statement.payload()).unwrap()
}

/// What a statement says, signed by another key in that key's own name.
pub(super) fn by(bytes: &[u8], key: &SigningKey) -> Vec<u8> {
    let statement = Sign1::parse(bytes).unwrap();
    let header = Header::of(key.public_key()).with_type(statement.content_type().unwrap());
    with_header(key, &header, &statement)
}

/// What a statement says, signed by another key in the name of one that may.
fn under_name(bytes: &[u8], named: &PublicKey, key: &SigningKey) -> Vec<u8> {
    let statement = Sign1::parse(bytes).unwrap();
    let impostor = UnderName(named, key);
    let header = Header::of(named).with_type(statement.content_type().unwrap());
    with_header(&impostor, &header, &statement)
}

/// Somebody who signs with a key of their own and says it is another.
struct UnderName<'a>(&'a PublicKey, &'a SigningKey);

impl Signer for UnderName<'_> {
    fn public_key(&self) -> &PublicKey {
        self.0
    }

    fn sign(&self, message: &[u8]) -> Result<Signature, SigningError> {
        self.1.sign(message)
    }
}

/// Signed by the right key over a header that names another algorithm.
fn named_algorithm(signer: &SigningKey, number: i64, statement: &Sign1<'_>) -> Vec<u8> {
    let mut protected = Writer::new();
    protected.map(3).int(1).int(number);
    protected.int(4).bytes(signer.public_key().id().as_bytes());
    protected.int(16).text(statement.content_type().unwrap());
    let message = cose::to_be_signed(protected.as_bytes(), &[], statement.payload());
    let signature = signer.sign(&message).unwrap();
    let mut whole = Writer::new();
    whole.tag(18).array(4).bytes(protected.as_bytes()).map(0);
    whole.bytes(statement.payload()).bytes(signature.as_bytes());
    whole.into_bytes()
}
