//! Rule packs: uploaded, told apart from the one in force in words, tried on everybody, proposed.

use std::collections::BTreeMap;

use hc_core::party::Duty;
use hc_core::rules::{RulePack, diff};
use hc_core::store::Store;
use maud::{Markup, html};
use serde_json::{Value, json};

use super::Visited;
use crate::api::Root;
use crate::desk::chart::{self, Bar};
use crate::desk::confirming::Act;
use crate::desk::language::Language;
use crate::desk::page;
use crate::desk::show::{
    both, count, document, each, facts, form, level, number, table, text, time,
};
use crate::desk::visit::{Asking, Reply};
use crate::officers::{proposals, rules};
use crate::problem::{Problem, ProblemType};

pub(in crate::desk) async fn list<S: Store, R: Root>(
    visit: Visited<S, R>,
) -> Result<Reply, Problem> {
    let l = visit.language;
    let told = visit
        .ask(&rules::LIST, rules::list, Asking::plainly())
        .await?;
    let in_force = number(&told, "inForce");
    let rows: Vec<Vec<Markup>> = each(&told, "uploaded")
        .iter()
        .rev()
        .map(|pack| {
            let version = number(pack, "version");
            vec![
                html! { a href=(format!("/desk/rules/{version}")) { "v" (version) " " (both(&pack["name"], l)) } },
                html! { @if version == in_force { "✓ " (l.say("有效", "in force")) } @else { "–" } },
                time(&pack["uploaded"], l),
                time(&pack["inForceFrom"], l),
                time(&pack["validUntil"], l),
            ]
        })
        .collect();
    let head = [
        l.say("版本", "Version"),
        l.say("状态", "State"),
        l.say("上传", "Uploaded"),
        l.say("自何时有效", "In force from"),
        l.say("有效至", "Valid until"),
    ];
    let body = html! {
        p { (l.say("现行版本：", "The version in force: ")) strong { "v" (in_force) } }
        (progress(&told["redeciding"], l.say("全员重新判定", "Deciding everybody anew"), l))
        (table(l.say("上传的规则", "Packs that were uploaded"), &head, &rows, l.say("没有上传的规则", "no pack was uploaded")))
        @if visit.may(&rules::UPLOAD) {
            section aria-labelledby="upload" {
                h2 #upload { (l.say("上传新版本", "Upload the next version")) }
                (form(
                    &visit,
                    "/desk/rules",
                    &document("pack", l.say("规则包（TOML）", "Rule pack, TOML"), l.say("会先查验；有误之处一次列出。", "It is proved first; everything wrong with it is named at once."), l.say("或选择文件", "or choose a file")),
                    l.say("查验并保存", "Prove and keep"),
                ))
            }
        }
    };
    Ok(Reply::page("赋码规则", "Rule packs", body))
}

fn progress(progress: &Value, name: &str, l: Language) -> Markup {
    let (looked, of) = (number(progress, "looked"), number(progress, "of"));
    html! {
        @if !progress.is_null() {
            p {
                (name) ": " (count(looked)) " / " (count(of)) " "
                @if progress["failed"].as_bool() == Some(true) { "✗ " (l.say("中断", "broken off")) }
                @else if progress["ended"].is_null() { "… " (l.say("进行中", "under way")) }
                @else { "✓ " (l.say("完成", "ended")) " " (time(&progress["ended"], l)) }
            }
        }
    }
}

pub(in crate::desk) async fn upload<S: Store, R: Root>(
    visit: Visited<S, R>,
) -> Result<Reply, Problem> {
    // Browsers send every end of a line as CR LF; the file is kept as files are.
    let pack = visit.fields.one("pack")?.replace("\r\n", "\n");
    if pack.len() > hc_core::rules::MAX_PACK_BYTES {
        return Err(Problem::new(ProblemType::BodyTooLarge));
    }
    let l = visit.language;
    let act = Act {
        page: page::UPLOAD,
        title: ("保存规则包", "Keep a rule pack"),
        action: "/desk/rules",
        fields: &[("pack", l.say("规则包（TOML）", "Rule pack, TOML"))],
    };
    // What is wrong with a pack is told before anybody signs for it.
    if RulePack::parse(&pack).is_ok()
        && let Some(page) = visit.to_be_signed(&act).await?
    {
        return Ok(page);
    }
    let told = visit
        .ask(&rules::UPLOAD, rules::upload, Asking::plainly().file(pack))
        .await?;
    let version = number(&told, "version");
    visit.tell(
        format!("版本 {version} 已查验并保存，尚未生效"),
        format!("Version {version} was proved and kept; it decides nobody yet"),
    );
    Ok(Reply::To(format!("/desk/rules/{version}")))
}

pub(in crate::desk) async fn one<S: Store, R: Root>(
    visit: Visited<S, R>,
) -> Result<Reply, Problem> {
    let l = visit.language;
    let version = visit.segment("version").to_owned();
    let asking = || Asking::plainly().at("version", &version);
    let text = visit.ask_bytes(&rules::ONE, rules::one, asking()).await?;
    let text = String::from_utf8_lossy(&text).into_owned();
    let pack = RulePack::parse(&text).map_err(|_| Problem::new(ProblemType::Internal))?;
    let in_force = visit.api.region().rulebook().pack().clone();
    let trial = match visit.ask(&rules::TRIAL, rules::trial, asking()).await {
        Ok(trial) => Some(trial),
        Err(problem) if problem.kind() == ProblemType::NoRules => None,
        Err(problem) => return Err(problem),
    };
    let newer = pack.version > in_force.version;
    let rows = [
        (l.say("版本", "Version"), html! { "v" (pack.version) }),
        (
            l.say("名称", "Name"),
            html! { (l.say(&pack.name.zh, &pack.name.en)) },
        ),
        (l.say("规则数", "Rules"), html! { (pack.rules.len()) }),
        (
            l.say("现行版本", "In force"),
            html! { "v" (in_force.version) },
        ),
    ];
    let operates = visit.has(Duty::Operator);
    let body = html! {
        (facts(&rows))
        @if newer { (changes(&in_force, &pack, l)) }
        section aria-labelledby="trial" {
            h2 #trial { (l.say("试算", "Trial on everybody")) }
            @if let Some(trial) = &trial {
                (progress(&trial["progress"], l.say("已看", "Looked at"), l))
                (turns(trial, l))
            } @else {
                p .soft { (l.say("尚未试算。", "It was not tried yet.")) }
            }
            @if operates {
                (form(&visit, &format!("/desk/rules/{version}/trial"), &html! {}, l.say("开始试算（不作任何更改）", "Try it, changing nothing")))
            }
        }
        @if operates && newer {
            section aria-labelledby="propose" {
                h2 #propose { (l.say("启用", "Put in force")) }
                p { (l.say("提出后由另一人复核；按规则自己的公告期生效。", "Another person approves it; it takes effect after its own notice.")) }
                (form(&visit, &format!("/desk/rules/{version}/proposal"), &html! {}, l.say("提出启用", "Propose it")))
            }
        }
        details {
            summary { (l.say("规则原文", "The file")) }
            pre tabindex="0" { (text) }
        }
    };
    Ok(Reply::page("规则版本", "A rule pack", body))
}

/// What changes from the pack in force, in words.
fn changes(before: &RulePack, after: &RulePack, l: Language) -> Markup {
    let rows: Vec<Vec<Markup>> = diff::diff(before, after)
        .iter()
        .map(|change| {
            vec![
                if let Some(rule) = &change.rule {
                    html! { code { (rule) } }
                } else {
                    html! { (l.say("规则包", "the pack")) }
                },
                html! { (l.say(&change.words.zh, &change.words.en)) },
            ]
        })
        .collect();
    let head = [l.say("规则", "Rule"), l.say("变化", "What changes")];
    table(
        l.say("与现行版本的差别", "What changes from the pack in force"),
        &head,
        &rows,
        l.say("两个版本没有差别", "the two versions say the same"),
    )
}

/// Who would turn, by division: as bars and as a table.
fn turns(trial: &Value, l: Language) -> Markup {
    let turns = each(trial, "turns");
    let place = |turn: &Value| match turn["division"].as_str() {
        Some(division) => division.to_owned(),
        None => l.say("其他", "elsewhere").to_owned(),
    };
    let changed = |turn: &&Value| turn["from"] != turn["to"];
    let mut bars: BTreeMap<String, BTreeMap<&str, u64>> = BTreeMap::new();
    for turn in turns.iter().filter(changed) {
        let parts = bars.entry(place(turn)).or_default();
        *parts.entry(text(turn, "to")).or_default() += number(turn, "people");
    }
    let bars: Vec<Bar> = bars
        .into_iter()
        .map(|(label, parts)| Bar {
            label,
            parts: parts
                .into_iter()
                .map(|(code, people)| (chart::class(code), people))
                .collect(),
        })
        .collect();
    let rows: Vec<Vec<Markup>> = turns
        .iter()
        .filter(changed)
        .map(|turn| {
            vec![
                html! { (place(turn)) },
                level(text(turn, "from"), l),
                level(text(turn, "to"), l),
                html! { (count(number(turn, "people"))) },
            ]
        })
        .collect();
    let same: u64 = turns
        .iter()
        .filter(|turn| !changed(turn))
        .map(|turn| number(turn, "people"))
        .sum();
    let head = [
        l.say("地市", "Division"),
        l.say("现在", "From"),
        l.say("将会", "To"),
        l.say("人数", "People"),
    ];
    html! {
        @if !bars.is_empty() {
            (chart::bars(l.say("等级会改变的人数，按地市和新等级", "People whose level would change, by division and new level"), &bars, l))
        }
        (table(l.say("等级会改变的人", "People whose level would change"), &head, &rows, l.say("没有人的等级会改变", "nobody's level would change")))
        p { (l.say("等级不变：", "Levels that stay: ")) (count(same)) }
    }
}

pub(in crate::desk) async fn begin<S: Store, R: Root>(
    visit: Visited<S, R>,
) -> Result<Reply, Problem> {
    let version = visit.segment("version");
    let asking = Asking::plainly().at("version", version);
    visit.ask(&rules::TRY, rules::begin, asking).await?;
    visit.tell(
        "试算已开始，重新打开本页看进度",
        "The trial has begun: open this page again to see how far it is",
    );
    Ok(Reply::To(format!(
        "/desk/rules/{}",
        super::segment(version)
    )))
}

pub(in crate::desk) async fn propose<S: Store, R: Root>(
    visit: Visited<S, R>,
) -> Result<Reply, Problem> {
    let version: u32 = visit
        .segment("version")
        .parse()
        .map_err(|_| Problem::new(ProblemType::NoRules))?;
    let body = json!({"activateRules": {"version": version}});
    let asking = Asking::plainly().json(&body);
    let told = visit.ask(&proposals::MAKE, proposals::make, asking).await?;
    visit.tell(
        "已提出，等待另一人复核",
        "Proposed: another person approves it",
    );
    Ok(Reply::To(format!("/desk/proposals/{}", text(&told, "id"))))
}
