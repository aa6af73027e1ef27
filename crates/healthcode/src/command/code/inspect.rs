//! `code inspect`: any text taken apart; what is wrong with its form gets its name.

use anyhow::Result;
use hc_code::claims::{Body, Claims};
use hc_code::cose::{Header, Sign1};
use hc_code::text::CodeText;
use hc_code::verify::Cause;
use hc_code::{DivisionCode, Level};
use serde::Serialize;

use crate::args::Inspect;
use crate::command::Outcome;
use crate::input::text;
use crate::screen::Screen;
use crate::show::cause_zh;
use crate::show::code::ClaimsLine;

pub(in crate::command) fn run(command: &Inspect, screen: &mut Screen) -> Result<Outcome> {
    let mut found = false;
    text::each(&command.text, |text| {
        let parts = Parts::of(text);
        found |= parts.defect.is_some();
        if screen.json() {
            screen.object(&parts)
        } else {
            parts.in_words(screen)
        }
    })?;
    Ok(Outcome::from_found(found))
}

/// As much of a text as can be read. Nothing in it is believed: no key is looked at.
#[derive(Default, Serialize)]
struct Parts {
    characters: usize,
    clear: Option<Clear>,
    extension: Option<String>,
    algorithm: Option<&'static str>,
    key_id: Option<String>,
    claims: Option<ClaimsLine>,
    /// Whether a showing follows; `None` where it did not come to that.
    shown: Option<bool>,
    defect: Option<Defect>,
}

#[derive(Serialize)]
struct Clear {
    issuer: DivisionText,
    class: &'static str,
    level: Option<Level>,
}

#[derive(Serialize)]
#[serde(transparent)]
struct DivisionText(String);

impl From<DivisionCode> for DivisionText {
    fn from(code: DivisionCode) -> Self {
        Self(code.to_string())
    }
}

#[derive(Serialize)]
struct Defect {
    /// The cause that a verdict on this text names, whatever the lists say.
    name: &'static str,
    detail: String,
    detail_zh: String,
}

impl Parts {
    fn of(text: &str) -> Self {
        let mut parts = Self {
            characters: text.chars().count(),
            ..Self::default()
        };
        if let Err(cause) = parts.take_apart(text) {
            parts.defect = Some(Defect {
                name: cause.word(),
                detail: cause.to_string(),
                detail_zh: cause_zh::cause(&cause),
            });
        }
        parts
    }

    fn take_apart(&mut self, text: &str) -> Result<(), Cause> {
        let code = CodeText::parse(text)?;
        let clear = code.standard();
        self.clear = Some(Clear {
            issuer: clear.issuer().into(),
            class: clear.class().word(),
            level: clear.level(),
        });
        self.extension = Some(hex::encode(code.extension()));
        self.shown = Some(code.showing().is_some());
        let signed = Sign1::parse(code.security()).map_err(Cause::Form)?;
        self.algorithm = Some(signed.algorithm().name());
        self.key_id = signed.key_id().map(|id| id.to_string());
        let claims = Claims::decode(signed.payload())?;
        self.claims = Some(ClaimsLine::of(&claims));
        if claims.standard() != clear {
            return Err(Cause::ClearPartDiffers);
        }
        if let (Body::Carried(carried), Some(showing)) = (claims.body(), code.showing()) {
            // The holder's key is in the code itself, so this needs no list.
            let holder = carried.holder();
            let showing =
                Sign1::parse(showing).map_err(|error| Cause::ShowingForged(error.into()))?;
            showing
                .verify(
                    holder,
                    &Header::without_key_id(holder),
                    code.issued().as_bytes(),
                )
                .map_err(|error| Cause::ShowingForged(error.into()))?;
        }
        Ok(())
    }

    fn in_words(&self, screen: &mut Screen) -> Result<()> {
        let characters = screen.say("字符", "characters");
        screen.heading(format!("{} {characters}", self.characters))?;
        if let Some(clear) = &self.clear {
            let level = clear.level.map(|level| screen.level(level));
            let name = screen.say("明文", "in clear");
            screen.line(format!(
                "  {name}: {} {} {}",
                clear.issuer.0,
                clear.class,
                level.unwrap_or_default()
            ))?;
        }
        for (name, value) in [
            (screen.say("地区附加", "extension"), &self.extension),
            (
                screen.say("算法", "algorithm"),
                &self.algorithm.map(str::to_owned),
            ),
            (screen.say("密钥", "key"), &self.key_id),
        ] {
            if let Some(value) = value.as_ref().filter(|value| !value.is_empty()) {
                screen.line(format!("  {name}: {value}"))?;
            }
        }
        if let Some(claims) = &self.claims {
            for (name, value) in claims.words(screen) {
                screen.line(format!("  {name}: {value}"))?;
            }
        }
        if let Some(defect) = &self.defect {
            let name = screen.say("缺陷", "defect");
            let detail = screen.say(&defect.detail_zh, &defect.detail).to_owned();
            return screen.line(format!("  {name}: {detail} ({})", defect.name));
        }
        let sound = screen.say(
            "形式无误；签名未经核验（用 code verify）",
            "sound in form; the signature was not checked (code verify does)",
        );
        screen.line(format!("  {sound}"))
    }
}
