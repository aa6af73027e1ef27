//! A code as people and programs read it, and as a QR code.

use anyhow::Result;
use hc_code::carried::Carried;
use hc_code::claims::{Body, Claims};
use hc_code::statement::{LastTest, Statement, TestKind};
use hc_code::text::StandardDomain;
use hc_code::{Level, ReasonClass, Timestamp};
use hc_qr::{Look, Paint, QrCode};
use serde::Serialize;

use crate::screen::Screen;

/// How a code looks, by what its text says in clear.
pub(crate) fn look(clear: StandardDomain) -> Look {
    clear.level().map_or(Look::paper(), Look::of)
}

/// The code as blocks in the terminal, with shape and word below. Where colours are dropped, dark
/// modules stay drawn.
pub(crate) fn blocks(
    screen: &mut Screen,
    text: &str,
    look: Look,
    paint: Paint,
    margin: &str,
) -> Result<()> {
    let drawn = hc_qr::terminal(&QrCode::of(text)?, look, paint);
    for line in drawn.lines() {
        screen.line(format!("{margin}{line}"))?;
    }
    Ok(())
}

/// Everything that a code says, in JSON. The binder is on the code for everybody who sees it.
#[derive(Serialize)]
pub(crate) struct ClaimsLine {
    issuer: String,
    class: &'static str,
    level: Option<Level>,
    reason: Option<&'static str>,
    as_of: Option<Timestamp>,
    issued_at: Timestamp,
    expires_at: Timestamp,
    last_test: Option<TestLine>,
    binder: Option<String>,
    handle: Option<String>,
    day: Option<String>,
    day_index: Option<u32>,
    holder: Option<String>,
    pointer: Option<String>,
}

#[derive(Serialize)]
struct TestLine {
    hour: Timestamp,
    kind: &'static str,
}

impl ClaimsLine {
    pub(crate) fn of(claims: &Claims) -> Self {
        let body = claims.body();
        let statement = body.statement();
        let carried = carried(body);
        let hexed = |bytes: &[u8]| hex::encode(bytes);
        Self {
            issuer: claims.issuer().to_string(),
            class: body.class().word(),
            level: statement.map(Statement::level),
            reason: statement.map(|statement| statement.reason().word()),
            as_of: statement.map(Statement::as_of),
            issued_at: claims.issued_at(),
            expires_at: claims.expires_at(),
            last_test: statement.and_then(Statement::last_test).map(TestLine::of),
            binder: body.binder().map(|binder| binder.expose_text().to_owned()),
            handle: match body {
                Body::Live(live) => Some(hexed(live.handle().as_bytes())),
                _ => None,
            },
            day: carried.map(day),
            day_index: carried.map(Carried::index),
            holder: carried.map(|carried| carried.holder().id().to_string()),
            pointer: match body {
                Body::Paper(paper) => Some(hexed(paper.pointer().as_bytes())),
                _ => None,
            },
        }
    }

    /// The same in words, one name and value after the other.
    pub(crate) fn words(&self, screen: &Screen) -> Vec<(&'static str, String)> {
        let level = self.level.map(|level| screen.level(level));
        let test = self
            .last_test
            .as_ref()
            .map(|test| format!("{} {}", test.kind, test.hour));
        let reason = self.reason.and_then(|word| word.parse().ok());
        let reason =
            reason.map(|class: ReasonClass| screen.say(class.word_zh(), class.word()).to_owned());
        let time = |at: Timestamp| at.to_string();
        let named = [
            (screen.say("签发地区", "issuer"), Some(self.issuer.clone())),
            (screen.say("类别", "class"), Some(self.class.to_owned())),
            (screen.say("等级", "level"), level),
            (screen.say("原因", "reason"), reason),
            (screen.say("依据时间", "facts as of"), self.as_of.map(time)),
            (
                screen.say("签发于", "issued at"),
                Some(time(self.issued_at)),
            ),
            (
                screen.say("失效于", "expires at"),
                Some(time(self.expires_at)),
            ),
            (screen.say("最近阴性检测", "last negative test"), test),
            (screen.say("核对", "binder"), self.binder.clone()),
            (screen.say("句柄", "handle"), self.handle.clone()),
            (screen.say("日期", "day"), self.day.clone()),
            (
                screen.say("当日序号", "day index"),
                self.day_index.map(|index| index.to_string()),
            ),
            (
                screen.say("持有人密钥", "holder's key"),
                self.holder.clone(),
            ),
            (screen.say("指针", "pointer"), self.pointer.clone()),
        ];
        let said = named
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)));
        said.collect()
    }
}

impl TestLine {
    fn of(test: LastTest) -> Self {
        Self {
            hour: test.time(),
            kind: match test.kind() {
                TestKind::NucleicAcid => "nucleic-acid",
                TestKind::Antigen => "antigen",
            },
        }
    }
}

const fn carried(body: &Body) -> Option<&Carried> {
    match body {
        Body::Carried(carried) => Some(carried),
        _ => None,
    }
}

/// The day as a date; days after 2149 by their number.
fn day(carried: &Carried) -> String {
    u16::try_from(carried.day()).map_or_else(
        |_| carried.day().to_string(),
        |number| hc_code::Day::from_number(number).to_string(),
    )
}
