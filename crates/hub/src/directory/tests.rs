use std::io::Write as _;

use super::*;

const NOON: Timestamp = Timestamp::from_unix(1_656_388_800);

fn region(number: u32) -> DivisionCode {
    DivisionCode::new(number).unwrap()
}

fn pseudonym(month: &str, fill: u16) -> Pseudonym {
    let mut bytes = [7; 16];
    bytes[..2].copy_from_slice(&fill.to_be_bytes());
    Pseudonym::new(month.parse().unwrap(), bytes)
}

fn open(folder: &Path, name: u8, now: Timestamp) -> (Directory, Opened) {
    Directory::open(folder, Limits::default(), [name; 8], now).unwrap()
}

#[test]
fn what_was_entered_is_there_after_a_restart_and_what_was_withdrawn_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let (a, b) = (region(500_000), region(510_000));
    let all: Vec<Pseudonym> = (0..900).map(|fill| pseudonym("2022-06", fill)).collect();
    let (directory, opened) = open(folder.path(), 1, NOON);
    assert_eq!(opened, Opened::default());
    let name = directory.enter(a, &all, NOON).unwrap();
    directory.enter(a, &all, NOON).unwrap();
    directory.enter(b, &all[..2], NOON).unwrap();
    directory.withdraw(a, &all[1..2], NOON).unwrap();
    drop(directory);
    let (directory, opened) = open(folder.path(), 2, NOON);
    assert_eq!((opened.entries, opened.lost), (901, 0));
    assert_eq!(directory.name(), name);
    assert_eq!(directory.find(b, all[0], NOON).unwrap(), [a, b]);
    assert_eq!(directory.find(b, all[1], NOON).unwrap(), [b]);
    let counts = directory.take_counts();
    assert_eq!((counts[&b].asked, counts[&b].found), (2, 2));
    assert!(directory.take_counts().is_empty());
    // Twice entered is written once.
    let file = folder.path().join("2022-06.entries");
    assert_eq!(fs::metadata(file).unwrap().len(), 25 * 903);
}

#[test]
fn a_torn_end_is_set_aside_and_the_register_has_another_name() {
    let folder = tempfile::tempdir().unwrap();
    let a = region(500_000);
    let (directory, _) = open(folder.path(), 1, NOON);
    let all = [pseudonym("2022-06", 1), pseudonym("2022-06", 2)];
    let name = directory.enter(a, &all, NOON).unwrap();
    drop(directory);
    let path = folder.path().join("2022-06.entries");
    for cut in 1..25 {
        let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
        file.set_len(50 - cut).unwrap();
        let (directory, opened) = open(folder.path(), 2, NOON);
        assert_eq!((opened.entries, opened.lost), (1, 25 - cut));
        assert_ne!(directory.name(), name);
        assert!(folder.path().join("2022-06.torn").exists());
        // What comes afterwards is read again.
        directory.enter(a, &all, NOON).unwrap();
        assert_eq!(directory.len(), 2);
    }
    let mut file = fs::OpenOptions::new().append(true).open(&path).unwrap();
    file.write_all(&[0; 4096]).unwrap();
    assert_eq!(open(folder.path(), 3, NOON).1.lost, 4096);
}

#[test]
fn past_months_go_with_their_files_and_far_ones_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let a = region(500_000);
    let (directory, _) = open(folder.path(), 1, NOON);
    for month in ["2022-06", "2022-07"] {
        directory.enter(a, &[pseudonym(month, 1)], NOON).unwrap();
    }
    for month in ["2022-05", "2022-08"] {
        let refused = directory.enter(a, &[pseudonym(month, 1)], NOON);
        assert!(matches!(refused, Err(DirectoryError::Month(_))));
        let refused = directory.find(a, pseudonym(month, 1), NOON);
        assert!(matches!(refused, Err(DirectoryError::Month(_))));
    }
    let july: Timestamp = "2022-07-15T00:00:00+08:00".parse().unwrap();
    assert_eq!(directory.forget_past(july).unwrap(), 1);
    assert!(!folder.path().join("2022-06.entries").exists());
    drop(directory);
    let august: Timestamp = "2022-08-15T00:00:00+08:00".parse().unwrap();
    assert_eq!(open(folder.path(), 1, august).1.entries, 0);
    assert!(!folder.path().join("2022-07.entries").exists());
}

#[test]
fn who_asks_or_enters_too_much_is_told_to_wait() {
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits {
        a_minute: 2,
        a_day: 9,
    };
    let (directory, _) = Directory::open(folder.path(), limits, [1; 8], NOON).unwrap();
    let a = region(500_000);
    let one = pseudonym("2022-06", 1);
    assert!(directory.find(a, one, NOON).is_ok() && directory.find(a, one, NOON).is_ok());
    let refused = directory.find(a, one, NOON);
    assert!(matches!(refused, Err(DirectoryError::TooMany(_))));
    assert_eq!(directory.take_counts()[&a].refused, 1);
    let many = vec![one; Directory::AT_ONCE + 1];
    let refused = directory.enter(a, &many, NOON);
    assert!(matches!(refused, Err(DirectoryError::TooLong(1001))));
    let most = vec![one; Directory::AT_ONCE];
    for _ in 0..100 {
        directory.enter(a, &most, NOON).unwrap();
    }
    let refused = directory.enter(a, &[one], NOON);
    assert!(matches!(refused, Err(DirectoryError::TooMany(_))));
    assert_eq!(directory.len(), 1);
}
