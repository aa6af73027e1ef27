use super::*;
use crate::Commitment;

/// A checkpoint that the log arche2025h1 of Certificate Transparency published, with the
/// cosignatures of public witnesses.
const ARCHE: &str = "arche2025h1.staging.ct.transparency.dev\n\
    1432088532\n\
    U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=\n\
    \n\
    — arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=\n\
    — arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=\n\
    — transparency.dev/DEV:witness-little-garden 2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd8/KYTzwZ2rhIgcqoXHAwVkjZr4AscylP3v7sEodkRAErumC2q44vdgJY096st5BQ==\n\
    — witness1.smartit.nu/witness1 pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/iEcxZ75W3u5hNI7TOQtmJbqmNWVuE0tgh0XwzdZsDsUAQ==\n\
    — remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==\n\
    — witness.stagemole.eu Z/euoAAAAABqEiEgw0i+7g2ENfDAWHmtRzCfKTHSDwYDJA2NmKeGi9Y8FtEyOUvVr+AJmIY/2TUFucgKi7lI7cUiOvKFYe/TmN9DAg==\n";
const ARCHE_KEY: &str =
    "arche2025h1.staging.ct.transparency.dev+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f";
const WITNESSES: [&str; 4] = [
    "transparency.dev/DEV:witness-little-garden+d8042a87+BCtusOxINQNUTN5Oj8HObRkh2yHf/MwYaGX4CPdiVEPM",
    "witness1.smartit.nu/witness1+a48c820f+BPSFWg9G6KPiO7QPryYO5Xq4oYJJ+kAvLKLSimDhoxMO",
    "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2",
    "witness.stagemole.eu+67f7aea0+BEqSG3yu9YrmcM3BHvQYTxwFj3uSWakQepafafpUqklv",
];

const LOG: &str = "330100.example/log";

fn name(text: &str) -> KeyName {
    text.parse().unwrap()
}

fn keys(texts: &[&str]) -> Vec<VerifierKey> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn log() -> Signer {
    Signer::from_secret(name(LOG), &[1; 32]).unwrap()
}

fn head(leaves: u8) -> Checkpoint {
    let leaves: Vec<_> = (0..leaves)
        .map(|n| Commitment::from_bytes([n; 32]))
        .collect();
    let appended = Frontier::empty().append(&leaves).unwrap();
    Checkpoint::of(name(LOG), &appended.frontier)
}

#[test]
fn a_published_checkpoint_and_its_witnesses_verify() {
    let signed = SignedCheckpoint::open(ARCHE.as_bytes(), &keys(&[ARCHE_KEY])).unwrap();
    assert_eq!(signed.to_bytes(), ARCHE.as_bytes());
    assert_eq!(signed.checkpoint().size(), 1_432_088_532);
    let witnesses = keys(&WITNESSES);
    let witnessed = signed.witnesses(&witnesses).unwrap();
    let expected: Vec<_> = witnesses
        .iter()
        .map(|key| Witnessed {
            key,
            at: 0x6a12_2120,
        })
        .collect();
    assert_eq!(witnessed, expected);
}

#[test]
fn a_published_checkpoint_of_another_size_is_refused() {
    let other = ARCHE.replace("1432088532", "1432088533");
    let opened = SignedCheckpoint::open(other.as_bytes(), &keys(&[ARCHE_KEY]));
    assert!(matches!(opened, Err(OpenError::Unsigned { .. })));
}

#[test]
fn a_witness_cannot_stand_in_for_the_log() {
    let opened = SignedCheckpoint::open(ARCHE.as_bytes(), &keys(&WITNESSES));
    let error = NoteVerifyError::NoKnownKey;
    let origin = name("arche2025h1.staging.ct.transparency.dev");
    assert_eq!(opened, Err(OpenError::Unsigned { origin, error }));
}

#[test]
fn a_log_signs_and_witnesses_cosign() {
    let mut signed = SignedCheckpoint::sign(head(3), &log()).unwrap();
    let own = [log().verifier_key().clone()];
    assert_eq!(signed.witnesses(&own), Ok(vec![]));
    let witness = Witness::from_secret(name("330200.example/witness"), &[2; 32]).unwrap();
    signed.cosign(&witness, 1_656_390_000).unwrap();
    signed.cosign(&witness, 1_656_380_000).unwrap();
    let read = SignedCheckpoint::open(&signed.to_bytes(), &own).unwrap();
    assert_eq!(read, signed);
    let witnesses = [witness.verifier_key().clone()];
    let witnessed = read.witnesses(&witnesses).unwrap();
    assert_eq!(witnessed.len(), 1);
    assert_eq!(witnessed[0].at, 1_656_390_000);
}

#[test]
fn a_cosignature_of_another_checkpoint_is_refused() {
    let witness = Witness::from_secret(name("330200.example/witness"), &[2; 32]).unwrap();
    let mut other = SignedCheckpoint::sign(head(4), &log()).unwrap();
    other.cosign(&witness, 5).unwrap();
    let line = other.note().signatures()[1].to_string();
    let mut signed = SignedCheckpoint::sign(head(3), &log()).unwrap();
    signed.add_cosignatures(&format!("{line}\n")).unwrap();
    let keys = [witness.verifier_key().clone()];
    assert!(matches!(
        signed.witnesses(&keys),
        Err(NoteVerifyError::Wrong { .. })
    ));
    // The time is signed too: it stands in the bytes after the key id.
    let text = String::from_utf8(other.to_bytes()).unwrap();
    let mut note = Note::parse(text.as_bytes()).unwrap();
    assert!(note.verify(&keys).is_ok());
    note = Note::parse(text.replace("AAAAAAAF", "AAAAAAAG").as_bytes()).unwrap();
    assert_ne!(note.to_string(), text, "the time was changed");
    assert!(note.verify(&keys).is_err());
}

#[test]
fn one_key_is_one_witness_whatever_it_is_called() {
    let witness = |called| Witness::from_secret(name(called), &[2; 32]).unwrap();
    let mut signed = SignedCheckpoint::sign(head(3), &log()).unwrap();
    signed.cosign(&witness("one"), 5).unwrap();
    signed.cosign(&witness("two"), 5).unwrap();
    let key = |called| witness(called).verifier_key().clone();
    let keys = [key("one"), key("one"), key("two")];
    assert_eq!(signed.witnesses(&keys).unwrap().len(), 1);
}

#[test]
fn a_log_signs_with_its_own_name_only() {
    let other = Signer::from_secret(name("other"), &[1; 32]).unwrap();
    assert!(matches!(
        SignedCheckpoint::sign(head(1), &other),
        Err(SignError::OtherName { .. })
    ));
}

#[test]
fn a_key_of_another_name_does_not_open_it() {
    // The same key under another name has another id, and may not speak for this log.
    let other = Signer::from_secret(name("other"), &[1; 32]).unwrap();
    let signed = SignedCheckpoint::sign(head(1), &log()).unwrap();
    let opened = SignedCheckpoint::open(&signed.to_bytes(), &[other.verifier_key().clone()]);
    assert!(matches!(opened, Err(OpenError::Unsigned { .. })));
}

#[test]
fn a_cosignature_says_a_time() {
    let witness = Witness::from_secret(name("w"), &[2; 32]).unwrap();
    let mut signed = SignedCheckpoint::sign(head(1), &log()).unwrap();
    for time in [0, 1 << 63, u64::MAX] {
        assert_eq!(signed.cosign(&witness, time), Err(SignError::Time(time)));
    }
    assert!(signed.cosign(&witness, (1 << 63) - 1).is_ok());
}

#[test]
fn a_checkpoint_has_one_text() {
    let text = head(3).to_string();
    assert_eq!(Checkpoint::parse(&text), Ok(head(3)));
    let extended = format!("{text}more\n");
    let read = Checkpoint::parse(&extended).unwrap();
    assert_eq!(read.extensions().collect::<Vec<_>>(), ["more"]);
    assert_eq!(read.to_string(), extended);
    let root = head(3).root().to_base64();
    let empty = NodeHash::of_empty_tree();
    for (other, error) in [
        (String::new(), CheckpointTextError::Unended),
        ("log\n3".into(), CheckpointTextError::Unended),
        ("log\n".into(), CheckpointTextError::Missing("size")),
        ("log\n3\n".into(), CheckpointTextError::Missing("root")),
        (
            format!("\n3\n{root}\n"),
            CheckpointTextError::Origin(KeyNameError::Length(0)),
        ),
        (
            format!("a b\n3\n{root}\n"),
            CheckpointTextError::Origin(KeyNameError::Character),
        ),
        (format!("log\n03\n{root}\n"), CheckpointTextError::Size),
        (format!("log\n+3\n{root}\n"), CheckpointTextError::Size),
        (format!("log\n\n{root}\n"), CheckpointTextError::Size),
        (
            format!("log\n99999999999999999999\n{root}\n"),
            CheckpointTextError::Size,
        ),
        (
            format!("log\n9223372036854775808\n{root}\n"),
            CheckpointTextError::TooLarge(1 << 63),
        ),
        (format!("log\n0\n{root}\n"), CheckpointTextError::EmptyRoot),
        (
            "log\n3\nAAAA\n".into(),
            CheckpointTextError::Root(HashTextError::Length(3)),
        ),
        (
            format!("log\n3\n{root}\n\n"),
            CheckpointTextError::EmptyLine(4),
        ),
    ] {
        assert_eq!(Checkpoint::parse(&other), Err(error), "{other:?}");
    }
    assert!(Checkpoint::parse(&format!("log\n0\n{empty}\n")).is_ok());
}
