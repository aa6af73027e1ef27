//! The counter: somebody without a phone is enrolled and leaves with a sheet.

use hc_core::store::Store;
use hc_qr::{Look, QrCode, svg};
use maud::{Markup, PreEscaped, html};
use serde_json::{Value, json};

use super::Visited;
use super::records::document_fields;
use crate::api::Root;
use crate::desk::language::Language;
use crate::desk::show::{choice, facts, field, form, note, text, time};
use crate::desk::visit::{Asking, Reply};
use crate::officers::counter;
use crate::problem::{Problem, ProblemType};

/// Days of the consent that somebody at a counter gives, as on the sheet that they sign.
const DAYS: u16 = 365;

pub(in crate::desk) async fn show<S: Store, R: Root>(
    visit: Visited<S, R>,
) -> Result<Reply, Problem> {
    let l = visit.language;
    let yes_no = [("2", l.say("没有", "no")), ("1", l.say("有", "yes"))];
    let body = html! {
        (form(&visit, "/desk/counter", &html! {
            (field("name", l.say("姓名", "Name"), l.say("照证件填写", "as the document says"), "text"))
            (document_fields(l))
            (field("phone", l.say("电话（可不填）", "Phone, where there is one"), "", "tel"))
            (choice("symptoms", l.say("症状", "Symptoms"), &[("1", l.say("没有症状", "none")), ("2", l.say("有症状", "some"))]))
            (choice("risk", l.say("近期到过高风险地区", "Stayed in an area of high risk lately"), &yes_no))
            (choice("contact", l.say("近期接触过病例", "Was in contact with a case lately"), &yes_no))
            (field("temperature", l.say("体温（摄氏度，可不填）", "Temperature in degrees Celsius, where taken"), "36.5", "text"))
            div .tick {
                input type="checkbox" id="consent" name="consent" value="yes" required;
                label for="consent" { (l.say("本人看过说明并同意一年内为出示健康码处理其信息", "The person has read the sheet and consents, for a year, to their data being used to show a code")) }
            }
        }, l.say("登记并出纸质码", "Enrol and print the code")))
        (note("您看过的证件就是身份证明；您的登记会出现在本人的记录里。", "The document that you have seen is the proof of identity; that you enrolled them stands in the person's log.", l))
    };
    std::future::ready(Ok(Reply::page("窗口登记", "Counter", body))).await
}

pub(in crate::desk) async fn enrol<S: Store, R: Root>(
    visit: Visited<S, R>,
) -> Result<Reply, Problem> {
    let l = visit.language;
    let fields = &visit.fields;
    let document = fields.object(&[
        ("type", "type"),
        ("number", "number"),
        ("country", "country"),
    ])?;
    let profile = fields.object(&[("name", "name"), ("phone", "phone")])?;
    let mut health = fields.object(&[
        ("stayedHighRisk", "risk"),
        ("contactWithCase", "contact"),
        ("temperature", "temperature"),
    ])?;
    let offset = visit.api.region().terms().offset;
    health.insert("symptoms".to_owned(), json!([fields.trimmed("symptoms")?]));
    let now = visit.now().at_offset(offset);
    health.insert("reportedAt".to_owned(), now.into());
    let consents = if fields.one("consent")? == "yes" {
        json!([{"purpose": "code", "version": 1, "days": DAYS}])
    } else {
        json!([])
    };
    let body = json!({
        "profile": profile,
        "document": document,
        "consents": consents,
        "declaration": {"health": health},
    });
    let told = visit
        .ask(
            &counter::OPERATION,
            counter::answer,
            Asking::plainly().json(&body),
        )
        .await?;
    let name = fields.trimmed("name")?;
    Ok(Reply::page("纸质码", "Paper code", sheet(&told, name, l)?))
}

/// The sheet that the person takes along: printed from the page, kept nowhere.
fn sheet(told: &Value, name: &str, l: Language) -> Result<Markup, Problem> {
    let paper = &told["paper"];
    let code = QrCode::of(text(paper, "text")).map_err(|_| Problem::new(ProblemType::Internal))?;
    let new = told["new"].as_bool() == Some(true);
    Ok(html! {
        p .told role="status" {
            @if new { (l.say("已登记。", "Enrolled.")) }
            @else { (l.say("此前已登记；资料已更新，这是新的一张。", "Enrolled before; what is kept was brought up to date, and the sheet is a new one.")) }
        }
        section .paper {
            h2 { (l.say("健康码（纸质）", "Health code on paper")) }
            div .qr { (PreEscaped(svg(&code, Look::paper()))) }
            (facts(&[
                (l.say("姓名", "Name"), html! { (name) }),
                (l.say("有效至", "Valid until"), time(&paper["until"], l)),
                (l.say("编号", "Number"), html! { code .long { (text(paper, "pointer")) } }),
            ]))
            p { (l.say("遗失请持证件到窗口作废并补领。", "If it is lost, come with your document: it is withdrawn and given anew.")) }
        }
        button type="button" data-print hidden { (l.say("打印", "Print")) }
        p .screen { a href="/desk/counter" { (l.say("登记下一位", "Enrol the next person")) } }
    })
}
