//! `code show`: a code's text as a QR code.

use anyhow::{Context, Result, ensure};
use hc_code::Class;
use hc_code::carried;
use hc_code::text::CodeText;
use hc_qr::{Paint, QrCode, Scale};
use serde::Serialize;

use crate::args::Show;
use crate::clock;
use crate::command::Outcome;
use crate::input::{key_file, text};
use crate::output::{self, Readers};
use crate::screen::Screen;
use crate::show::code;

pub(in crate::command) fn run(command: &Show, screen: &mut Screen) -> Result<Outcome> {
    let mut given = Vec::new();
    text::each(&command.text, |text| {
        given.push(text.to_owned());
        Ok(())
    })?;
    let [text] = given.as_slice() else {
        anyhow::bail!("one text is shown at a time; {} were given", given.len());
    };
    let issued = CodeText::parse(text).context("this is no code's text")?;
    let look = code::look(issued.standard());
    let text = match &command.holder {
        None => text.clone(),
        Some(path) => {
            let holder = key_file::signing_key(path)?;
            ensure!(
                issued.standard().class() == Class::Carried && issued.showing().is_none(),
                "only a carried code that was not shown yet is shown by its holder's key"
            );
            let at = command.at.unwrap_or_else(clock::now);
            carried::show(&holder, issued.issued(), at)?
        }
    };
    let drawn = QrCode::of(&text)?;
    let scale = Scale::new(command.scale)?;
    if let Some(path) = &command.svg {
        output::create(path, hc_qr::svg(&drawn, look).as_bytes(), Readers::Anybody)?;
    }
    if let Some(path) = &command.png {
        output::create(path, &hc_qr::png(&drawn, look, scale)?, Readers::Anybody)?;
    }
    if screen.json() {
        screen.object(&ShownLine {
            text: &text,
            version: drawn.version(),
            modules: drawn.size(),
            word: look.word(),
            word_zh: look.word_zh(),
            shape: look.shape().character(),
        })?;
    } else if command.svg.is_none() && command.png.is_none() {
        let paint = if command.light_on_dark {
            Paint::LightOnDark
        } else {
            Paint::Colour
        };
        code::blocks(screen, &text, look, paint, "")?;
        if command.holder.is_some() {
            screen.line(&text)?;
        }
    }
    Ok(Outcome::Clean)
}

#[derive(Serialize)]
struct ShownLine<'a> {
    text: &'a str,
    version: u8,
    modules: usize,
    word: &'static str,
    word_zh: &'static str,
    shape: char,
}
