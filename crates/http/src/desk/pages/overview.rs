//! The state of the region in numbers.

use hc_core::store::Store;
use maud::{Markup, html};
use serde_json::Value;

use super::Visited;
use crate::api::Root;
use crate::desk::language::Language;
use crate::desk::show::{count, each, facts, level, number, span, table, text, time};
use crate::desk::visit::{Asking, Reply};
use crate::desk::{chart, page};
use crate::officers::overview;
use crate::problem::Problem;

const LEVELS: [(&str, &str, &str); 4] = [
    ("00", "低风险人数", "People at low"),
    ("01", "中风险人数", "People at medium"),
    ("10", "高风险人数", "People at high"),
    ("20", "未知人数", "People at unknown"),
];

pub(in crate::desk) async fn show<S: Store, R: Root>(
    visit: Visited<S, R>,
) -> Result<Reply, Problem> {
    let l = visit.language;
    let told = visit
        .ask(&overview::OPERATION, overview::answer, Asking::plainly())
        .await?;
    let waiting = &told["waiting"];
    let body = html! {
        (state(&told, l))
        section aria-labelledby="waits" {
            h2 #waits { (l.say("等待处理", "Waiting")) }
            ul .cards {
                @for (seen, path, name, zh, en) in [
                    (page::BATCHES, "/desk/batches", "batches", "批次", "batches"),
                    (page::PROPOSALS, "/desk/proposals", "proposals", "待复核事项", "proposals"),
                    (page::APPEALS, "/desk/appeals", "appeals", "申诉", "appeals"),
                ] {
                    li {
                        strong { (count(number(waiting, name))) } " "
                        @if visit.seat.as_ref().is_some_and(|seat| crate::desk::layout::may(&seat.officer, seen)) {
                            a href=(path) { (l.say(zh, en)) }
                        } @else {
                            (l.say(zh, en))
                        }
                    }
                }
            }
            @if !waiting["appealDue"].is_null() {
                p { (l.say("最早应答复的申诉：", "The first appeal is due: ")) (time(&waiting["appealDue"], l)) }
            }
        }
        (history(&told, l))
        (sources(&told, l))
    };
    Ok(Reply::page("概览", "Overview", body))
}

fn state(told: &Value, l: Language) -> Markup {
    let fresh = told["fresh"].as_bool().unwrap_or(false);
    let rows = [
        (l.say("现在", "Now"), time(&told["now"], l)),
        (l.say("数据时点", "As of"), time(&told["asOf"], l)),
        (
            l.say("数据", "Facts"),
            html! {
                @if fresh { "✓ " (l.say("新鲜", "fresh")) }
                @else { strong { "✗ " (l.say("过时：亮码显示未知", "stale: codes say unknown")) } }
                " " span .soft { "(" (l.say("时限", "limit")) " " (span(number(told, "staleAfter"), l)) ")" }
            },
        ),
        (
            l.say("降级运行", "Degraded mode"),
            html! {
                @match number(told, "degraded") {
                    0 => { (l.say("没有", "none")) }
                    many => { strong { "! " (many) " " (l.say("项有效", "in force")) } }
                }
            },
        ),
        (
            l.say(
                "最近批次中隔离的行",
                "Lines quarantined in the latest batches",
            ),
            html! { (count(number(told, "quarantined"))) },
        ),
        (
            l.say("日志中已签名的条目", "Entries under the log's signed head"),
            html! { (count(number(told, "logged"))) },
        ),
    ];
    html! {
        section aria-labelledby="state" {
            h2 #state { (l.say("运行状况", "State")) }
            (facts(&rows))
        }
    }
}

fn history(told: &Value, l: Language) -> Markup {
    let current = &told["levels"];
    let rows = each(told, "history");
    let step = (rows.len() / 12).max(1);
    let mut shown: Vec<&Value> = rows.iter().rev().step_by(step).take(12).collect();
    shown.insert(0, current);
    let cells: Vec<Vec<Markup>> = shown
        .iter()
        .map(|row| {
            let mut cells = vec![time(&row["at"], l)];
            cells.extend(
                LEVELS
                    .iter()
                    .map(|(code, ..)| html! { (count(number(row, code))) }),
            );
            cells
        })
        .collect();
    let mut head = vec![l.say("时刻", "At")];
    head.extend(LEVELS.iter().map(|(_, zh, en)| l.say(zh, en)));
    html! {
        section aria-labelledby="levels" {
            h2 #levels { (l.say("各等级人数（两天）", "People by level, two days")) }
            ul .cards {
                @for (code, ..) in LEVELS {
                    li { strong { (count(number(current, code))) } " " (level(code, l)) }
                }
            }
            @if rows.len() > 1 {
                div .lines {
                    @for (code, zh, en) in LEVELS {
                        @let values = rows.iter().chain([current]).map(|row| number(row, code)).collect::<Vec<u64>>();
                        figure {
                            figcaption { (l.say(zh, en)) }
                            (chart::line(l.say(zh, en), chart::class(code), &values))
                        }
                    }
                }
            }
            (table(l.say("各等级人数随时间", "People by level over time"), &head, &cells, ""))
        }
    }
}

fn sources(told: &Value, l: Language) -> Markup {
    let rows: Vec<Vec<Markup>> = each(told, "sources")
        .iter()
        .map(|source| {
            vec![
                html! { (text(source, "id")) },
                time(&source["last"], l),
                if let Some(lag) = source["lag"].as_u64() {
                    html! { (span(lag, l)) }
                } else {
                    html! { span .soft { (l.say("从未", "never")) } }
                },
            ]
        })
        .collect();
    let head = [
        l.say("来源", "Source"),
        l.say("最近批次", "Last batch"),
        l.say("距今", "Lag"),
    ];
    table(
        l.say("各来源的时效", "How fresh each source is"),
        &head,
        &rows,
        l.say("没有登记的来源", "no source is registered"),
    )
}
