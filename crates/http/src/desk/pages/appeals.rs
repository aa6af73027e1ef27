//! Appeals that wait: what is said, about which evidence; answered with a reason that the person reads.

use hc_core::store::Store;
use maud::html;
use serde_json::json;

use super::Visited;
use crate::api::Root;
use crate::desk::confirming::Act;
use crate::desk::page;
use crate::desk::show::{each, facts, form, number, text, time};
use crate::desk::visit::{Asking, Reply};
use crate::officers::appeals;
use crate::problem::{Fault, Problem, ProblemType};

pub(in crate::desk) async fn list<S: Store, R: Root>(
    visit: Visited<S, R>,
) -> Result<Reply, Problem> {
    let l = visit.language;
    let told = visit
        .ask(&appeals::LIST, appeals::list, Asking::plainly())
        .await?;
    let all = each(&told, "appeals");
    let body = html! {
        @if all.is_empty() { p .soft { (l.say("没有申诉在等待。", "No appeal waits.")) } }
        @for appeal in all {
            @let id = number(appeal, "number");
            @let states = &appeal["states"];
            article aria-labelledby=(format!("appeal-{id}")) {
                h2 id=(format!("appeal-{id}")) { (l.say("申诉", "Appeal")) " " (id) }
                (facts(&[
                    (l.say("状态", "State"), html! { (l.say(text(appeal, "stateZh"), text(appeal, "state"))) }),
                    (l.say("提出", "Made"), time(&appeal["at"], l)),
                    (l.say("应答复于", "Due"), time(&appeal["due"], l)),
                    (l.say("本人说", "The person says"), html! { (text(appeal, "text")) }),
                    (l.say("所涉事实", "About"), html! {
                        @if states.is_null() { (l.say("已不保存", "kept no more")) }
                        @else {
                            (l.say(text(states, "kindZh"), text(states, "kind"))) " · "
                            (l.say(text(states, "sourceZh"), text(states, "source"))) " " (text(states, "by")) " · "
                            (time(&states["at"], l)) " " (super::proposals::shown(&states["states"], l))
                        }
                    }),
                ]))
                (form(&visit, &format!("/desk/appeals/{id}/answer"), &html! {
                    fieldset {
                        legend { (l.say("答复", "Answer")) }
                        div .tick {
                            input type="radio" name="accepted" value="yes" id=(format!("yes-{id}")) required;
                            label for=(format!("yes-{id}")) { (l.say("属实：撤回该事实", "The person is right: the evidence is taken back")) }
                        }
                        div .tick {
                            input type="radio" name="accepted" value="no" id=(format!("no-{id}"));
                            label for=(format!("no-{id}")) { (l.say("维持", "It stands")) }
                        }
                    }
                    div .field {
                        label for=(format!("reason-{id}")) { (l.say("理由（本人会读到）", "Reason, which the person reads")) }
                        textarea id=(format!("reason-{id}")) name="reason" rows="3" required {}
                    }
                }, l.say("答复", "Answer")))
            }
        }
    };
    Ok(Reply::page("申诉", "Appeals", body))
}

pub(in crate::desk) async fn answer<S: Store, R: Root>(
    visit: Visited<S, R>,
) -> Result<Reply, Problem> {
    let accepted = match visit.fields.one("accepted")? {
        "yes" => true,
        "no" => false,
        _ => {
            let faults = vec![Fault::new("accepted", "is neither yes nor no")];
            return Err(Problem::new(ProblemType::BadFields).with_faults(faults));
        }
    };
    let l = visit.language;
    let number = visit.segment("number");
    let act = Act {
        page: page::ANSWER,
        title: ("答复申诉", "Answer an appeal"),
        action: &format!("/desk/appeals/{}/answer", super::segment(number)),
        fields: &[
            ("accepted", l.say("属实", "The person is right")),
            (
                "reason",
                l.say("理由（本人会读到）", "Reason, which the person reads"),
            ),
        ],
    };
    if let Some(page) = visit.to_be_signed(&act).await? {
        return Ok(page);
    }
    let reason = visit.fields.trimmed("reason")?.replace("\r\n", "\n");
    let body = json!({"accepted": accepted, "reason": reason});
    let asking = Asking::plainly().at("number", number);
    visit
        .ask(&appeals::ANSWER, appeals::answer, asking.json(&body))
        .await?;
    visit.tell("已答复", "Answered");
    Ok(Reply::To("/desk/appeals".to_owned()))
}
