//! An officer's own passkeys.

use hc_core::store::Store;
use maud::{Markup, html};

use super::Visited;
use crate::api::Root;
use crate::desk::show::{each, form, note, table, text, time};
use crate::desk::visit::{Asking, Reply};
use crate::officers::passkeys;
use crate::problem::Problem;

pub(in crate::desk) async fn show<S: Store, R: Root>(
    visit: Visited<S, R>,
) -> Result<Reply, Problem> {
    let l = visit.language;
    let told = visit
        .ask(&passkeys::LIST, passkeys::list, Asking::plainly())
        .await?;
    let own = hex::encode(visit.seat()?.session.passkey);
    let rows: Vec<Vec<Markup>> = each(&told, "passkeys")
        .iter()
        .map(|passkey| {
            let digest = text(passkey, "digest");
            vec![
                html! {
                    (text(passkey, "label"))
                    @if digest == own { " " span .soft { (l.say("（本次登录所用）", "(signed in with it)")) } }
                },
                time(&passkey["added"], l),
                time(&passkey["used"], l),
                form(
                    &visit,
                    &format!("/desk/own/{digest}/end"),
                    &html! {},
                    l.say("终止", "End"),
                ),
            ]
        })
        .collect();
    let head = [
        l.say("名称", "Name"),
        l.say("添加", "Added"),
        l.say("最近使用", "Last used"),
        l.say("操作", "Act"),
    ];
    let body = html! {
        (table(l.say("我的通行密钥", "My passkeys"), &head, &rows, ""))
        p { a href="/desk/enrol" { (l.say("用凭条添加", "Add one with a ticket")) } }
        (note("终止一个通行密钥，它打开的登录即刻结束。人员登记终止时全部终止。", "Ending a passkey ends every session that it opened at once. All end with the officer's registration.", l))
    };
    Ok(Reply::page("我的通行密钥", "My passkeys", body))
}

pub(in crate::desk) async fn end<S: Store, R: Root>(
    visit: Visited<S, R>,
) -> Result<Reply, Problem> {
    let asking = Asking::plainly().at("digest", visit.segment("digest"));
    visit.ask(&passkeys::END, passkeys::end, asking).await?;
    visit.tell("通行密钥已终止", "The passkey has ended");
    Ok(Reply::To("/desk/own".to_owned()))
}
