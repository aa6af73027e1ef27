//! What every page has: head, navigation by duty, what was just done, and how a problem is shown.

use hc_core::word::Word as _;
use hc_node::officers::OfficerTerms;
use maud::{DOCTYPE, Markup, html};

use super::language::Language;
use super::page::{self, Page};
use super::session::Told;
use crate::operation::Verb;
use crate::problem::{Problem, ProblemType};

/// What the frame of a page says.
pub(super) struct Frame<'a> {
    pub(super) language: Language,
    pub(super) officer: Option<&'a OfficerTerms>,
    pub(super) region: String,
    pub(super) seal: String,
}

/// The pages of the navigation.
const NAVIGATION: &[(&Page, &str, &str, &str)] = &[
    (page::OVERVIEW, "/desk/", "概览", "Overview"),
    (
        page::BATCHES,
        "/desk/batches",
        "依据批次",
        "Evidence batches",
    ),
    (
        page::PROPOSALS,
        "/desk/proposals",
        "待复核事项",
        "Proposals",
    ),
    (page::RULES, "/desk/rules", "赋码规则", "Rule packs"),
    (page::AREAS, "/desk/areas", "风险区域", "Risk areas"),
    (
        page::DEGRADED,
        "/desk/degraded",
        "降级运行",
        "Degraded mode",
    ),
    (page::APPEALS, "/desk/appeals", "申诉", "Appeals"),
    (
        page::RECORDS,
        "/desk/records",
        "个人记录",
        "A person's record",
    ),
    (page::COUNTER, "/desk/counter", "窗口登记", "Counter"),
    (
        page::PARTIES,
        "/desk/registers/officer",
        "登记簿",
        "Registers",
    ),
    (page::LOG, "/desk/log", "赋码日志", "Decision log"),
    (page::OWN, "/desk/own", "我的通行密钥", "My passkeys"),
];

/// Whether an officer may open a page.
pub(super) fn may(officer: &OfficerTerms, page: &Page) -> bool {
    let duties = page.duties();
    duties.is_empty() || duties.iter().any(|duty| officer.duties().contains(*duty))
}

/// A whole page.
pub(super) fn page(
    frame: &Frame<'_>,
    (zh, en): (&'static str, &'static str),
    told: Option<&Told>,
    body: &Markup,
) -> Markup {
    let l = frame.language;
    let title = l.say(zh, en);
    html! {
        (DOCTYPE)
        html lang=(l.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · " (l.say("健康码工作台", "Health code desk")) }
                link rel="stylesheet" href="/desk/assets/desk.css";
                link rel="icon" href="/desk/assets/icon.svg";
                script type="module" src="/desk/assets/desk.js" {}
            }
            body {
                a .skip href="#main" { (l.say("跳到正文", "Skip to the page")) }
                (header(frame))
                main #main tabindex="-1" {
                    h1 { (title) }
                    @if let Some(told) = told {
                        p .told role="status" { (l.say(&told.zh, &told.en)) }
                    }
                    (body)
                }
                footer {
                    p {
                        (l.say(
                            "本工作台只做签名请求能做的事；查看个人记录会记入赋码日志，本人可见。",
                            "The desk does what signed requests can do and nothing else. Whoever opens a person's record stands in the decision log, where the person sees it.",
                        ))
                    }
                }
            }
        }
    }
}

fn header(frame: &Frame<'_>) -> Markup {
    let l = frame.language;
    html! {
        header .top {
            p .name {
                span .mark aria-hidden="true" { "+" }
                (l.say("健康码工作台", "Health code desk")) " "
                span .region { (frame.region) }
            }
            div .own {
                @if let Some(officer) = frame.officer {
                    p {
                        (officer.name()) " "
                        span .soft { (duties(officer, l)) }
                    }
                    (button_form("/desk/sign-out", frame, l.say("退出", "Sign out")))
                }
                form method="post" action="/desk/language" {
                    input type="hidden" name="seal" value=(frame.seal);
                    @let (other, name) = match l {
                        Language::Zh => (Language::En, "English"),
                        Language::En => (Language::Zh, "中文"),
                    };
                    input type="hidden" name="language" value=(other.word());
                    button .quiet type="submit" lang=(other.tag()) { (name) }
                }
            }
        }
        @if let Some(officer) = frame.officer {
            nav aria-label=(l.say("工作台", "Desk")) {
                ul {
                    @for (page, path, zh, en) in NAVIGATION {
                        @if may(officer, page) {
                            li { a href=(path) { (l.say(zh, en)) } }
                        }
                    }
                }
            }
        }
    }
}

fn duties(officer: &OfficerTerms, l: Language) -> String {
    let words = officer.duties().iter().map(|duty| match l {
        Language::Zh => duty.word_zh(),
        Language::En => duty.word(),
    });
    words.collect::<Vec<_>>().join(l.say("、", ", "))
}

fn button_form(action: &str, frame: &Frame<'_>, word: &str) -> Markup {
    html! {
        form method="post" action=(action) {
            input type="hidden" name="seal" value=(frame.seal);
            button .quiet type="submit" { (word) }
        }
    }
}

/// What is wrong, and where to go on.
pub(super) fn problem(problem: &Problem, l: Language, page: &Page) -> Markup {
    let json = problem.to_json();
    let title = match l {
        Language::Zh => problem.kind().title_zh(),
        Language::En => problem.kind().title(),
    };
    let detail = json["detail"].as_str();
    let signed_out = problem.kind() == ProblemType::CredentialEnded && page.verb == Verb::Post;
    html! {
        div .wrong role="alert" {
            p { strong { (title) } }
            @if let Some(detail) = detail { p lang="en" { (detail) } }
            @if !problem.faults().is_empty() {
                table {
                    caption { (l.say("有误之处", "What is wrong")) }
                    thead { tr {
                        th scope="col" { (l.say("位置", "Where")) }
                        th scope="col" { (l.say("问题", "What")) }
                    } }
                    tbody {
                        @for fault in problem.faults().iter().take(100) {
                            tr {
                                td { code { (fault.path) } }
                                td lang="en" { (fault.problem) }
                            }
                        }
                    }
                }
            }
        }
        p {
            @if signed_out {
                a href="/desk/sign-in" { (l.say("重新登录", "Sign in again")) }
            } @else {
                (l.say("未作任何更改。请用浏览器返回，改正后再提交，或", "Nothing was changed. Go back in the browser and mend it, or "))
                a href="/desk/" { (l.say("回到概览", "go to the overview")) } (l.say("。", "."))
            }
        }
    }
}
