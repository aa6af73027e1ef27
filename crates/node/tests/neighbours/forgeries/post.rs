//! A real region that parcels are brought to, and everything wrong that can be brought to its door whatever
//! is in it.

use hc_code::cbor::{Reader, Writer};
use hc_code::cose::{self, Header, Sign1};
use hc_code::federation::Federation;
use hc_code::keys::{KeyUse, SealingPublicKey};
use hc_code::parcel::{Kind, Label, ParcelId, seal};
use hc_code::signing::{Signer as _, SigningKey};
use hc_code::{DivisionCode, Level, Span, Timestamp};
use hc_core::store::Store as _;
use hc_testkit::regions::random;

use super::actors::{
    FUJIAN, GANSU, HAINAN, HUNAN, Of, TRUST_VERSION, ZHEJIANG, draft, hub, key_list, key_of,
    known_but, old_hub, removals, remover, sealing, signed_keys, signed_trust,
};
use super::craft::Craft;
use super::tally::{Forgery, Said, Way};
use crate::world::{CHONGQING, GUANGDONG, Regions, SICHUAN, division, noon, root};

/// Chongqing, with people in it, whose neighbours are in the hands of these tests.
pub(super) struct Post {
    pub(super) regions: Regions,
    pub(super) tokens: Vec<String>,
}

/// What Chongqing knows: its log, its people, and their levels.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Known {
    log: u64,
    root: String,
    people: u64,
    levels: Vec<Option<Level>>,
}

/// Who somebody brings something as, and what.
pub(super) type Brought = (u32, Forgery);

impl Post {
    /// With so many people in Chongqing.
    pub(super) async fn open(people: u32) -> Self {
        let regions = Regions::three().await;
        regions.exchange_keys();
        let mut tokens = Vec::new();
        for person in 0..people {
            tokens.push(regions.enrol(CHONGQING, person).await);
        }
        let (foreign, now) = (regions.node(CHONGQING).foreign(), noon());
        foreign.begin(Federation::new(vec![old_hub().public_key().clone()]));
        for version in TRUST_VERSION - 2..=TRUST_VERSION {
            let by = if version < TRUST_VERSION {
                old_hub()
            } else {
                hub()
            };
            foreign
                .take_trust(&signed_trust(draft(version, 0), &by), now)
                .unwrap();
        }
        for region in [ZHEJIANG, FUJIAN, HAINAN, HUNAN] {
            let list = signed_keys(&key_list(region, 7), &root(region));
            foreign.take_keys(division(region), &list, now).unwrap();
        }
        for region in [SICHUAN, GUANGDONG] {
            let list = regions.node(region).key_list();
            foreign.take_keys(division(region), &list, now).unwrap();
        }
        let removed = removals(now).sign(&remover()).unwrap();
        foreign.take_removals(&removed, now).unwrap();
        Self { regions, tokens }
    }

    pub(super) async fn known(&self) -> Known {
        let node = self.regions.node(CHONGQING);
        let frontier = node
            .store()
            .read(|reading| reading.log_frontier())
            .await
            .unwrap();
        let shown = self.tokens.iter().map(|token| node.show(token, 1).ok());
        Known {
            log: frontier.size(),
            root: format!("{:?}", frontier.root()),
            people: node.load().0.active,
            levels: shown
                .map(|shown| shown.map(|(shown, _)| shown.level))
                .collect(),
        }
    }

    pub(super) async fn bring(&self, bringer: u32, bytes: &[u8]) -> Said {
        let node = self.regions.node(CHONGQING);
        match node.take_parcel(Some(division(bringer)), bytes).await {
            Err(_) => Said::Refused,
            Ok(answer) if answer.is_empty() => Said::NothingNew,
            Ok(_) => Said::Believed,
        }
    }

    /// The key that parcels to a real region are sealed to.
    pub(super) fn to(&self, region: u32) -> SealingPublicKey {
        let other = if region == SICHUAN {
            GUANGDONG
        } else {
            SICHUAN
        };
        let held = self.regions.node(other).foreign().held();
        held.sealing_key(division(region), noon()).unwrap()
    }
}

/// A parcel's number, by who makes it and what for.
pub(super) fn id(of: u8, number: usize) -> ParcelId {
    let mut id = [of; 16];
    id[0] = u8::try_from(number).unwrap();
    ParcelId::from_bytes(id)
}

pub(super) fn parcels_key(region: u32) -> SigningKey {
    key_of(region, Of::Use(KeyUse::Parcels))
}

/// A parcel from one region to another, as the first may make it now.
pub(super) fn parcel(
    (from, to): (u32, u32),
    kind: Kind,
    id: ParcelId,
    sealed_to: &SealingPublicKey,
    content: &[u8],
) -> Vec<u8> {
    let now = noon();
    let between = (division(from), division(to));
    let label = Label::new(between, kind, id, now, now.plus(kind.longest_life())).unwrap();
    sealed(&parcels_key(from), &label, sealed_to, content)
}

pub(super) fn sealed(
    by: &SigningKey,
    label: &Label,
    sealed_to: &SealingPublicKey,
    content: &[u8],
) -> Vec<u8> {
    // One stream for all: the same parcel comes out the same.
    let mut random = random(u64::from(label.id().as_bytes()[0]) + 1000);
    seal(by, label, sealed_to, content, &mut random).unwrap()
}

/// Label, encapsulated key and ciphertext of a parcel.
fn parts(bytes: &[u8]) -> [Vec<u8>; 3] {
    let payload = Sign1::parse(bytes).unwrap().payload();
    let mut reader = Reader::new(payload);
    reader.array_of(3).unwrap();
    [(); 3].map(|()| reader.bytes().unwrap().to_vec())
}

/// A parcel of parts, signed by whoever.
fn of_parts(by: &SigningKey, [label, key, content]: [&[u8]; 3]) -> Vec<u8> {
    let mut payload = Writer::new();
    payload.array(3).bytes(label).bytes(key).bytes(content);
    let header = Header::of(by.public_key()).with_type("application/hc-parcel");
    cose::sign(by, &header, &[], payload.as_bytes()).unwrap()
}

/// A label that no honest program writes.
struct Written {
    version: u64,
    from: DivisionCode,
    kind: u64,
    answers: Option<[u8; 16]>,
    made_at: Timestamp,
    expires_at: Timestamp,
}

impl Written {
    /// As an honest one.
    fn honest(kind: Kind) -> Self {
        Self {
            version: 1,
            from: division(ZHEJIANG),
            kind: kind.number(),
            answers: None,
            made_at: noon(),
            expires_at: noon().plus(kind.longest_life()),
        }
    }

    fn bytes(&self, id: ParcelId, to: DivisionCode, sealed_to: &SealingPublicKey) -> Vec<u8> {
        let mut out = Writer::new();
        out.array(9).uint(self.version);
        out.text(&self.from.to_string()).text(&to.to_string());
        out.uint(self.kind).bytes(id.as_bytes());
        match &self.answers {
            Some(answers) => out.bytes(answers),
            None => out.null(),
        };
        out.int(self.made_at.unix()).int(self.expires_at.unix());
        out.bytes(sealed_to.id().as_bytes());
        out.into_bytes()
    }
}

/// Everything wrong with parcels of a kind from Zhejiang to Chongqing, whatever is in them.
pub(super) fn all(
    post: &Post,
    kind: Kind,
    contents: &[Vec<u8>],
    genuine: &[Vec<u8>],
) -> Vec<Brought> {
    let signer = parcels_key(ZHEJIANG);
    let known = known_but(ZHEJIANG, Some(KeyUse::Parcels));
    let made = Craft {
        genuine,
        signer: &signer,
        known: &known,
    }
    .all();
    let mut all: Vec<Brought> = made.into_iter().map(|made| (ZHEJIANG, made)).collect();
    foreign(post, kind, contents, genuine, &mut all);
    downgraded(post, kind, contents, &mut all);
    stitched(post, kind, contents, genuine, &mut all);
    all
}

fn foreign(
    post: &Post,
    kind: Kind,
    contents: &[Vec<u8>],
    genuine: &[Vec<u8>],
    all: &mut Vec<Brought>,
) {
    let here = post.to(CHONGQING);
    let now = noon();
    let mut push = |by: u32, what: &str, bytes: Vec<u8>| {
        all.push((by, (Way::Foreign, format!("{what}, by {by}"), bytes)));
    };
    for (number, content) in contents.iter().enumerate() {
        let id = id(0xf0, number);
        let to_here = |from| parcel((from, CHONGQING), kind, id, &here, content);
        for bringer in [FUJIAN, HAINAN, HUNAN, GANSU, SICHUAN, GUANGDONG] {
            push(
                bringer,
                "a genuine one of Zhejiang",
                genuine[number].clone(),
            );
        }
        for bringer in [ZHEJIANG, SICHUAN] {
            push(bringer, "a genuine one of Fujian", to_here(FUJIAN));
        }
        for from in [HAINAN, HUNAN, GANSU] {
            push(from, "of a region that may send none", to_here(from));
            push(ZHEJIANG, "of a region that may send none", to_here(from));
        }
        let there = parcel((ZHEJIANG, SICHUAN), kind, id, &post.to(SICHUAN), content);
        push(ZHEJIANG, "for Sichuan", there);
        let there = parcel((ZHEJIANG, CHONGQING), kind, id, &post.to(SICHUAN), content);
        push(ZHEJIANG, "sealed to Sichuan", there);
        let own = parcel(
            (ZHEJIANG, CHONGQING),
            kind,
            id,
            sealing(GANSU).public(),
            content,
        );
        push(ZHEJIANG, "sealed to nobody here", own);
        // In somebody else's name.
        for (named, signing) in [(ZHEJIANG, FUJIAN), (FUJIAN, ZHEJIANG), (SICHUAN, ZHEJIANG)] {
            let between = (division(named), division(CHONGQING));
            let until = now.plus(kind.longest_life());
            let label = Label::new(between, kind, id, now, until).unwrap();
            let bytes = sealed(&parcels_key(signing), &label, &here, content);
            for bringer in [named, signing] {
                push(bringer, "in another's name", bytes.clone());
            }
        }
    }
}

fn downgraded(post: &Post, kind: Kind, contents: &[Vec<u8>], all: &mut Vec<Brought>) {
    let here = post.to(CHONGQING);
    let (now, life) = (noon(), kind.longest_life());
    let mut push = |what: &str, bytes: Vec<u8>| {
        all.push((ZHEJIANG, (Way::Downgraded, what.to_owned(), bytes)));
    };
    for (number, content) in contents.iter().enumerate() {
        let id = id(0xd0, number);
        let lasting = |by: &SigningKey, made_at, expires_at| {
            let between = (division(ZHEJIANG), division(CHONGQING));
            let label = Label::new(between, kind, id, made_at, expires_at).unwrap();
            sealed(by, &label, &here, content)
        };
        let own = parcels_key(ZHEJIANG);
        push("over this second", lasting(&own, now.minus(life), now));
        let long_ago = now.minus(Span::hours(15));
        push(
            "over for long",
            lasting(&own, long_ago.minus(life), long_ago),
        );
        let ahead = now.plus(Span::seconds(601));
        push("from the future", lasting(&own, ahead, ahead.plus(life)));
        // Made when that key was good, says its label; whoever has the key today can say so too.
        let over = key_of(ZHEJIANG, Of::Over(KeyUse::Parcels));
        let (before, after) = (
            now.minus(Span::hours(3)),
            now.minus(Span::hours(3)).plus(life),
        );
        push(
            "backdated, by a key that is over",
            lasting(&over, before, after),
        );
        let to_come = key_of(ZHEJIANG, Of::NotYet(KeyUse::Parcels));
        push(
            "by a key that is not good yet",
            lasting(&to_come, now, now.plus(life)),
        );

        let honest = || Written::honest(kind);
        let honest_parts = parts(&lasting(&own, now, now.plus(life)));
        let mut wrong = vec![
            (
                "of version 0",
                Written {
                    version: 0,
                    ..honest()
                },
            ),
            (
                "of version 2",
                Written {
                    version: 2,
                    ..honest()
                },
            ),
            (
                "of kind 0",
                Written {
                    kind: 0,
                    ..honest()
                },
            ),
            (
                "of kind 7",
                Written {
                    kind: 7,
                    ..honest()
                },
            ),
            (
                "from the receiver",
                Written {
                    from: division(CHONGQING),
                    ..honest()
                },
            ),
            (
                "from the country",
                Written {
                    from: DivisionCode::COUNTRY,
                    ..honest()
                },
            ),
            (
                "living a second too long",
                Written {
                    expires_at: now.plus(life).plus(Span::seconds(1)),
                    ..honest()
                },
            ),
            (
                "living backwards",
                Written {
                    expires_at: now.minus(Span::seconds(1)),
                    ..honest()
                },
            ),
        ];
        let answers = match kind.answers() {
            Some(_) => None,
            None => Some([9; 16]),
        };
        wrong.push((
            "that answers or not",
            Written {
                answers,
                ..honest()
            },
        ));
        for (what, label) in wrong {
            let label = label.bytes(id, division(CHONGQING), &here);
            let [_, key, content] = &honest_parts;
            push(what, of_parts(&own, [&label, key, content]));
        }
    }
}

/// The sender itself puts parts of its parcels, or of others', together and signs them.
fn stitched(
    post: &Post,
    kind: Kind,
    contents: &[Vec<u8>],
    genuine: &[Vec<u8>],
    all: &mut Vec<Brought>,
) {
    let own = parcels_key(ZHEJIANG);
    let here = post.to(CHONGQING);
    let mut push = |by: u32, what: &str, bytes: Vec<u8>| {
        all.push((by, (Way::Stitched, what.to_owned(), bytes)));
    };
    for (number, one) in genuine.iter().enumerate() {
        let [label, key, content] = &parts(one);
        let [_, other_key, other_content] = &parts(&genuine[(number + 1) % genuine.len()]);
        push(
            ZHEJIANG,
            "another's content",
            of_parts(&own, [label, key, other_content]),
        );
        push(
            ZHEJIANG,
            "another's key",
            of_parts(&own, [label, other_key, content]),
        );
        push(
            ZHEJIANG,
            "another's both",
            of_parts(&own, [label, other_key, other_content]),
        );
        // Captured from a neighbour and signed anew, under its label and under an own one.
        let between = (FUJIAN, CHONGQING);
        let id = id(0xe0, number);
        let captured = parcel(between, kind, id, &here, &contents[number]);
        let [its_label, its_key, its_content] = &parts(&captured);
        for bringer in [ZHEJIANG, FUJIAN] {
            push(
                bringer,
                "captured",
                of_parts(&own, [its_label, its_key, its_content]),
            );
        }
        push(
            ZHEJIANG,
            "captured, relabelled",
            of_parts(&own, [label, its_key, its_content]),
        );
        let relabelled = Written::honest(kind).bytes(id, division(CHONGQING), &here);
        let relabelled = of_parts(&own, [&relabelled, its_key, its_content]);
        push(
            ZHEJIANG,
            "captured, relabelled under its number",
            relabelled,
        );
        for other in Kind::ALL.into_iter().filter(|other| *other != kind) {
            let answers = other.answers().map(|_| [7; 16]);
            let written = Written {
                answers,
                ..Written::honest(other)
            };
            let other_kind = written.bytes(id, division(CHONGQING), &here);
            push(
                ZHEJIANG,
                "as another kind",
                of_parts(&own, [&other_kind, key, content]),
            );
        }
    }
}
