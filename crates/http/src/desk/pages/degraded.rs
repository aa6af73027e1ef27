//! Degraded mode: declared with a reason and an end; gates read of it within a minute.

use hc_code::notice::Degraded;
use hc_code::{Span, Timestamp};
use hc_core::store::Store;
use hc_node::region::Declared;
use maud::{Markup, html};
use serde_json::{Value, json};

use super::Visited;
use crate::api::Root;
use crate::desk::confirming::Act;
use crate::desk::page;
use crate::desk::show::{choice, field, form, note, table, time};
use crate::desk::visit::{Asking, Reply};
use crate::officers::degraded;
use crate::problem::{Fault, Problem, ProblemType};

pub(in crate::desk) async fn show<S: Store, R: Root>(
    visit: Visited<S, R>,
) -> Result<Reply, Problem> {
    let l = visit.language;
    let now = visit.now();
    let region = visit.api.region();
    let offset = region.terms().offset;
    let at = |at: Timestamp| Value::String(at.at_offset(offset));
    let row = |one: &Declared| -> Vec<Markup> {
        let notice = &one.notice;
        let (zh, en) = notice.kind().says();
        let holds = notice.holds_at(now);
        let number = notice.number();
        vec![
            html! { (l.say(zh, en)) },
            html! { @if holds { "! " (l.say("有效", "in force")) } @else { "○ " (l.say("已结束", "ended")) } },
            time(&at(notice.from()), l),
            time(&at(notice.until()), l),
            html! { code { (one.reason) } },
            html! {
                @if holds {
                    (form(&visit, &format!("/desk/degraded/{number}/end"), &html! {
                        label .unseen for=(format!("end-{number}")) { (l.say("结束的理由代码", "Reason code for ending it")) }
                        input id=(format!("end-{number}")) name="reason" value="restored" autocomplete="off";
                    }, l.say("结束", "End")))
                }
            },
        ]
    };
    let rows: Vec<Vec<Markup>> = region.degraded().iter().map(row).collect();
    let head = [
        l.say("内容", "What it says"),
        l.say("状态", "State"),
        l.say("自", "From"),
        l.say("至", "Until"),
        l.say("理由", "Reason"),
        l.say("操作", "Act"),
    ];
    let kinds: Vec<(&str, &str)> = Degraded::ALL
        .iter()
        .map(|kind| {
            let (zh, en) = kind.says();
            (kind.word(), l.say(zh, en))
        })
        .collect();
    let hours: Vec<String> = [1, 2, 4, 8, 24].iter().map(ToString::to_string).collect();
    let hours: Vec<(&str, &str)> = hours.iter().map(|one| (&**one, &**one)).collect();
    let body = html! {
        (table(l.say("告知", "Notices"), &head, &rows, l.say("没有告知", "no notice")))
        section aria-labelledby="declare" {
            h2 #declare { (l.say("宣布", "Declare")) }
            (form(&visit, "/desk/degraded", &html! {
                (choice("kind", l.say("情形", "What has happened"), &kinds))
                (choice("hours", l.say("持续小时数", "For so many hours"), &hours))
                (field("reason", l.say("理由代码", "Reason code"), l.say("小写字母、数字和连字符，例如 line-cut", "lower-case letters, digits, hyphens: line-cut"), "text"))
            }, l.say("宣布", "Declare")))
            (note("闸机一分钟内按签名告知行事；告知到期自行结束，并记入日志。", "Gates obey the signed notice within a minute; it ends by itself and stands in the log.", l))
        }
    };
    std::future::ready(Ok(Reply::page("降级运行", "Degraded mode", body))).await
}

pub(in crate::desk) async fn declare<S: Store, R: Root>(
    visit: Visited<S, R>,
) -> Result<Reply, Problem> {
    let hours = visit.fields.trimmed("hours")?.parse::<u8>();
    let hours = hours.ok().filter(|hours| (1..=24).contains(hours));
    let hours = hours.ok_or_else(|| {
        let faults = vec![Fault::new("hours", "is no number from 1 to 24")];
        Problem::new(ProblemType::BadFields).with_faults(faults)
    })?;
    let l = visit.language;
    let act = Act {
        page: page::DECLARE,
        title: ("宣布降级运行", "Declare degraded mode"),
        action: "/desk/degraded",
        fields: &[
            ("kind", l.say("情形", "What has happened")),
            ("hours", l.say("持续小时数", "For so many hours")),
            ("reason", l.say("理由代码", "Reason code")),
        ],
    };
    if let Some(page) = visit.to_be_signed(&act).await? {
        return Ok(page);
    }
    let until = visit.now().plus(Span::hours(u16::from(hours)));
    let offset = visit.api.region().terms().offset;
    let body = json!({
        "kind": visit.fields.trimmed("kind")?,
        "until": until.at_offset(offset),
        "reason": visit.fields.trimmed("reason")?,
    });
    visit
        .ask(
            &degraded::DECLARE,
            degraded::declare,
            Asking::plainly().json(&body),
        )
        .await?;
    visit.tell("已宣布", "Declared");
    Ok(Reply::To("/desk/degraded".to_owned()))
}

pub(in crate::desk) async fn end<S: Store, R: Root>(
    visit: Visited<S, R>,
) -> Result<Reply, Problem> {
    let l = visit.language;
    let number = visit.segment("number");
    let act = Act {
        page: page::END_DEGRADED,
        title: ("结束降级运行", "End degraded mode"),
        action: &format!("/desk/degraded/{}/end", super::segment(number)),
        fields: &[("reason", l.say("理由代码", "Reason code"))],
    };
    if let Some(page) = visit.to_be_signed(&act).await? {
        return Ok(page);
    }
    let body = json!({"reason": visit.fields.trimmed("reason")?});
    let asking = Asking::plainly().at("number", number);
    visit
        .ask(&degraded::END, degraded::end, asking.json(&body))
        .await?;
    visit.tell("已结束", "Ended");
    Ok(Reply::To("/desk/degraded".to_owned()))
}
