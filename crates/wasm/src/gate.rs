//! What a gate holds, loaded from signed bytes only.

mod published;

use hc_code::cose::{CoseError, Sign1};
use hc_code::keys::{KeyAnswer, KeyBook, KeyUse, NodeKey, SignedKeyList};
use hc_code::notice::{HeldNotices, Notice, NoticeList};
use hc_code::paper_list::{HeldPaperLists, PaperList};
use hc_code::recognition::{AtDoor, Authority};
use hc_code::signing::PublicKey;
use hc_code::status_list::{CLOCK_TOLERANCE, Delta, HeldLists, ListIssuer, SignedShard};
use hc_code::text::CodeText;
use hc_code::trust_list::{HeldTrust, IssuerEntry, RemovalList, Role, TrustList, TrustMark};
use hc_code::verify::{
    ClockFloor, Gate as Verifier, IssuerAnswer, ListAnswer, NoTrust, PaperLookup,
    RecognitionPolicy, ShowingMemory, StatusLookup, TrustLookup, Verdict,
};
use hc_code::{DivisionCode, Timestamp};

use self::published::Published;
use crate::RECOGNISES;
use crate::marks::{Marks, MarksError};
use crate::settings::Settings;
use crate::taken::{Refused, Taken};

/// A gate: the hub's keys first, then a trust list, key lists under its roots, and status and
/// paper lists under their keys. Every `now` is the device's own time.
#[derive(Clone, Debug)]
pub struct Gate {
    hub_keys: Vec<PublicKey>,
    region: Option<DivisionCode>,
    seen: Option<TrustMark>,
    trust: Option<HeldTrust>,
    keys: KeyBook,
    status: HeldLists,
    paper: HeldPaperLists,
    notices: HeldNotices,
    policy: RecognitionPolicy,
    published: Published,
}

impl Gate {
    /// A gate that holds no list yet.
    ///
    /// # Errors
    /// [`MarksError`] where what was remembered cannot be.
    pub fn new(settings: Settings) -> Result<Self, MarksError> {
        Ok(Self {
            hub_keys: settings.hub_keys,
            region: settings.region,
            seen: settings.marks.trust(),
            trust: None,
            keys: KeyBook::with_marks(settings.marks.keys()),
            status: HeldLists::with_marks(settings.marks.status()?),
            paper: HeldPaperLists::with_marks(settings.marks.paper()),
            notices: HeldNotices::default(),
            published: Published::with_marks(settings.marks.policies()),
            policy: settings.policy,
        })
    }

    /// What must be remembered across a restart.
    pub fn marks(&self) -> Marks {
        let trust = self.trust.as_ref().map(HeldTrust::mark).or(self.seen);
        let keys = self.keys.marks();
        let (status, paper) = (self.status.marks(), self.paper.marks());
        Marks::of(trust, keys, status, paper, self.published.marks())
    }

    /// Takes the recognition policy from now on.
    pub fn set_policy(&mut self, policy: RecognitionPolicy) {
        self.policy = policy;
    }

    /// Whom this gate has to satisfy from now on; nobody but its own policy where empty.
    pub fn set_authorities(&mut self, authorities: Vec<Authority>) {
        self.published.ask(authorities);
    }

    /// What every authority says of a verdict; `None` where there is no authority to ask.
    pub fn door(&self, verdict: &Verdict) -> Option<AtDoor<'_>> {
        self.published.door(verdict)
    }

    /// Takes a region's recognition policy, under the roots for rules that the trust list gives it.
    ///
    /// # Errors
    /// [`Refused`]; nothing has changed then.
    pub fn take_recognition(
        &mut self,
        bytes: &[u8],
        region: DivisionCode,
        now: Timestamp,
    ) -> Result<Taken, Refused> {
        if !RECOGNISES {
            return Err(Refused::new("no-policies"));
        }
        let held = self.trust.as_ref().ok_or_else(no_trust_list)?;
        let reckoned = self.floor(held).now(now).0;
        let roots = held.at(reckoned).roots(region, Role::Rules);
        let roots: Vec<PublicKey> = roots.into_iter().cloned().collect();
        self.published.take(bytes, region, &roots, now)
    }

    /// Takes a trust list. Key lists and policies whose root it no longer names are forgotten.
    ///
    /// # Errors
    /// [`Refused`]; nothing has changed then.
    pub fn take_trust_list(&mut self, bytes: &[u8], now: Timestamp) -> Result<Taken, Refused> {
        let hub_keys = self.trust.as_ref().map(|held| held.list().hub_keys());
        let list = TrustList::open(bytes, hub_keys.unwrap_or(&self.hub_keys))?;
        let held = match &mut self.trust {
            Some(held) => {
                held.accept(list, now)?;
                &*held
            }
            empty => &*empty.insert(HeldTrust::begin(list, self.seen, now)?),
        };
        let issuers: Vec<DivisionCode> = self.keys.times().map(|(issuer, _)| issuer).collect();
        for issuer in issuers {
            let entry = held.list().issuer(issuer);
            let roots = entry.into_iter().flat_map(IssuerEntry::roots);
            let roots: Vec<_> = roots.map(|root| root.key().id()).collect();
            self.keys.keep_only(issuer, &roots);
        }
        self.published.keep_only(|region| {
            let entry = held.list().issuer(region);
            let roots = entry.into_iter().flat_map(IssuerEntry::roots);
            let roots = roots.filter(|root| root.roles().contains(Role::Rules));
            roots.map(|root| root.key().id()).collect()
        });
        Ok(Taken::Accepted)
    }

    /// Takes removals, which only ever take away.
    ///
    /// # Errors
    /// [`Refused`]; nothing has changed then.
    pub fn take_removals(&mut self, bytes: &[u8], now: Timestamp) -> Result<Taken, Refused> {
        let held = self.trust.as_mut().ok_or_else(no_trust_list)?;
        let removals = RemovalList::open(bytes, held.list().removal_keys())?;
        held.remove(&removals, now)?;
        Ok(Taken::Accepted)
    }

    /// Takes a region's key list, under the roots for codes that the trust list gives it.
    ///
    /// # Errors
    /// [`Refused`]; nothing has changed then.
    pub fn take_key_list(
        &mut self,
        bytes: &[u8],
        region: DivisionCode,
        now: Timestamp,
    ) -> Result<Taken, Refused> {
        let held = self.trust.as_ref().ok_or_else(no_trust_list)?;
        let reckoned = self.floor(held).now(now).0;
        let roots = held.at(reckoned).roots(region, Role::Codes);
        let roots: Vec<PublicKey> = roots.into_iter().cloned().collect();
        let signed = SignedKeyList::from_bytes(bytes.to_vec());
        Ok(self.keys.adopt(&signed, region, &roots, now)?.into())
    }

    /// Takes a full shard of a region's status list.
    ///
    /// # Errors
    /// [`Refused`]; nothing has changed then.
    pub fn take_shard(
        &mut self,
        bytes: &[u8],
        region: DivisionCode,
        now: Timestamp,
    ) -> Result<Taken, Refused> {
        let signer = self.list_signer(bytes, region, now)?;
        let shard = SignedShard::open(bytes, &signer.issuer())?;
        signer.could_sign(shard.edition().issued_at(), now)?;
        Ok(self.status.accept_shard(shard, now)?.into())
    }

    /// Takes changes to a region's status list, or the whole list in the form of changes.
    ///
    /// # Errors
    /// [`Refused`]; nothing has changed then.
    pub fn take_delta(
        &mut self,
        bytes: &[u8],
        region: DivisionCode,
        now: Timestamp,
    ) -> Result<Taken, Refused> {
        let signer = self.list_signer(bytes, region, now)?;
        let delta = Delta::open(bytes, &signer.issuer())?;
        signer.could_sign(delta.edition().issued_at(), now)?;
        Ok(self.status.accept_delta(&delta, now)?.into())
    }

    /// Takes a region's paper list.
    ///
    /// # Errors
    /// [`Refused`]; nothing has changed then.
    pub fn take_paper_list(
        &mut self,
        bytes: &[u8],
        region: DivisionCode,
        now: Timestamp,
    ) -> Result<Taken, Refused> {
        let signer = self.list_signer(bytes, region, now)?;
        let list = PaperList::open(bytes, &signer.issuer())?;
        signer.could_sign(list.times().issued_at, now)?;
        self.paper.accept(list, now)?;
        Ok(Taken::Accepted)
    }

    /// Takes a region's list of notices: by them `unknown` is `check` while degraded mode holds.
    ///
    /// # Errors
    /// [`Refused`]; nothing has changed then.
    pub fn take_notices(
        &mut self,
        bytes: &[u8],
        region: DivisionCode,
        now: Timestamp,
    ) -> Result<Taken, Refused> {
        self.list_signer(bytes, region, now)?;
        let list = NoticeList::open(bytes, region, &self.keys, now)?;
        let new = self.notices.accept(list)?;
        Ok(if new { Taken::New } else { Taken::Held })
    }

    /// The notice by which a verdict on a text is `check` and not `unknown`.
    pub fn relief(&self, text: &str, verdict: &Verdict) -> Option<&Notice> {
        let issuer = CodeText::parse(text).ok()?.standard().issuer();
        let door = self.door(verdict);
        let action = door.map_or_else(|| verdict.action(), |door| door.action);
        self.notices.relief_from(action, verdict, issuer)
    }

    /// The notice of a region by which whoever has no code to show is checked by hand.
    pub fn relief_without_code(&self, region: DivisionCode, now: Timestamp) -> Option<&Notice> {
        self.notices.relief_without_code(region, now)
    }

    /// The notices of a region that hold.
    pub fn holding(&self, region: DivisionCode, now: Timestamp) -> impl Iterator<Item = &Notice> {
        self.notices.holding(region, now)
    }

    /// The verdict on a text, also before there is a trust list. Only the memory changes.
    pub fn verify(&self, text: &str, now: Timestamp, memory: &mut ShowingMemory) -> Verdict {
        let held = self.trust.as_ref();
        let clock = held.map_or(ClockFloor::NONE, |held| self.floor(held));
        let trusted = held.map(|held| held.at(clock.now(now).0));
        let verifier = Verifier {
            trust: match &trusted {
                Some(trusted) => trusted,
                None => &NoTrust,
            },
            keys: &self.keys,
            status: &self.status,
            paper: &self.paper,
            policy: &self.policy,
            clock,
        };
        verifier.verify(text, now, memory)
    }

    /// Whether a region may issue at a time, and its roots for codes.
    pub fn issuer(&self, region: DivisionCode, now: Timestamp) -> (IssuerAnswer, Vec<&PublicKey>) {
        self.trust
            .as_ref()
            .map_or((IssuerAnswer::Unknown, Vec::new()), |held| {
                let trust = held.at(now);
                (trust.issuer(region), trust.roots(region, Role::Codes))
            })
    }

    /// What the status list of a region's day says of a position.
    pub fn status(&self, region: DivisionCode, day: u32, index: u32) -> Option<ListAnswer> {
        self.status.status(region, day, index)
    }

    /// What a region's paper list says of a sheet.
    pub fn paper(&self, region: DivisionCode, pointer: &[u8; 16]) -> Option<ListAnswer> {
        self.paper.paper(region, pointer)
    }

    /// Forgets status lists of days that are over.
    pub fn forget_past(&mut self, now: Timestamp) {
        self.status.forget_past(now);
    }

    /// The earliest time that it can be, by every list that is held.
    fn floor(&self, held: &HeldTrust) -> ClockFloor {
        let paper = self.paper.marks().map(|mark| (mark.region, mark.issued_at));
        let lists = self.keys.times().chain(self.status.issued()).chain(paper);
        let lists: Vec<_> = lists.collect();
        let floor = ClockFloor::new(held.list().issued_at(), lists.iter().copied());
        match self.region {
            Some(own) => floor.with_own(own, lists),
            None => floor,
        }
    }

    /// The key that a list names, if the region may sign lists with it now.
    fn list_signer(
        &self,
        bytes: &[u8],
        region: DivisionCode,
        now: Timestamp,
    ) -> Result<ListSigner, Refused> {
        let held = self.trust.as_ref().ok_or_else(no_trust_list)?;
        let now = self.floor(held).now(now).0;
        let trust = held.at(now);
        let terms = match trust.issuer(region) {
            IssuerAnswer::Known(terms) => terms,
            IssuerAnswer::Removed => {
                return Err(Refused::new("issuer-removed"));
            }
            IssuerAnswer::Unknown => {
                return Err(Refused::new("issuer-unknown"));
            }
        };
        let id = Sign1::parse(bytes)?.key_id().ok_or(CoseError::HeaderKeys)?;
        let root = self.keys.root(region);
        let trusted = trust.roots(region, Role::Lists);
        let vouches = |root| trusted.iter().any(|key| key.id() == root);
        let key = match self.keys.key(region, id, now) {
            KeyAnswer::Known(_) if trust.is_removed(region, id) => KeyAnswer::Removed,
            answer => answer,
        };
        let key = match key {
            KeyAnswer::Known(key) => key,
            KeyAnswer::Removed => return Err(Refused::new("key-removed")),
            KeyAnswer::NotListed => return Err(CoseError::OtherKey.into()),
            KeyAnswer::ListExpired => {
                return Err(Refused::new("key-list-expired"));
            }
            KeyAnswer::NoList => {
                return Err(Refused::new("key-list-missing"));
            }
        };
        if !root.is_some_and(vouches) {
            return Err(Refused::new("not-by-root"));
        }
        if key.key_use() != KeyUse::Lists {
            return Err(Refused::new("key-use"));
        }
        Ok(ListSigner {
            region,
            key: key.clone(),
            offset: terms.offset,
        })
    }
}

fn no_trust_list() -> Refused {
    Refused::new("no-trust-list")
}

/// A key of a region that is listed for lists.
struct ListSigner {
    region: DivisionCode,
    key: NodeKey,
    offset: hc_code::Offset,
}

impl ListSigner {
    const fn issuer(&self) -> ListIssuer<'_> {
        ListIssuer {
            region: self.region,
            key: self.key.key(),
            offset: self.offset,
        }
    }

    /// Whether the list was signed within the key's dates. A list from the future is left to the
    /// reader of lists, which names the clocks as the fault.
    fn could_sign(&self, issued_at: Timestamp, now: Timestamp) -> Result<(), Refused> {
        let future = issued_at > now.plus(CLOCK_TOLERANCE);
        if future || self.key.covers(issued_at, issued_at) {
            Ok(())
        } else {
            Err(Refused::new("key-dates"))
        }
    }
}

#[cfg(test)]
mod tests;
