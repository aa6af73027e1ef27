//! `hub propose`, `hub sign-list` and `hub adopt`: the way of the next trust list to the offline key and back.

use anyhow::{Context, Result, bail, ensure};
use hc_code::signing::Signer as _;
use hc_code::trust_list::TrustList;
use hc_hub::ceremony::{Decided, Proposal};
use hc_hub::difference::changes;
use hc_hub::digest::Digest;

use crate::args::{Adopt, Propose, SignList};
use crate::clock;
use crate::command::Outcome;
use crate::input::key_file;
use crate::output::{self, Readers};
use crate::screen::Screen;
use crate::show::keys;

pub(super) fn propose(command: &Propose, screen: &mut Screen) -> Result<Outcome> {
    let hub = super::configured(&command.of)?.reader()?;
    let file = hub.propose(clock::now())?;
    output::create(&command.out, &file, Readers::Anybody)?;
    let fingerprint = Digest::of(&file).fingerprint();
    screen.line(format!(
        "{} {fingerprint}",
        screen.say("指纹", "fingerprint")
    ))?;
    screen.line(screen.say(
        "请将文件带到离线密钥处，并另行告知指纹。",
        "Take the file to where the offline key is, and tell the fingerprint by another way.",
    ))?;
    Ok(Outcome::Clean)
}

pub(super) fn sign(command: &SignList, screen: &mut Screen) -> Result<Outcome> {
    let key = key_file::signing_key(&command.key)?;
    let file = super::read(&command.proposal)?;
    let mut believed = vec![key.public_key().clone()];
    if let Some(before) = &command.key_before {
        believed.push(key_file::public_key(before)?);
    }
    let proposal =
        Proposal::read(&file, &believed).with_context(|| command.proposal.display().to_string())?;
    let decided = Decided {
        more_signers: key_file::public_keys(&command.more_signer)?,
        fewer_signers: command.fewer_signer.clone(),
        more_removers: key_file::public_keys(&command.more_remover)?,
        fewer_removers: command.fewer_remover.clone(),
    };
    let at = command.at.unwrap_or_else(clock::now);
    let next = proposal.next(&decided, at, command.life)?;
    let may = match proposal.before() {
        Some(before) => before.hub_keys().contains(key.public_key()),
        // The first list names its own key, or regions could not follow it.
        None => next.hub_keys().contains(key.public_key()),
    };
    ensure!(
        may,
        "key {} may not sign this list: the list before does not name it",
        key.public_key().id()
    );
    let found = Digest::of(&file).fingerprint();
    if !screen.json() {
        screen.heading(format!(
            "{}: {} {found}, {}",
            proposal.hub(),
            screen.say("指纹", "fingerprint"),
            proposal.made_at()
        ))?;
        let lines = changes(proposal.before(), &next);
        if lines.is_empty() {
            screen.line(screen.say(
                "除版本与时间外没有变化。",
                "Nothing but version and times changes.",
            ))?;
        }
        for line in lines {
            screen.line(line.to_string())?;
        }
    }
    let Some(told) = command.fingerprint else {
        screen.line(screen.say(
            "未签署：请用 --fingerprint 给出平台告知的指纹。",
            "Not signed: give the fingerprint that the hub's people told with --fingerprint.",
        ))?;
        return Ok(Outcome::Found);
    };
    ensure!(
        told == found,
        "the file has the fingerprint {found}, and {told} was told: it is another file"
    );
    let signed = next.sign(&key)?;
    // What cannot be read back must not leave the house.
    if TrustList::open(&signed, std::slice::from_ref(key.public_key()))? != next {
        bail!("the signed list does not read as what was signed");
    }
    output::create(&command.out, &signed, Readers::Anybody)?;
    keys::trust_list(&next, key.public_key().id(), screen)?;
    Ok(Outcome::Clean)
}

pub(super) fn adopt(command: &Adopt, screen: &mut Screen) -> Result<Outcome> {
    let list = super::read(&command.list)?;
    let mut hub = super::configured(&command.of)?.writer()?;
    hub.adopt(&list, clock::now())?;
    let version = hub.register().list().map_or(0, TrustList::version);
    screen.line(format!(
        "{} {version}",
        screen.say("信任表已生效，版本", "The trust list is in force, version")
    ))?;
    Ok(Outcome::Clean)
}
