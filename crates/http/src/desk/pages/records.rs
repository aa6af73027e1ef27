//! A person's record: by document, for a stated purpose, in the log, seen by the person. Asked for by a form,
//! so that no document stands in an address.

use hc_core::document::DocumentType;
use hc_core::party::RecordPurpose;
use hc_core::store::Store;
use hc_core::word::Word;
use maud::{Markup, html};
use serde_json::{Value, json};

use super::Visited;
use crate::api::Root;
use crate::desk::language::Language;
use crate::desk::show::{both, choice, each, facts, field, form, level, note, table, text, time};
use crate::desk::visit::{Asking, Reply, Visit};
use crate::officers::records;
use crate::problem::Problem;

/// The fields that name a document.
pub(super) fn document_fields(l: Language) -> Markup {
    let kinds: Vec<(&str, &str)> = DocumentType::all()
        .map(|kind| (kind.code(), l.say(kind.zh(), kind.en())))
        .collect();
    html! {
        (choice("type", l.say("证件类型", "Kind of document"), &kinds))
        (field("number", l.say("证件号码", "Number of the document"), "", "text"))
        (field("country", l.say("签发国（居民身份证不填）", "Country, where it is no identity card"), l.say("三位代码，例如 FRA", "three letters: FRA"), "text"))
    }
}

fn words<T: Word>(l: Language) -> Vec<(&'static str, &'static str)> {
    let word = |one: &T| (one.word(), l.say(one.word_zh(), one.word()));
    T::ALL.iter().map(word).collect()
}

fn asking<S: Store, R: Root>(visit: &Visit<S, R>) -> Markup {
    let l = visit.language;
    html! {
        (form(visit, "/desk/records", &html! {
            (document_fields(l))
            (choice("purpose", l.say("用途", "What for"), &words::<RecordPurpose>(l)))
        }, l.say("打开记录", "Open the record")))
        (note("每次打开都记入赋码日志，本人可见；每小时至多六十次。", "Every opening stands in the decision log, where the person sees it; at most sixty an hour.", l))
    }
}

pub(in crate::desk) async fn show<S: Store, R: Root>(
    visit: Visited<S, R>,
) -> Result<Reply, Problem> {
    let body = asking(&visit);
    std::future::ready(Ok(Reply::page("个人记录", "A person's record", body))).await
}

pub(in crate::desk) async fn open<S: Store, R: Root>(
    visit: Visited<S, R>,
) -> Result<Reply, Problem> {
    let l = visit.language;
    let fields = &visit.fields;
    let document = fields.object(&[
        ("type", "type"),
        ("number", "number"),
        ("country", "country"),
    ])?;
    let body = json!({"document": document, "purpose": fields.trimmed("purpose")?});
    let told = visit
        .ask(
            &records::OPERATION,
            records::answer,
            Asking::plainly().json(&body),
        )
        .await?;
    let why = &told["why"];
    let body = html! {
        @if why.is_null() {
            p .told role="status" { (l.say("没有人以此证件登记。", "Nobody is enrolled under this document.")) }
        } @else {
            (record(why, &told["asOf"], l))
        }
        details open[why.is_null()] {
            summary { (l.say("打开另一份记录", "Open another record")) }
            (asking(&visit))
        }
    };
    Ok(Reply::page("个人记录", "A person's record", body))
}

fn record(why: &Value, as_of: &Value, l: Language) -> Markup {
    let mut rows = vec![
        (l.say("等级", "Level"), level(text(why, "level"), l)),
        (l.say("数据时点", "As of"), time(as_of, l)),
        (l.say("至", "Until"), time(&why["until"], l)),
        (l.say("规则版本", "Rules"), html! { "v" (why["version"]) }),
    ];
    // Without a reason above low something else must be said for the level.
    let ground = both(&why["ground"], l);
    if !ground.is_empty() {
        rows.push((l.say("依据", "Ground"), html! { (ground) }));
    }
    let reasons: Vec<Vec<Markup>> = each(why, "reasons")
        .iter()
        .map(|reason| {
            vec![
                html! { code { (text(reason, "rule")) } br; (both(&reason["says"], l)) },
                level(text(reason, "level"), l),
                time(&reason["since"], l),
                time(&reason["until"], l),
                html! { (both(&reason["next"], l)) },
            ]
        })
        .collect();
    let evidence: Vec<Vec<Markup>> = each(why, "evidence")
        .iter()
        .map(|one| {
            vec![
                html! { (l.say(text(one, "kindZh"), text(one, "kind"))) },
                html! { (l.say(text(one, "sourceZh"), text(one, "source"))) " " (text(one, "by")) },
                time(&one["at"], l),
                time(&one["received"], l),
                time(&one["expires"], l),
                html! { (super::proposals::shown(&one["states"], l)) },
            ]
        })
        .collect();
    html! {
        (facts(&rows))
        (table(l.say("有效的理由", "Reasons in force"), &[
            l.say("规则", "Rule"), l.say("等级", "Level"), l.say("自", "Since"), l.say("至", "Until"), l.say("下一步", "Next"),
        ], &reasons, l.say("没有高于低风险的理由", "no reason above low")))
        (table(l.say("所据的事实", "The evidence"), &[
            l.say("种类", "Kind"), l.say("来源", "Source"), l.say("发生", "At"), l.say("收到", "Received"), l.say("失效", "Expires"), l.say("内容", "States"),
        ], &evidence, l.say("理由不涉及任何事实", "no reason names any")))
    }
}
