//! A publication of risk areas, which counts at once.

use hc_core::store::Store;
use maud::{Markup, html};

use super::Visited;
use crate::api::Root;
use crate::desk::confirming::Act;
use crate::desk::page;
use crate::desk::show::{count, document, each, facts, form, note, number, table, text, time};
use crate::desk::visit::{Asking, Reply};
use crate::officers::areas;
use crate::problem::Problem;

pub(in crate::desk) async fn show<S: Store, R: Root>(
    visit: Visited<S, R>,
) -> Result<Reply, Problem> {
    let l = visit.language;
    let body = html! {
        (note("发布的名单即刻生效，不在名单上的区域视为已解除；全员随后重新判定。", "A publication counts at once. An area that is not on it counts as ended, and everybody is decided anew.", l))
        (form(
            &visit,
            "/desk/areas",
            &document("areas", l.say("风险区域发布（JSON）", "Publication of risk areas, JSON"), l.say("有一行读不出即整份退回。", "One row that cannot be read refuses the whole."), l.say("或选择文件", "or choose a file")),
            l.say("发布", "Publish"),
        ))
    };
    std::future::ready(Ok(Reply::page("风险区域", "Risk areas", body))).await
}

pub(in crate::desk) async fn publish<S: Store, R: Root>(
    visit: Visited<S, R>,
) -> Result<Reply, Problem> {
    let l = visit.language;
    let act = Act {
        page: page::PUBLISH,
        title: ("发布风险区域", "Publish risk areas"),
        action: "/desk/areas",
        fields: &[(
            "areas",
            l.say("风险区域发布（JSON）", "Publication of risk areas, JSON"),
        )],
    };
    if let Some(page) = visit.to_be_signed(&act).await? {
        return Ok(page);
    }
    let file = visit.fields.one("areas")?.to_owned();
    let told = visit
        .ask(
            &areas::OPERATION,
            areas::answer,
            Asking::plainly().file(file),
        )
        .await?;
    let new = told["new"].as_bool() == Some(true);
    let rows = [
        (l.say("发布时刻", "Published"), time(&told["at"], l)),
        (
            l.say("区域数", "Areas"),
            html! { (count(number(&told, "areas"))) },
        ),
        (
            l.say("结果", "Outcome"),
            html! {
                @if new { "✓ " (l.say("即刻生效", "it counts")) }
                @else { "○ " (l.say("此前已收到同一份", "the same was received before")) }
            },
        ),
    ];
    let lost: Vec<Vec<Markup>> = each(&told, "lost")
        .iter()
        .map(|one| {
            vec![
                html! { (text(one, "names")) },
                html! { (text(one, "reason")) },
                html! { (count(number(one, "count"))) },
            ]
        })
        .collect();
    let head = [
        l.say("名称", "Names"),
        l.say("原因", "Why"),
        l.say("次数", "Times"),
    ];
    let body = html! {
        (facts(&rows))
        (table(l.say("没有找到区划的名称", "Names that no division was found for"), &head, &lost, l.say("全部找到", "all were found")))
        ul .plain lang="en" { @for problem in each(&told, "problems") { li { (problem.as_str().unwrap_or_default()) } } }
        p { a href="/desk/areas" { (l.say("返回", "Back")) } }
    };
    Ok(Reply::page("风险区域", "Risk areas", body))
}
