//! A verdict as JSON.

use hc_code::statement::{Binder, LastTest, TestKind};
use hc_code::verify::{Action, Genuine, Verdict};
use hc_code::{Class, DivisionCode, Level, ReasonClass, Timestamp};
use serde::Serialize;

/// What a gate's page shows and what a receipt names; times are Unix seconds. Holds the binder, which is personal: it is
/// for the eyes at the gate and not for storage.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report<'a> {
    action: Action,
    cause: &'static str,
    rule: Option<&'a str>,
    now: i64,
    clock_behind_seconds: i64,
    seen_before: bool,
    genuine: Option<GenuineReport<'a>>,
}

/// A genuine code, whatever follows from it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GenuineReport<'a> {
    issuer: DivisionCode,
    class: Class,
    level: Option<Level>,
    reason: ReasonClass,
    as_of: Option<i64>,
    issued_at: i64,
    expires_at: i64,
    last_test: Option<TestReport>,
    binder: Option<&'a str>,
    extension: String,
}

#[derive(Serialize)]
struct TestReport {
    at: i64,
    kind: TestKind,
}

impl core::fmt::Debug for Report<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Report")
            .field("action", &self.action)
            .field("cause", &self.cause)
            .finish_non_exhaustive()
    }
}

impl<'a> Report<'a> {
    /// The report on a verdict.
    pub fn of(verdict: &'a Verdict) -> Self {
        Self {
            action: verdict.action(),
            cause: verdict.cause().word(),
            rule: verdict.rule(),
            now: verdict.now().unix(),
            clock_behind_seconds: verdict.clock_behind().as_seconds(),
            seen_before: verdict.seen_before(),
            genuine: verdict.genuine().map(GenuineReport::of),
        }
    }
}

impl<'a> GenuineReport<'a> {
    fn of(genuine: &'a Genuine) -> Self {
        Self {
            issuer: genuine.issuer(),
            class: genuine.class(),
            level: genuine.level(),
            reason: genuine.reason(),
            as_of: genuine.as_of().map(Timestamp::unix),
            issued_at: genuine.claims().issued_at().unix(),
            expires_at: genuine.claims().expires_at().unix(),
            last_test: genuine.last_test().map(TestReport::of),
            binder: genuine.binder().map(Binder::expose_text),
            extension: genuine.extension().as_bytes().iter().fold(
                String::new(),
                |mut text, byte| {
                    for half in [byte >> 4, byte & 15] {
                        text.extend(char::from_digit(u32::from(half), 16));
                    }
                    text
                },
            ),
        }
    }
}

impl TestReport {
    const fn of(test: LastTest) -> Self {
        Self {
            at: test.time().unix(),
            kind: test.kind(),
        }
    }
}
