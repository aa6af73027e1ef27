use base64ct::Encoding as _;

use super::*;

/// The example of golang.org/x/mod/sumdb/note, with its secret.
const PETER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const PETER_SECRET: &str = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const PETER_NOTE: &str = "If you think cryptography is the answer to your problem,\n\
    then you don't know what your problem is.\n\
    \n\
    — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
/// The example of C2SP signed-note.
const FOO: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const FOO_NOTE: &str = "This is an example message.\n\
    \n\
    — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

fn key(text: &str) -> VerifierKey {
    text.parse().unwrap()
}

fn signer(name: &str, secret: u8) -> Signer {
    Signer::from_secret(name.parse().unwrap(), &[secret; 32]).unwrap()
}

#[test]
fn published_notes_verify() {
    for (published, text) in [(PETER, PETER_NOTE), (FOO, FOO_NOTE)] {
        let key = key(published);
        assert_eq!(key.to_string(), published);
        let note = Note::parse(text.as_bytes()).unwrap();
        assert_eq!(note.to_string(), text);
        let verified = note.verify([&key]).unwrap();
        assert_eq!(
            verified,
            [Verified {
                key: &key,
                at: None
            }]
        );
    }
}

#[test]
fn a_published_note_is_signed_again_byte_for_byte() {
    // The published secret is the type and the 32 bytes.
    let secret = base64ct::Base64::decode_vec(PETER_SECRET).unwrap();
    let secret = secret[1..].try_into().unwrap();
    let peter = Signer::from_secret("PeterNeumann".parse().unwrap(), secret).unwrap();
    assert_eq!(peter.verifier_key().to_string(), PETER);
    let (text, _) = PETER_NOTE.split_once("\n\n").unwrap();
    let note = Note::sign(format!("{text}\n"), &peter).unwrap();
    assert_eq!(note.to_string(), PETER_NOTE);
}

#[test]
fn a_note_with_any_bit_flipped_is_refused() {
    let peter = key(PETER);
    for at in 0..PETER_NOTE.len() * 8 {
        let mut bytes = PETER_NOTE.as_bytes().to_vec();
        bytes[at / 8] ^= 1 << (at % 8);
        let believed = Note::parse(&bytes).is_ok_and(|note| note.verify([&peter]).is_ok());
        assert!(!believed, "bit {at}");
    }
}

#[test]
fn other_signatures_are_ignored_and_wrong_ones_are_not() {
    let (one, two) = (signer("one", 1), signer("two", 2));
    let mut note = Note::sign("text\n".to_owned(), &one).unwrap();
    assert_eq!(
        note.verify([two.verifier_key()]),
        Err(NoteVerifyError::NoKnownKey)
    );
    assert_eq!(note.verify([]), Err(NoteVerifyError::NoKnownKey));
    // A signature of another text under the name of two.
    note.add(two.sign("other\n")).unwrap();
    assert!(note.verify([one.verifier_key()]).is_ok());
    let wrong = NoteVerifyError::Wrong {
        name: "two".parse().unwrap(),
    };
    assert_eq!(
        note.verify([one.verifier_key(), two.verifier_key()]),
        Err(wrong.clone())
    );
    // A good one beside it does not mend it.
    note.add(two.sign("text\n")).unwrap();
    assert_eq!(note.verify([two.verifier_key()]), Err(wrong));
}

#[test]
fn a_key_that_signed_twice_is_named_once() {
    let one = signer("one", 1);
    let mut note = Note::sign("text\n".to_owned(), &one).unwrap();
    note.add(one.sign("text\n")).unwrap();
    assert_eq!(note.signatures().len(), 1);
    let text = note.to_string();
    let (_, line) = text.rsplit_once("\n\n").unwrap();
    let twice = Note::parse(format!("{text}{line}").as_bytes()).unwrap();
    assert_eq!(twice.signatures().len(), 2);
    assert_eq!(twice.verify([one.verifier_key()]).unwrap().len(), 1);
}

#[test]
fn a_text_may_have_empty_lines() {
    let one = signer("one", 1);
    let note = Note::sign("a\n\nb\n\n".to_owned(), &one).unwrap();
    let read = Note::parse(note.to_string().as_bytes()).unwrap();
    assert_eq!(read, note);
    assert_eq!(read.text(), "a\n\nb\n\n");
    assert!(read.verify([one.verifier_key()]).is_ok());
}

#[test]
fn what_is_no_note_is_refused() {
    let refused = |text: &str| Note::parse(text.as_bytes()).unwrap_err();
    assert_eq!(refused(""), NoteError::NoSignatures);
    assert_eq!(refused("text\n"), NoteError::NoSignatures);
    assert_eq!(refused("text\n\n"), NoteError::Unended);
    assert_eq!(refused("\n\n— a AAAAAAA=\n"), NoteError::Text);
    assert_eq!(refused("text\n\n— a AAAAAAA="), NoteError::Unended);
    assert_eq!(
        refused("te\u{0}xt\n\n— a AAAAAAA=\n"),
        NoteError::Control { code: 0, at: 2 }
    );
    assert_eq!(
        refused("text\r\n\n— a AAAAAAA=\n"),
        NoteError::Control { code: 13, at: 4 }
    );
    assert_eq!(Note::parse(b"a\xff\n"), Err(NoteError::Utf8(1)));
    let long = vec![b'a'; MAX_LEN + 1];
    assert_eq!(Note::parse(&long), Err(NoteError::TooLong(MAX_LEN + 1)));
    let many = "— a AAAAAAA=\n".repeat(MAX_SIGNATURES + 1);
    assert_eq!(
        refused(&format!("text\n\n{many}")),
        NoteError::TooManySignatures
    );
    for (line, error) in [
        ("- a AAAAAAA=", SignatureLineError::Form),
        (
            "—  a AAAAAAA=",
            SignatureLineError::Name(KeyNameError::Length(0)),
        ),
        ("— a", SignatureLineError::Form),
        (
            "— a+b AAAAAAA=",
            SignatureLineError::Name(KeyNameError::Character),
        ),
        ("— a AAAAAAA= ", SignatureLineError::NotBase64),
        ("— a AAAAAAB=", SignatureLineError::NotBase64),
        ("— a AAAAAAA", SignatureLineError::NotBase64),
        ("— a AAAAAA==", SignatureLineError::Short(4)),
        ("— a ", SignatureLineError::Short(0)),
    ] {
        assert_eq!(
            refused(&format!("text\n\n— x AAAAAAA=\n{line}\n")),
            NoteError::Line { place: 2, error },
            "{line}"
        );
    }
    assert_eq!(
        Note::sign("text".to_owned(), &signer("one", 1)),
        Err(NoteError::Text)
    );
}

#[test]
fn lines_of_a_witness_are_added_all_or_none() {
    let one = signer("one", 1);
    let mut note = Note::sign("text\n".to_owned(), &one).unwrap();
    let before = note.clone();
    assert!(note.add_lines("— a AAAAAAA=\nnonsense\n").is_err());
    assert_eq!(note, before);
    note.add_lines("— a AAAAAAA=\n— b AAAAAAA=\n").unwrap();
    assert_eq!(note.signatures().len(), 3);
    let many = (0..MAX_SIGNATURES).map(|n| format!("— k{n} AAAAAAA=\n"));
    let before = note.clone();
    let refused = note.add_lines(&many.collect::<String>());
    assert_eq!(refused, Err(NoteError::TooManySignatures));
    assert_eq!(note, before);
}

#[test]
fn a_note_grows_to_its_limit_and_not_past_it() {
    let one = signer("one", 1);
    let line = one.sign("x").to_string().len() + 1;
    // An empty line and two signature lines go after the text.
    let text = |len: usize| format!("{}\n", "a".repeat(len - 1));
    let fits = MAX_LEN - 1 - 2 * line;
    for (len, expected) in [
        (fits, Ok(())),
        (fits + 1, Err(NoteError::TooLong(MAX_LEN + 1))),
    ] {
        let mut note = Note::sign(text(len), &one).unwrap();
        assert_eq!(note.add(one.sign("other\n")), expected);
        assert_eq!(Note::parse(note.to_string().as_bytes()), Ok(note));
    }
}

#[test]
fn a_key_has_one_text() {
    let refused = |text: &str| text.parse::<VerifierKey>().unwrap_err();
    for at in 0..FOO.len() {
        for mutant in [
            format!("{}{}", &FOO[..at], &FOO[at + 1..]),
            FOO[..at].into(),
        ] {
            assert!(mutant.parse::<VerifierKey>().is_err(), "{mutant}");
        }
    }
    assert_eq!(
        refused(&FOO.replace("530d903a", "530D903A")),
        VerifierKeyError::Id
    );
    assert_eq!(
        refused(&FOO.replace("530d903a", "530d903b")),
        VerifierKeyError::OtherId {
            need: 0x530d_903a,
            given: 0x530d_903b
        }
    );
    assert_eq!(
        refused("a+00000000+AgAA"),
        VerifierKeyError::Type(2),
        "ECDSA is not known here"
    );
    assert_eq!(refused("a+00000000+AQAA"), VerifierKeyError::Length(3));
}

#[test]
fn keys_on_which_libraries_differ_are_refused() {
    let refused = |bytes: [u8; 32]| {
        let name = "a".parse().unwrap();
        let key = VerifierKey::new(name, SignatureType::Ed25519, &bytes);
        assert_eq!(key, Err(VerifierKeyError::Point), "{bytes:02x?}");
    };
    let coordinate = |first: u8, rest: u8, last: u8| {
        let mut bytes = [rest; 32];
        (bytes[0], bytes[31]) = (first, last);
        bytes
    };
    // Small order: y of 1, -1 and 0; with the sign bit too.
    for sign in [0, 0x80] {
        refused(coordinate(1, 0, sign));
        refused(coordinate(0xec, 0xff, 0x7f | sign));
        refused(coordinate(0, 0, sign));
    }
    // Not canonical: every y from the prime up.
    for first in 0xed..=0xff {
        for sign in [0, 0x80] {
            refused(coordinate(first, 0xff, 0x7f | sign));
        }
    }
}

#[test]
fn secrets_are_not_shown() {
    let shown = format!("{:?}", signer("one", 0xab));
    assert!(!shown.to_lowercase().contains("abab"), "{shown}");
    assert!(!shown.contains("171, 171"), "{shown}");
}
