//! The configuration, its schema and its template say the same.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::*;

fn read(text: &str) -> Result<Config> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("healthcode.toml");
    fs::write(&path, text).unwrap();
    Configured::read(&path).map(|read| read.config)
}

fn written(config: &Config) -> Value {
    serde_json::to_value(config).unwrap()
}

const LEAST: &str = "region = \"330000\"\nlisten = \"127.0.0.1:8080\"\n\
    lists-at = \"https://330000.example/status\"\nrules = \"rules.toml\"\n";

fn template() -> String {
    let lists_at = HttpsUri::parse("https://330000.example/status").unwrap();
    let listen = "127.0.0.1:8080".parse().unwrap();
    Config::new("330000".parse().unwrap(), listen, &lists_at).commented()
}

#[test]
fn four_lines_are_enough_and_what_is_written_reads_back() {
    let config = read(LEAST).unwrap();
    assert_eq!(config.staleness_limit, Span::hours(4));
    let again = read(&toml::to_string(&config).unwrap()).unwrap();
    assert_eq!(format!("{config:?}"), format!("{again:?}"));
}

#[test]
fn the_file_of_a_new_region_says_every_default_as_it_is() {
    let new = read(&template()).unwrap();
    assert_eq!(written(&new), written(&read(LEAST).unwrap()));
    let uncommented: Vec<String> = template()
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(rest) if rest.starts_with(|first: char| first.is_ascii_lowercase()) => {
                rest.to_owned()
            }
            _ => line.to_owned(),
        })
        .collect();
    let all = read(&uncommented.join("\n")).unwrap();
    assert_eq!(
        written(&all),
        written(&new),
        "a default in the file is another one"
    );
}

#[test]
fn the_examples_of_the_file_read_and_nothing_that_can_be_set_is_missing() {
    let examples: Vec<String> = template()
        .lines()
        .map(|line| {
            let plain = line.strip_prefix("## ").or_else(|| {
                let rest = line.strip_prefix('#')?;
                rest.starts_with(|first: char| first.is_ascii_lowercase())
                    .then_some(rest)
            });
            plain.unwrap_or(line).to_owned()
        })
        .collect();
    let text = examples.join("\n");
    let config = read(&text).unwrap();
    assert!(config.tls.is_some());
    assert_eq!(
        (
            config.identity.openid.len(),
            config.identity.super_app.len()
        ),
        (1, 1)
    );
    let schema = schema();
    let mut missing = Vec::new();
    let sections = [
        "RetentionConfig",
        "LimitsConfig",
        "LogConfig",
        "PagesConfig",
        "TlsConfig",
        "DeskConfig",
        "FederationConfig",
        "DoorConfig",
    ];
    let tables = sections
        .iter()
        .map(|name| &schema["$defs"][name])
        .chain([&schema]);
    for table in tables {
        for key in table["properties"].as_object().unwrap().keys() {
            let named = text.lines().any(|line| {
                line.starts_with(&format!("{key} =")) || line.contains(&format!("[{key}"))
            });
            if !named {
                missing.push(key.clone());
            }
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn mistakes_are_named() {
    for (line, named) in [
        ("regoin = 1", "regoin"),
        ("staleness-limit = \"25h\"", "staleness-limit"),
        ("[retention]\nevidence = \"1d\"", "retention.evidence"),
        ("[retention]\nforever = true", "forever"),
        ("[limits]\nconnections = 0", "limits.connections"),
        ("[desk]\norigin = \"http://desk.example\"", "desk.origin"),
        ("[desk]\norigin = \"https://127.0.0.1\"", "desk.origin"),
        ("[federation]\nevery = \"2h\"", "federation.every"),
        (
            "[door]\nlisten = \"127.0.0.1:0\"\naddress = \"http://x\"",
            "door.address",
        ),
        ("[limits]\ncapacity = 0", "limits.capacity"),
        ("[limits]\nhead-within = \"10m\"", "limits.head-within"),
        ("[log]\nlevel = \"loud\"", "loud"),
        ("[pages]\nembedded-in = [\"*\"]", "pages.embedded-in"),
        (
            "behind-proxy = true\n[tls]\ncertificate = \"c\"\nkey = \"k\"",
            "behind-proxy",
        ),
        ("[tls]\ncertificate = \"c\"", "key"),
        (
            "[tls]\ncertificate = \"c\"\nkey = \"k\"\nsecret = \"s\"",
            "secret",
        ),
    ] {
        let error = format!("{:#}", read(&format!("{LEAST}{line}\n")).unwrap_err());
        assert!(error.contains(named), "{line}: {error}");
    }
    let country = LEAST.replace("330000\"", "000000\"");
    assert!(format!("{:#}", read(&country).unwrap_err()).contains("no region"));
    assert!(read("region = \"330000\"").is_err());
}

#[test]
fn mistakes_of_providers_are_named() {
    let provider = "[[identity.openid]]\nname = \"national\"\ntitle-zh = \"国\"\ntitle-en = \"n\"\n\
        issuer = \"https://id.example\"\nclient = \"c\"\nredirect = \"https://r.example/b\"\n\
        claims = { number = \"n\", name = \"m\", type = \"111\" }\n";
    let whole = format!("{LEAST}{provider}");
    assert!(read(&whole).is_ok());
    for (from, to, named) in [
        (
            "https://id.example",
            "http://id.example",
            "http://id.example",
        ),
        ("type = \"111\"", "type = \"000\"", "no type of document"),
        ("type = \"111\"", "country = \"c\"", "either type"),
        ("client = \"c\"", "client = \"c\"\nsecret = \"s\"", "secret"),
        (
            "client = \"c\"",
            "client = \"c\"\nwithin = \"1m\"",
            "within",
        ),
        (
            "client = \"c\"",
            "client = \"c\"\nalgorithms = [\"HS256\"]",
            "HS256",
        ),
        (
            "client = \"c\"",
            "client = \"c\"\nalgorithms = [\"none\"]",
            "none",
        ),
    ] {
        let error = format!("{:#}", read(&whole.replace(from, to)).unwrap_err());
        assert!(error.contains(named), "{to}: {error}");
    }
}

/// The JSON Schema of the configuration.
fn schema() -> Value {
    let mut schema = schemars::schema_for!(Config).to_value();
    schema["title"] = json!("healthcode.toml");
    schema
}

#[test]
fn the_schema_is_that_of_the_program_and_explains_every_key() {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "../../spec/config.schema.json"]
        .iter()
        .collect();
    let schema = schema();
    let mut ours = serde_json::to_string_pretty(&schema).unwrap();
    ours.push('\n');
    if std::env::var_os("HEALTHCODE_WRITE").is_some() {
        fs::write(&path, &ours).unwrap();
    }
    let same = fs::read_to_string(&path).unwrap_or_default() == ours;
    assert!(
        same,
        "spec/config.schema.json is not up to date: run this test once with HEALTHCODE_WRITE=1"
    );
    let tables = schema["$defs"]
        .as_object()
        .unwrap()
        .values()
        .chain([&schema]);
    for table in tables {
        for (key, described) in table["properties"].as_object().into_iter().flatten() {
            assert!(
                described["description"].is_string(),
                "{key} is not explained"
            );
        }
    }
}

#[test]
fn the_schema_has_the_bounds_that_are_checked() {
    let schema = schema();
    let limits = schema["$defs"]["LimitsConfig"]["properties"]
        .as_object()
        .unwrap();
    let config = LimitsConfig::default();
    assert_eq!(limits.len(), config.bounds().len());
    for (name, value, least, most) in config.bounds() {
        let described = &limits[name];
        assert!(
            value.is_none_or(|value| (least..=most).contains(&value)),
            "{name}"
        );
        if described["minimum"].is_null() {
            let says = described["description"].as_str().unwrap();
            let written = |seconds: i64| Span::seconds(u32::try_from(seconds).unwrap()).to_string();
            let said = says.rsplit_once(". ").unwrap().1;
            let read = |text: &str| text.trim_end_matches('.').parse::<Span>().unwrap();
            let (from, to) = said.split_once(" to ").unwrap();
            assert_eq!(
                (read(from).to_string(), read(to).to_string()),
                (written(least), written(most)),
                "{name}"
            );
        } else {
            assert_eq!(described["minimum"], least, "{name}");
            assert_eq!(described["maximum"], most, "{name}");
        }
    }
}
