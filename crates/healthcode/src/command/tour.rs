//! `tour`: one person's story, played with the real parsers, a real rule pack and the real decision.
//!
//! The person, the communities, the lists and the keys are invented; the rules are those of Zhejiang
//! in 2022. What is signed is signed and verified as anywhere else.

mod demonstration;

use std::collections::BTreeSet;
use std::io::{self, BufRead};

use anyhow::{Context, Result, bail};
use hc_code::text::CodeText;
use hc_code::verify::Action;
use hc_code::{Level, Timestamp};
use hc_core::area::{AreaIndex, AreaLedger, Gazetteer, Publication};
use hc_core::decide::{Decision, decide};
use hc_core::document::DocumentKey;
use hc_core::evidence::Register;
use hc_core::evidence::intake::{self, Desk, Receipt};
use hc_core::explanation::{Explanation, explain};
use hc_core::place::PlaceTable;
use hc_core::rules::{RulePack, Text, check};
use hc_qr::Paint;
use serde::Serialize;

use super::Outcome;
use crate::args::Tour;
use crate::screen::Screen;
use crate::show;
use crate::show::verdict::VerdictLine;
use crate::show::{code, verdict};
use demonstration::{Judged, Shown, Station};

const PACK: &str = include_str!("../../../../policies/zhejiang-2022-06.toml");
const EVIDENCE: &str = include_str!("../../tour/evidence.ndjson");
const PUBLICATIONS: [&str; 3] = [
    include_str!("../../tour/2022070809.json"),
    include_str!("../../tour/2022070811.json"),
    include_str!("../../tour/2022071310.json"),
];

/// What comes in at a step.
enum Comes {
    /// A line of evidence, by its place in the file.
    Line(usize),
    /// A publication of risk areas.
    Publication(usize),
    /// Nothing but time.
    Time,
}

/// One step: when, what comes, in words, and what level must follow.
struct Step {
    at: &'static str,
    comes: Comes,
    zh: &'static str,
    en: &'static str,
    level: Level,
}

const STEPS: [Step; 8] = [
    Step {
        at: "2022-07-04T08:00:00+08:00",
        comes: Comes::Line(0),
        zh: "李女士在柜台申报健康状况，没有异常。",
        en: "Ms Li declares her health at a counter. Nothing is wrong.",
        level: Level::Low,
    },
    Step {
        at: "2022-07-08T09:00:00+08:00",
        comes: Comes::Publication(0),
        zh: "国家公布风险区名单，其中没有义乌。",
        en: "The national list of risk areas comes out. Yiwu is not on it.",
        level: Level::Low,
    },
    Step {
        at: "2022-07-08T09:00:00+08:00",
        comes: Comes::Line(1),
        zh: "运营商信息：她5日至7日在义乌市，只知道到区县。",
        en: "A carrier reports that she was in Yiwu from the 5th to the 7th, known only by county.",
        level: Level::Low,
    },
    Step {
        at: "2022-07-08T11:00:00+08:00",
        comes: Comes::Publication(1),
        zh: "义乌市稠城街道晨光社区被划为高风险区。她的行程信息不够精确，无法判定，只需排查。",
        en: "A community in Yiwu is put at high risk. Her stay is known too coarsely to tell, so she is asked to check.",
        level: Level::Medium,
    },
    Step {
        at: "2022-07-08T16:00:00+08:00",
        comes: Comes::Line(2),
        zh: "疾控部门核实：她到过该社区。",
        en: "The health authority finds that she stayed in that very community.",
        level: Level::High,
    },
    Step {
        at: "2022-07-13T10:00:00+08:00",
        comes: Comes::Publication(2),
        zh: "该社区退出名单。对她而言时间从离开之日算起，不变。",
        en: "The community is taken off the list. For her the days count from when she left; nothing changes.",
        level: Level::High,
    },
    Step {
        at: "2022-07-14T03:00:00+08:00",
        comes: Comes::Line(3),
        zh: "满6天后采样，单采核酸阴性。",
        en: "Sampled after six days: her test is negative.",
        level: Level::High,
    },
    Step {
        at: "2022-07-15T00:00:00+08:00",
        comes: Comes::Time,
        zh: "到当日24时自动转为低风险，无需任何人操作。",
        en: "At midnight the level is low again. Nobody had to lift it.",
        level: Level::Low,
    },
];

/// What has come in so far.
#[derive(Default)]
struct Known {
    register: Register,
    places: PlaceTable,
    ledger: AreaLedger,
    person: Option<DocumentKey>,
    /// Rules and stages that were shown in full before.
    shown: BTreeSet<(String, u8)>,
}

pub(super) fn run(command: &Tour, screen: &mut Screen) -> Result<Outcome> {
    let pack = RulePack::parse(PACK)?;
    check::check(&pack)?;
    let title = format!(
        "{} · {}",
        screen.pick(&pack.name),
        screen.say("一个人的故事", "one person's story")
    );
    if !screen.json() {
        screen.heading(title)?;
    }
    if !screen.json() {
        let note = screen.say(
            "密钥由公开的演示种子生成，仅供演示，任何闸机都不信任",
            "the keys come from a published demonstration seed, for this tour alone; no gate trusts them",
        );
        screen.line(note)?;
    }
    let mut known = Known::default();
    for (number, step) in (1..).zip(&STEPS) {
        let at: Timestamp = step.at.parse()?;
        let line = known.take(&step.comes, at)?;
        let Some(person) = known.person.clone() else {
            bail!("the story begins with nobody")
        };
        let history = known.ledger.history();
        let story = known.register.story(&person, at);
        let index = AreaIndex::build(&known.places, &history);
        let decision = decide(&pack, story.facts(), &index, at);
        let explanation = explain(&pack, &decision, at, &story, &history);
        let mut station = Station::open(explanation.region, number, at)?;
        let shown = station.show(&decision, explanation.class)?;
        if screen.json() {
            screen.object(&StepLine::of(
                number,
                step,
                at,
                line,
                &decision,
                &explanation,
                &shown,
            ))?;
        } else {
            in_words(
                screen,
                (number, step, at),
                line,
                &explanation,
                &mut known,
                &person,
            )?;
            at_the_gate(screen, &shown)?;
        }
        for judged in [&shown.live.verdict, &shown.carried.verdict] {
            if judged.action() != due(step.level) {
                bail!("step {number}: the gate says {}", judged.action());
            }
        }
        if decision.level != step.level {
            bail!(
                "step {number}: the level is {}, the story says {}",
                decision.level,
                step.level
            );
        }
        if command.step {
            io::stdin().lock().read_line(&mut String::new())?;
        }
    }
    Ok(Outcome::Clean)
}

impl Known {
    /// Takes in what comes at a step; gives back the line of evidence, if it is one.
    fn take(&mut self, comes: &Comes, at: Timestamp) -> Result<Option<&'static str>> {
        match comes {
            Comes::Time => Ok(None),
            Comes::Publication(number) => {
                let text = PUBLICATIONS.get(*number).context("no such publication")?;
                let parsed = Publication::parse(text.as_bytes(), "")?;
                let located = Gazetteer::bundled().locate(&parsed.publication);
                self.ledger.add(&located.snapshot);
                Ok(None)
            }
            Comes::Line(number) => {
                let line = EVIDENCE.lines().nth(*number).context("no such line")?;
                let mut desk = Desk::new(Receipt::At(at), &mut self.places);
                let batch = intake::ndjson(line.as_bytes(), &mut desk);
                if let Some(quarantined) = batch.quarantined().first() {
                    bail!("line {number} is set aside: {:?}", quarantined.faults());
                }
                for row in batch.into_rows() {
                    if let (None, Some(document)) = (&self.person, row.document()) {
                        self.person = Some(document.key());
                    }
                    self.register.add(row);
                }
                Ok(Some(line))
            }
        }
    }
}

fn in_words(
    screen: &mut Screen,
    (number, step, at): (usize, &Step, Timestamp),
    line: Option<&str>,
    explanation: &Explanation,
    known: &mut Known,
    person: &DocumentKey,
) -> Result<()> {
    screen.line("")?;
    let words = screen.say(step.zh, step.en);
    screen.heading(format!("{number}. {at}  {words}"))?;
    if let Some(line) = line {
        screen.line(format!("   > {line}"))?;
    }
    let level = screen.level(explanation.level);
    screen.line(format!("   {level}"))?;
    show::ground(screen, explanation)?;
    let evidence = known.register.person(person, at);
    show::reasons(screen, explanation, evidence.evidence(), |reason| {
        known.shown.insert((reason.rule.clone(), reason.stage.0))
    })?;
    let (until, may_change) = (
        show::instant(screen, explanation.valid_until),
        screen.say("最早可能变化", "may next change"),
    );
    screen.line(format!("   {may_change}: {until}"))
}

/// What the plainest recognition policy does at a level.
const fn due(level: Level) -> Action {
    match level {
        Level::Low => Action::Pass,
        Level::Medium => Action::Check,
        Level::High => Action::Refuse,
        Level::Unknown => Action::Unknown,
    }
}

/// The code on her page, and what a gate without network says of it and of the one that her phone
/// carries.
fn at_the_gate(screen: &mut Screen, shown: &Shown) -> Result<()> {
    let look = code::look(CodeText::parse(&shown.live.text)?.standard());
    code::blocks(screen, &shown.live.text, look, Paint::Colour, "   ")?;
    for (name, judged) in [
        (
            screen.say("闸机离线核验动态码", "the gate, offline, on her live code"),
            &shown.live,
        ),
        (
            screen.say(
                "闸机离线核验手机随身码",
                "the gate, offline, on the code her phone carries",
            ),
            &shown.carried,
        ),
    ] {
        let said = verdict::in_a_line(screen, &judged.verdict);
        screen.line(format!("   {name}: {said}"))?;
    }
    Ok(())
}

#[derive(Serialize)]
struct StepLine<'a> {
    step: usize,
    at: Timestamp,
    words: show::BothTexts,
    evidence: Option<&'a str>,
    level: Level,
    valid_until: Timestamp,
    reasons: Vec<show::ReasonLine>,
    live: JudgedLine<'a>,
    carried: JudgedLine<'a>,
}

#[derive(Serialize)]
struct JudgedLine<'a> {
    text: &'a str,
    verdict: VerdictLine,
}

impl<'a> JudgedLine<'a> {
    fn of(judged: &'a Judged) -> Self {
        Self {
            text: &judged.text,
            verdict: VerdictLine::of(&judged.verdict),
        }
    }
}

impl<'a> StepLine<'a> {
    fn of(
        number: usize,
        step: &Step,
        at: Timestamp,
        evidence: Option<&'a str>,
        decision: &Decision,
        explanation: &Explanation,
        shown: &'a Shown,
    ) -> Self {
        let words = Text {
            zh: step.zh.to_owned(),
            en: step.en.to_owned(),
        };
        Self {
            step: number,
            at,
            words: (&words).into(),
            evidence,
            level: decision.level,
            valid_until: decision.valid_until,
            reasons: explanation
                .reasons
                .iter()
                .map(show::ReasonLine::of)
                .collect(),
            live: JudgedLine::of(&shown.live),
            carried: JudgedLine::of(&shown.carried),
        }
    }
}
