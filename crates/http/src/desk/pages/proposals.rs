//! What takes two officers: proposals that wait, approved by another person's passkey over that very proposal.

use hc_core::store::Store;
use maud::{Markup, html};
use serde_json::{Value, json};

use super::Visited;
use crate::api::Root;
use crate::desk::language::Language;
use crate::desk::show::{each, facts, field, form, note, table, text, time};
use crate::desk::visit::{Asking, Reply};
use crate::desk::{ceremony, names};
use crate::officers::proposals;
use crate::problem::{Problem, ProblemType};

/// The word for what is proposed.
fn act(word: &str, l: Language) -> &str {
    match word {
        "register-officer" => l.say("登记人员", "register an officer"),
        "register-gate" => l.say("登记闸机", "register a gate"),
        "register-source" => l.say("登记来源", "register a source"),
        "register-application" => l.say("登记应用", "register an application"),
        "end-application" => l.say("终止应用登记", "end an application's registration"),
        "end-officer" => l.say("终止人员登记", "end an officer's registration"),
        "end-gate" => l.say("终止闸机登记", "end a gate's registration"),
        "end-source" => l.say("终止来源登记", "end a source's registration"),
        "publish-recognition" => l.say("公布互认政策", "publish a recognition policy"),
        "activate-rules" => l.say("启用赋码规则", "put a rule pack in force"),
        other => other,
    }
}

fn state(word: &str, l: Language) -> &str {
    match word {
        "waiting" => l.say("… 待复核", "… waiting"),
        "done" => l.say("✓ 已执行", "✓ done"),
        "refused" => l.say("✗ 已退回", "✗ refused"),
        "lapsed" => l.say("○ 已失效", "○ lapsed"),
        other => other,
    }
}

/// What it is about, in a few words.
fn about(proposal: &Value) -> Markup {
    let (party, rules) = (&proposal["party"], &proposal["rules"]);
    html! {
        @if !party.is_null() { (text(party, "id")) }
        @if !rules.is_null() { "v" (rules["version"]) }
    }
}

pub(in crate::desk) async fn list<S: Store, R: Root>(
    visit: Visited<S, R>,
) -> Result<Reply, Problem> {
    let l = visit.language;
    let told = visit
        .ask(&proposals::LIST, proposals::list, Asking::plainly())
        .await?;
    let rows: Vec<Vec<Markup>> = each(&told, "proposals")
        .iter()
        .map(|one| {
            let path = format!("/desk/proposals/{}", text(one, "id"));
            vec![
                html! { a href=(path) { (act(text(one, "act"), l)) " " (about(one)) } },
                html! { (state(text(one, "state"), l)) },
                html! { (text(one, "by")) },
                time(&one["at"], l),
                time(&one["until"], l),
            ]
        })
        .collect();
    let head = [
        l.say("事项", "What"),
        l.say("状态", "State"),
        l.say("提出人", "By"),
        l.say("提出", "Made"),
        l.say("失效", "Lapses"),
    ];
    let body = html! {
        (table(l.say("事项", "Proposals"), &head, &rows, l.say("没有事项", "no proposal")))
        (note("一人提出，另一人用自己的通行密钥就该事项签名后执行。", "One person proposes; another signs for that very proposal with their own passkey, which does it.", l))
    };
    Ok(Reply::page("待复核事项", "Proposals", body))
}

pub(in crate::desk) async fn one<S: Store, R: Root>(
    visit: Visited<S, R>,
) -> Result<Reply, Problem> {
    let l = visit.language;
    let id = visit.segment("id");
    let asking = Asking::plainly().at("id", id);
    let told = visit.ask(&proposals::ONE, proposals::one, asking).await?;
    let mut rows = vec![
        (
            l.say("事项", "What"),
            html! { (act(text(&told, "act"), l)) " " (about(&told)) },
        ),
        (
            l.say("状态", "State"),
            html! { (state(text(&told, "state"), l)) },
        ),
        (l.say("提出人", "By"), html! { (text(&told, "by")) }),
        (l.say("提出", "Made"), time(&told["at"], l)),
        (l.say("失效", "Lapses"), time(&told["until"], l)),
    ];
    if let Some(reason) = told["reason"].as_str() {
        rows.push((l.say("理由代码", "Reason code"), html! { (reason) }));
    }
    let decided = &told["decided"];
    if !decided.is_null() {
        rows.push((
            l.say("处理人", "Decided by"),
            html! { (text(decided, "by")) },
        ));
        rows.push((l.say("处理", "Decided"), time(&decided["at"], l)));
    }
    let waits = text(&told, "state") == "waiting" && visit.may(&proposals::APPROVE);
    let own = visit.seat()?.officer.id().as_str() == text(&told, "by");
    let body = html! {
        (facts(&rows))
        (terms(&told, l))
        @if waits {
            section .two {
                div {
                    h2 { (l.say("复核", "Second credential")) }
                    @if own {
                        p .note { (l.say("您提出的事项须由另一人复核。", "You made this proposal: another person approves it.")) }
                    } @else {
                        (approval(&visit, id, l).await?)
                    }
                }
                div {
                    h2 { (l.say("退回", "Refuse")) }
                    (form(
                        &visit,
                        &format!("/desk/proposals/{id}/refusal"),
                        &field("reason", l.say("理由代码", "Reason code"), l.say("小写字母、数字和连字符", "lower-case letters, digits, hyphens"), "text"),
                        l.say("退回", "Refuse"),
                    ))
                }
            }
        }
    };
    Ok(Reply::page("待复核事项", "A proposal", body))
}

/// Everything that is proposed, name by name.
fn terms(told: &Value, l: Language) -> Markup {
    let proposed = match (&told["party"], &told["rules"]) {
        (Value::Object(party), _) => party,
        (_, Value::Object(rules)) => rules,
        _ => return html! {},
    };
    let rows: Vec<Vec<Markup>> = proposed
        .iter()
        .map(|(name, value)| vec![html! { (names::name(name, l)) }, shown(value, l)])
        .collect();
    let head = [l.say("名称", "Name"), l.say("值", "Value")];
    html! {
        (table(l.say("提出的内容", "What is proposed"), &head, &rows, ""))
        @if let Some(version) = told["rules"]["version"].as_u64() {
            p { a href=(format!("/desk/rules/{version}")) { (l.say("查看规则、差别和试算", "See the rules, what changes, and the trial")) } }
        }
    }
}

/// A value of whatever form, as text.
pub(super) fn shown(value: &Value, l: Language) -> Markup {
    match value {
        Value::String(text) => html! { (names::value(text, l)) },
        Value::Array(all) => html! { ul .plain { @for one in all { li { (shown(one, l)) } } } },
        Value::Object(members) => html! {
            ul .plain { @for (name, one) in members { li { span .soft { (names::name(name, l)) } " " (shown(one, l)) } } }
        },
        Value::Null => html! { "–" },
        Value::Bool(yes) => {
            html! { @if *yes { (l.say("是", "yes")) } @else { (l.say("否", "no")) } }
        }
        Value::Number(number) => html! { (number) },
    }
}

/// What is signed for: this very proposal.
async fn signs<S: Store, R: Root>(visit: &Visited<S, R>, id: &str) -> Result<[u8; 32], Problem> {
    let mut name = [0; 16];
    hex::decode_to_slice(id, &mut name).map_err(|_| Problem::new(ProblemType::NoProposal))?;
    let proposal = visit.api.region().proposal(name).await?;
    Ok(ceremony::approval(&name, &proposal.proposed.digest()))
}

async fn approval<S: Store, R: Root>(
    visit: &Visited<S, R>,
    id: &str,
    l: Language,
) -> Result<Markup, Problem> {
    let act = signs(visit, id).await?;
    let what = html! {
        p { (l.say("签名只对这一事项有效，内容摘要：", "The signature is for this proposal alone; digest: ")) code .long { (hex::encode(act)) } }
    };
    visit
        .signed_form(
            &format!("/desk/proposals/{id}/approval"),
            act,
            &what,
            l.say("批准（用通行密钥签名）", "Approve, signed with the passkey"),
        )
        .await
}

pub(in crate::desk) async fn approve<S: Store, R: Root>(
    visit: Visited<S, R>,
) -> Result<Reply, Problem> {
    let id = visit.segment("id");
    let act = signs(&visit, id).await?;
    visit
        .signed_for(act, format!("approve proposal {id}"))
        .await?;
    let asking = Asking::plainly().at("id", id);
    visit
        .ask(&proposals::APPROVE, proposals::approve, asking)
        .await?;
    visit.tell("已批准并执行", "Approved and done");
    Ok(Reply::To(format!("/desk/proposals/{}", super::segment(id))))
}

pub(in crate::desk) async fn refuse<S: Store, R: Root>(
    visit: Visited<S, R>,
) -> Result<Reply, Problem> {
    let body = json!({"reason": visit.fields.trimmed("reason")?});
    let asking = Asking::plainly().at("id", visit.segment("id"));
    visit
        .ask(&proposals::REFUSE, proposals::refuse, asking.json(&body))
        .await?;
    visit.tell("已退回", "Refused");
    Ok(Reply::To("/desk/proposals".to_owned()))
}
