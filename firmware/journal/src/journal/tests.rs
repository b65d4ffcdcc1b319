use super::*;

const STAMP: Stamp = Stamp { at: Duration::from_secs(10), wall: Duration::from_secs(1_800_000_000) };

fn put(key: &str, record: &str) -> Change {
    Change { key: key.to_owned(), record: Some(record.to_owned()) }
}

fn limit(journal: &Journal, pages: u32) {
    journal.database.connection().pragma_update(None, "max_page_count", pages).expect("the limit is set");
}

#[test]
fn a_full_disk_is_named_and_forgotten_once_there_is_room() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut journal, _) = Journal::open(folder.path()).expect("it opens");
    journal.write(STAMP, &[put("call/71", "first")]).expect("there is room");
    limit(&journal, 1);
    let long = "x".repeat(20_000);
    let full = journal.write(STAMP, &[put("call/71", "second"), put("call/72", &long)]);
    assert!(matches!(full, Err(Fault::Full)), "{full:?}");
    assert!(full.is_err_and(|fault| fault.to_string().contains("disk is full")));
    assert_eq!(journal.database.contents().expect("it is read").records, [("call/71".to_owned(), "first".to_owned())]);

    limit(&journal, 10_000);
    journal.write_whole(STAMP, [("call/72", long.as_str()), ("call/73", "third")]).expect("there is room again");
    drop(journal);
    let (_, found) = Journal::open(folder.path()).expect("it opens again");
    let keys: Vec<&str> = found.records.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!((keys, found.mended), (vec!["call/72", "call/73"], None));
}

#[test]
fn the_copy_is_renewed_once_a_minute_and_only_after_a_change() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut journal, _) = Journal::open(folder.path()).expect("it opens");
    let minute = Duration::from_secs(60);
    assert!(!journal.renew_copy(minute).expect("nothing is copied"));
    journal.write(STAMP, &[put("call/71", "first")]).expect("it is written");
    assert!(journal.renew_copy(minute).expect("it is copied"));
    assert!(!journal.renew_copy(minute * 3).expect("nothing has changed"));
    journal.write(STAMP, &[put("call/71", "second")]).expect("it is written");
    journal.write(STAMP, &[]).expect("a stamp alone is no change");
    assert!(!journal.renew_copy(minute * 2 - Duration::from_nanos(1)).expect("it is too early"));
    assert_eq!(journal.place.read_copy().expect("it is read").records[0].1, "first");
    assert!(journal.renew_copy(minute * 2).expect("it is copied"));
    assert_eq!(journal.place.read_copy().expect("it is read").records[0].1, "second");
}

#[test]
fn every_commit_waits_for_the_disk() {
    let folder = tempfile::tempdir().expect("a folder");
    let (journal, _) = Journal::open(folder.path()).expect("it opens");
    let ask = |name: &str| {
        let value =
            journal.database.connection().pragma_query_value(None, name, |row| row.get::<_, rusqlite::types::Value>(0));
        format!("{:?}", value.expect("it is told"))
    };
    let names = ["journal_mode", "synchronous", "page_size", "locking_mode", "wal_autocheckpoint"];
    assert_eq!(
        names.map(ask),
        ["Text(\"wal\")", "Integer(2)", "Integer(1024)", "Text(\"exclusive\")", "Integer(1000)"].map(str::to_owned)
    );
}
