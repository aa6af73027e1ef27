//! The decision log: entries, checkpoint, and the proof that an entry stands in it.

use hc_core::store::Store;
use hc_node::passkeys::Statement;
use hc_tlog::entry::Part;
use maud::{Markup, html};
use serde_json::Value;

use super::Visited;
use crate::api::Root;
use crate::desk::language::Language;
use crate::desk::names;
use crate::desk::show::{each, facts, note, number, table, text, time};
use crate::desk::visit::{Asking, Reply};
use crate::officers::audited;
use crate::problem::Problem;

/// So many entries stand on a page.
const PAGE: u64 = 100;

fn details(entry: &Value, l: Language) -> Markup {
    html! {
        ul .plain {
            @for detail in each(entry, "details") {
                li { span .soft { (names::name(text(detail, "field"), l)) } " " (super::proposals::shown(&detail["value"], l)) }
            }
        }
    }
}

fn actor(entry: &Value) -> String {
    let actor = &entry["actor"];
    format!("{} {}", text(actor, "role"), text(actor, "id"))
}

fn kind(entry: &Value, l: Language) -> String {
    match entry["kind"].as_str() {
        Some(kind) => names::name(kind, l).to_owned(),
        None => l.say("内容已删除", "content erased").to_owned(),
    }
}

/// What of a passkey's signature holds, read from the entry alone (`spec/decision-log.md` §4).
fn signed<S: Store, R: Root>(visit: &Visited<S, R>, entry: &Value) -> Result<Markup, Problem> {
    let l = visit.language;
    let part = |detail: &Value| {
        let is_part = text(detail, "field") == "signed";
        is_part.then(|| hex::decode(text(detail, "value")).unwrap_or_default())
    };
    let parts: Vec<Vec<u8>> = each(entry, "details").iter().filter_map(part).collect();
    if parts.is_empty() {
        return Ok(html! {});
    }
    let desk = visit.desk()?.relying();
    let parts: Result<Vec<Part>, _> = parts.iter().map(|part| Part::read_from(part)).collect();
    let statement = parts
        .ok()
        .and_then(|parts| Statement::from_parts(&parts).ok());
    Ok(html! {
        section aria-labelledby="signed" {
            h2 #signed { (l.say("通行密钥的签名", "The passkey's signature")) }
            @match statement {
                None => p .wrong { (l.say("✗ 读不出来", "✗ it cannot be read")) }
                Some(statement) => {
                    p {
                        @match statement.verify(desk) {
                            Ok(()) => (l.say("✓ 成立：这把密钥在本工作台上、经核验的人，对这一事项签了名。", "✓ It holds: this key signed for this act, at this desk, by a person who was verified.")),
                            Err(error) => strong .wrong { (l.say("✗ 不成立：", "✗ It does not hold: ")) span lang="en" { (error) } },
                        }
                    }
                    (facts(&[
                        (l.say("事项摘要", "Digest of the act"), html! { code .long { (hex::encode(statement.act())) } }),
                        (l.say("公钥", "Public key"), html! { code .long { (statement.key().algorithm().name()) ":" (hex::encode(statement.key().as_bytes())) } }),
                    ]))
                    p { (l.say("公钥须与添加这个通行密钥的条目所记的一致。", "The key must be the one that the entry says by which the passkey was added.")) }
                }
            }
        }
    })
}

pub(in crate::desk) async fn list<S: Store, R: Root>(
    visit: Visited<S, R>,
) -> Result<Reply, Problem> {
    let l = visit.language;
    let asking = Asking::plainly().number("first", visit.asked_for("first"));
    let told = visit.ask(&audited::LIST, audited::list, asking).await?;
    let (first, size) = (number(&told, "first"), number(&told, "size"));
    let rows: Vec<Vec<Markup>> = each(&told, "entries")
        .iter()
        .rev()
        .map(|entry| {
            let sequence = number(entry, "sequence");
            vec![
                html! { a href=(format!("/desk/log/{sequence}")) { (sequence) } },
                html! { (kind(entry, l)) },
                time(&entry["at"], l),
                html! { (actor(entry)) },
                details(entry, l),
            ]
        })
        .collect();
    let head = [
        l.say("序号", "Entry"),
        l.say("种类", "Kind"),
        l.say("时刻", "At"),
        l.say("何人", "By"),
        l.say("内容", "Details"),
    ];
    let head_text = visit.api.region().log_head();
    let body = html! {
        (table(l.say("条目，最新在前", "Entries, the latest first"), &head, &rows, l.say("没有条目", "no entry")))
        nav .pages aria-label=(l.say("翻页", "Pages")) {
            @if first > 0 {
                a rel="prev" href=(format!("/desk/log?first={}", first.saturating_sub(PAGE))) { (l.say("更早", "Earlier")) }
            }
            @if first + PAGE < size {
                a rel="next" href=(format!("/desk/log?first={}", first + PAGE)) { (l.say("更晚", "Later")) }
            }
        }
        @if let Some(head) = head_text {
            section aria-labelledby="head" {
                h2 #head { (l.say("已签名的检查点", "Signed checkpoint")) }
                pre tabindex="0" { (String::from_utf8_lossy(&head.to_bytes())) }
            }
        }
        (note("条目涉及何人，这里不说；涉及本人的条目只有本人能看到全部。", "About whom an entry is, is not said here; only the person sees all of theirs.", l))
    };
    Ok(Reply::page("赋码日志", "Decision log", body))
}

pub(in crate::desk) async fn one<S: Store, R: Root>(
    visit: Visited<S, R>,
) -> Result<Reply, Problem> {
    let l = visit.language;
    let asking = Asking::plainly().at("sequence", visit.segment("sequence"));
    let told = visit.ask(&audited::ONE, audited::one, asking).await?;
    let entry = &told["entry"];
    let signed = signed(&visit, entry)?;
    let body = html! {
        (facts(&[
            (l.say("序号", "Entry"), html! { (number(entry, "sequence")) }),
            (l.say("种类", "Kind"), html! { (kind(entry, l)) }),
            (l.say("时刻", "At"), time(&entry["at"], l)),
            (l.say("何人", "By"), html! { (actor(entry)) }),
            (l.say("内容", "Details"), details(entry, l)),
            (l.say("承诺值", "Commitment"), html! { code .long { (text(entry, "commitment")) } }),
        ]))
        (signed)
        section aria-labelledby="proof" {
            h2 #proof { (l.say("证明", "Proof")) }
            @match told["receipt"].as_str() {
                Some(receipt) => {
                    pre tabindex="0" { (receipt) }
                    h3 { (l.say("它证明什么", "What this proves")) }
                    ul {
                        li { (l.say("这一承诺值就在检查点所签的树里，位置如上。", "This commitment stands in the tree whose head the checkpoint signs, at this place.")) }
                        li { (l.say("事后改动或抽走它，检查点就不再成立，任何持有旧检查点的人都能发现。", "Had it been changed or taken out since, the checkpoint would not hold, and whoever has an earlier one would see it.")) }
                        li { (l.say("涉及个人的条目只证明承诺值：开启它的盐只在本人手里。", "Of an entry about a person it proves the commitment alone: the salt that opens it is the person's.")) }
                    }
                    p { (l.say("离线验证：", "To verify it offline: ")) code { "healthcode audit proof" } }
                }
                None => { p { (l.say("条目还不在签名的检查点之下，一分钟内即可取得证明。", "The entry is not under a signed checkpoint yet; that takes up to a minute.")) } }
            }
            p { (l.say("日志公钥：", "The log's key: ")) code .long { (text(&told, "key")) } }
        }
        p { a href="/desk/log" { (l.say("返回日志", "Back to the log")) } }
    };
    Ok(Reply::page("日志条目", "An entry of the log", body))
}
