//! A journal that is not what was written: the unit starts all the same, with what was whole, and says so.

mod support;

use orbitbox_journal::{Change, Fault, Found, Journal, Mended};
use std::fs;
use std::path::Path;
use std::time::Duration;
use support::{Seeded, State, apply, found, lay_out, stamp, state};

const PAGE: usize = 1_024;

/// A journal that was closed, a copy of it that is some steps older, and what is in either.
struct Whole {
    database: Vec<u8>,
    copy: Vec<u8>,
    now: State,
    before: State,
}

fn whole() -> Whole {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut journal, _) = Journal::open(folder.path()).expect("it opens");
    let mut seeded = Seeded(11);
    let mut now = State::new();
    let mut before = State::new();
    for step in 1..=40 {
        let changes = seeded.changes(step);
        apply(&mut now, &changes);
        journal.write(stamp(step), &changes).expect("it is written");
        if step == 30 {
            assert!(journal.renew_copy(Duration::from_secs(30)).expect("it is copied"));
            before = now.clone();
        }
    }
    drop(journal);
    assert_ne!(now, before);
    let read = |name| fs::read(folder.path().join(name)).expect("it is there");
    Whole { database: read("journal"), copy: read("journal.copy"), now, before }
}

impl Whole {
    /// What is found where the database is this, beside the good copy.
    fn with(&self, database: Option<&[u8]>) -> Found {
        self.laid(database, None, Some(&self.copy)).1
    }

    fn laid(&self, database: Option<&[u8]>, log: Option<&[u8]>, copy: Option<&[u8]>) -> (tempfile::TempDir, Found) {
        let folder = lay_out(&[("journal", database), ("journal-wal", log), ("journal.copy", copy)]);
        let first = found(folder.path());
        // It is mended for good, and works.
        let again = found(folder.path());
        assert_eq!((again.mended, &again.records), (None, &first.records));
        works(folder.path());
        (folder, first)
    }
}

fn works(folder: &Path) {
    let (mut journal, _) = Journal::open(folder).expect("it opens");
    let change = Change { key: "call/1".to_owned(), record: Some("{}".to_owned()) };
    journal.write(stamp(99), &[change]).expect("it is written");
    drop(journal);
    assert_eq!(state(&found(folder)).get("call/1").map(String::as_str), Some("{}"));
}

#[test]
fn a_whole_one_is_taken_as_it_is() {
    let whole = whole();
    let found = whole.with(Some(&whole.database));
    assert_eq!((state(&found), found.mended, found.stamp), (whole.now.clone(), None, Some(stamp(40))));
}

#[test]
fn a_file_that_is_cut_short_is_replaced_by_the_copy() {
    let whole = whole();
    let length = whole.database.len();
    for kept in [0, 1, 16, 99, 100, 512, PAGE, PAGE + 1, length / 2, length - PAGE - 1, length - PAGE] {
        let found = whole.with(Some(&whole.database[..kept]));
        let mended = found.mended.clone().unwrap_or_else(|| panic!("{kept} of {length} bytes were taken for whole"));
        assert!(mended.from_copy && !mended.damage.is_empty(), "{mended:?}");
        assert_eq!((state(&found), found.stamp), (whole.before.clone(), Some(stamp(30))), "{kept} bytes");
    }
}

#[test]
fn a_page_of_zeros_is_seen_wherever_something_was_in_it() {
    let whole = whole();
    let mut seen = 0;
    for page in 0..whole.database.len() / PAGE {
        let mut zeroed = whole.database.clone();
        zeroed[page * PAGE..(page + 1) * PAGE].fill(0);
        let found = whole.with(Some(&zeroed));
        let expected = if found.mended.is_some() { &whole.before } else { &whole.now };
        assert_eq!(state(&found), *expected, "page {page}");
        seen += usize::from(found.mended.is_some());
    }
    assert!(seen >= 10, "{seen} pages were missed");
}

#[test]
fn a_bit_that_has_turned_never_comes_back_as_a_record() {
    let whole = whole();
    let mut seeded = Seeded(12);
    let mut seen = 0;
    for _ in 0..150 {
        let mut turned = whole.database.clone();
        let at = seeded.below(turned.len());
        turned[at] ^= 1 << seeded.below(8);
        let folder = lay_out(&[("journal", Some(&turned)), ("journal.copy", Some(&whole.copy))]);
        let found = found(folder.path());
        let expected = if found.mended.is_some() { &whole.before } else { &whole.now };
        assert_eq!(state(&found), *expected, "byte {at}");
        seen += usize::from(found.mended.is_some());
    }
    assert!(seen >= 50, "{seen} of 150 were noticed");
}

#[test]
fn a_lost_file_is_told_of_and_a_new_unit_is_not() {
    let whole = whole();
    let found = whole.with(None);
    assert_eq!(found.mended, Some(Mended { damage: "its file is gone".to_owned(), from_copy: true }));
    assert_eq!(state(&found), whole.before);
    let (_, new) = whole.laid(None, None, None);
    assert_eq!(new, Found::default());
}

#[test]
fn garbage_everywhere_gives_an_empty_journal_that_works() {
    let whole = whole();
    let mut seeded = Seeded(13);
    let garbage: Vec<u8> = (0..9_000).map(|_| seeded.below(256) as u8).collect();
    let (folder, found) = whole.laid(Some(&garbage), Some(&garbage), Some(&garbage));
    assert!(found.records.is_empty() && found.stamp.is_none());
    let mended = found.mended.expect("it is told");
    assert!(!mended.from_copy && mended.to_string().contains("begins anew"), "{mended}");
    assert_eq!(fs::read(folder.path().join("journal.broken")).expect("it is kept"), garbage);
    // The first page is whole, and nothing else is.
    let mut tail = whole.database.clone();
    tail[PAGE..].copy_from_slice(&garbage.repeat(10)[..whole.database.len() - PAGE]);
    assert_eq!(state(&whole.with(Some(&tail))), whole.before);
}

#[test]
fn a_log_of_another_database_is_not_taken_for_its_own() {
    let whole = whole();
    let folder = tempfile::tempdir().expect("a folder");
    let (mut journal, _) = Journal::open(folder.path()).expect("it opens");
    let change = Change { key: "stranger".to_owned(), record: Some("{}".to_owned()) };
    journal.write(stamp(77), &[change]).expect("it is written");
    let foreign = fs::read(folder.path().join("journal-wal")).expect("it is there");
    // The database is gone, and its log is not: the copy must not be changed by it.
    let (_, found) = whole.laid(None, Some(&foreign), Some(&whole.copy));
    assert_eq!((state(&found), found.mended.is_some()), (whole.before.clone(), true));
}

#[test]
fn of_two_broken_ones_the_newer_is_kept() {
    let whole = whole();
    let folder = lay_out(&[("journal", Some(b"first")), ("journal.copy", Some(&whole.copy))]);
    assert!(found(folder.path()).mended.is_some());
    fs::write(folder.path().join("journal"), b"second").expect("it is written");
    assert!(found(folder.path()).mended.is_some());
    let names = fs::read_dir(folder.path()).expect("it is read").flatten();
    let names: Vec<_> = names.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    assert_eq!(names.iter().filter(|name| name.starts_with("journal.broken")).count(), 1, "{names:?}");
    assert_eq!(fs::read(folder.path().join("journal.broken")).expect("it is kept"), b"second");
}

#[test]
fn a_journal_in_use_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut journal, _) = Journal::open(folder.path()).expect("it opens");
    assert!(matches!(Journal::open(folder.path()), Err(Fault::InUse)));
    let change = Change { key: "call/71".to_owned(), record: Some("{}".to_owned()) };
    journal.write(stamp(1), &[change]).expect("nobody else has touched it");
    drop(journal);
    let found = found(folder.path());
    assert_eq!((found.records.len(), found.mended), (1, None));
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let folder = lay_out(&[("file", Some(b"in the way"))]);
    let place = folder.path().join("file/journal");
    let fault = Journal::open(&place).map(|_| ()).expect_err("a file is in the way");
    assert!(fault.to_string().contains("file/journal"), "{fault}");
}
