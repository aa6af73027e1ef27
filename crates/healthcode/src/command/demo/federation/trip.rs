//! The trip: what a migrant worker of 2020 went through, step by step, each with what must come of it.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use hc_code::{Level, Span};
use hyper::Method;
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::time::{Instant, sleep};

use super::asking::text;
use super::country::{Country, Place};
use super::places::{CHONGQING, GUANGDONG, GUIZHOU, SICHUAN};
use crate::random;
use crate::screen::Screen;

/// What one region learns must count at home within this time.
const WITHIN: Duration = Duration::from_secs(5);
/// So many steps there are.
const STEPS: usize = 6;
/// The worker among the people of Sichuan, and a traveller of Guizhou: beyond those who live there already.
const WORKER: u32 = 1_000_001;

/// How far the trip has come.
pub(super) struct Trip {
    country: Country,
    next: usize,
    /// Where the worker has a code, and the token of their phone.
    home: Option<(&'static str, String)>,
}

/// A step that was played.
#[derive(Clone, Serialize)]
pub(super) struct StepPlayed {
    pub(super) at: String,
    pub(super) zh: String,
    pub(super) en: String,
    /// Whose code is shown: its region and level; none where nobody's.
    pub(super) level: Option<Level>,
    /// What gates say of it.
    pub(super) verdicts: Vec<Verdict>,
    /// Why it is not low, in the words of its region.
    pub(super) reason: Option<Value>,
}

/// What a region's gate says of a code.
#[derive(Clone, Serialize)]
pub(super) struct Verdict {
    pub(super) region: &'static str,
    pub(super) zh: &'static str,
    pub(super) en: &'static str,
    pub(super) action: String,
    pub(super) level: Option<String>,
    pub(super) cause: String,
    /// The rule of the region's recognition policy, and its words.
    pub(super) rule: Option<String>,
    pub(super) says: Value,
}

impl Trip {
    pub(super) const fn new(country: Country) -> Self {
        Self {
            country,
            next: 0,
            home: None,
        }
    }

    /// Plays the next step; nothing when the trip is over. A level or a verdict that is not what it must be
    /// is an error.
    pub(super) async fn next(&mut self) -> Result<Option<StepPlayed>> {
        let played = match self.next {
            0 => self.declare().await?,
            1 => self.chongqing().await?,
            2 => self.contact().await?,
            3 => self.home_again().await?,
            4 => self.moves().await?,
            5 => self.without_a_code().await?,
            _ => return Ok(None),
        };
        self.next += 1;
        Ok(Some(played))
    }

    /// Whether everything was played.
    pub(super) const fn is_over(&self) -> bool {
        self.next >= STEPS
    }

    /// Where the worker's code is now, and its text; nothing before the first step.
    pub(super) async fn code(&self) -> Result<Option<(&Place, Value)>> {
        let Some((home, token)) = &self.home else {
            return Ok(None);
        };
        let place = self.country.place(home)?;
        Ok(Some((place, self.shown(place, token).await?)))
    }

    async fn declare(&mut self) -> Result<StepPlayed> {
        let sichuan = self.country.place(SICHUAN)?;
        let token = self.enrol(sichuan, WORKER).await?;
        self.home = Some((SICHUAN, token));
        self.told(
            "在四川申报一次健康，领到四川码。",
            "declares her health once, in Sichuan, and has a code there",
            Level::Low,
            &[(SICHUAN, "pass")],
        )
        .await
    }

    async fn chongqing(&self) -> Result<StepPlayed> {
        self.told(
            "到重庆：闸机直接核验四川码，不再填表；广东按自己的互认政策判定。",
            "arrives in Chongqing: its gate reads the code of Sichuan, and no form is filled in; Guangdong goes by its own policy",
            Level::Low,
            &[(CHONGQING, "pass"), (GUANGDONG, "pass")],
        )
        .await
    }

    /// A companion falls ill: who sat beside them is named by the code that was scanned.
    async fn contact(&self) -> Result<StepPlayed> {
        let (guangdong, now) = (self.country.place(GUANGDONG)?, self.country.now());
        let (_, shown) = self.code().await?.context("nobody has a code yet")?;
        let line = json!({
            "code": text(&shown, "/codes/0/text")?, "kind": "contact",
            "at": now.minus(Span::hours(3)).to_string(), "degree": "close",
        });
        let begun = Instant::now();
        let to = (guangdong.at.as_str(), "trip-1");
        let asking = self.country.asking();
        guangdong.authority.send(asking, to, line, now).await?;
        self.until(Level::High, begun).await?;
        let took = begun.elapsed().as_millis();
        let zh = format!(
            "在广东：同行者确诊，疾控以扫到的码报送密接；依据密封送达四川，{took} 毫秒后码在各地同时改变。"
        );
        let en = format!(
            "in Guangdong a companion falls ill, and the health authority names her by the code that was scanned: \
             sealed, it reaches Sichuan, which decides; {took} ms later the code has turned everywhere"
        );
        let everywhere = [
            (SICHUAN, "refuse"),
            (CHONGQING, "refuse"),
            (GUANGDONG, "refuse"),
        ];
        self.told(&zh, &en, Level::High, &everywhere).await
    }

    async fn home_again(&self) -> Result<StepPlayed> {
        self.country.forward(Span::days(22)).await?;
        self.told(
            "回家隔离，期满后自动转为低风险，各地立即认可。",
            "goes home and stays there; when the term is over the level is low again by itself, for every region at once",
            Level::Low,
            &[(SICHUAN, "pass"), (CHONGQING, "pass"), (GUANGDONG, "pass")],
        )
        .await
    }

    /// To Guangdong for good: what Sichuan knows goes there, once, and nobody fills in a form.
    async fn moves(&mut self) -> Result<StepPlayed> {
        let (home, token) = self.home.clone().context("nobody has a code yet")?;
        let (from, to) = (self.country.place(home)?, self.country.place(GUANGDONG)?);
        let asking = self.country.asking();
        let preview = format!("{}/v1/transfer-previews", from.at);
        let preview = asking
            .ask(Method::GET, &preview, Some(&token), None)
            .await?;
        let secret = random::bytes::<32>()?;
        let moving = json!({
            "to": GUANGDONG, "fingerprint": text(&preview, "/fingerprint")?,
            "pickUp": hex::encode(Sha256::digest(secret.as_slice())),
            "carried": false, "endHere": true, "consent": 1,
        });
        let begin = format!("{}/v1/transfers", from.at);
        let begun = asking
            .ask(Method::POST, &begin, Some(&token), Some(&moving))
            .await?;
        let wanted = json!({
            "from": home, "id": text(&begun, "/id")?, "secret": hex::encode(secret.as_slice()),
        });
        let pick_up = format!("{}/v1/transfer-pickups", to.at);
        let since = Instant::now();
        let picked = loop {
            match asking
                .ask(Method::POST, &pick_up, None, Some(&wanted))
                .await
            {
                Ok(picked) => break picked,
                Err(error) if since.elapsed() > WITHIN => return Err(error),
                Err(_) => sleep(Duration::from_millis(100)).await,
            }
        };
        self.home = Some((GUANGDONG, text(&picked, "/token")?));
        self.told(
            "迁居广东：看过并同意要转移的内容，密封转移一次，广东按自己的规则发码，四川码停用。",
            "moves to Guangdong for good: she sees what goes and agrees, it goes sealed and once, Guangdong decides by its own rules, and the code of Sichuan ends",
            Level::Low,
            &[(GUANGDONG, "pass"), (CHONGQING, "pass")],
        )
        .await
    }

    /// Somebody whose region has no code: the hub gives them one, and it is a code like any other.
    async fn without_a_code(&self) -> Result<StepPlayed> {
        let guizhou = self.country.place(GUIZHOU)?;
        let token = self.enrol(guizhou, WORKER).await?;
        let shown = self.shown(guizhou, &token).await?;
        let code = text(&shown, "/codes/0/text")?;
        let verdicts = self.verdicts(&code, &[(GUANGDONG, "pass")]).await?;
        let chongqing = self.country.place(CHONGQING)?;
        let convert = format!("{}/v1/conversions", chongqing.at);
        let asked = json!({ "code": code });
        let asking = self.country.asking();
        let converted = asking
            .ask(Method::POST, &convert, None, Some(&asked))
            .await?;
        let converted = text(&converted, "/code")?;
        let own = format!(":{CHONGQING}:");
        ensure!(
            converted.contains(&own),
            "the converted code is not Chongqing's: {converted}"
        );
        Ok(StepPlayed {
            at: self.country.now().to_string(),
            zh: "贵州没有自己的码：国家平台为贵州的旅客发码，各地认可；只会读本地码的闸机由重庆转码。".to_owned(),
            en: "Guizhou has no code of its own: the hub gives its people one, which is read everywhere; for gates that read local codes only, Chongqing converts it".to_owned(),
            level: Some(Level::Low),
            verdicts,
            reason: None,
        })
    }

    async fn enrol(&self, place: &Place, person: u32) -> Result<String> {
        let person = place.crowd.person(person);
        let enrolment = json!({
            "identity": { "method": "demo" },
            "profile": { "name": person.name },
            "document": { "type": "111", "number": person.number },
            "consents": [{ "purpose": "code", "version": 1, "days": 365 }],
            "declaration": { "health": {
                "symptoms": ["1"], "stayedHighRisk": "2", "contactWithCase": "2",
                "reportedAt": place.node.now().to_string(),
            } },
        });
        let address = format!("{}/v1/enrolments", place.at);
        let asking = self.country.asking();
        let made = asking
            .ask(Method::POST, &address, None, Some(&enrolment))
            .await?;
        text(&made, "/shown/token")
    }

    async fn shown(&self, place: &Place, token: &str) -> Result<Value> {
        let address = format!("{}/v1/code", place.at);
        self.country
            .asking()
            .ask(Method::GET, &address, Some(token), None)
            .await
    }

    /// Waits until the worker's code has a level.
    async fn until(&self, level: Level, begun: Instant) -> Result<()> {
        loop {
            let (_, shown) = self.code().await?.context("nobody has a code yet")?;
            if text(&shown, "/level")? == level.code() {
                return Ok(());
            }
            ensure!(
                begun.elapsed() < WITHIN,
                "the code does not turn in time: {shown}"
            );
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// What came of a step: the level must be this, and these gates must say so.
    async fn told(
        &self,
        zh: &str,
        en: &str,
        level: Level,
        due: &[(&'static str, &str)],
    ) -> Result<StepPlayed> {
        let (place, shown) = self.code().await?.context("nobody has a code yet")?;
        ensure!(
            text(&shown, "/level")? == level.code(),
            "the level is not {level}: {shown}"
        );
        let verdicts = self.verdicts(&text(&shown, "/codes/0/text")?, due).await?;
        let reason = if level == Level::Low {
            None
        } else {
            let address = format!("{}/v1/why", place.at);
            let token = self.home.as_ref().map(|(_, token)| token.as_str());
            let asking = self.country.asking();
            let why = asking.ask(Method::GET, &address, token, None).await?;
            why.pointer("/reasons/0/says").cloned()
        };
        Ok(StepPlayed {
            at: self.country.now().to_string(),
            zh: zh.to_owned(),
            en: en.to_owned(),
            level: Some(level),
            verdicts,
            reason,
        })
    }

    /// What these regions' gates say, which must be what is due.
    async fn verdicts(&self, code: &str, due: &[(&'static str, &str)]) -> Result<Vec<Verdict>> {
        let mut verdicts = Vec::new();
        for (region, action) in due {
            let place = self.country.place(region)?;
            let verdict = verdict(&self.country, place, code).await?;
            ensure!(
                verdict.action == *action,
                "{region} says {}, not {action}: {}",
                verdict.action,
                verdict.cause
            );
            verdicts.push(verdict);
        }
        Ok(verdicts)
    }
}

/// What a region's gate says of a code.
pub(super) async fn verdict(country: &Country, place: &Place, code: &str) -> Result<Verdict> {
    let address = format!("{}/v1/verdicts", place.at);
    let scan = json!({ "text": code });
    let said = country
        .asking()
        .ask(Method::POST, &address, None, Some(&scan))
        .await?;
    let rule = text(&said, "/rule").ok();
    Ok(Verdict {
        region: place.played.code,
        zh: place.played.zh,
        en: place.played.en,
        action: text(&said, "/action")?,
        level: text(&said, "/level").ok(),
        cause: text(&said, "/cause")?,
        says: place.says(rule.as_deref()),
        rule,
    })
}

/// Tells a step in the terminal.
pub(super) fn tell(played: &StepPlayed, screen: &mut Screen) -> Result<()> {
    if screen.json() {
        return screen.object(played);
    }
    let words = screen.say(&played.zh, &played.en).to_owned();
    let level = played.level.map(|level| screen.level(level));
    screen.line(format!(
        "{}  {}  {words}",
        played.at,
        level.unwrap_or_default()
    ))?;
    let language = screen.say("zh", "en").to_owned();
    if let Some(reason) = played.reason.as_ref().and_then(|says| says.get(&language)) {
        let reason = reason.as_str().unwrap_or_default();
        screen.line(format!("   {}: {reason}", screen.say("原因", "reason")))?;
    }
    for verdict in &played.verdicts {
        let name = screen.say(verdict.zh, verdict.en).to_owned();
        let says = verdict.says.get(&language).and_then(Value::as_str);
        let rule = verdict
            .rule
            .as_deref()
            .map_or_else(String::new, |rule| format!(" ({rule})"));
        screen.line(format!(
            "   {name}{}: {}{rule}  {}",
            screen.say("闸机", "’s gate"),
            verdict.action,
            says.unwrap_or_default()
        ))?;
    }
    Ok(())
}
