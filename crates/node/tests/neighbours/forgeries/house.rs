//! A gate and a node that follow the federation: what they know, and what they say to an offer.

use hc_code::federation::{Federation, Followed};
use hc_code::keys::Adopted;
use hc_code::signing::Signer as _;
use hc_code::status_list::Accepted;
use hc_code::verify::{ListAnswer, StatusLookup as _};
use hc_code::{DivisionCode, Timestamp};
use hc_node::foreign::Foreign;
use hc_testkit::hexadecimal;
use hc_wasm::{Gate, Marks, Refused, Settings, Taken};

use super::actors::{
    FUJIAN, HAINAN, HUNAN, TRUST_VERSION, ZHEJIANG, draft, everybody, hub, key_list, old_hub,
    removals, remover, signed_keys, signed_trust,
};
use super::tally::Said;
use crate::world::{division, noon, root};

/// Both follow the same hub; the gate is the one that pages run.
pub(super) struct House {
    pub(super) gate: Gate,
    pub(super) node: Foreign,
}

/// What both know: compared before and after.
#[derive(Debug, PartialEq)]
pub(super) struct Known {
    gate: Marks,
    issuers: Vec<String>,
    lists: Vec<Vec<u8>>,
    next: Vec<String>,
    status: Vec<Option<ListAnswer>>,
}

impl House {
    /// With trust lists up to the one that is held, removals, and the key lists of four regions.
    pub(super) fn new() -> Self {
        let key = hexadecimal::write(old_hub().public_key().as_bytes());
        let settings = format!(r#"{{"hubKeys":[{{"algorithm":"Ed25519","key":"{key}"}}]}}"#);
        let settings = Settings::parse(settings.as_bytes()).unwrap();
        let mut house = Self {
            gate: Gate::new(settings).unwrap(),
            node: Foreign::new(Federation::new(vec![old_hub().public_key().clone()])),
        };
        let now = noon();
        for version in TRUST_VERSION - 2..=TRUST_VERSION {
            let by = if version < TRUST_VERSION {
                old_hub()
            } else {
                hub()
            };
            let list = signed_trust(draft(version, 0), &by);
            house.gate.take_trust_list(&list, now).unwrap();
            house.node.take_trust(&list, now).unwrap();
        }
        // Before the removals, which bar the removed region's.
        for region in [ZHEJIANG, FUJIAN, HAINAN, HUNAN] {
            let list = signed_keys(&key_list(region, 7), &root(region));
            house
                .gate
                .take_key_list(&list, division(region), now)
                .unwrap();
            house.node.take_keys(division(region), &list, now).unwrap();
        }
        let removed = removals(now).sign(&remover()).unwrap();
        house.gate.take_removals(&removed, now).unwrap();
        house.node.take_removals(&removed, now).unwrap();
        house
    }

    /// What is known, with the positions of a day that somebody may ask for.
    pub(super) fn known(&self, day: u32) -> Known {
        let held = self.node.held();
        let mut lists = vec![
            held.trust_bytes().unwrap().to_vec(),
            held.removal_bytes().unwrap().to_vec(),
        ];
        let mut status = Vec::new();
        let mut issuers = Vec::new();
        for region in everybody() {
            lists.push(held.key_list_bytes(region).unwrap_or_default().to_vec());
            issuers.push(format!("{:?}", self.gate.issuer(region, noon())));
            for position in [0, 1, 5, 6, 9, 77, 1_000_000] {
                status.push(self.gate.status(region, day, position));
                status.push(self.node.status(region, day, position));
            }
        }
        Known {
            gate: self.gate.marks(),
            issuers,
            lists,
            next: held
                .next_keys()
                .iter()
                .map(|key| key.id().to_string())
                .collect(),
            status,
        }
    }

    pub(super) fn offer_trust(&mut self, bytes: &[u8], now: Timestamp) -> Said {
        let node = match self.node.take_trust(bytes, now) {
            Ok(Followed::Same) => Said::NothingNew,
            Ok(Followed::Newer | Followed::Passed) => Said::Believed,
            Err(_) => Said::Refused,
        };
        Said::worst([node, said(self.gate.take_trust_list(bytes, now))])
    }

    pub(super) fn offer_removals(&mut self, bytes: &[u8], now: Timestamp) -> Said {
        let node = match self.node.take_removals(bytes, now) {
            Ok(Followed::Same) => Said::NothingNew,
            Ok(Followed::Newer | Followed::Passed) => Said::Believed,
            Err(_) => Said::Refused,
        };
        Said::worst([node, said(self.gate.take_removals(bytes, now))])
    }

    pub(super) fn offer_keys(&mut self, of: DivisionCode, bytes: &[u8], now: Timestamp) -> Said {
        let node = match self.node.take_keys(of, bytes, now) {
            Ok(Adopted::Same) => Said::NothingNew,
            Ok(Adopted::Newer) => Said::Believed,
            Err(_) => Said::Refused,
        };
        Said::worst([node, said(self.gate.take_key_list(bytes, of, now))])
    }

    /// As a shard and as a delta: who offers it does not say which it is.
    pub(super) fn offer_status(&mut self, of: DivisionCode, bytes: &[u8], now: Timestamp) -> Said {
        let node = match self.node.take_shard(of, bytes, now) {
            Ok(Accepted::Held) => Said::NothingNew,
            Ok(Accepted::New) => Said::Believed,
            Err(_) => Said::Refused,
        };
        let shard = said(self.gate.take_shard(bytes, of, now));
        let delta = said(self.gate.take_delta(bytes, of, now));
        Said::worst([node, shard, delta])
    }

    pub(super) fn offer_policy(&mut self, of: DivisionCode, bytes: &[u8], now: Timestamp) -> Said {
        said(self.gate.take_recognition(bytes, of, now))
    }
}

fn said(taken: Result<Taken, Refused>) -> Said {
    match taken {
        Ok(Taken::Accepted | Taken::Newer | Taken::New) => Said::Believed,
        Ok(Taken::Same | Taken::Held) => Said::NothingNew,
        Err(_) => Said::Refused,
    }
}
