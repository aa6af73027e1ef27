//! Regions with keys, for tests: everything from seeds, so that vectors come out the same.

use hc_code::issue::Issuer;
use hc_code::keys::{KeyList, KeyUse, NodeKey, SignedKeyList};
use hc_code::signing::{Algorithm, PublicKey, Signer, SigningKey};
use hc_code::{DivisionCode, Offset, Span, Timestamp};
use rand_chacha::rand_core::SeedableRng;

/// A region with a root key, and one node key of each use, all of one algorithm.
#[derive(Debug)]
pub struct Region {
    division: DivisionCode,
    algorithm: Algorithm,
    seed: u8,
    root: SigningKey,
}

/// Midday of 2022-06-28 in China: the time at which test worlds are.
pub const NOON: Timestamp = Timestamp::from_unix(1_656_388_800);

/// The staleness limit that test regions publish.
pub const STALENESS: Span = Span::hours(4);

/// A random source that a seed determines, for whatever takes a cryptographic one.
pub fn random(seed: u64) -> rand_chacha::ChaCha20Rng {
    rand_chacha::ChaCha20Rng::seed_from_u64(seed)
}

/// The key of a log from a seed.
///
/// # Panics
/// Never: name and secret are constants that make a key.
#[expect(
    clippy::expect_used,
    reason = "a wrong constant in a test must stop it"
)]
pub fn log_signer(seed: u8) -> hc_tlog::note::Signer {
    let name = "330000.example/log".parse().expect("a name");
    hc_tlog::note::Signer::from_secret(name, &[seed; 32]).expect("a key")
}

impl Region {
    /// A region whose keys all come from a seed.
    ///
    /// # Panics
    /// Where the number is not a division code.
    #[expect(
        clippy::expect_used,
        reason = "a wrong constant in a test must stop it"
    )]
    pub fn new(division: u32, algorithm: Algorithm, seed: u8) -> Self {
        Self {
            division: DivisionCode::new(division).expect("a division code"),
            algorithm,
            seed,
            root: key(algorithm, seed, 0),
        }
    }

    /// Its division.
    pub const fn division(&self) -> DivisionCode {
        self.division
    }

    /// The algorithm of all its keys.
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The seed of its keys.
    pub const fn seed(&self) -> u8 {
        self.seed
    }

    /// The key that signs key lists.
    pub const fn root(&self) -> &SigningKey {
        &self.root
    }

    /// The node key of a use; `generation` 0 is the current one.
    pub fn node_key(&self, key_use: KeyUse, generation: u8) -> SigningKey {
        let number = u8::try_from(key_use.number()).unwrap_or_default();
        key(self.algorithm, self.seed, 1 + number + 8 * generation)
    }

    /// An issuer that signs live and carried codes.
    pub fn issuer(&self) -> Issuer<SigningKey> {
        self.issuer_with(self.node_key(KeyUse::Codes, 0))
    }

    /// An issuer that signs paper codes.
    pub fn paper_issuer(&self) -> Issuer<SigningKey> {
        self.issuer_with(self.node_key(KeyUse::Paper, 0))
    }

    /// An issuer of this region with whatever signer.
    ///
    /// # Panics
    /// Where the division is the country.
    #[expect(
        clippy::expect_used,
        reason = "a wrong constant in a test must stop it"
    )]
    pub fn issuer_with<S: Signer>(&self, signer: S) -> Issuer<S> {
        Issuer::new(self.division, signer, STALENESS, Offset::CHINA).expect("a region")
    }

    /// Its three current node keys, good for a day before and after noon; paper for half a year.
    ///
    /// # Panics
    /// Never with the constants of this module.
    #[expect(
        clippy::expect_used,
        reason = "a wrong constant in a test must stop it"
    )]
    pub fn listed_keys(&self) -> Vec<NodeKey> {
        // Those that gates look at: vectors were made with them.
        [KeyUse::Codes, KeyUse::Lists, KeyUse::Paper]
            .into_iter()
            .map(|key_use| {
                let half = match key_use {
                    KeyUse::Codes | KeyUse::Lists | KeyUse::Door | KeyUse::Parcels => {
                        Span::hours(24)
                    }
                    KeyUse::Paper => Span::days(200),
                };
                let key = self.node_key(key_use, 0).public_key().clone();
                NodeKey::new(key, key_use, NOON.minus(half), NOON.plus(half)).expect("dates")
            })
            .collect()
    }

    /// A signed list of keys: issued an hour before noon, good for two days.
    ///
    /// # Panics
    /// Where the keys do not make a list.
    #[expect(
        clippy::expect_used,
        reason = "a wrong constant in a test must stop it"
    )]
    pub fn key_list(&self, version: u64, keys: Vec<NodeKey>) -> SignedKeyList {
        let issued_at = NOON.minus(Span::hours(1));
        KeyList::new(
            self.division,
            version,
            issued_at,
            issued_at.plus(Span::hours(48)),
            keys,
        )
        .expect("a key list")
        .sign(&self.root)
        .expect("a signature")
    }
}

/// The key of a holder's device, from a seed.
pub fn holder(seed: u8) -> SigningKey {
    key(Algorithm::Es256, seed, 0xee)
}

/// A deterministic key.
///
/// # Panics
/// Never: the secret is far below every group order.
#[expect(
    clippy::expect_used,
    reason = "a wrong constant in a test must stop it"
)]
pub fn key(algorithm: Algorithm, seed: u8, number: u8) -> SigningKey {
    SigningKey::deterministic(algorithm, &secret(seed, number)).expect("a secret key")
}

/// The secret bytes of a key: no secret at all, and good for every algorithm.
pub const fn secret(seed: u8, number: u8) -> [u8; 32] {
    let mut secret = [0x24; 32];
    secret[1] = seed;
    secret[31] = number;
    secret
}

/// A public key's owner who signs with another key: for codes that name a key that did not sign.
#[derive(Debug)]
pub struct Impostor {
    /// The key that is named.
    pub named: PublicKey,
    /// The key that signs.
    pub signing: SigningKey,
}

impl Signer for Impostor {
    fn public_key(&self) -> &PublicKey {
        &self.named
    }

    fn sign(
        &self,
        message: &[u8],
    ) -> Result<hc_code::signing::Signature, hc_code::signing::SigningError> {
        self.signing.sign(message)
    }
}
