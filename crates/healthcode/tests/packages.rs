//! What integrators are given: the verifier as a package, its examples, and the mini program.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use hc_testkit::browser::{Browser, BrowserError, Screen};
use tempfile::TempDir;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The simulator and the compiler, installed below `target/` from their lock file; nothing where they cannot be had,
/// which under CI is a failure.
fn installed() -> Option<&'static Path> {
    static FOLDER: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    match FOLDER.get_or_init(install) {
        Ok(folder) => Some(folder),
        Err(why) => {
            let needed = std::env::var_os("CI").is_some_and(|ci| ci == "true");
            assert!(!needed, "{why}");
            eprintln!("SKIPPED, no package was looked at: {why}");
            None
        }
    }
}

fn install() -> Result<PathBuf, String> {
    let from = root().join("packages/tests");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("packages");
    let text = |error: std::io::Error| error.to_string();
    fs::create_dir_all(&folder).map_err(text)?;
    // Two runs do not install into each other.
    let lock = fs::File::create(folder.join("lock")).map_err(text)?;
    lock.lock().map_err(text)?;
    let wanted = fs::read(from.join("package-lock.json")).map_err(text)?;
    let done = folder.join("installed");
    if fs::read(&done).ok().as_ref() != Some(&wanted) {
        for name in ["package.json", "package-lock.json", ".npmrc"] {
            fs::copy(from.join(name), folder.join(name)).map_err(text)?;
        }
        let output = Command::new("npm")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            .current_dir(&folder)
            .output()
            .map_err(|error| format!("npm cannot be run ({error}): apt-get install nodejs npm"))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(format!("npm ci in {}: {said}", folder.display()));
        }
        fs::write(&done, &wanted).map_err(text)?;
    }
    Ok(folder)
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let place = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &place);
        } else {
            fs::copy(entry.path(), place).unwrap();
        }
    }
}

/// The package as others install it, in a folder of theirs.
fn package() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("node_modules/@healthcode/verifier");
    copy(&root().join("packages/verifier"), &at);
    for name in ["verifier.mjs", "verifier.wasm", "door.wasm"] {
        fs::copy(root().join("web/verifier").join(name), at.join(name)).unwrap();
    }
    folder
}

fn done(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{out}{err}");
    out.into_owned()
}

#[test]
fn the_types_declare_what_is_there() {
    let Some(tools) = installed() else { return };
    let folder = package();
    let at = folder.path().join("node_modules/@healthcode");
    fs::create_dir_all(at.join("tests")).unwrap();
    fs::copy(
        root().join("packages/tests/types.mts"),
        at.join("tests/types.mts"),
    )
    .unwrap();
    done(
        Command::new("node")
            .arg(tools.join("node_modules/typescript/bin/tsc"))
            .args([
                "--noEmit", "--strict", "--target", "es2022", "--module", "nodenext",
            ])
            .args(["--moduleResolution", "nodenext", "--lib", "es2022,dom"])
            .arg(at.join("tests/types.mts"))
            .current_dir(folder.path()),
    );
    // And nothing is there that they do not declare.
    let exports = done(
        Command::new("node")
            .args(["--input-type=module", "--eval"])
            .arg("import * as all from '@healthcode/verifier'; import * as region from '@healthcode/verifier/region'; console.log([...Object.keys(all), ...Object.keys(region)].join(' '))")
            .current_dir(folder.path()),
    );
    assert_eq!(
        exports.trim(),
        "Gate Memory Verifier VerifierError clock open refresh retake settings"
    );
}

#[test]
fn the_holders_page_in_a_mini_program_does_what_it_says() {
    let Some(tools) = installed() else { return };
    fs::copy(
        root().join("packages/tests/holder.test.cjs"),
        tools.join("holder.test.cjs"),
    )
    .unwrap();
    let said = done(
        Command::new("node")
            .arg("holder.test.cjs")
            .arg(root().join("packages/mini-program").canonicalize().unwrap())
            .current_dir(tools),
    );
    assert!(said.contains("rules hold"), "{said}");
}

/// A region that serves until the test ends.
struct Region {
    child: Child,
    address: String,
    _folder: TempDir,
}

impl Region {
    fn begin() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().join("region");
        let program = env!("CARGO_BIN_EXE_healthcode");
        let mut init = Command::new(program);
        init.args(["init", at.to_str().unwrap(), "--region", "330000"])
            .args(["--rules", "policies/zhejiang-2022-06.toml"])
            .args([
                "--lists-at",
                "https://330000.example/status",
                "--listen",
                "127.0.0.1:0",
            ])
            .current_dir(root());
        done(&mut init);
        let file = at.join("healthcode.toml");
        let config = fs::read_to_string(&file).unwrap();
        fs::write(&file, format!("operators = \"127.0.0.1:0\"\n{config}")).unwrap();
        let mut child = Command::new(program)
            .args(["serve", "--config"])
            .arg(&file)
            .current_dir(root())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line.split_whitespace().last().unwrap().to_owned();
        Self {
            child,
            address,
            _folder: folder,
        }
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The example of a turnstile, run in a folder; what it says of each line.
fn turnstile(folder: &TempDir, address: &str, lines: &str) -> Vec<String> {
    let at = folder.path().join("node_modules/@healthcode/verifier");
    let example = folder.path().join("turnstile.mjs");
    fs::copy(at.join("examples/node.mjs"), &example).unwrap();
    let mut child = Command::new("node")
        .arg(&example)
        .arg(format!("http://{address}"))
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    writeln!(input, "{lines}").unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let said = String::from_utf8(output.stdout).unwrap();
    said.lines().map(str::to_owned).collect()
}

#[test]
fn the_example_of_a_turnstile_decides_by_the_lists_of_a_region_that_serves() {
    let region = Region::begin();
    let address = region.address.clone();
    let folder = package();
    // One text that is no code, and a code in form that nobody of this region signed.
    let foreign = first_code(&root().join("vectors"));
    let codes = format!("no code\n{foreign}");
    let said = turnstile(&folder, &address, &codes);
    assert_eq!(said.len(), 2, "{said:?}");
    assert_eq!(said[0], "invalid text - -");
    assert!(said[1].starts_with("invalid "), "{said:?}");
    assert!(!said[1].starts_with("invalid text"), "{said:?}");
    // Begun anew where there is no network, it says the same by what it kept.
    drop(region);
    assert_eq!(turnstile(&folder, &address, &codes), said);
    // One that never had a region has an action for everybody still.
    let other = package();
    let said = turnstile(&other, &address, &codes);
    assert_eq!(said, ["unknown not-set-up - -"; 2]);
}

/// A gate that has been set up, and could not fetch one list.
#[test]
fn every_text_has_an_action_where_no_list_could_be_fetched() {
    let folder = package();
    let script = format!(
        "import {{ Verifier }} from '@healthcode/verifier';
        import {{ readFile }} from 'node:fs/promises';
        for (const name of ['verifier', 'door']) {{
            const verifier = await Verifier.load(readFile(new URL(import.meta.resolve(`@healthcode/verifier/${{name}}.wasm`))));
            const hubKeys = [{{ algorithm: 'Ed25519', key: 'd54207da194977dcf46adbfec2bc2e75b52d5a8a42184fedfdc00024f0e3e8da' }}];
            const gate = verifier.openGate({{ hubKeys, region: '330000' }});
            const memory = verifier.openMemory();
            for (const text of ['', 'no code', '{}']) {{
                const {{ action, cause, genuine }} = gate.verify(text, new Date(), memory);
                console.log(action, cause, genuine);
            }}
        }}",
        first_code(&root().join("vectors"))
    );
    let file = folder.path().join("without.mjs");
    fs::write(&file, script).unwrap();
    let said = done(Command::new("node").arg(&file).current_dir(folder.path()));
    let of_one = [
        "invalid text null",
        "invalid text null",
        "unknown trust-list-missing null",
    ];
    assert_eq!(said.lines().collect::<Vec<_>>(), [of_one, of_one].concat());
}

/// A demonstration lives in its own time: on its address the example decides as elsewhere.
#[test]
fn the_example_of_a_turnstile_lives_in_the_time_of_a_demonstration() {
    let place = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_healthcode"))
        .args(["--lang", "en", "demo", "--people", "5"])
        .args(["--listen", "127.0.0.1:0", "--folder"])
        .arg(place.path().join("region"))
        .current_dir(root())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let address = loop {
        let mut line = String::new();
        assert_ne!(out.read_line(&mut line).unwrap(), 0, "it has not begun");
        if let Some((_, rest)) = line.trim().split_once("http://") {
            break rest.trim_end_matches("/demo").to_owned();
        }
    };
    let region = Region {
        child,
        address,
        _folder: place,
    };
    let folder = package();
    let foreign = first_code(&root().join("vectors"));
    let said = turnstile(&folder, &region.address, &foreign);
    // Its lists were taken: what nobody of it signed is no code, and not unknown for want of a list.
    assert!(said[0].starts_with("invalid "), "{said:?}");
    let kept = fs::read_to_string(folder.path().join("gate.json")).unwrap();
    for list in ["/v1/trust-list", "/v1/keys", "/v1/status-list"] {
        assert!(kept.contains(list), "{list} was refused");
    }
}

/// Serves the files of a folder, as any web server does, at an address of its own.
fn served(folder: PathBuf) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut line = String::new();
            let mut head = BufReader::new(stream.try_clone().unwrap());
            if head.read_line(&mut line).is_err() {
                continue;
            }
            let mut more = String::new();
            while head.read_line(&mut more).is_ok_and(|read| read > 2) {
                more.clear();
            }
            let path = line.split_whitespace().nth(1).unwrap_or("/");
            let path = path.split('?').next().unwrap_or_default();
            let media = match path.rsplit('.').next() {
                Some("html") => "text/html",
                Some("mjs") => "text/javascript",
                Some("wasm") => "application/wasm",
                _ => "text/plain",
            };
            let (status, body) = fs::read(folder.join(path.trim_start_matches('/')))
                .map_or((404, Vec::new()), |body| (200, body));
            let length = body.len();
            let head = format!(
                "HTTP/1.1 {status} x\r\ncontent-type: {media}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
            );
            drop(stream.write_all(head.as_bytes()));
            drop(stream.write_all(&body));
        }
    });
    format!("http://{address}")
}

#[test]
fn the_examples_of_a_page_and_of_an_element_decide_on_a_site_of_their_own() {
    let browser = match Browser::begin() {
        Ok(browser) => browser,
        Err(error @ BrowserError::Missing(_)) => {
            let needed = std::env::var_os("CI").is_some_and(|ci| ci == "true");
            assert!(!needed, "{error}");
            eprintln!("SKIPPED, no example was shown: {error}");
            return;
        }
        Err(error) => panic!("{error}"),
    };
    let region = Region::begin();
    let folder = package();
    let at = folder.path().join("node_modules/@healthcode/verifier");
    let element = at.join("examples/element.html");
    let text = fs::read_to_string(&element).unwrap();
    let text = text.replace(
        "https://region.example",
        &format!("http://{}", region.address),
    );
    fs::write(&element, text).unwrap();
    let site = served(at);
    let page = browser.page(&Screen::desktop("en-GB")).unwrap();
    page.open(&format!(
        "{site}/examples/browser.html?at=http://{}",
        region.address
    ))
    .unwrap();
    page.wait("document.getElementById('verdict').textContent === 'Ready'")
        .unwrap();
    page.type_into("#code", "no code").unwrap();
    page.touch("#verify").unwrap();
    page.wait("document.getElementById('verdict').textContent === 'invalid (text)'")
        .unwrap();
    page.open(&format!("{site}/examples/element.html")).unwrap();
    let inside = "document.querySelector('health-code-gate').shadowRoot";
    page.wait(&format!(
        "{inside}.querySelector('output').textContent === 'Scan a code'"
    ))
    .unwrap();
    let verdict = page
        .run(
            "let told; const gate = document.querySelector('health-code-gate');
            document.addEventListener('verdict', (event) => { told = event.detail.cause; });
            const {action} = gate.verify('no code');
            return [action, told, gate.shadowRoot.querySelector('output svg') !== null];",
            &[],
        )
        .unwrap();
    assert_eq!(verdict, serde_json::json!(["invalid", "text", true]));
    page.wait(&format!(
        "{inside}.querySelector('output').textContent === 'No valid code'"
    ))
    .unwrap();
}

/// A genuine code of the repository's own vectors.
fn first_code(folder: &Path) -> String {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap_or_default();
            let Some((_, rest)) = text.split_once("\"HC1P:") else {
                continue;
            };
            let Some((code, _)) = rest.split_once('"') else {
                continue;
            };
            if code.len() > 200 {
                return format!("HC1P:{code}");
            }
        }
    }
    panic!("no vector has a code");
}
