//! A region's node: store, rules, memory and keys together.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::{ArcSwap, ArcSwapOption};
use hc_code::day_index::{Domain, SubjectNumber};
use hc_code::issue::IssueError;
use hc_code::keys::{KeyBook, KeyBookError};
use hc_code::signing::{PublicKey, Signer, SigningKey};
use hc_code::verify::RecognitionPolicy;
use hc_code::{DivisionCode, HttpsUri, Timestamp};
use hc_core::act::{self, ActError, Changed, TakenIn};
use hc_core::evidence::intake::{Batch, Desk, HeaderError, Receipt, csv, ndjson};
use hc_core::rulebook::Rulebook;
use hc_core::store::{
    DocumentHasher, Reading, Store, StoreError, SubjectState, WaitingToGo, Writing,
};
use rand_core::{CryptoRng, Rng};

use crate::applications::Applications;
use crate::consents::TakenBack;
use crate::federation::Federation;
use crate::foreign::Foreign;
use crate::grants::Grants;
use crate::heads::{HeadError, Heads, LogParts};
use crate::keys::{Keys, KeysError, RegionTerms};
use crate::lists::Lists;
use crate::papers::Papers;
use crate::recognition::Recognition;
use crate::rules::AtWork;
use crate::standings::{Change, Counts, Loading, Standings};
use crate::token::{DeviceToken, TokenError, TokenSealer};

mod appeals;
mod areas;
mod audited;
mod consented;
mod counter;
mod degraded;
mod directory;
mod epochs;
mod everybody;
mod family;
mod forwarding;
mod holding;
mod inbox;
mod log;
mod looking;
mod national;
mod outbox;
mod overrides;
mod overview;
mod own;
mod parcels;
mod parties;
mod passkeys;
mod person;
mod proposing;
mod publishing;
mod reading;
mod recognition;
mod records;
mod reports;
mod resolved;
mod rules;
mod scanned;
mod scrubbed;
mod sourced;
mod transfers;
mod waiting;

pub use appeals::Waiting;
pub use areas::{AreasError, ReadAreas};
pub use consented::{ActsFor, Authority, AuthorityError, SubjectTokenGiven};
pub use counter::EnrolledAtCounter;
pub use degraded::{Declared, DegradedError};
pub use directory::Entering;
use epochs::Recorded;
pub use epochs::skip as skip_epochs;
pub use everybody::Steps;
pub use family::{Granted, Offered, Side};
pub use log::{Follows, Proved};
pub use looking::LookUpError;
pub use national::{AnswerKey, Answered, DeclaredRecords, Query, QueryError};
pub use outbox::{Due, Round};
pub use overview::Overview;
pub use parcels::DoorRefusal;
pub use parties::PartyError;
pub use passkeys::PasskeyError;
pub use person::SignedIn;
pub use proposing::ProposalError;
pub use publishing::PublishError;
pub use recognition::{MOST_PROPOSED, RecognitionError};
pub use records::Record;
pub use reports::{Converted, ReportError, Reported};
pub use rules::{PackError, Packs};
pub use scrubbed::scrub;
pub use sourced::{Sent, SourceError, Word};
pub use transfers::{Begun, Moving, PickedUp, Preview, TransferError};
pub use waiting::{BatchInside, KeptBatch};

/// What time it is. The demonstration has one that can be turned forward.
pub trait Clock: Send + Sync + 'static {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// A random source that signs nothing and is shared by all.
pub type Random = Box<dyn CryptoRng + Send>;

/// What a node is made of.
pub struct Parts<S, R> {
    /// Where everything is kept.
    pub store: S,
    /// What the region is.
    pub terms: RegionTerms,
    /// Signs key lists.
    pub root: R,
    /// Signs paper codes.
    pub paper: SigningKey,
    /// Signs and remembers heads of the decision log.
    pub log: LogParts,
    /// Names documents in the store.
    pub hasher: DocumentHasher,
    /// Seals device tokens.
    pub tokens: TokenSealer,
    /// The rules to begin with: those that two officers have activated since go before them.
    pub rulebook: Rulebook,
    /// The recognition policy by which the region goes until two officers have published one.
    pub policy: RecognitionPolicy,
    /// Where gates find the status lists.
    pub lists_at: HttpsUri,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The random source.
    pub random: Random,
}

/// A node of a region.
pub struct Region<S, R> {
    store: S,
    standings: Arc<Standings>,
    keys: Keys<R>,
    root: PublicKey,
    heads: Heads,
    book: ArcSwap<KeyBook>,
    lists: Lists,
    papers: Arc<Papers>,
    grants: Arc<Grants>,
    taken_back: Arc<TakenBack>,
    hasher: DocumentHasher,
    tokens: TokenSealer,
    rulebook: Arc<Mutex<Rulebook>>,
    recognition: Arc<ArcSwap<Recognition>>,
    clock: Arc<dyn Clock>,
    random: Mutex<Random>,
    recorded: Recorded,
    at_work: Arc<AtWork>,
    degraded: Arc<ArcSwap<Vec<Declared>>>,
    notices_out: Mutex<Option<degraded::Out>>,
    applications: Arc<Applications>,
    foreign: Arc<Foreign>,
    federation: ArcSwapOption<Federation>,
    outgoing: ArcSwap<WaitingToGo>,
}

/// Why a node does not begin.
#[derive(Debug, thiserror::Error)]
pub enum BeginError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The keys.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The node does not believe its own keys.
    #[error("the root key does not vouch for the node's keys: {0}")]
    Book(#[from] KeyBookError),
    /// The log is not the one whose heads were signed before.
    #[error("the decision log: {0}")]
    Head(#[from] HeadError),
}

/// Why a request was not done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegionError {
    /// The act.
    #[error(transparent)]
    Act(#[from] ActError),
    /// The token.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// A text that is no offer of this region, or one that has ended.
    #[error("the offer is none of this region, or has ended")]
    Offer,
    /// No paper code was signed.
    #[error(transparent)]
    Issue(#[from] IssueError),
    /// The header of a CSV batch.
    #[error(transparent)]
    Header(#[from] HeaderError),
}

impl From<StoreError> for RegionError {
    fn from(error: StoreError) -> Self {
        Self::Act(ActError::Store(error))
    }
}

/// What came of a source's batch.
#[derive(Clone, Debug)]
pub struct Received {
    /// The batch as it was read: rows, quarantined lines, repetitions.
    pub batch: Batch,
    /// What it did.
    pub taken: TakenIn,
}

/// In which form a batch is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchForm {
    /// NDJSON.
    Ndjson,
    /// CSV.
    Csv,
}

impl<S: Store, R: Signer + Send + Sync + 'static> Region<S, R> {
    /// Begins a node: makes its keys and loads everybody's standing into memory. `progress` hears now
    /// and then how many were loaded.
    ///
    /// # Errors
    /// [`BeginError`].
    pub async fn begin(
        parts: Parts<S, R>,
        progress: impl Fn(u64) + Send + Sync + 'static,
    ) -> Result<Self, BeginError> {
        let Parts {
            store,
            terms,
            root,
            paper,
            log,
            hasher,
            tokens,
            mut rulebook,
            policy,
            lists_at,
            clock,
            mut random,
        } = parts;
        let now = clock.now();
        let heads = Heads::begin(log)?;
        let standings = Arc::new(Standings::new());
        let papers = Arc::new(Papers::default());
        let grants = Arc::new(Grants::default());
        let taken_back = Arc::new(TakenBack::default());
        let loading = (
            Arc::clone(&standings),
            Arc::clone(&papers),
            Arc::clone(&grants),
            Arc::clone(&taken_back),
        );
        let mut recognition = Recognition::new(terms.division, policy);
        let (used_up, rules, areas, declared, published) = store
            .read(move |reading| {
                let (standings, papers, grants, taken_back) = &loading;
                let mut loading = Loading::new();
                let mut loaded = 0;
                reading.each_standing(&mut |number, state, standing| {
                    loading.add(number, state, standing);
                    loaded += 1;
                    if loaded % PROGRESS == 0 {
                        progress(loaded);
                    }
                })?;
                loading.publish(standings);
                reading.each_paper(now, &mut |row| papers.apply(&row))?;
                reading.each_grant(now, &mut |row| grants.apply(&row, now))?;
                consented::load(reading, taken_back, now)?;
                standings.known_until(now);
                let (rules, areas) = (rules::kept(reading, now)?, areas::kept(reading)?);
                let declared = degraded::kept(reading, now)?;
                let used_up = epochs::read(reading, &terms, now)?;
                let published = reading.recognition_policies()?;
                Ok::<_, StoreError>((used_up, rules, areas, declared, published))
            })
            .await?;
        recognition::begin(&published, &mut recognition, &root, now)?;
        let rules::Kept { in_force, due } = rules;
        if let Some(pack) = in_force {
            rulebook.set_pack(pack);
        }
        let (published, areas) = areas;
        areas::publish(&mut rulebook, &areas);
        let public = root.public_key().clone();
        let domain = domain_for(standings.room());
        let keys = Keys::begin(terms, root, paper, used_up, domain, now, &mut *random)?;
        let region = Self {
            store,
            standings,
            keys,
            root: public,
            heads,
            book: ArcSwap::default(),
            lists: Lists::new(lists_at),
            papers,
            grants,
            taken_back,
            hasher,
            tokens,
            rulebook: Arc::new(Mutex::new(rulebook)),
            recognition: Arc::new(ArcSwap::from_pointee(recognition)),
            clock,
            random: Mutex::new(random),
            recorded: Recorded::default(),
            at_work: Arc::default(),
            degraded: Arc::new(ArcSwap::from_pointee(declared)),
            notices_out: Mutex::default(),
            applications: Arc::default(),
            foreign: Arc::default(),
            federation: ArcSwapOption::empty(),
            outgoing: ArcSwap::default(),
        };
        *held(&region.at_work.due) = due;
        *held(&region.at_work.published) = published;
        // Rules and areas may be others than those that the store was left with.
        region.want_redeciding();
        region.believe_own_keys(now)?;
        // Before anything is signed: whoever comes after this node must know of its keys.
        region.tend().await?;
        region.sign_log().await?;
        Ok(region)
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// What the region is.
    pub const fn terms(&self) -> &RegionTerms {
        self.keys.terms()
    }

    /// The division.
    pub const fn division(&self) -> DivisionCode {
        self.keys.terms().division
    }

    /// The key that vouches for the node's keys.
    pub const fn root(&self) -> &PublicKey {
        &self.root
    }

    /// What is held of other regions.
    pub const fn foreign(&self) -> &Arc<Foreign> {
        &self.foreign
    }

    /// The recognition policy that decides now.
    pub fn policy(&self) -> Arc<RecognitionPolicy> {
        self.recognition.load().policy(self.now())
    }

    /// Bytes drawn at random, for whatever must not be guessed.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        held(&self.random).fill_bytes(&mut bytes);
        bytes
    }

    /// The store.
    pub const fn store(&self) -> &S {
        &self.store
    }

    /// The rules in force.
    pub fn rulebook(&self) -> MutexGuard<'_, Rulebook> {
        held(&self.rulebook)
    }

    /// How many subjects there are, and until when everything acknowledged is known.
    pub fn load(&self) -> (Counts, Timestamp) {
        (self.standings.counts(), self.standings.as_of())
    }

    /// What is due by the clock: keys, and word from the store that it is there. A store that does not
    /// answer lets as-of stand still, and nothing else.
    ///
    /// # Errors
    /// [`BeginError`], to be told to the operators; everything goes on as it was.
    pub async fn tend(&self) -> Result<(), BeginError> {
        let now = self.clock.now();
        self.turn_rules(now);
        let rotated = {
            let domain = domain_for(self.standings.room());
            let mut random = held(&self.random);
            self.keys.tend(domain, now, &mut **random)?
        };
        if rotated {
            self.believe_own_keys(now)?;
        }
        let terms = *self.keys.terms();
        let missing = self.recorded.missing(&self.keys.current());
        let recorded = self.recorded.clone();
        // The act that runs now is behind all that were acknowledged before.
        let standings = Arc::clone(&self.standings);
        self.store
            .write(move |writing| {
                if !missing.is_empty() {
                    recorded.write(writing, &terms, &missing, now)?;
                }
                let standings = Arc::clone(&standings);
                writing.when_durable(Box::new(move || standings.known_until(now)));
                Ok::<(), StoreError>(())
            })
            .await?;
        Ok(())
    }

    /// Reads and takes in a source's batch as received now.
    ///
    /// # Errors
    /// [`RegionError`]; nothing of the batch counts then.
    pub async fn receive(&self, bytes: &[u8], form: BatchForm) -> Result<Received, RegionError> {
        let now = self.clock.now();
        let batch = {
            let mut rulebook = held(&self.rulebook);
            let mut desk = Desk::new(Receipt::At(now), rulebook.places());
            match form {
                BatchForm::Ndjson => ndjson(bytes, &mut desk),
                BatchForm::Csv => csv(bytes, &mut desk)?,
            }
        };
        let hasher = self.hasher.clone();
        let standings = Arc::clone(&self.standings);
        let (batch, taken) = self
            .write(move |writing, rulebook| {
                let taken = act::take_in(
                    writing,
                    rulebook,
                    &hasher,
                    (batch.rows(), &act::nobodys),
                    now,
                )?;
                apply(writing, &standings, &taken.changed);
                Ok((batch.clone(), taken))
            })
            .await?;
        Ok(Received { batch, taken })
    }

    /// The number and the time of a request with a token.
    fn holder(&self, token: &str) -> Result<(SubjectNumber, Timestamp), TokenError> {
        let now = self.clock.now();
        Ok((self.tokens.open(token, now)?.number, now))
    }

    fn token(&self, number: SubjectNumber, now: Timestamp) -> String {
        let mut device = [0; 8];
        held(&self.random).fill_bytes(&mut device);
        self.tokens.seal(&DeviceToken {
            number,
            device,
            issued: now,
        })
    }

    fn believe_own_keys(&self, now: Timestamp) -> Result<(), KeyBookError> {
        let mut book = KeyBook::new();
        let keys = self.keys.current();
        let roots = [self.root.clone()];
        book.adopt(&keys.key_list, self.division(), &roots, now)?;
        self.book.store(Arc::new(book));
        Ok(())
    }

    async fn write<T: Send + 'static>(
        &self,
        mut act: impl FnMut(&mut dyn Writing, &mut Rulebook) -> Result<T, ActError> + Send + 'static,
    ) -> Result<T, RegionError> {
        let rulebook = Arc::clone(&self.rulebook);
        self.store
            .write(move |writing| act(writing, &mut held(&rulebook)).map_err(RegionError::Act))
            .await
    }
}

/// After so many loaded standings progress is told of.
const PROGRESS: u64 = 1 << 16;

/// A number that is in use.
fn in_use(reading: &mut dyn Reading, number: SubjectNumber) -> Result<(), RegionError> {
    let row = reading.subject(number)?;
    row.filter(|row| row.state == SubjectState::Active)
        .map(drop)
        .ok_or(RegionError::Act(ActError::NotEnrolled))
}

fn held<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Tells the memory of changes as soon as they are durable.
fn apply(writing: &mut dyn Writing, standings: &Arc<Standings>, changed: &[Changed]) {
    if changed.is_empty() {
        return;
    }
    let standings = Arc::clone(standings);
    let changes: Vec<Change> = changed
        .iter()
        .map(|changed| Change::Standing(changed.number, changed.standing.clone()))
        .collect();
    writing.when_durable(Box::new(move || standings.apply(changes)));
}

fn gone(writing: &mut dyn Writing, standings: &Arc<Standings>, number: SubjectNumber) {
    let standings = Arc::clone(standings);
    writing.when_durable(Box::new(move || standings.apply([Change::Gone(number)])));
}

/// A domain with room for all numbers and a third more, so that a day's growth fits.
fn domain_for(room: u64) -> Domain {
    (20..=32)
        .filter_map(|bits| Domain::new(bits).ok())
        .find(|domain| domain.size() / 4 * 3 >= room)
        .unwrap_or(Domain::LARGEST)
}

impl<S, R> fmt::Debug for Region<S, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Region")
            .field("standings", &self.standings.counts())
            .finish_non_exhaustive()
    }
}

impl<S, R> fmt::Debug for Parts<S, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parts")
            .field("terms", &self.terms)
            .finish_non_exhaustive()
    }
}
