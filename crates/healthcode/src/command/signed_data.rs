//! `signed-data`: files that are signed in the form of GB/T 35275.

use anyhow::Result;
use hc_pki::SignedData;

use super::{Outcome, certificate};
use crate::args::{self, OpenData, SignData};
use crate::clock;
use crate::input::{self, certificates, key_file};
use crate::output::{self, Readers};
use crate::screen::Screen;

pub(super) fn run(command: &args::SignedData, screen: &mut Screen) -> Result<Outcome> {
    match command {
        args::SignedData::Sign(command) => sign(command, screen),
        args::SignedData::Open(command) => open(command, screen),
    }
}

fn sign(command: &SignData, screen: &mut Screen) -> Result<Outcome> {
    let key = key_file::signing_key(&command.key)?;
    let certificate = certificates::certificate(&command.certificate)?;
    let others = certificates::certificates(&command.through)?;
    let content = input::at_most(&command.content, SignedData::LONGEST)?;
    let signed = SignedData::sign(&content, !command.detached, &key, &certificate, &others)?;
    output::create(&command.out, &signed, Readers::Anybody)?;
    certificate::shown(&certificate, screen)?;
    Ok(Outcome::Clean)
}

fn open(command: &OpenData, screen: &mut Screen) -> Result<Outcome> {
    let anchors = certificates::trusted(&command.trusted)?;
    let signed = input::at_most(&command.signed, 2 * SignedData::LONGEST)?;
    let beside = command
        .content
        .as_ref()
        .map(|path| input::at_most(path, SignedData::LONGEST))
        .transpose()?;
    let at = command.trusted.at.unwrap_or_else(clock::now);
    let opened = certificates::open(&signed, beside.as_deref(), &anchors, at)?;
    if let Some(out) = &command.out {
        output::create(out, &opened.content, Readers::User)?;
    }
    for signer in &opened.signers {
        certificate::shown(signer, screen)?;
    }
    Ok(Outcome::Clean)
}
