//! One region: its people, rules, keys and lists.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use hc_code::day_index::Domain;
use hc_code::day_key::{DayKey, DayKeyName, LiveHandles, Minute};
use hc_code::issue::{CarriedPlace, Decided, Issuer};
use hc_code::keys::{KeyList, KeyUse, NodeKey, SignedKeyList};
use hc_code::live::Handle;
use hc_code::paper::{Paper, Pointer};
use hc_code::paper_list::{PaperList, Salt};
use hc_code::signing::{Algorithm, KeyId, PublicKey, Signer, SigningKey};
use hc_code::statement::{LastTest, Statement};
use hc_code::status_list::EditionTimes;
use hc_code::verify::Listed;
use hc_code::{Day, DivisionCode, Extension, Level, ReasonClass, Span, Timestamp};
use hc_core::area::AreaIndex;
use hc_core::evidence::{Answers, Event, Fact, Facts, SourceKind};
use hc_core::rules::RulePack;
use hc_core::standing::Standing;

use super::chance::Chance;
use super::lists::{DayLists, Positions};
use super::plan::{OFFSET, Plan, STALENESS};

/// Facts about somebody, and what follows under a region's rules.
#[derive(Debug)]
pub(super) struct Followed {
    facts: Vec<Fact>,
    standing: Standing,
}

/// One day's keys of a region's node.
#[derive(Debug)]
struct NodeKeys {
    codes: Issuer<SigningKey>,
    lists: SigningKey,
    /// Listed with the others and kept elsewhere: what the node goes on with when its key is gone.
    spare: Issuer<SigningKey>,
    /// The key for codes that it had before a theft was noticed, and when that was.
    stolen: Option<(Timestamp, Issuer<SigningKey>)>,
}

impl NodeKeys {
    fn new(division: DivisionCode, secret: &mut Chance) -> Result<Self> {
        let mut key = || SigningKey::from_secret(Algorithm::Ed25519, &secret.bytes());
        Ok(Self {
            codes: Issuer::new(division, key()?, STALENESS, OFFSET)?,
            lists: key()?,
            spare: Issuer::new(division, key()?, STALENESS, OFFSET)?,
            stolen: None,
        })
    }

    /// Who signed codes at a time.
    fn codes_at(&self, at: Timestamp) -> &Issuer<SigningKey> {
        match &self.stolen {
            Some((noticed, before)) if at < *noticed => before,
            _ => &self.codes,
        }
    }
}

/// One region.
#[derive(Debug)]
pub(super) struct Region {
    pub(super) division: DivisionCode,
    pub(super) people: u32,
    pack: RulePack,
    /// What the region knows of everybody: declarations.
    common: Vec<Fact>,
    /// What follows for somebody of whom nothing else is known.
    plain: Standing,
    exceptions: BTreeMap<u32, Followed>,
    roots: Vec<SigningKey>,
    /// Which root signs key lists.
    root: usize,
    nodes: BTreeMap<Day, NodeKeys>,
    paper: Issuer<SigningKey>,
    paper_until: Timestamp,
    version: u64,
    key_list: SignedKeyList,
    domain: Domain,
    days: BTreeMap<Day, (DayLists, Positions, LiveHandles)>,
    paper_list: Option<(u32, Arc<[u8]>)>,
    secret: Chance,
}

impl Followed {
    fn new(region: &Region, now: Timestamp) -> Self {
        Self {
            facts: region.common.clone(),
            standing: region.decide(&mut region.common.clone(), now),
        }
    }

    /// Takes a fact in and decides.
    fn take(&mut self, region: &Region, fact: Fact, now: Timestamp) {
        self.facts.push(fact);
        self.standing = region.decide(&mut self.facts.clone(), now);
    }
}

impl Region {
    pub(super) fn new(
        plan: &Plan,
        division: DivisionCode,
        people: u32,
        rules: &str,
        mut secret: Chance,
    ) -> Result<Self> {
        let pack = RulePack::parse(rules).map_err(|findings| anyhow::anyhow!("{findings}"))?;
        // Everybody declares, with a temperature, each Sunday of the season; the first time before it.
        let weeks = (0..=plan.days / 7 + 1).map(|week| {
            let at = plan.begins.minus(Span::days(4)).plus(Span::days(7 * week));
            Fact {
                at,
                until: at,
                known: at,
                expires: Timestamp::MAX,
                event: Event::Declaration {
                    answers: Answers::EMPTY,
                    temperature: 365,
                },
                source: SourceKind::Person,
            }
        });
        let mut common: Vec<Fact> = weeks.collect();
        let facts = Facts::sort(&mut common);
        for day in 0..plan.days {
            let at = plan.begins.plus(Span::days(day));
            let (standing, _) = Standing::decide(&pack, facts, &AreaIndex::empty(), at);
            let level = standing.at(at).map(|(step, _)| step.level);
            ensure!(
                level == Some(Level::Low),
                "everybody is {level:?} on day {day}"
            );
        }
        let mut heard = common.clone();
        heard.retain(|fact| fact.known <= plan.begins);
        let heard = Facts::sort(&mut heard);
        let (plain, _) = Standing::decide(&pack, heard, &AreaIndex::empty(), plan.begins);
        let mut key = || SigningKey::from_secret(Algorithm::Ed25519, &secret.bytes());
        let roots = vec![key()?, key()?];
        let paper = Issuer::new(division, key()?, STALENESS, OFFSET)?;
        let mut region = Self {
            division,
            people,
            pack,
            common,
            plain,
            exceptions: BTreeMap::new(),
            roots,
            root: 0,
            nodes: BTreeMap::new(),
            paper,
            paper_until: plan.begins.plus(Span::days(180)),
            version: 0,
            key_list: SignedKeyList::from_bytes(Vec::new()),
            domain: Domain::SMALLEST.for_tomorrow(u64::from(people)),
            days: BTreeMap::new(),
            paper_list: None,
            secret,
        };
        region.list_keys(plan.begins.minus(Span::hours(3)))?;
        Ok(region)
    }

    /// Decides by what is known now; of next Sunday's declaration nobody knows yet.
    fn decide(&self, facts: &mut Vec<Fact>, now: Timestamp) -> Standing {
        facts.retain(|fact| fact.known <= now);
        let facts = Facts::sort(facts);
        Standing::decide(&self.pack, facts, &AreaIndex::empty(), now).0
    }

    /// Up to when the region knows what there is to know.
    pub(super) fn as_of(plan: &Plan, number: usize, now: Timestamp) -> Timestamp {
        let Some(gap) = plan.gone(number) else {
            return now;
        };
        // What waited at the neighbours is taken first: five minutes, in which each has greeted.
        let drained = gap
            .until()
            .plus(Span::seconds(if plan.drains { 300 } else { 0 }));
        if gap.from() <= now && now < drained {
            gap.from()
        } else {
            now
        }
    }

    /// Decides everybody anew where they have declared since it was done last.
    pub(super) fn hear_declarations(&mut self, now: Timestamp) {
        let decided = self.plain.decided;
        if !self
            .common
            .iter()
            .any(|fact| decided < fact.known && fact.known <= now)
        {
            return;
        }
        self.plain = self.decide(&mut self.common.clone(), now);
        let mut followed = core::mem::take(&mut self.exceptions);
        for one in followed.values_mut() {
            one.standing = self.decide(&mut one.facts.clone(), now);
        }
        self.exceptions = followed;
    }

    /// Takes a fact about one of its people in.
    pub(super) fn take(&mut self, number: u32, fact: Fact, now: Timestamp) {
        let mut followed = self.exceptions.remove(&number);
        let mut followed = followed.take().unwrap_or_else(|| Followed::new(self, now));
        followed.take(self, Fact { known: now, ..fact }, now);
        self.exceptions.insert(number, followed);
    }

    /// What these rules say of somebody at a time, by what was known then.
    fn level(&self, number: u32, at: Timestamp) -> (Level, ReasonClass, Timestamp) {
        let end_of = |standing: &Standing| {
            standing
                .at(at)
                .map(|(step, end)| (step.level, step.class, end))
        };
        let found = match self.exceptions.get(&number) {
            Some(followed) if at >= followed.standing.decided => end_of(&followed.standing)
                .or_else(|| end_of(&self.decide(&mut followed.facts.clone(), at))),
            Some(followed) => end_of(&self.decide(&mut followed.facts.clone(), at)),
            None => {
                end_of(&self.plain).or_else(|| end_of(&self.decide(&mut self.common.clone(), at)))
            }
        };
        found.unwrap_or((Level::Unknown, ReasonClass::None, Timestamp::MAX))
    }

    /// What its rules would say of facts that it need not have heard of yet.
    pub(super) fn level_by(&self, facts: &[Fact], at: Timestamp) -> Level {
        let mut all = self.common.clone();
        all.extend_from_slice(facts);
        let standing = self.decide(&mut all, at);
        standing
            .at(at)
            .map_or(Level::Unknown, |(step, _)| step.level)
    }

    fn decided(
        &self,
        number: u32,
        as_of: Timestamp,
        at: Timestamp,
        last_test: Option<LastTest>,
    ) -> Result<Decided> {
        let (level, class, valid_until) = self.level(number, at);
        let statement = Statement::new(level, class, as_of)?;
        let statement = match last_test.filter(|test| test.time() <= as_of) {
            Some(test) => statement.with_last_test(test)?,
            None => statement,
        };
        Ok(Decided {
            statement,
            valid_until,
        })
    }

    /// The text of a live code.
    pub(super) fn live(
        &self,
        number: u32,
        as_of: Timestamp,
        at: Timestamp,
        last_test: Option<LastTest>,
    ) -> Result<String> {
        let decided = self.decided(number, as_of, at, last_test)?;
        let day = Day::of(at, OFFSET)?;
        let node = self.nodes.get(&day).context("no keys of the day")?;
        let (_, _, handles) = self.days.get(&day).context("no day key")?;
        let minute = Minute::of(at);
        let subject = hc_code::day_index::SubjectNumber::new(number);
        let handle = handles.handle(subject, minute);
        Ok(node
            .codes_at(at)
            .live(&decided, handle, &Extension::empty(), at)?)
    }

    /// The text of a carried code of a day, fetched at a time.
    pub(super) fn carried(
        &self,
        number: u32,
        day: Day,
        holder: &PublicKey,
        as_of: Timestamp,
        at: Timestamp,
        last_test: Option<LastTest>,
    ) -> Result<String> {
        let decided = self.decided(number, as_of, at, last_test)?;
        let node = self.nodes.get(&day).context("no keys of the day")?;
        let (_, positions, _) = self.days.get(&day).context("no day key")?;
        let place = CarriedPlace {
            day: u32::from(day.number()),
            index: positions.of(number)?.position(),
            holder: holder.clone(),
        };
        Ok(node
            .codes_at(at)
            .carried(&decided, &place, &Extension::empty(), at)?)
    }

    /// The text of somebody's paper code, which was made before the season.
    pub(super) fn paper(&self, plan: &Plan, number: u32) -> Result<String> {
        let paper = Paper::new(pointer(number), None);
        let made = plan.begins.minus(Span::days(10));
        Ok(self.paper.paper(
            paper,
            &Extension::empty(),
            made,
            self.paper_until.minus(Span::days(30)),
        )?)
    }

    /// Node keys of today and tomorrow, so that a gate that hears nothing for a day knows them when they sign; day
    /// keys of both; the list that names the former.
    pub(super) fn list_keys(&mut self, now: Timestamp) -> Result<()> {
        let today = Day::of(now, OFFSET)?;
        let tomorrow = today.next().context("the last day")?;
        for day in [today, tomorrow] {
            if !self.nodes.contains_key(&day) {
                let node = NodeKeys::new(self.division, &mut self.secret)?;
                self.nodes.insert(day, node);
            }
            if !self.days.contains_key(&day) {
                let name = DayKeyName {
                    region: self.division,
                    day,
                    epoch: 0,
                };
                let key = DayKey::from_random(name, self.secret.bytes().into());
                let lists = DayLists::begin(self.division, day, self.domain)?;
                let positions = Positions::new(key.list(self.domain));
                self.days.insert(day, (lists, positions, key.live()));
            }
        }
        let kept = today.previous().unwrap_or(today);
        self.nodes.retain(|day, _| *day >= kept);
        self.days.retain(|day, _| *day >= today);
        self.sign_keys(now)
    }

    fn sign_keys(&mut self, now: Timestamp) -> Result<()> {
        self.version += 1;
        let mut keys = vec![NodeKey::new(
            self.paper.public_key().clone(),
            KeyUse::Paper,
            self.paper_until.minus(Span::days(200)),
            self.paper_until,
        )?];
        for (day, node) in &self.nodes {
            let from = day.start(OFFSET).minus(Span::hours(4));
            let until = day.end(OFFSET).plus(Span::hours(2));
            let listed = |key: &PublicKey, used| NodeKey::new(key.clone(), used, from, until);
            keys.push(listed(node.codes.public_key(), KeyUse::Codes)?);
            keys.push(listed(node.spare.public_key(), KeyUse::Codes)?);
            keys.push(listed(node.lists.public_key(), KeyUse::Lists)?);
            if let Some((_, stolen)) = &node.stolen {
                keys.push(listed(stolen.public_key(), KeyUse::Codes)?.removed());
            }
        }
        let until = now.plus(Span::hours(25));
        let list = KeyList::new(self.division, self.version, now, until, keys)?;
        let root = self.roots.get(self.root).context("no root")?;
        self.key_list = list.sign(root)?;
        Ok(())
    }

    /// The next root signs from now on.
    pub(super) fn change_root(&mut self, now: Timestamp) -> Result<()> {
        self.root = 1;
        self.sign_keys(now)
    }

    /// What a thief makes with the key that the node had then: a low code for somebody who is not.
    /// `None` where that key is no longer on any list.
    pub(super) fn forged(
        &self,
        stolen: Timestamp,
        at: Timestamp,
        handle: Handle,
    ) -> Result<Option<String>> {
        let Some(node) = self.nodes.get(&Day::of(stolen, OFFSET)?) else {
            return Ok(None);
        };
        let decided = Decided {
            statement: Statement::new(Level::Low, ReasonClass::None, at)?,
            valid_until: Timestamp::MAX,
        };
        let thief = node.codes_at(stolen);
        Ok(Some(thief.live(
            &decided,
            handle,
            &Extension::empty(),
            at,
        )?))
    }

    /// The key for codes that the node had at a time of yesterday, today or tomorrow.
    pub(super) fn key_for_codes(&self, at: Timestamp) -> Result<KeyId> {
        let node = self
            .nodes
            .get(&Day::of(at, OFFSET)?)
            .context("no keys of the day")?;
        Ok(node.codes_at(at).public_key().id())
    }

    /// The theft was noticed: the key is off, and the node has another one for the rest of the day.
    pub(super) fn remove_key(&mut self, now: Timestamp) -> Result<()> {
        let fresh = NodeKeys::new(self.division, &mut self.secret)?;
        let node = self.nodes.get_mut(&Day::of(now, OFFSET)?);
        let node = node.context("no keys of the day")?;
        let spare = core::mem::replace(&mut node.spare, fresh.spare);
        let stolen = core::mem::replace(&mut node.codes, spare);
        node.stolen = Some((now, stolen));
        self.sign_keys(now)
    }

    pub(super) const fn key_list(&self) -> (u64, &SignedKeyList) {
        (self.version, &self.key_list)
    }

    pub(super) fn roots(&self) -> impl Iterator<Item = &PublicKey> {
        self.roots.iter().map(Signer::public_key)
    }

    /// Publishes today's list anew.
    pub(super) fn publish(&mut self, day: Day, as_of: Timestamp, now: Timestamp) -> Result<()> {
        let mut values = Vec::new();
        let mut ended = Vec::new();
        for (number, followed) in &self.exceptions {
            if let Some((step, _)) = followed.standing.at(now) {
                if step.level != Level::Low {
                    values.push((*number, Listed::from(step.level)));
                }
            } else {
                ended.push(*number);
            }
        }
        for number in ended {
            if let Some(mut followed) = self.exceptions.remove(&number) {
                followed.standing = self.decide(&mut followed.facts.clone(), now);
                if let Some((step, _)) = followed.standing.at(now)
                    && step.level != Level::Low
                {
                    values.push((number, Listed::from(step.level)));
                }
                self.exceptions.insert(number, followed);
            }
        }
        let signer = &self.nodes.get(&day).context("no keys of the day")?.lists;
        let (lists, positions, _) = self.days.get_mut(&day).context("no list of the day")?;
        let mut not_low = BTreeMap::new();
        for (number, value) in values {
            not_low.insert(positions.remembered(number)?, value);
        }
        lists.publish(day, not_low, as_of, now, signer)
    }

    /// Publishes the list of who is not low among those with paper.
    pub(super) fn publish_paper(&mut self, as_of: Timestamp, now: Timestamp) -> Result<()> {
        let sheets = self.exceptions.iter().filter_map(|(number, followed)| {
            let (step, _) = followed.standing.at(now)?;
            (step.level != Level::Low).then(|| (pointer(*number), Listed::from(step.level)))
        });
        let sequence = self.paper_list.as_ref().map_or(1, |(before, _)| before + 1);
        let times = EditionTimes {
            as_of,
            issued_at: now,
            expires_at: now.plus(Span::hours(24)),
        };
        let salt = Salt::from_random(self.secret.bytes());
        let list = PaperList::new(self.division, sequence, times, salt, sheets)?;
        let day = Day::of(now, OFFSET)?;
        let node = self.nodes.get(&day).context("no keys of the day")?;
        self.paper_list = Some((sequence, list.sign(&node.lists)?.into()));
        Ok(())
    }

    pub(super) fn paper_list(&self) -> Option<&(u32, Arc<[u8]>)> {
        self.paper_list.as_ref()
    }

    /// The newest sequence of a day's list, where there is one.
    pub(super) fn sequence(&self, day: Day) -> Option<u32> {
        let (lists, ..) = self.days.get(&day)?;
        lists.is_published().then(|| lists.sequence())
    }

    /// What brings a gate up to date.
    pub(super) fn list_since(&mut self, day: Day, held: Option<u32>) -> Result<Vec<Arc<[u8]>>> {
        let signer = &self.nodes.get(&day).context("no keys of the day")?.lists;
        let (lists, ..) = self.days.get_mut(&day).context("no list of the day")?;
        lists.since(held, signer)
    }

    pub(super) fn position(&self, number: u32, day: Day) -> Result<u32> {
        let (_, positions, _) = self.days.get(&day).context("no day key")?;
        Ok(positions.of(number)?.position())
    }

    pub(super) fn shard(&mut self, day: Day, index: u32, now: Timestamp) -> Result<Arc<[u8]>> {
        let signer = &self.nodes.get(&day).context("no keys of the day")?.lists;
        let (lists, ..) = self.days.get_mut(&day).context("no list of the day")?;
        lists.shard(index >> 20, now, signer)
    }
}

/// The pointer on somebody's sheet. Random in life; here what makes it differ is enough.
fn pointer(number: u32) -> Pointer {
    let mut bytes = [0x5a; 16];
    bytes
        .iter_mut()
        .zip(number.to_be_bytes())
        .for_each(|(to, from)| *to = from);
    Pointer::from_bytes(bytes)
}
