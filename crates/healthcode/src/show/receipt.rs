//! What receipts and authorities say, in words and in JSON.

use std::fmt::Write as _;

use anyhow::Result;
use hc_code::receipt::{PolicyNamed, Receipt, SignedReceipt};
use hc_code::recognition::{Authority, Decided, Obligation, PublishedPolicy};
use hc_core::recognition::describe;
use serde::Serialize;

use super::{BothTexts, verdict};
use crate::screen::Screen;

/// What one authority says of a scan, in JSON.
#[derive(Serialize)]
pub(crate) struct AuthorityLine {
    authority: String,
    action: &'static str,
    version: Option<u32>,
    rule: Option<String>,
    says: Option<BothTexts>,
    measures: Vec<BothTexts>,
    contest: Option<ContestLine>,
    receipt: Option<ReceiptLine>,
}

#[derive(Serialize)]
struct ContestLine {
    at: String,
    phone: String,
}

#[derive(Serialize)]
struct ReceiptLine {
    number: String,
    text: String,
}

fn named(authority: Authority) -> String {
    match authority {
        Authority::Venue => "venue".to_owned(),
        Authority::Region(region) => region.to_string(),
    }
}

fn says(rule: &hc_code::recognition::PublishedRule) -> BothTexts {
    let text = hc_core::rules::Text {
        zh: rule.says().zh().to_owned(),
        en: rule.says().en().to_owned(),
    };
    (&text).into()
}

impl AuthorityLine {
    /// What it says, with the receipt for it where there is one.
    pub(crate) fn of(decided: &Decided<'_>, receipt: Option<&(Receipt, SignedReceipt)>) -> Self {
        let ruling = decided.ruling.as_ref();
        let rule = ruling.and_then(|ruling| ruling.rule).map(|(_, rule)| rule);
        let contest = ruling.map(|ruling| ContestLine {
            at: ruling.contest().at().to_owned(),
            phone: ruling.contest().phone().to_owned(),
        });
        let measures = ruling
            .into_iter()
            .flat_map(hc_code::recognition::Ruling::measures);
        let measures = measures.map(|measure| (&describe::obligation(measure.obligation())).into());
        Self {
            authority: named(decided.authority),
            action: decided.action.word(),
            version: ruling.map(|ruling| ruling.policy.version()),
            rule: rule.map(|rule| rule.id().to_owned()),
            says: rule.map(says),
            measures: measures.collect(),
            contest,
            receipt: receipt.map(|(receipt, signed)| ReceiptLine {
                number: receipt.number().to_string(),
                text: signed.text(),
            }),
        }
    }

    /// The same in words.
    pub(crate) fn in_words(
        screen: &mut Screen,
        decided: &Decided<'_>,
        receipt: Option<&(Receipt, SignedReceipt)>,
    ) -> Result<()> {
        let who = match decided.authority {
            Authority::Venue => screen.say("场所", "the venue").to_owned(),
            Authority::Region(region) => describe::division(region),
        };
        let mut line = format!("  {who}: {}", verdict::action(screen, decided.action));
        match &decided.ruling {
            Some(ruling) => {
                let rule = ruling.rule.map_or("–", |(_, rule)| rule.id());
                let version = ruling.policy.version();
                write!(line, " · {} {version}/{rule}", screen.say("规则", "rule"))?;
            }
            None if matches!(decided.authority, Authority::Region(_)) => {
                let none = screen.say(
                    "没有生效的政策或未到规则",
                    "no policy in force, or it never came to one",
                );
                write!(line, " · {none}")?;
            }
            None => {}
        }
        screen.line(line)?;
        let Some(ruling) = &decided.ruling else {
            return receipt_line(screen, receipt);
        };
        if let Some((_, rule)) = ruling.rule {
            let says = screen.say(rule.says().zh(), rule.says().en()).to_owned();
            screen.line(format!("    {says}"))?;
        }
        for measure in ruling.measures() {
            let words = describe::obligation(measure.obligation());
            screen.line(format!("    {}", screen.pick(&words)))?;
        }
        let contest = ruling.contest();
        let how = screen.say("申诉", "contest at");
        screen.line(format!("    {how} {} · {}", contest.at(), contest.phone()))?;
        receipt_line(screen, receipt)
    }
}

fn receipt_line(screen: &mut Screen, receipt: Option<&(Receipt, SignedReceipt)>) -> Result<()> {
    if let Some((receipt, signed)) = receipt {
        let name = screen.say("回执", "receipt");
        screen.line(format!("    {name} {} {}", receipt.number(), signed.text()))?;
    }
    Ok(())
}

/// A receipt that a gate signed, in JSON.
#[derive(Serialize)]
pub(crate) struct VerifiedLine {
    number: String,
    region: String,
    gate: String,
    at: String,
    expires_at: String,
    good: bool,
    action: &'static str,
    cause: String,
    policy: Option<PolicyLine>,
    measures: Vec<BothTexts>,
    issuer: Option<String>,
    is_of_the_code: Option<bool>,
}

#[derive(Serialize)]
struct PolicyLine {
    region: String,
    version: u32,
    rule: Option<String>,
    says: Option<BothTexts>,
    contest: Option<ContestLine>,
}

/// The policy that a receipt names, among those at hand.
pub(crate) fn named_by<'a>(
    named: &PolicyNamed,
    policies: &'a [PublishedPolicy],
) -> Option<&'a PublishedPolicy> {
    policies
        .iter()
        .find(|policy| (policy.region(), policy.version()) == (named.region, named.version))
}

impl VerifiedLine {
    /// What a receipt says; `good` is whether its time is not over.
    pub(crate) fn of(
        receipt: &Receipt,
        policies: &[PublishedPolicy],
        (good, is_of_the_code): (bool, Option<bool>),
    ) -> Self {
        let policy = receipt.policy().map(|named| {
            let policy = named_by(named, policies);
            let id = named.rule.as_ref().map(|(_, id)| id.clone());
            let mut rules = policy.into_iter().flat_map(PublishedPolicy::rules);
            let rule = rules.find(|rule| Some(rule.id()) == id.as_deref());
            let contest = policy.map(|policy| {
                let own = rule.and_then(|rule| rule.contest());
                let contest = own.unwrap_or_else(|| policy.contest());
                ContestLine {
                    at: contest.at().to_owned(),
                    phone: contest.phone().to_owned(),
                }
            });
            PolicyLine {
                region: named.region.to_string(),
                version: named.version,
                rule: id,
                says: rule.map(says),
                contest,
            }
        });
        let words = |one: &Obligation| (&describe::obligation(one)).into();
        Self {
            number: receipt.number().to_string(),
            region: receipt.region().to_string(),
            gate: receipt.gate().to_owned(),
            at: receipt.at().to_string(),
            expires_at: receipt.expires_at().to_string(),
            good,
            action: receipt.action().word(),
            cause: receipt.cause().to_owned(),
            policy,
            measures: receipt.measures().iter().map(words).collect(),
            issuer: receipt.issuer().map(|issuer| issuer.to_string()),
            is_of_the_code,
        }
    }

    /// The same in words.
    pub(crate) fn in_words(
        screen: &mut Screen,
        receipt: &Receipt,
        policies: &[PublishedPolicy],
        (good, is_of_the_code): (bool, Option<bool>),
    ) -> Result<()> {
        let action = verdict::action(screen, receipt.action());
        screen.heading(format!(
            "{} · {action} ({})",
            receipt.number(),
            receipt.cause()
        ))?;
        let mut lines = vec![
            (
                screen.say("地点", "gate"),
                format!(
                    "{} {}",
                    describe::division(receipt.region()),
                    receipt.gate()
                ),
            ),
            (screen.say("时间", "at"), receipt.at().to_string()),
            (
                screen.say("有效至", "good until"),
                format!(
                    "{}{}",
                    receipt.expires_at(),
                    if good {
                        ""
                    } else {
                        screen.say("（现在无效）", " (not now)")
                    }
                ),
            ),
        ];
        if let Some(issuer) = receipt.issuer() {
            lines.push((
                screen.say("码的签发地", "the code's issuer"),
                describe::division(issuer),
            ));
        }
        if let Some(named) = receipt.policy() {
            let rule = named.rule.as_ref().map_or("–", |(_, id)| id);
            let words = format!(
                "{} {}/{rule}",
                describe::division(named.region),
                named.version
            );
            lines.push((screen.say("政策与规则", "policy and rule"), words));
            if let Some(policy) = named_by(named, policies) {
                let rule = policy.rules().iter().find(|known| known.id() == rule);
                if let Some(rule) = rule {
                    let says = screen.say(rule.says().zh(), rule.says().en()).to_owned();
                    lines.push((screen.say("告知", "it says"), says));
                }
                let contest = rule
                    .and_then(|rule| rule.contest())
                    .unwrap_or_else(|| policy.contest());
                lines.push((
                    screen.say("申诉", "contest at"),
                    format!("{} · {}", contest.at(), contest.phone()),
                ));
            }
        }
        for measure in receipt.measures() {
            let words = describe::obligation(measure);
            lines.push((
                screen.say("本地措施", "here for a while"),
                screen.pick(&words).to_owned(),
            ));
        }
        if let Some(is) = is_of_the_code {
            let says = if is {
                screen.say("是", "yes")
            } else {
                screen.say("不是", "no")
            };
            lines.push((screen.say("是否属于此码", "for this code"), says.to_owned()));
        }
        for (name, value) in lines {
            screen.line(format!("  {name}: {value}"))?;
        }
        Ok(())
    }
}
