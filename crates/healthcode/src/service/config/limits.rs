//! Everything bounded in number, size and time.

use std::time::Duration;

use anyhow::{Result, ensure};
use hc_code::Span;
use hc_http::Limits;
use hc_http::serve::Connections;
use serde::{Deserialize, Serialize};

/// Bounds. Where it says none, there is none unless one is set.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct LimitsConfig {
    /// Requests that are carried, a second; the surplus is refused slowly. None: whatever comes.
    #[cfg_attr(test, schemars(range(min = 1, max = 10_000_000)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) capacity: Option<u32>,
    /// Connections of the public listener at once.
    #[cfg_attr(test, schemars(range(min = 1, max = 1_000_000)))]
    pub(crate) connections: u32,
    /// Connections from one address at once. Many phones share one behind a carrier. None: any number.
    #[cfg_attr(test, schemars(range(min = 1, max = 1_000_000)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) connections_per_address: Option<u32>,
    /// Requests that are read from one connection, a second. None: any number.
    #[cfg_attr(test, schemars(range(min = 1, max = 1_000_000)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) requests_per_connection: Option<u32>,
    /// TLS handshakes under way at once; one more ends the oldest.
    #[cfg_attr(test, schemars(range(min = 1, max = 1_000_000)))]
    pub(crate) handshakes: u32,
    /// How long a TLS handshake may take. 1s to 1m.
    #[cfg_attr(
        test,
        schemars(
            with = "String",
            regex(pattern = "^([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$")
        )
    )]
    pub(crate) handshake_within: Span,
    /// How long the head of a request may take, and how long a connection may be idle. 1s to 5m.
    #[cfg_attr(
        test,
        schemars(
            with = "String",
            regex(pattern = "^([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$")
        )
    )]
    pub(crate) head_within: Span,
    /// How long a connection lives. 1s to 24h.
    #[cfg_attr(
        test,
        schemars(
            with = "String",
            regex(pattern = "^([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$")
        )
    )]
    pub(crate) lifetime: Span,
    /// How long answers under way may still take when the service ends. 1s to 5m.
    #[cfg_attr(
        test,
        schemars(
            with = "String",
            regex(pattern = "^([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$")
        )
    )]
    pub(crate) grace: Span,
    /// Bytes of a JSON body.
    #[cfg_attr(test, schemars(range(min = 4096, max = 1_048_576)))]
    pub(crate) json_bytes: u32,
    /// How long a JSON body may take to come. 1s to 5m.
    #[cfg_attr(
        test,
        schemars(
            with = "String",
            regex(pattern = "^([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$")
        )
    )]
    pub(crate) json_within: Span,
    /// Bytes of a batch of evidence.
    #[cfg_attr(test, schemars(range(min = 65_536, max = 1_073_741_824)))]
    pub(crate) batch_bytes: u32,
    /// How long a batch may take to come. 1s to 1h.
    #[cfg_attr(
        test,
        schemars(
            with = "String",
            regex(pattern = "^([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$")
        )
    )]
    pub(crate) batch_within: Span,
    /// Batches that are read at once.
    #[cfg_attr(test, schemars(range(min = 1, max = 1024)))]
    pub(crate) batches_at_once: u32,
    /// Acts that run at once.
    #[cfg_attr(test, schemars(range(min = 1, max = 100_000)))]
    pub(crate) acts_at_once: u32,
    /// Acts that wait behind them; one more is refused at once.
    #[cfg_attr(test, schemars(range(min = 0, max = 1_000_000)))]
    pub(crate) acts_waiting: u32,
    /// How long an act may wait for its turn. 1s to 1m.
    #[cfg_attr(
        test,
        schemars(
            with = "String",
            regex(pattern = "^([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$")
        )
    )]
    pub(crate) turn_within: Span,
    /// How long an act may take. 1s to 10m.
    #[cfg_attr(
        test,
        schemars(
            with = "String",
            regex(pattern = "^([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$")
        )
    )]
    pub(crate) act_within: Span,
    /// Acts that one subject, source, gate or officer may ask for, and tries of one document, a minute.
    #[cfg_attr(test, schemars(range(min = 1, max = 1_000_000)))]
    pub(crate) acts_a_minute: u32,
    /// People whom one officer may enrol at a counter, an hour.
    #[cfg_attr(test, schemars(range(min = 1, max = 100_000)))]
    pub(crate) counter_enrolments_an_hour: u32,
}

impl Default for LimitsConfig {
    fn default() -> Self {
        Self {
            capacity: None,
            connections: 8192,
            connections_per_address: None,
            requests_per_connection: None,
            handshakes: 1024,
            handshake_within: Span::seconds(5),
            head_within: Span::seconds(10),
            lifetime: Span::seconds(600),
            grace: Span::seconds(30),
            json_bytes: 65_536,
            json_within: Span::seconds(10),
            batch_bytes: 16_777_216,
            batch_within: Span::seconds(60),
            batches_at_once: 4,
            acts_at_once: 256,
            acts_waiting: 1024,
            turn_within: Span::seconds(5),
            act_within: Span::seconds(30),
            acts_a_minute: 60,
            counter_enrolments_an_hour: 60,
        }
    }
}

impl LimitsConfig {
    /// Name, value where there is one, least and most: numbers as they are, times in seconds.
    pub(super) fn bounds(&self) -> [(&'static str, Option<i64>, i64, i64); 20] {
        let count = |count: u32| Some(i64::from(count));
        let time = |span: Span| Some(span.as_seconds());
        [
            ("capacity", self.capacity.and_then(count), 1, 10_000_000),
            ("connections", count(self.connections), 1, 1_000_000),
            (
                "connections-per-address",
                self.connections_per_address.and_then(count),
                1,
                1_000_000,
            ),
            (
                "requests-per-connection",
                self.requests_per_connection.and_then(count),
                1,
                1_000_000,
            ),
            ("handshakes", count(self.handshakes), 1, 1_000_000),
            ("handshake-within", time(self.handshake_within), 1, 60),
            ("head-within", time(self.head_within), 1, 300),
            ("lifetime", time(self.lifetime), 1, 86_400),
            ("grace", time(self.grace), 1, 300),
            ("json-bytes", count(self.json_bytes), 4096, 1_048_576),
            ("json-within", time(self.json_within), 1, 300),
            (
                "batch-bytes",
                count(self.batch_bytes),
                65_536,
                1_073_741_824,
            ),
            ("batch-within", time(self.batch_within), 1, 3600),
            ("batches-at-once", count(self.batches_at_once), 1, 1024),
            ("acts-at-once", count(self.acts_at_once), 1, 100_000),
            ("acts-waiting", count(self.acts_waiting), 0, 1_000_000),
            ("turn-within", time(self.turn_within), 1, 60),
            ("act-within", time(self.act_within), 1, 600),
            ("acts-a-minute", count(self.acts_a_minute), 1, 1_000_000),
            (
                "counter-enrolments-an-hour",
                count(self.counter_enrolments_an_hour),
                1,
                100_000,
            ),
        ]
    }

    pub(super) fn check(&self) -> Result<()> {
        for (name, value, least, most) in self.bounds() {
            ensure!(
                value.is_none_or(|value| (least..=most).contains(&value)),
                "limits.{name}: it must be {least} to {most} (times in seconds)"
            );
        }
        Ok(())
    }

    /// The bounds of requests.
    pub(crate) fn of_requests(&self) -> Limits {
        Limits {
            json_bytes: self.json_bytes as usize,
            batch_bytes: self.batch_bytes as usize,
            json_within: duration(self.json_within),
            batch_within: duration(self.batch_within),
            batches_at_once: self.batches_at_once as usize,
            acts_at_once: self.acts_at_once as usize,
            acts_waiting: self.acts_waiting as usize,
            turn_within: duration(self.turn_within),
            act_within: duration(self.act_within),
            acts_a_minute: self.acts_a_minute,
            counter_enrolments_an_hour: self.counter_enrolments_an_hour,
        }
    }

    /// The bounds of connections.
    pub(crate) fn of_connections(&self) -> Connections {
        Connections {
            most: self.connections,
            most_per_address: self.connections_per_address,
            head_within: duration(self.head_within),
            lifetime: duration(self.lifetime),
            grace: duration(self.grace),
            handshake_within: duration(self.handshake_within),
            handshakes_at_once: self.handshakes,
            requests_a_second: self.requests_per_connection,
        }
    }
}

/// A span as the machine measures it.
pub(super) fn duration(span: Span) -> Duration {
    // A span is never negative.
    Duration::from_secs(span.as_seconds().unsigned_abs())
}
