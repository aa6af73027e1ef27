//! Lists that are signed but wrong.

use hc_code::Timestamp;
use hc_code::cbor::Writer;
use hc_code::day_index::{DayIndex, Domain};
use hc_code::status_list::{Changes, PackedList, Shard, StatusBits};
use hc_code::verify::Listed;

use super::{END, EVE, MORNING, REGION, StatusVector, at, delta, key, made, shard, silent, vector};
use crate::list_vectors::signed;

/// What a shard's claims say; each vector changes one thing.
struct ShardClaims {
    address: &'static str,
    issued_at: &'static str,
    expires_at: &'static str,
    bits: u64,
    stream: Vec<u8>,
    sequence: u64,
    domain: u64,
    number: u64,
    after: &'static [u8],
}

impl Default for ShardClaims {
    fn default() -> Self {
        Self {
            address: "https://330000.example/status/2022-06-28/0/0",
            issued_at: EVE,
            expires_at: END,
            bits: 2,
            stream: Shard::low().compress(),
            sequence: 0,
            domain: 20,
            number: 0,
            after: &[],
        }
    }
}

fn unix(text: &str) -> i64 {
    Timestamp::unix(at(text))
}

impl ShardClaims {
    fn sign(&self) -> Vec<u8> {
        let mut claims = Writer::new();
        claims.map(5).int(2).text(self.address);
        claims.int(4).int(unix(self.expires_at));
        claims.int(6).int(unix(self.issued_at));
        claims.int(65_533).map(2).text("bits").uint(self.bits);
        claims.text("lst").bytes(&self.stream);
        claims
            .int(-70_101)
            .array(7)
            .uint(u64::from(REGION))
            .uint(19_171)
            .uint(0);
        claims.uint(self.domain).uint(self.sequence);
        claims
            .int(unix(self.issued_at))
            .uint(self.number)
            .raw(self.after);
        signed(&key(1), "application/statuslist+cwt", claims.as_bytes())
    }
}

/// What a delta's claims say; each vector changes one thing.
struct DeltaClaims {
    sequence: u64,
    base: Option<u64>,
    count: u64,
    changes: Vec<u8>,
}

impl DeltaClaims {
    fn sign(&self) -> Vec<u8> {
        let mut claims = Writer::new();
        claims
            .map(3)
            .int(4)
            .int(unix(END))
            .int(6)
            .int(unix(MORNING));
        claims
            .int(-70_101)
            .array(9)
            .uint(u64::from(REGION))
            .uint(19_171)
            .uint(0);
        claims.uint(20).uint(self.sequence).int(unix(MORNING));
        match self.base {
            Some(base) => claims.uint(base),
            None => claims.null(),
        };
        claims.uint(self.count).bytes(&self.changes);
        signed(
            &key(1),
            "application/healthcode-delta+cwt",
            claims.as_bytes(),
        )
    }
}

fn changes(value: Listed) -> Vec<u8> {
    let entries = vec![
        (DayIndex::new(5), value),
        (DayIndex::new(900_000), Listed::High),
    ];
    made(Changes::new(Domain::SMALLEST, entries)).encode()
}

fn zlib(length: usize) -> Vec<u8> {
    // The stream of a list of other length, cut out of its CBOR: it ends where that ends.
    let cbor = PackedList::from_bytes(StatusBits::Two, vec![0; length]).to_cbor();
    let start = cbor
        .windows(2)
        .position(|pair| pair == [0x78, 0xda] || pair == [0x78, 0x9c]);
    cbor.get(start.unwrap_or(0)..).unwrap_or_default().to_vec()
}

pub(super) fn all() -> Vec<StatusVector> {
    let refused = |name: &str, about: &str, claims: ShardClaims, word: &str| {
        let offers = vec![shard(&claims.sign(), claims.issued_at, word)];
        vector(name, about, offers, vec![silent(5)])
    };
    let base = ShardClaims::default;
    let mut trailing = base().stream;
    trailing.push(0);
    let mut vectors = vec![
        refused(
            "later-edition-before-midnight",
            "Edition 1 is signed the evening before: two lists would be updated in parallel.",
            ShardClaims {
                sequence: 1,
                ..base()
            },
            "times",
        ),
        refused(
            "first-edition-during-the-day",
            "Edition 0 is signed during its day.",
            ShardClaims {
                issued_at: MORNING,
                ..base()
            },
            "times",
        ),
        refused(
            "list-beyond-its-day",
            "A list would hold a second longer than its day.",
            ShardClaims {
                expires_at: "2022-06-29T00:00:01+08:00",
                ..base()
            },
            "times",
        ),
        refused(
            "bits-other-than-two",
            "The list has one bit a position.",
            ShardClaims { bits: 1, ..base() },
            "list",
        ),
        refused(
            "stream-expands-too-far",
            "The zlib stream expands to a hundred times the length of a shard.",
            ShardClaims {
                stream: zlib(Shard::BYTES * 100),
                ..base()
            },
            "list",
        ),
        refused(
            "stream-too-short",
            "The zlib stream is one byte short of a shard.",
            ShardClaims {
                stream: zlib(Shard::BYTES - 1),
                ..base()
            },
            "list",
        ),
        refused(
            "trailing-byte-after-stream",
            "A byte stands after the end of the zlib stream.",
            ShardClaims {
                stream: trailing,
                ..base()
            },
            "list",
        ),
        refused(
            "trailing-byte-in-claims",
            "A byte stands after the claims.",
            ShardClaims {
                after: &[0],
                ..base()
            },
            "claims",
        ),
        refused(
            "shard-outside-the-domain",
            "The domain has one shard, and this is the second.",
            ShardClaims {
                number: 1,
                address: "https://330000.example/status/2022-06-28/0/1",
                ..base()
            },
            "outside",
        ),
        refused(
            "domain-too-small",
            "A domain of 2^19 positions.",
            ShardClaims {
                domain: 19,
                ..base()
            },
            "claims",
        ),
        refused(
            "address-of-another-shard",
            "The address names another day.",
            ShardClaims {
                address: "https://330000.example/status/2022-06-29/0/0",
                ..base()
            },
            "address",
        ),
    ];
    let refused = |name: &str, about: &str, claims: DeltaClaims, word: &str| {
        let offers = vec![delta(&claims.sign(), MORNING, word)];
        vector(name, about, offers, vec![silent(5)])
    };
    let base = || DeltaClaims {
        sequence: 2,
        base: Some(1),
        count: 2,
        changes: changes(Listed::Medium),
    };
    let mut longer = base().changes;
    longer.push(0);
    let mut padded = base().changes;
    if let Some(last) = padded.last_mut() {
        *last |= 1;
    }
    let mut shorter = base().changes;
    shorter.pop();
    vectors.extend([
        refused(
            "delta-backward",
            "A delta leads from an edition to itself.",
            DeltaClaims {
                base: Some(2),
                ..base()
            },
            "backward",
        ),
        refused(
            "delta-cut-off",
            "The coded changes end within the last entry.",
            DeltaClaims {
                changes: shorter,
                ..base()
            },
            "changes",
        ),
        refused(
            "delta-with-a-trailing-byte",
            "A byte stands after the last change.",
            DeltaClaims {
                changes: longer,
                ..base()
            },
            "changes",
        ),
        refused(
            "delta-with-padding-that-is-not-zero",
            "The last byte is not filled with zeros.",
            DeltaClaims {
                changes: padded,
                ..base()
            },
            "changes",
        ),
        refused(
            "delta-with-too-large-a-count",
            "More changes are announced than the bytes can hold.",
            DeltaClaims {
                count: 1 << 19,
                ..base()
            },
            "changes",
        ),
        refused(
            "whole-list-with-a-low-position",
            "A whole list names a position that is low.",
            DeltaClaims {
                base: None,
                changes: changes(Listed::Low),
                ..base()
            },
            "no-change",
        ),
    ]);
    vectors
}
