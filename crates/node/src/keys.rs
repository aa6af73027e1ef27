//! The keys of this node: made in memory, vouched for by the region's root, gone with the process.

use std::collections::BTreeMap;
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

/// The epochs of day keys that were drawn before this node began, by day. A key that is gone with its
/// process is followed by one of the next epoch, so that gates take the list made with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Epochs(BTreeMap<Day, u8>);

impl Epochs {
    /// Notes a key; the highest epoch of a day counts.
    pub fn note(&mut self, day: Day, epoch: u8) {
        let held = self.0.entry(day).or_insert(epoch);
        *held = epoch.max(*held);
    }

    /// The epoch of the next key of a day. After the 255th it stays; gates then refuse that day's new
    /// lists, and say unknown, until the day is over.
    pub fn next(&self, day: Day) -> u8 {
        self.0.get(&day).map_or(0, |epoch| epoch.saturating_add(1))
    }
}

/// What nodes before this one used up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UsedUp {
    /// The epochs of day keys.
    pub epochs: Epochs,
    /// The version of the last key list; zero where there was none.
    pub key_list: u64,
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
mod tests {
    use super::*;
    use hc_code::keys::{KeyAnswer, KeyBook};
    use hc_testkit::regions::{NOON, key};
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::SeedableRng;

    fn begin(random: &mut ChaCha8Rng) -> Keys<SigningKey> {
        begin_after(UsedUp::default(), random)
    }

    fn begin_after(used_up: UsedUp, random: &mut ChaCha8Rng) -> Keys<SigningKey> {
        let terms = RegionTerms {
            division: "330000".parse().unwrap(),
            offset: Offset::CHINA,
            staleness_limit: Span::hours(4),
            algorithm: Algorithm::Ed25519,
        };
        let [root, paper] = [1, 2].map(|number| key(Algorithm::Ed25519, 7, number));
        Keys::begin(terms, root, paper, used_up, Domain::SMALLEST, NOON, random).unwrap()
    }

    fn adopted(keys: &Keys<SigningKey>, now: Timestamp) -> KeyBook {
        let mut book = KeyBook::new();
        let root = keys.root.public_key().clone();
        let list = &keys.current().key_list;
        book.adopt(list, keys.terms.division, &[root], now).unwrap();
        book
    }

    #[test]
    fn a_gate_knows_the_keys_of_today_and_of_yesterday_and_no_older_ones() {
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let keys = begin(&mut random);
        let first = keys.current().codes.public_key().id();
        for (hours, known) in [(0, true), (25, true), (46, true), (50, false)] {
            let now = NOON.plus(Span::hours(hours));
            keys.tend(Domain::SMALLEST, now, &mut random).unwrap();
            let book = adopted(&keys, now);
            let answer = book.key(keys.terms.division, first, now);
            assert_eq!(matches!(answer, KeyAnswer::Known(_)), known, "{hours} h");
            let own = keys.current().codes.public_key().id();
            assert!(matches!(
                book.key(keys.terms.division, own, now),
                KeyAnswer::Known(_)
            ));
            assert_eq!(own == first, hours == 0);
        }
    }

    #[test]
    fn a_gate_that_heard_nothing_for_a_day_knows_the_keys_that_sign_then() {
        let mut random = ChaCha8Rng::seed_from_u64(3);
        let keys = begin(&mut random);
        let book = adopted(&keys, NOON);
        let later = NOON.plus(ROTATED_AFTER).plus(Span::seconds(60));
        keys.tend(Domain::SMALLEST, later, &mut random).unwrap();
        let current = keys.current();
        for id in [
            current.codes.public_key().id(),
            current.lists.public_key().id(),
            current.door.public_key().id(),
        ] {
            let answer = book.key(keys.terms.division, id, later);
            let KeyAnswer::Known(key) = answer else {
                panic!("{answer:?}")
            };
            assert!(key.covers(later, later.plus(Span::hours(23))));
        }
    }

    #[test]
    fn a_node_that_slept_through_its_next_keys_draws_new_ones() {
        let mut random = ChaCha8Rng::seed_from_u64(4);
        let keys = begin(&mut random);
        let later = NOON.plus(Span::days(4));
        keys.tend(Domain::SMALLEST, later, &mut random).unwrap();
        let book = adopted(&keys, later);
        let own = keys.current().codes.public_key().id();
        let answer = book.key(keys.terms.division, own, later);
        assert!(
            matches!(answer, KeyAnswer::Known(key) if key.covers(later, later.plus(Span::hours(23))))
        );
    }

    #[test]
    fn a_node_that_begins_again_within_the_second_signs_a_list_of_a_later_version() {
        let mut random = ChaCha8Rng::seed_from_u64(5);
        let first = begin(&mut random);
        let used_up = UsedUp {
            key_list: first.current().key_list_version,
            ..UsedUp::default()
        };
        let again = begin_after(used_up, &mut random);
        let mut book = adopted(&first, NOON);
        let root = again.root.public_key().clone();
        let list = again.current().key_list.clone();
        book.adopt(&list, again.terms.division, &[root], NOON)
            .unwrap();
        // A list that is not signed anew keeps its version.
        let evening = NOON.plus(Span::hours(10));
        again.tend(Domain::SMALLEST, evening, &mut random).unwrap();
        let version = again.current().key_list_version;
        again.tend(Domain::SMALLEST, evening, &mut random).unwrap();
        assert_eq!(again.current().key_list_version, version);
        let midnight = NOON.plus(Span::hours(12));
        again.tend(Domain::SMALLEST, midnight, &mut random).unwrap();
        assert!(again.current().key_list_version > version);
    }

    #[test]
    fn the_next_key_of_a_day_has_the_next_epoch() {
        let [day, other] = [7, 8].map(Day::from_number);
        let mut epochs = Epochs::default();
        assert_eq!(epochs.next(day), 0);
        epochs.note(day, 3);
        epochs.note(day, 1);
        assert_eq!((epochs.next(day), epochs.next(other)), (4, 0));
        epochs.note(day, 255);
        assert_eq!(epochs.next(day), 255);
    }

    #[test]
    fn day_keys_come_in_the_evening_and_go_after_the_upload_window() {
        let mut random = ChaCha8Rng::seed_from_u64(2);
        let keys = begin(&mut random);
        let count = |keys: &Keys<SigningKey>| keys.current().days.len();
        assert_eq!(count(&keys), 1);
        // Noon, and ten in the evening.
        assert!(!keys.tend(Domain::SMALLEST, NOON, &mut random).unwrap());
        let evening = NOON.plus(Span::hours(10));
        assert!(keys.tend(Domain::SMALLEST, evening, &mut random).unwrap());
        assert_eq!(count(&keys), 2);
        let tomorrow = Arc::clone(&keys.current().days[1]);
        for days in 1..6 {
            keys.tend(Domain::SMALLEST, NOON.plus(Span::days(days)), &mut random)
                .unwrap();
        }
        let current = keys.current();
        let held: Vec<u16> = current.days.iter().map(|kept| kept.day.number()).collect();
        let today = Day::of(NOON.plus(Span::days(5)), Offset::CHINA)
            .unwrap()
            .number();
        assert_eq!(held, [today - 2, today - 1, today]);
        assert!(current.day(tomorrow.day).is_none());
    }
}
