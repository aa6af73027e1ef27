//! The keys of this node: made in memory, vouched for by the region's root, gone with the process.

mod used_up;

use std::sync::Arc;

use arc_swap::ArcSwap;
use hc_code::claims::ClaimsError;
use hc_code::day_index::Domain;
use hc_code::day_key::{DayKey, DayKeyName, LiveHandles};
use hc_code::issue::Issuer;
use hc_code::keys::{
    KeyList, KeyListError, KeyUse, NodeKey, NodeKeyError, SealingKey, SealingKeyError,
    SignedKeyList,
};
use hc_code::parcel::SealingSecret;
use hc_code::signing::{Algorithm, Signer, SigningError, SigningKey};
use hc_code::{Day, DayError, DivisionCode, Offset, Span, Timestamp};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

pub use used_up::{Epochs, UsedUp};

/// What a region is, as the trust list says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegionTerms {
    /// Its division.
    pub division: DivisionCode,
    /// Where its days turn.
    pub offset: Offset,
    /// How old facts may be.
    pub staleness_limit: Span,
    /// The algorithm of the keys that its nodes make.
    pub algorithm: Algorithm,
}

/// A node that signs with another key from here on, and new handles.
pub const ROTATED_AFTER: Span = Span::hours(24);
/// How long a node's key is good, from when it begins to sign. It is listed a rotation before that, so that a
/// gate that hears nothing for a day knows it.
const KEY_LIFE: Span = Span::hours(47);
/// How long a key list holds, which is signed anew every hour: as long as its keys are those that sign.
const LIST_LIFE: Span = Span::hours(25);
/// A key list is signed anew when it is so old.
pub const LIST_RENEWED_AFTER: Span = Span::hours(1);
/// Keys are listed a little back in time, for clocks that are behind.
const BACK: Span = Span::seconds(300);
/// Day keys are kept for so many days back: the upload window.
const DAYS_KEPT: u16 = 2;
/// Tomorrow's key is drawn so long before midnight.
const EVENING: Span = Span::hours(2);

/// Why no keys were made.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// A key.
    #[error(transparent)]
    Node(#[from] NodeKeyError),
    /// A key to seal to.
    #[error(transparent)]
    Sealing(#[from] SealingKeyError),
    /// The list.
    #[error(transparent)]
    List(#[from] KeyListError),
    /// The root's signer.
    #[error("the region's root key does not sign: {0}")]
    Signing(#[from] SigningError),
    /// The region.
    #[error(transparent)]
    Claims(#[from] ClaimsError),
    /// The day.
    #[error(transparent)]
    Day(#[from] DayError),
    /// A secret that no algorithm takes: chance gave it, and another one will do.
    #[error("the random source gave no usable key")]
    Secret,
}

/// The keys in use, all of one moment.
#[derive(Debug)]
pub struct Current {
    /// Signs live and carried codes.
    pub codes: Arc<Issuer<SigningKey>>,
    /// Signs lists.
    pub lists: Arc<SigningKey>,
    /// Signs paper codes.
    pub paper: Arc<Issuer<SigningKey>>,
    /// Proves the node at doors of other regions, and at its own: Ed25519, as TLS knows neither SM2 nor, for a bare
    /// key, a reason to choose.
    pub door: Arc<SigningKey>,
    /// Signs parcels to other regions.
    pub parcels: Arc<SigningKey>,
    /// Open parcels from other regions: all that are listed.
    pub sealing: Vec<Sealing>,
    /// Vouches for these and for the ones before.
    pub key_list: SignedKeyList,
    /// The list's version.
    pub key_list_version: u64,
    /// The keys of yesterday, today and, in the evening, tomorrow.
    pub days: Vec<Arc<DayHandles>>,
    /// What signs after these, listed already.
    next: Drawn,
    listed: Vec<NodeKey>,
    listed_at: Timestamp,
    made_at: Timestamp,
}

/// A node's keys of one rotation.
#[derive(Clone, Debug)]
struct Drawn {
    codes: Arc<Issuer<SigningKey>>,
    lists: Arc<SigningKey>,
    door: Arc<SigningKey>,
    parcels: Arc<SigningKey>,
}

/// A key that parcels are opened with, as long as it is listed.
#[derive(Clone, Debug)]
pub struct Sealing {
    /// The secret half.
    pub secret: Arc<SealingSecret>,
    listed: SealingKey,
}

/// Keys that a list names: those that sign, and those that are sealed to.
#[derive(Clone, Debug)]
struct Listed {
    keys: Vec<NodeKey>,
    sealing: Vec<Sealing>,
}

/// A day's key, with what is asked of it most.
#[derive(Debug)]
pub struct DayHandles {
    /// The day.
    pub day: Day,
    /// The key.
    pub key: DayKey,
    /// Makes the handles of live codes.
    pub live: LiveHandles,
    /// How many positions the day's list has.
    pub domain: Domain,
}

/// The node's keys and their rotation.
#[derive(Debug)]
pub struct Keys<R> {
    terms: RegionTerms,
    root: R,
    epochs: Epochs,
    current: ArcSwap<Current>,
}

impl<R: Signer> Keys<R> {
    /// Makes the node's first keys. `paper` is the region's paper key, which outlives nodes.
    ///
    /// # Errors
    /// [`KeysError`].
    pub fn begin(
        terms: RegionTerms,
        root: R,
        paper: SigningKey,
        used_up: UsedUp,
        domain: Domain,
        now: Timestamp,
        random: &mut dyn CryptoRng,
    ) -> Result<Self, KeysError> {
        let UsedUp { epochs, key_list } = used_up;
        let paper_life = (now.minus(Span::days(1)), now.plus(Span::days(398)));
        let public = paper.public_key().clone();
        let paper_key = NodeKey::new(public, KeyUse::Paper, paper_life.0, paper_life.1)?;
        let paper = Issuer::new(terms.division, paper, terms.staleness_limit, terms.offset)?;
        let paper = Arc::new(paper);
        let today = Day::of(now, terms.offset)?;
        let today = day(&terms, epochs.next(today), today, domain, random);
        let mut listed = Listed {
            keys: vec![paper_key],
            sealing: Vec::new(),
        };
        let first = Drawn::new(&terms, now, &mut listed, random)?;
        let held = Held {
            paper,
            listed,
            days: vec![today],
            version: key_list,
        };
        let made = make(&terms, &root, first, held, now, random)?;
        Ok(Self {
            terms,
            root,
            epochs,
            current: ArcSwap::from_pointee(made),
        })
    }

    /// The keys in use.
    pub fn current(&self) -> arc_swap::Guard<Arc<Current>> {
        self.current.load()
    }

    /// The signer of key lists and of recognition policies.
    pub const fn root(&self) -> &R {
        &self.root
    }

    /// What the region is.
    pub const fn terms(&self) -> &RegionTerms {
        &self.terms
    }

    /// Does what is due: a key list anew every hour, keys anew every day, tomorrow's day key in the
    /// evening, old days away. Gives whether anything was done.
    ///
    /// # Errors
    /// [`KeysError`]; the keys in use stay.
    pub fn tend(
        &self,
        domain: Domain,
        now: Timestamp,
        random: &mut dyn CryptoRng,
    ) -> Result<bool, KeysError> {
        let held = self.current.load();
        let today = Day::of(now, self.terms.offset)?;
        let mut days: Vec<Arc<DayHandles>> = held
            .days
            .iter()
            .filter(|kept| kept.day.number() + DAYS_KEPT >= today.number())
            .cloned()
            .collect();
        let mut wanted = vec![today];
        if now >= today.end(self.terms.offset).minus(EVENING) {
            wanted.extend(today.next());
        }
        for missing in wanted {
            if days.iter().all(|kept| kept.day != missing) {
                let epoch = self.epochs.next(missing);
                days.push(day(&self.terms, epoch, missing, domain, random));
            }
        }
        let same_days = days.len() == held.days.len()
            && days
                .iter()
                .zip(&held.days)
                .all(|(one, other)| one.day == other.day);
        let old_keys = held.made_at.plus(ROTATED_AFTER) <= now;
        let old_list = held.listed_at.plus(LIST_RENEWED_AFTER) <= now;
        if same_days && !old_keys && !old_list {
            return Ok(false);
        }
        let keys = held.listed.iter().filter(|key| key.until() > now);
        let sealing = held.sealing.iter();
        let sealing = sealing.filter(|key| key.listed.until() > now);
        let mut listed = Listed {
            keys: keys.cloned().collect(),
            sealing: sealing.cloned().collect(),
        };
        let paper = Arc::clone(&held.paper);
        let next = if old_keys {
            // The next keys end with their own rotation, whether the node was awake in it or not.
            let slept = held.made_at.plus(ROTATED_AFTER).plus(ROTATED_AFTER) <= now;
            let due = if slept {
                Drawn::new(&self.terms, now, &mut listed, random)?
            } else {
                held.next.clone()
            };
            let held = Held {
                paper,
                listed,
                days,
                version: held.key_list_version,
            };
            make(&self.terms, &self.root, due, held, now, random)?
        } else {
            let version = after(held.key_list_version, now);
            Current {
                codes: Arc::clone(&held.codes),
                lists: Arc::clone(&held.lists),
                door: Arc::clone(&held.door),
                parcels: Arc::clone(&held.parcels),
                next: held.next.clone(),
                key_list: list(&self.terms, &self.root, &listed, version, now)?,
                key_list_version: version,
                paper,
                days,
                listed: listed.keys,
                sealing: listed.sealing,
                listed_at: now,
                made_at: held.made_at,
            }
        };
        self.current.store(Arc::new(next));
        Ok(true)
    }
}

impl Current {
    /// The keys of the day that an instant falls in.
    pub fn day(&self, day: Day) -> Option<&Arc<DayHandles>> {
        self.days.iter().find(|kept| kept.day == day)
    }
}

/// What goes over from one set of keys to the next.
struct Held {
    paper: Arc<Issuer<SigningKey>>,
    listed: Listed,
    days: Vec<Arc<DayHandles>>,
    /// Of the key list before.
    version: u64,
}

impl Drawn {
    /// Draws keys that sign from an instant on, and notes them as to be listed.
    fn new(
        terms: &RegionTerms,
        begin: Timestamp,
        listed: &mut Listed,
        mut random: &mut dyn CryptoRng,
    ) -> Result<Self, KeysError> {
        let codes = secret(terms.algorithm, random)?;
        let lists = secret(terms.algorithm, random)?;
        let door = secret(Algorithm::Ed25519, random)?;
        let parcels = secret(terms.algorithm, random)?;
        let (from, until) = (begin.minus(BACK), begin.plus(KEY_LIFE));
        for (key, key_use) in [
            (&codes, KeyUse::Codes),
            (&lists, KeyUse::Lists),
            (&door, KeyUse::Door),
            (&parcels, KeyUse::Parcels),
        ] {
            let public = key.public_key().clone();
            listed
                .keys
                .push(NodeKey::new(public, key_use, from, until)?);
        }
        let opening = SealingSecret::generate(&mut random);
        listed.sealing.push(Sealing {
            listed: SealingKey::new(*opening.public(), from, until)?,
            secret: Arc::new(opening),
        });
        let limit = terms.staleness_limit;
        Ok(Self {
            codes: Arc::new(Issuer::new(terms.division, codes, limit, terms.offset)?),
            lists: Arc::new(lists),
            door: Arc::new(door),
            parcels: Arc::new(parcels),
        })
    }
}

/// Signs with keys from now on, draws the ones after them, and makes a list that vouches for both and for those
/// before.
fn make<R: Signer>(
    terms: &RegionTerms,
    root: &R,
    due: Drawn,
    held: Held,
    now: Timestamp,
    random: &mut dyn CryptoRng,
) -> Result<Current, KeysError> {
    let mut listed = held.listed;
    let next = Drawn::new(terms, now.plus(ROTATED_AFTER), &mut listed, random)?;
    let version = after(held.version, now);
    Ok(Current {
        codes: due.codes,
        lists: due.lists,
        door: due.door,
        parcels: due.parcels,
        next,
        paper: held.paper,
        key_list: list(terms, root, &listed, version, now)?,
        key_list_version: version,
        days: held.days,
        listed: listed.keys,
        sealing: listed.sealing,
        listed_at: now,
        made_at: now,
    })
}

/// The version of a list that is signed now: the second, or the one after the list before where that was of the same
/// second or the clock went back. Two lists of one version are believed by nobody.
fn after(before: u64, now: Timestamp) -> u64 {
    let second = u64::try_from(now.unix()).unwrap_or(0);
    second.max(before.saturating_add(1))
}

/// Signs a list of keys.
fn list<R: Signer>(
    terms: &RegionTerms,
    root: &R,
    listed: &Listed,
    version: u64,
    now: Timestamp,
) -> Result<SignedKeyList, KeysError> {
    let keys = listed.keys.iter().cloned();
    let sealing = listed.sealing.iter().map(|key| key.listed);
    let list = KeyList::new(terms.division, version, now, now.plus(LIST_LIFE), keys)?
        .with_sealing_keys(sealing)?;
    Ok(list.sign(root)?)
}

fn secret(algorithm: Algorithm, random: &mut dyn CryptoRng) -> Result<SigningKey, KeysError> {
    // A number out of a curve's range comes once in 2^32 draws.
    for _ in 0..8 {
        let mut bytes = Zeroizing::new([0; 32]);
        random.fill_bytes(bytes.as_mut_slice());
        if let Ok(key) = SigningKey::from_secret(algorithm, &bytes) {
            return Ok(key);
        }
    }
    Err(KeysError::Secret)
}

fn day(
    terms: &RegionTerms,
    epoch: u8,
    day: Day,
    domain: Domain,
    random: &mut dyn CryptoRng,
) -> Arc<DayHandles> {
    let mut bytes = Zeroizing::new([0; DayKey::LENGTH]);
    random.fill_bytes(bytes.as_mut_slice());
    let name = DayKeyName {
        region: terms.division,
        day,
        epoch,
    };
    let key = DayKey::from_random(name, bytes);
    Arc::new(DayHandles {
        day,
        live: key.live(),
        key,
        domain,
    })
}

#[cfg(test)]
mod tests;
