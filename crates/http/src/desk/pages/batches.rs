//! Evidence batches: what waits, what was quarantined and why; released with a passkey's signature.

use hc_core::store::Store;
use hc_node::party::PartyId;
use maud::{Markup, html};
use serde_json::{Value, json};

use super::{Visited, segment};
use crate::api::Root;
use crate::desk::ceremony;
use crate::desk::language::Language;
use crate::desk::show::{count, each, facts, field, form, note, number, table, text, time};
use crate::desk::visit::{Asking, Reply};
use crate::officers::batches;
use crate::problem::{Problem, ProblemType};

fn state(word: &str, l: Language) -> &'static str {
    match word {
        "waiting" => l.say("… 待复核", "… waiting"),
        "accepted" => l.say("✓ 已接收", "✓ accepted"),
        _ => l.say("✗ 已退回", "✗ refused"),
    }
}

pub(in crate::desk) async fn list<S: Store, R: Root>(
    visit: Visited<S, R>,
) -> Result<Reply, Problem> {
    let l = visit.language;
    let told = visit
        .ask(&batches::LIST, batches::list, Asking::plainly())
        .await?;
    let (waiting, others): (Vec<&Value>, Vec<&Value>) = each(&told, "batches")
        .iter()
        .partition(|batch| text(batch, "state") == "waiting");
    let rows = |all: Vec<&Value>| -> Vec<Vec<Markup>> {
        let row = |batch: &&Value| {
            let (source, reference) = (text(batch, "source"), text(batch, "reference"));
            let path = format!("/desk/batches/{}/{}", segment(source), segment(reference));
            vec![
                html! { a href=(path) { (source) " · " (reference) } },
                html! { (state(text(batch, "state"), l)) },
                time(&batch["received"], l),
                html! { (count(number(batch, "rows"))) },
                html! { (count(number(batch, "quarantined"))) },
            ]
        };
        all.iter().map(row).collect()
    };
    let head = [
        l.say("来源 · 编号", "Source · reference"),
        l.say("状态", "State"),
        l.say("收到", "Received"),
        l.say("有效行", "Rows"),
        l.say("隔离行", "Quarantined"),
    ];
    let body = html! {
        (table(l.say("等待复核的批次", "Batches that wait"), &head, &rows(waiting), l.say("没有批次在等待", "no batch waits")))
        (table(l.say("最近的批次", "The latest batches"), &head, &rows(others), l.say("没有批次", "no batch")))
    };
    Ok(Reply::page("依据批次", "Evidence batches", body))
}

pub(in crate::desk) async fn one<S: Store, R: Root>(
    visit: Visited<S, R>,
) -> Result<Reply, Problem> {
    let l = visit.language;
    let (source, reference) = (visit.segment("source"), visit.segment("reference"));
    let asking = Asking::plainly()
        .at("source", source)
        .at("reference", reference);
    let told = visit.ask(&batches::ONE, batches::one, asking).await?;
    let waits = text(&told, "state") == "waiting";
    let mut rows = vec![
        (l.say("来源", "Source"), html! { (source) }),
        (l.say("编号", "Reference"), html! { (reference) }),
        (
            l.say("状态", "State"),
            html! { (state(text(&told, "state"), l)) },
        ),
        (l.say("收到", "Received"), time(&told["received"], l)),
        (
            l.say("有效行", "Rows that count"),
            html! { (count(number(&told, "rows"))) },
        ),
        (
            l.say("新的行", "Of these new"),
            html! { (count(number(&told, "new"))) },
        ),
        (
            l.say("重复行", "Repeated"),
            html! { (count(number(&told, "repeated"))) },
        ),
        (
            l.say("隔离行", "Quarantined"),
            html! { (count(number(&told, "quarantined"))) },
        ),
    ];
    if waits {
        let raised = html! { strong { (count(number(&told, "raised"))) } };
        rows.push((
            l.say("会升到低风险以上的人数", "People it would turn above low"),
            raised,
        ));
    } else {
        let changed = html! { (count(number(&told, "changed"))) };
        rows.push((l.say("重新判定的人数", "People decided anew"), changed));
    }
    let decision = if waits && visit.may(&batches::RELEASE) {
        decision(&visit, source, reference).await?
    } else {
        html! {}
    };
    let body = html! {
        (facts(&rows))
        (inside(&told["inside"], l))
        (decision)
        (lines(&told, l))
    };
    Ok(Reply::page("批次", "A batch", body))
}

/// What is in a batch that waits, in numbers.
fn inside(inside: &Value, l: Language) -> Markup {
    let counted = |member: &str, name: &str| -> Vec<Vec<Markup>> {
        let row = |one: &Value| {
            vec![
                html! { (text(one, name)) },
                html! { (count(number(one, "rows"))) },
            ]
        };
        each(inside, member).iter().map(row).collect()
    };
    let mut divisions = counted("divisions", "division");
    let elsewhere = number(inside, "elsewhere");
    if elsewhere > 0 {
        divisions.push(vec![
            html! { (l.say("其他", "elsewhere")) },
            html! { (count(elsewhere)) },
        ]);
    }
    html! {
        @if !inside.is_null() {
            (table(l.say("按行的种类", "By kind of line"), &[l.say("种类", "Kind"), l.say("行数", "Rows")], &counted("kinds", "kind"), "–"))
            (table(l.say("按身份证发证地市", "By the prefecture that gave the identity number"), &[l.say("地市", "Prefecture"), l.say("行数", "Rows")], &divisions, "–"))
            (note("不足十行的地市不单列，任何人都不具名。", "Prefectures with fewer than ten rows are not told apart; nobody is named.", l))
        }
    }
}

fn lines(told: &Value, l: Language) -> Markup {
    let rows: Vec<Vec<Markup>> = each(told, "lines")
        .iter()
        .map(|line| {
            let problems = each(line, "problems");
            vec![
                html! { (number(line, "line")) },
                html! {
                    ul .plain lang="en" {
                        @for one in problems {
                            li {
                                @if let Some(field) = one["field"].as_str() { code { (field) } " " }
                                (text(one, "problem"))
                            }
                        }
                    }
                },
            ]
        })
        .collect();
    let head = [l.say("行", "Line"), l.say("原因", "Why")];
    table(
        l.say(
            "隔离的行（不显示内容）",
            "Quarantined lines, without what they say",
        ),
        &head,
        &rows,
        l.say("没有隔离的行", "no line was quarantined"),
    )
}

async fn decision<S: Store, R: Root>(
    visit: &Visited<S, R>,
    source: &str,
    reference: &str,
) -> Result<Markup, Problem> {
    let l = visit.language;
    let path = format!("/desk/batches/{}/{}", segment(source), segment(reference));
    let act = act(visit, source, reference).await?;
    let reason = |id: &str| {
        field(
            id,
            l.say("理由代码", "Reason code"),
            l.say(
                "小写字母、数字和连字符，例如 verified-by-phone",
                "lower-case letters, digits, hyphens: verified-by-phone",
            ),
            "text",
        )
    };
    let release = visit
        .signed_form(
            &format!("{path}/release"),
            act,
            &reason("reason"),
            l.say("放行（用通行密钥签名）", "Release, signed with the passkey"),
        )
        .await?;
    let refuse = form(
        visit,
        &format!("{path}/refusal"),
        &reason("refusal"),
        l.say("退回", "Refuse"),
    );
    Ok(html! {
        section .two {
            div { h2 { (l.say("放行", "Release")) } (release) }
            div { h2 { (l.say("退回", "Refuse")) } (refuse) }
        }
    })
}

/// What is signed for: this very batch as it is kept.
async fn act<S: Store, R: Root>(
    visit: &Visited<S, R>,
    source: &str,
    reference: &str,
) -> Result<[u8; 32], Problem> {
    let id = PartyId::parse(source).map_err(|_| Problem::new(ProblemType::NoBatch))?;
    let region = visit.api.region();
    let kept = region.batch(id, reference.to_owned()).await?;
    Ok(ceremony::release(source, reference, &kept.digest))
}

pub(in crate::desk) async fn release<S: Store, R: Root>(
    visit: Visited<S, R>,
) -> Result<Reply, Problem> {
    let (source, reference) = (visit.segment("source"), visit.segment("reference"));
    let digest = act(&visit, source, reference).await?;
    // A reference can be longer than a label of the log; its digest stands in what is signed for.
    let words: String = format!("release batch {source} {reference}");
    let words = words.chars().take(60).collect();
    visit.signed_for(digest, words).await?;
    let body = json!({"reason": visit.fields.trimmed("reason")?});
    let asking = Asking::plainly()
        .at("source", source)
        .at("reference", reference);
    let told = visit
        .ask(&batches::RELEASE, batches::release, asking.json(&body))
        .await?;
    let changed = number(&told, "changed");
    visit.tell(
        format!("批次已放行，重新判定 {changed} 人"),
        format!("The batch counts; {changed} people were decided anew"),
    );
    Ok(Reply::To("/desk/batches".to_owned()))
}

pub(in crate::desk) async fn refuse<S: Store, R: Root>(
    visit: Visited<S, R>,
) -> Result<Reply, Problem> {
    let body = json!({"reason": visit.fields.trimmed("refusal")?});
    let asking = Asking::plainly()
        .at("source", visit.segment("source"))
        .at("reference", visit.segment("reference"));
    visit
        .ask(&batches::REFUSE, batches::refuse, asking.json(&body))
        .await?;
    visit.tell("批次已退回", "The batch was refused");
    Ok(Reply::To("/desk/batches".to_owned()))
}
