//! `certificate`: SM2 certificates of applications and issuers.

use std::fs;

use anyhow::{Context, Result, bail};
use hc_code::signing::Signer as _;
use hc_pki::{
    Certificate, NewCertificate, NewRevocations, PemKind, Purpose, Request, Revocations, Serial,
    pem,
};
use serde::Serialize;

use super::Outcome;
use crate::args::{
    self, IssueCertificate, ListRevocations, NewRequest, NewRoot, ShowCertificate,
    VerifyCertificate,
};
use crate::input::{certificates, key_file};
use crate::output::{self, Readers};
use crate::screen::Screen;
use crate::{clock, random};

pub(super) fn run(command: &args::Certificate, screen: &mut Screen) -> Result<Outcome> {
    match command {
        args::Certificate::Root(command) => root(command, screen),
        args::Certificate::Request(command) => request(command, screen),
        args::Certificate::Issue(command) => issue(command, screen),
        args::Certificate::Revocations(command) => revocations(command, screen),
        args::Certificate::Verify(command) => verify(command, screen),
        args::Certificate::Show(command) => show(command, screen),
    }
}

fn root(command: &NewRoot, screen: &mut Screen) -> Result<Outcome> {
    let key = key_file::signing_key(&command.key)?;
    let from = command.at.unwrap_or_else(clock::now);
    let certificate = NewCertificate {
        subject: command.subject.clone(),
        key: key.public_key().clone(),
        purpose: Purpose::Authority {
            below: Some(command.below),
        },
        from,
        until: from.plus(command.life),
        serial: serial()?,
    };
    let certificate = certificate.self_signed(&key)?;
    let text = pem(PemKind::Certificate, certificate.as_der())?;
    output::create(&command.out, text.as_bytes(), Readers::Anybody)?;
    shown(&certificate, screen)?;
    Ok(Outcome::Clean)
}

fn request(command: &NewRequest, screen: &mut Screen) -> Result<Outcome> {
    let key = key_file::signing_key(&command.key)?;
    let request = Request::new(command.subject.clone(), &key)?;
    let text = pem(PemKind::Request, request.as_der())?;
    output::create(&command.out, text.as_bytes(), Readers::Anybody)?;
    asked(&request, screen)?;
    Ok(Outcome::Clean)
}

fn issue(command: &IssueCertificate, screen: &mut Screen) -> Result<Outcome> {
    let authority = certificates::certificate(&command.authority)?;
    let key = key_file::signing_key(&command.key)?;
    let request = certificates::request(&command.request)?;
    let from = command.at.unwrap_or_else(clock::now);
    let certificate = NewCertificate {
        subject: request.subject().clone(),
        key: request.key().clone(),
        purpose: command
            .as_authority
            .map_or(Purpose::Signing, |below| Purpose::Authority {
                below: Some(below),
            }),
        from,
        until: from.plus(command.life),
        serial: serial()?,
    };
    let certificate = certificate.issued(&authority, &key)?;
    let text = pem(PemKind::Certificate, certificate.as_der())?;
    output::create(&command.out, text.as_bytes(), Readers::Anybody)?;
    shown(&certificate, screen)?;
    Ok(Outcome::Clean)
}

fn revocations(command: &ListRevocations, screen: &mut Screen) -> Result<Outcome> {
    let authority = certificates::certificate(&command.authority)?;
    let key = key_file::signing_key(&command.key)?;
    let from = command.at.unwrap_or_else(clock::now);
    let mut revoked = Vec::new();
    if let Some(path) = &command.before {
        let before = certificates::revocations(path)?;
        if !before.is_signed_by(&authority) {
            bail!(
                "{} is not the list of {}",
                path.display(),
                authority.subject()
            );
        }
        revoked.extend_from_slice(before.revoked());
    }
    for path in &command.certificate {
        let certificate = certificates::certificate(path)?;
        if !certificate.is_signed_by(&authority) {
            let issuer = authority.subject();
            bail!("{} is no certificate that {issuer} issued", path.display());
        }
        // What was taken back before is so since then.
        if revoked
            .iter()
            .all(|(serial, _)| serial != certificate.serial())
        {
            revoked.push((certificate.serial().clone(), from));
        }
    }
    let list = NewRevocations {
        revoked,
        from,
        until: from.plus(command.life),
        // Seconds grow, which is all that is asked of it.
        number: u64::try_from(from.unix()).context("lists begin in 1970 or later")?,
    };
    let list = list.issued(&authority, &key)?;
    let text = pem(PemKind::Revocations, list.as_der())?;
    output::create(&command.out, text.as_bytes(), Readers::Anybody)?;
    listed(&list, screen)?;
    Ok(Outcome::Clean)
}

fn listed(list: &Revocations, screen: &mut Screen) -> Result<()> {
    let revoked = list.revoked().iter();
    let listed = Listed {
        issuer: list.issuer().to_string(),
        from: list.from().to_string(),
        until: list.until().to_string(),
        revoked: revoked.map(|(serial, _)| serial.to_string()).collect(),
    };
    if screen.json() {
        return screen.object(&listed);
    }
    let until = screen.say("至", "until");
    screen.line(format!("{}\n  {until} {}", listed.issuer, listed.until))?;
    for serial in &listed.revoked {
        let revoked = screen.say("已吊销", "revoked");
        screen.line(format!("  {revoked} {serial}"))?;
    }
    Ok(())
}

fn verify(command: &VerifyCertificate, screen: &mut Screen) -> Result<Outcome> {
    let certificate = certificates::certificate(&command.certificate)?;
    let others = certificates::certificates(&command.through)?;
    let anchors = certificates::trusted(&command.trusted)?;
    let at = command.trusted.at.unwrap_or_else(clock::now);
    match anchors.verify(&certificate, &others, at) {
        Ok(way) => {
            for certificate in way {
                shown(certificate, screen)?;
            }
            Ok(Outcome::Clean)
        }
        Err(error) => {
            if screen.json() {
                screen.object(&Refused {
                    refused: error.to_string(),
                })?;
            } else {
                let refused = screen.say("不可信", "not to be believed");
                screen.line(format!("{refused}: {error}"))?;
            }
            Ok(Outcome::Found)
        }
    }
}

fn show(command: &ShowCertificate, screen: &mut Screen) -> Result<Outcome> {
    let bytes = fs::read(&command.file)
        .with_context(|| format!("cannot read {}", command.file.display()))?;
    let label = format!("-----BEGIN {}-----", PemKind::Request.label());
    if bytes.trim_ascii_start().starts_with(label.as_bytes()) {
        asked(&certificates::request(&command.file)?, screen)?;
    } else {
        shown(&certificates::certificate(&command.file)?, screen)?;
    }
    Ok(Outcome::Clean)
}

/// A number that nobody can guess: 127 random bits.
fn serial() -> Result<Serial> {
    let mut bytes = *random::bytes::<16>()?;
    if let Some(first) = bytes.first_mut() {
        *first &= 0x7f;
    }
    Serial::from_bytes(&bytes).context("no serial number was drawn")
}

#[derive(Serialize)]
struct Refused {
    refused: String,
}

#[derive(Serialize)]
struct Listed {
    issuer: String,
    from: String,
    until: String,
    revoked: Vec<String>,
}

#[derive(Serialize)]
struct Shown {
    subject: String,
    issuer: String,
    serial: String,
    key_id: String,
    from: String,
    until: String,
    purpose: &'static str,
    authorities_below: Option<u8>,
}

#[derive(Serialize)]
struct Asked {
    subject: String,
    key_id: String,
}

/// Shows a certificate.
pub(super) fn shown(certificate: &Certificate, screen: &mut Screen) -> Result<()> {
    let (purpose, below) = match certificate.purpose() {
        Purpose::Authority { below } => ("authority", below),
        Purpose::Signing => ("signing", None),
        Purpose::Other => ("other", None),
    };
    let shown = Shown {
        subject: certificate.subject().to_string(),
        issuer: certificate.issuer().to_string(),
        serial: certificate.serial().to_string(),
        key_id: certificate.key().id().to_string(),
        from: certificate.from().to_string(),
        until: certificate.until().to_string(),
        purpose,
        authorities_below: below,
    };
    if screen.json() {
        return screen.object(&shown);
    }
    let what = match certificate.purpose() {
        Purpose::Authority { .. } => screen.say("签发证书", "signs certificates"),
        Purpose::Signing => screen.say("签名", "signs"),
        Purpose::Other => screen.say("不用于签名", "not for signing"),
    };
    screen.line(&shown.subject)?;
    for (word, value) in [
        (screen.say("签发者", "issuer"), &shown.issuer),
        (screen.say("序列号", "serial"), &shown.serial),
        (screen.say("密钥", "key"), &shown.key_id),
        (screen.say("自", "from"), &shown.from),
        (screen.say("至", "until"), &shown.until),
        (screen.say("用途", "use"), &what.to_owned()),
    ] {
        screen.line(format!("  {word} {value}"))?;
    }
    Ok(())
}

fn asked(request: &Request, screen: &mut Screen) -> Result<()> {
    let asked = Asked {
        subject: request.subject().to_string(),
        key_id: request.key().id().to_string(),
    };
    if screen.json() {
        return screen.object(&asked);
    }
    let key = screen.say("密钥", "key");
    screen.line(format!("{}\n  {key} {}", asked.subject, asked.key_id))
}
