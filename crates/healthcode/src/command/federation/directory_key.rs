//! `federation directory-key`: the key of the hub's directory, drawn by one region and handed to the others.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use zeroize::Zeroizing;

use crate::args::DirectoryKey;
use crate::command::Outcome;
use crate::input::key_file;
use crate::output::{self, Readers};
use crate::random;
use crate::screen::Screen;
use crate::service::secrets::{self, DIRECTORY};
use crate::service::{Configured, directory};

pub(super) fn run(command: &DirectoryKey, screen: &mut Screen) -> Result<Outcome> {
    let configured = Configured::read(&command.of.config)?;
    let folder = configured.path(&configured.config.secrets);
    if let Some(variable) = secrets::in_environment(DIRECTORY) {
        ensure!(
            !command.new && command.from.is_none(),
            "the key comes from {variable}: it is replaced where that is set"
        );
    }
    let path = folder.join(DIRECTORY);
    if command.new {
        put(&path, &random::bytes::<32>()?, command.replace)?;
    } else if let Some(from) = &command.from {
        let secret = secrets::handed_over(from)?;
        key_file::only_for_its_user(from)?;
        let (told, found) = (command.fingerprint, directory::fingerprint(&secret));
        ensure!(
            told == Some(found),
            "{} has the fingerprint {found}, not the one that you were told: it is another key",
            from.display()
        );
        put(&path, &secret, command.replace)?;
    }
    let Some(secret) = secrets::directory(&folder)? else {
        screen.line(screen.say(
            "本地区没有目录密钥：一个地区用 --new 生成，其他地区用 --from 接收；不得经过国家平台。",
            "This region has no key of the directory. One region draws it with --new, the others take it over with --from; never by way of the hub.",
        ))?;
        return Ok(Outcome::Found);
    };
    let fingerprint = directory::fingerprint(&secret);
    screen.line(format!(
        "{} {fingerprint}",
        screen.say("指纹", "fingerprint")
    ))?;
    if command.new || command.from.is_some() {
        screen.line(screen.say(
            "重新启动服务后生效；届时将全部人员重新登记到目录。",
            "Restart the service; it then enters everybody in the directory under the new key.",
        ))?;
    }
    if command.new {
        screen.line(format!(
            "{} {}",
            screen.say(
                "请将此文件当面交给其他各地区：",
                "Hand this file to every other region, in person:"
            ),
            path.display()
        ))?;
    }
    Ok(Outcome::Clean)
}

fn put(path: &Path, secret: &Zeroizing<[u8; 32]>, replace: bool) -> Result<()> {
    // Room for all of it, so that no copy stays behind where the buffer would grow.
    let mut text = Zeroizing::new(String::with_capacity(65));
    text.push_str(&Zeroizing::new(hex::encode(secret.as_slice())));
    text.push('\n');
    if replace {
        return output::replace(path, text.as_bytes());
    }
    output::create(path, text.as_bytes(), Readers::User)
        .context("a key that is there stays unless --replace is given")
}
