//! Officers, gates and sources: who is registered; registering and ending as proposals.

use hc_core::evidence::SourceKind;
use hc_core::evidence::intake::LineKind;
use hc_core::party::{Duty, Function, Purpose, VenueClass};
use hc_core::store::{PartyKind, Store};
use hc_core::word::Word;
use maud::{Markup, html};
use serde_json::{Map, Value, json};

use super::Visited;
use crate::api::Root;
use crate::desk::language::Language;
use crate::desk::show::{boxes, choice, each, field, form, note, table, text, time};
use crate::desk::visit::{Asking, Reply, Visit};
use crate::officers::{parties, proposals};
use crate::problem::{Fault, Problem, ProblemType};

fn kind<S: Store, R: Root>(visit: &Visit<S, R>) -> Result<PartyKind, Problem> {
    let kind = visit.segment("kind").parse();
    kind.map_err(|_| Problem::new(ProblemType::NotFound))
}

fn words<T: Word>(l: Language) -> Vec<(&'static str, &'static str)> {
    let word = |one: &T| (one.word(), l.say(one.word_zh(), one.word()));
    T::ALL.iter().map(word).collect()
}

pub(in crate::desk) async fn list<S: Store, R: Root>(
    visit: Visited<S, R>,
) -> Result<Reply, Problem> {
    let l = visit.language;
    let kind = kind(&visit)?;
    let asking = Asking::plainly().at("kind", kind.word());
    let told = visit
        .ask(&parties::OPERATION, parties::answer, asking)
        .await?;
    let proposes = visit.may(&proposals::MAKE);
    let offset = visit.api.region().terms().offset;
    let now = visit.now().at_offset(offset);
    let rows: Vec<Vec<Markup>> = each(&told, "parties")
        .iter()
        .map(|party| {
            let id = text(party, "id");
            let holds = text(party, "until") > now.as_str();
            vec![
                html! { strong { (id) } " " (text(party, "name")) },
                html! { @if holds { "✓ " (l.say("有效", "in force")) } @else { "○ " (l.say("已终止", "ended")) } },
                terms(party),
                time(&party["until"], l),
                html! {
                    @if holds && proposes {
                        (form(&visit, &format!("/desk/registers/{}/end", kind.word()), &html! {
                            input type="hidden" name="id" value=(id);
                            label .unseen for=(format!("end-{id}")) { (l.say("终止的理由代码", "Reason code for ending")) " " (id) }
                            input id=(format!("end-{id}")) name="reason" value="end-of-service" autocomplete="off";
                        }, l.say("提出终止", "Propose to end")))
                    }
                },
            ]
        })
        .collect();
    let head = [
        l.say("编号和名称", "Id and name"),
        l.say("状态", "State"),
        l.say("条件", "Terms"),
        l.say("至", "Until"),
        l.say("操作", "Act"),
    ];
    let (zh, en) = match kind {
        PartyKind::Officer => ("人员", "Officers"),
        PartyKind::Gate => ("闸机", "Gates"),
        PartyKind::Source => ("来源", "Sources"),
        PartyKind::Application => ("应用", "Applications"),
    };
    let body = html! {
        nav .pages aria-label=(l.say("登记簿", "Registers")) {
            @for (other, zh, en) in [("officer", "人员", "Officers"), ("gate", "闸机", "Gates"), ("source", "来源", "Sources"), ("application", "应用", "Applications")] {
                a href=(format!("/desk/registers/{other}")) aria-current=[(other == kind.word()).then_some("page")] { (l.say(zh, en)) }
            }
        }
        (table(l.say(zh, en), &head, &rows, l.say("没有登记", "nobody is registered")))
        @if proposes {
            section aria-labelledby="register" {
                h2 #register { (l.say("提出登记", "Propose to register")) }
                (form(&visit, &format!("/desk/registers/{}", kind.word()), &asked(kind, l), l.say("提出", "Propose")))
                (note("由另一人复核后登记。", "Another person approves it.", l))
            }
        }
    };
    Ok(Reply::page("登记簿", "Registers", body))
}

/// What a party is registered for, without what stands in other columns.
fn terms(party: &Value) -> Markup {
    let hidden = ["id", "name", "until"];
    let members: Vec<(&String, &Value)> = party
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(name, _)| !hidden.contains(&name.as_str()))
        .collect();
    html! {
        ul .plain { @for (name, value) in members { li { code { (name) } " " (super::proposals::shown(value)) } } }
    }
}

fn asked(kind: PartyKind, l: Language) -> Markup {
    let own = match kind {
        PartyKind::Officer => boxes("duties", l.say("职责", "Duties"), &words::<Duty>(l)),
        PartyKind::Gate => html! {
            (field("venue", l.say("场所编号", "Venue"), "330106-0042", "text"))
            (choice("class", l.say("场所类别", "Class of venue"), &words::<VenueClass>(l)))
            (field("division", l.say("区划（GB/T 2260）", "Division of GB/T 2260"), "330106", "text"))
            (choice("attended", l.say("有人值守", "Attended"), &[("no", l.say("否", "no")), ("yes", l.say("是", "yes"))]))
            (boxes("purposes", l.say("可查询的用途", "Looks people up for"), &words::<Purpose>(l)))
        },
        PartyKind::Source => html! {
            (choice("source-kind", l.say("来源种类", "Kind of source"), &words::<SourceKind>(l)))
            (boxes("lines", l.say("可报送的行", "Lines it may send"), &lines()))
            (field("divisions", l.say("区划，以空格分开", "Divisions, with blanks between"), "330000", "text"))
        },
        PartyKind::Application => html! {
            (boxes("functions", l.say("可调用的功能（GB/T 38963）", "Functions of GB/T 38963 that it may call"), &words::<Function>(l)))
            (field("divisions", l.say("区划，以空格分开", "Divisions, with blanks between"), "330000", "text"))
            (boxes("purposes", l.say("可查询的用途", "Looks people up for"), &words::<Purpose>(l)))
        },
    };
    html! {
        (field("id", l.say("编号", "Id"), l.say("可见字符，至多 64 个；永不再用", "visible ASCII, at most 64; never given again"), "text"))
        (field("name", l.say("名称或姓名", "Name"), "", "text"))
        (own)
        (choice("algorithm", l.say("公钥算法", "Algorithm of the key"), &[("Ed25519", "Ed25519"), ("ES256", "ES256"), ("SM2", "SM2")]))
        (field("public", l.say("公钥（十六进制）", "Public key, in hexadecimal"), l.say("来自 healthcode key new", "from healthcode key new"), "text"))
        (field("until", l.say("登记至", "Registered until"), "2027-01-01", "date"))
    }
}

fn lines() -> Vec<(&'static str, &'static str)> {
    LineKind::all()
        .map(|line| (line.word(), line.word()))
        .collect()
}

pub(in crate::desk) async fn propose<S: Store, R: Root>(
    visit: Visited<S, R>,
) -> Result<Reply, Problem> {
    let kind = kind(&visit)?;
    let (member, party) = sent(&visit, kind)?;
    let mut body = Map::new();
    body.insert(member.to_owned(), party.into());
    make(&visit, &Value::Object(body)).await
}

/// What is proposed, in the words of the interface.
fn sent<S: Store, R: Root>(
    visit: &Visit<S, R>,
    kind: PartyKind,
) -> Result<(&'static str, Map<String, Value>), Problem> {
    let fields = &visit.fields;
    let mut party = fields.object(&[("id", "id"), ("name", "name")])?;
    let mut put = |name: &str, value: Value| drop(party.insert(name.to_owned(), value));
    put(
        "key",
        json!({
            "algorithm": fields.trimmed("algorithm")?,
            "public": fields.trimmed("public")?.to_lowercase(),
        }),
    );
    // Until the end of the day that was chosen, where the region's people live.
    let offset = visit.api.region().terms().offset;
    let zone = visit.now().at_offset(offset);
    let zone: String = zone.chars().skip(19).collect();
    put(
        "until",
        format!("{}T23:59:59{zone}", fields.trimmed("until")?).into(),
    );
    let member = match kind {
        PartyKind::Officer => {
            put("duties", fields.all("duties").into());
            "registerOfficer"
        }
        PartyKind::Gate => {
            for name in ["venue", "class", "division"] {
                put(name, fields.trimmed(name)?.into());
            }
            put("attended", (fields.one("attended")? == "yes").into());
            put("purposes", fields.all("purposes").into());
            "registerGate"
        }
        PartyKind::Source => {
            put("kind", fields.trimmed("source-kind")?.into());
            put("lines", fields.all("lines").into());
            let divisions = fields.trimmed("divisions")?.split_whitespace();
            put("divisions", divisions.collect::<Vec<_>>().into());
            "registerSource"
        }
        PartyKind::Application => {
            let divisions = fields.trimmed("divisions")?.split_whitespace();
            put("divisions", divisions.collect::<Vec<_>>().into());
            put("functions", fields.all("functions").into());
            put("purposes", fields.all("purposes").into());
            "registerApplication"
        }
    };
    Ok((member, party))
}

pub(in crate::desk) async fn end<S: Store, R: Root>(
    visit: Visited<S, R>,
) -> Result<Reply, Problem> {
    let kind = kind(&visit)?;
    let fields = &visit.fields;
    let id = fields.trimmed("id")?;
    if id.is_empty() {
        let faults = vec![Fault::new("id", "is missing")];
        return Err(Problem::new(ProblemType::BadFields).with_faults(faults));
    }
    let body = json!({"endParty": {
        "kind": kind.word(),
        "id": id,
        "reason": fields.trimmed("reason")?,
    }});
    make(&visit, &body).await
}

async fn make<S: Store, R: Root>(visit: &Visited<S, R>, body: &Value) -> Result<Reply, Problem> {
    let asking = Asking::plainly().json(body);
    let told = visit.ask(&proposals::MAKE, proposals::make, asking).await?;
    visit.tell(
        "已提出，等待另一人复核",
        "Proposed: another person approves it",
    );
    Ok(Reply::To(format!("/desk/proposals/{}", text(&told, "id"))))
}
