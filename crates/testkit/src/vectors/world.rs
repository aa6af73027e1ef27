//! The regions and lists that most vectors share.

use std::collections::BTreeMap;

use hc_code::Extension;
use hc_code::carried::show;
use hc_code::issue::{CarriedPlace, Decided};
use hc_code::keys::KeyUse;
use hc_code::live::Handle;
use hc_code::paper::{Paper, Pointer};
use hc_code::signing::{Algorithm, Signer};
use hc_code::statement::{Binder, LastTest, Statement, TestKind};
use hc_code::{Level, Offset, ReasonClass, Span, Timestamp};

use super::form::{GateForm, IssuerForm, KeyForm, PaperForm, StatusForm, TrustForm};
use crate::hexadecimal;
use crate::regions::{NOON, Region, STALENESS, holder};

/// One region, and a gate that holds everything of it.
#[derive(Debug)]
pub struct World {
    /// The region.
    pub region: Region,
    /// What the gate holds.
    pub gate: GateForm,
}

/// The day index of the holder in carried codes.
pub(super) const INDEX: u32 = 123_456;

/// The pointer on the paper.
pub(super) const POINTER: [u8; 16] = [0x5a; 16];

impl World {
    /// Hangzhou signs with Ed25519, Shanghai with ES256, Zhengzhou with SM2.
    pub fn new(algorithm: Algorithm) -> Self {
        let region = match algorithm {
            Algorithm::Ed25519 => Region::new(330_100, algorithm, 1),
            Algorithm::Es256 => Region::new(310_000, algorithm, 2),
            Algorithm::Sm2 => Region::new(410_100, algorithm, 3),
        };
        let gate = GateForm {
            fetched_at: NOON.minus(Span::seconds(1800)),
            trust: TrustForm {
                issued_at: NOON.minus(Span::hours(6)),
                expires_at: NOON.plus(Span::days(7)),
                issuers: vec![Self::listed(&region)],
            },
            status: vec![Self::status(
                &region,
                Self::today(),
                NOON.minus(Span::seconds(300)),
            )],
            paper: vec![PaperForm {
                issuer: region.division(),
                as_of: NOON.minus(Span::seconds(300)),
                expires_at: NOON.plus(Span::hours(12)),
                entries: BTreeMap::new(),
            }],
            policy: None,
        };
        Self { region, gate }
    }

    /// The region as the trust list has it, with its key list.
    pub fn listed(region: &Region) -> IssuerForm {
        let list = region.key_list(1, region.listed_keys());
        IssuerForm {
            issuer: region.division(),
            removed: false,
            staleness_limit: STALENESS,
            offset: Offset::CHINA,
            roots: vec![KeyForm::of(region.root().public_key())],
            removed_keys: Vec::new(),
            key_list: Some(hexadecimal::write(list.as_bytes())),
        }
    }

    /// A list of a day on which nobody but index 77 is other than low.
    pub fn status(region: &Region, day: u32, as_of: Timestamp) -> StatusForm {
        StatusForm {
            issuer: region.division(),
            day,
            as_of,
            expires_at: as_of.plus(Span::hours(12)),
            domain: 1 << 20,
            entries: BTreeMap::from([(77, 2)]),
        }
    }

    /// The local day of noon.
    pub fn today() -> u32 {
        u32::try_from(NOON.local_day(Offset::CHINA)).unwrap_or_default()
    }

    /// The only issuer of the gate.
    ///
    /// # Panics
    /// Never: [`Self::new`] lists one.
    #[expect(clippy::expect_used, reason = "listed at construction")]
    pub fn issuer_mut(&mut self) -> &mut IssuerForm {
        self.gate.trust.issuers.first_mut().expect("an issuer")
    }

    /// The only status list of the gate.
    ///
    /// # Panics
    /// Never: [`Self::new`] adds one.
    #[expect(clippy::expect_used, reason = "listed at construction")]
    pub fn status_mut(&mut self) -> &mut StatusForm {
        self.gate.status.first_mut().expect("a status list")
    }

    /// The only paper list of the gate.
    ///
    /// # Panics
    /// Never: [`Self::new`] adds one.
    #[expect(clippy::expect_used, reason = "listed at construction")]
    pub fn paper_mut(&mut self) -> &mut PaperForm {
        self.gate.paper.first_mut().expect("a paper list")
    }

    /// A decision: low with a test and a binder, or another level for contact, as of a minute
    /// before a time.
    ///
    /// # Panics
    /// Never with the constants of this module.
    #[expect(clippy::expect_used, reason = "constants that go together")]
    pub fn decided(level: Level, at: Timestamp) -> Decided {
        let reason = match level {
            Level::Low | Level::Unknown => ReasonClass::None,
            Level::Medium => ReasonClass::Contact,
            Level::High => ReasonClass::Case,
        };
        let as_of = at.minus(Span::seconds(60));
        let test = LastTest::at(as_of.minus(Span::hours(20)), TestKind::NucleicAcid);
        let statement = Statement::new(level, reason, as_of)
            .and_then(|statement| statement.with_last_test(test.expect("an hour")))
            .expect("a statement")
            .with_binder(Binder::new("张*12").expect("a binder"));
        Decided {
            statement,
            valid_until: Timestamp::MAX,
        }
    }

    /// A live code of a level, good from a time on.
    ///
    /// # Panics
    /// Never with the constants of this module.
    #[expect(clippy::expect_used, reason = "constants that go together")]
    pub fn live(&self, level: Level, at: Timestamp) -> String {
        self.region
            .issuer()
            .live(
                &Self::decided(level, at),
                Handle::from_bytes([0x11; 16]),
                &Extension::empty(),
                at,
            )
            .expect("a live code")
    }

    /// A live code of level low, at noon, with an extension.
    ///
    /// # Panics
    /// Where the extension has more than 200 bytes.
    #[expect(clippy::expect_used, reason = "constants that go together")]
    pub fn live_with_extension(&self, extension: &[u8]) -> String {
        let extension = Extension::new(extension).expect("at most 200 bytes");
        let handle = Handle::from_bytes([0x11; 16]);
        self.region
            .issuer()
            .live(&Self::decided(Level::Low, NOON), handle, &extension, NOON)
            .expect("a live code")
    }

    /// A carried code of a level for the day of a time, made then, without a showing.
    ///
    /// # Panics
    /// Never with the constants of this module.
    pub fn carried(&self, level: Level, at: Timestamp) -> String {
        let day = u32::try_from(at.local_day(Offset::CHINA)).unwrap_or_default();
        self.carried_for(level, at, day, INDEX)
    }

    /// A carried code for a day and an index.
    ///
    /// # Panics
    /// Where the day is neither today nor tomorrow.
    pub fn carried_for(&self, level: Level, at: Timestamp, day: u32, index: u32) -> String {
        self.carried_for_until(level, at, day, index, Timestamp::MAX)
    }

    /// A carried code for a day and an index, of a decision that ends.
    ///
    /// # Panics
    /// Where the day is neither today nor tomorrow, or the decision has ended.
    #[expect(clippy::expect_used, reason = "constants that go together")]
    pub fn carried_for_until(
        &self,
        level: Level,
        at: Timestamp,
        day: u32,
        index: u32,
        valid_until: Timestamp,
    ) -> String {
        let place = CarriedPlace {
            day,
            index,
            holder: holder(1).public_key().clone(),
        };
        let decided = Decided {
            valid_until,
            ..Self::decided(level, at)
        };
        self.region
            .issuer()
            .carried(&decided, &place, &Extension::empty(), at)
            .expect("a carried code")
    }

    /// A showing of a carried code by its holder.
    ///
    /// # Panics
    /// Never: the holder's key is in memory.
    #[expect(clippy::expect_used, reason = "a key in memory signs")]
    pub fn shown(carried: &str, at: Timestamp) -> String {
        show(&holder(1), carried, at).expect("a showing")
    }

    /// A paper code, made at a time for four months.
    ///
    /// # Panics
    /// Never with the constants of this module.
    #[expect(clippy::expect_used, reason = "constants that go together")]
    pub fn paper(&self, at: Timestamp) -> String {
        let binder = Binder::new("张*12").expect("a binder");
        self.region
            .paper_issuer()
            .paper(
                Paper::new(Pointer::from_bytes(POINTER), Some(binder)),
                &Extension::empty(),
                at,
                at.plus(Span::days(120)),
            )
            .expect("a paper code")
    }

    /// The node key that signs live and carried codes.
    pub fn codes_key(&self) -> hc_code::signing::SigningKey {
        self.region.node_key(KeyUse::Codes, 0)
    }
}
