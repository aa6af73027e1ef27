//! What one officer does alone and many feel at once: shown once more as it was filled in, and signed for by a passkey.
//!
//! A session alone does none of it: whoever finds a desk unlocked, or has taken a cookie, cannot declare degraded mode,
//! publish areas, keep a rule pack or answer an appeal. The form's own address is asked twice: first without a signature,
//! which is answered with a page that shows every value, then with one that stands for these very values.

use hc_core::store::Store;
use maud::{Markup, html};
use sha2::{Digest, Sha256};

use super::page::Page;
use super::seal::act;
use super::show::{facts, note};
use super::visit::{Reply, Visit};
use crate::api::Root;
use crate::problem::Problem;

/// The most letters of a value that are shown; of a longer one its digest is shown too.
const SHOWN: usize = 1200;

/// A form that is signed for.
pub(super) struct Act<'a> {
    /// Its page, of which `spec/desk.tsv` says that it is signed for.
    pub(super) page: &'static Page,
    /// What is done, as the page's title.
    pub(super) title: (&'static str, &'static str),
    /// Where the form goes.
    pub(super) action: &'a str,
    /// Its fields, with their names for people.
    pub(super) fields: &'a [(&'static str, &'static str)],
}

impl<S: Store, R: Root> Visit<S, R> {
    /// The page on which an officer signs for a form as it was filled in; nothing where they have: the act goes on.
    ///
    /// # Errors
    /// [`ProblemType::CredentialRefused`](crate::problem::ProblemType::CredentialRefused) for a signature over other
    /// values, another act, an earlier one, or another officer's.
    pub(super) async fn to_be_signed(&self, wanted: &Act<'_>) -> Result<Option<Reply>, Problem> {
        debug_assert!(wanted.page.signed_for, "{}", wanted.page.id);
        let mut values = Vec::with_capacity(wanted.fields.len());
        for (field, name) in wanted.fields {
            // Browsers send every end of a line as CR LF, and read it as LF.
            let value = self.fields.one(field)?.replace("\r\n", "\n");
            values.push((*field, *name, value));
        }
        let mut parts: Vec<&[u8]> = vec![b"form", wanted.action.as_bytes()];
        for (field, _, value) in &values {
            parts.extend([field.as_bytes(), value.as_bytes()]);
        }
        let act = act(&parts);
        if !self.fields.one("signature")?.is_empty() {
            self.signed_for(act, format!("form {}", wanted.action))
                .await?;
            return Ok(None);
        }
        let l = self.language;
        let hidden = html! {
            @for (field, _, value) in &values { input type="hidden" name=(field) value=(value); }
        };
        let word = l.say("确认（用通行密钥签名）", "Confirm, signed with the passkey");
        let form = self.signed_form(wanted.action, act, &hidden, word).await?;
        let rows: Vec<(&str, Markup)> = values
            .iter()
            .map(|(_, name, value)| (*name, shown(value)))
            .collect();
        let body = html! {
            p { (l.say("尚未执行。请核对后签名：", "Nothing is done yet. Look it over, then sign:")) }
            (facts(&rows))
            (form)
            (note("签名只对以上内容有效，五分钟内用一次。", "The signature is for exactly this, within five minutes, once.", l))
        };
        let (zh, en) = wanted.title;
        Ok(Some(Reply::page(zh, en, body)))
    }
}

/// A value as it was filled in; a long one by its beginning, its size and its digest.
fn shown(value: &str) -> Markup {
    let short: String = value.chars().take(SHOWN).collect();
    html! {
        @if value.is_empty() { "–" }
        @else if short.len() == value.len() && !value.contains('\n') { (value) }
        @else {
            pre tabindex="0" { (short) @if short.len() < value.len() { "…" } }
            p { (value.len()) " B · SHA-256 " code .long { (hex::encode(Sha256::digest(value))) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_value_is_shown_by_its_beginning_and_its_digest() {
        assert_eq!(shown("line-cut").0, "line-cut");
        assert_eq!(shown("").0, "–");
        let long = shown(&"<b>".repeat(1000)).0;
        assert!(long.contains("&lt;b&gt;") && !long.contains("<b>"));
        assert!(
            long.contains("3000 B")
                && long.contains(&hex::encode(Sha256::digest("<b>".repeat(1000))))
        );
        assert!(shown("a\nb").0.starts_with("<pre"));
    }
}
