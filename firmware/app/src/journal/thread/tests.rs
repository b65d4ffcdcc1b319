use super::*;
use crate::supervisor::{Supervisor, Urgency};
use std::path::Path;
use tokio::time::timeout;

/// Longer than a retry takes on a busy machine.
const BOUND: Duration = Duration::from_secs(20);

struct Bench {
    supervisor: Supervisor,
    orders: SyncSender<Batch>,
    reports: mpsc::Receiver<Report>,
}

impl Bench {
    fn new(folder: &Path) -> Self {
        let (journal, found) = match Journal::open(folder) {
            Ok((journal, found)) => (Ok(journal), found),
            Err(fault) => (Err(fault), orbitbox_journal::Found::default()),
        };
        let (orders, reports, thread) = journal_thread(Clock::start(), folder.to_owned(), journal, &found.records);
        let mut supervisor = Supervisor::default();
        supervisor.start("journal", Urgency::Ordinary, move || thread.run(&Pulse::default())).expect("a thread");
        Self { supervisor, orders, reports }
    }

    fn write(&self, number: u64, key: &str, record: Option<&str>) {
        let change = Change { key: key.to_owned(), record: record.map(str::to_owned) };
        self.orders.try_send(Batch { number, changes: vec![change] }).expect("one batch may wait");
    }

    async fn report(&mut self) -> Report {
        timeout(BOUND, self.reports.recv()).await.expect("in time").expect("the thread runs")
    }

    async fn stop(self) {
        drop(self.orders);
        self.supervisor.join().await.expect("it has ended well");
    }
}

fn on_disk(folder: &Path) -> Vec<(String, String)> {
    Journal::open(folder).expect("nobody has it open").1.records
}

fn record(key: &str, record: &str) -> (String, String) {
    (key.to_owned(), record.to_owned())
}

#[tokio::test]
async fn what_is_reported_is_on_disk() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut bench = Bench::new(folder.path());
    bench.write(1, "call/71", Some("a"));
    assert_eq!(bench.report().await, Report { number: 1, outcome: Ok(()) });
    bench.write(2, "call/72", Some("b"));
    assert_eq!(bench.report().await.number, 2);
    // Not even the end of the program is needed for it: what another would find is there now.
    let copy = tempfile::tempdir().expect("a folder");
    for name in ["journal", "journal-wal"] {
        std::fs::copy(folder.path().join(name), copy.path().join(name)).expect("it is there");
    }
    assert_eq!(on_disk(copy.path()), [record("call/71", "a"), record("call/72", "b")]);
    // What nobody waits for is written before the end.
    bench.write(3, "call/71", None);
    bench.stop().await;
    assert_eq!(on_disk(folder.path()), [record("call/72", "b")]);
}

#[tokio::test]
async fn what_could_not_be_written_is_written_once_the_disk_can_be_used() {
    let folder = tempfile::tempdir().expect("a folder");
    let in_the_way = folder.path().join("data");
    std::fs::write(&in_the_way, "a file").expect("it is written");
    let journal = in_the_way.join("journal");
    let mut bench = Bench::new(&journal);
    let first = bench.report().await;
    assert!(first.number == 0 && first.outcome.is_err_and(|why| why.contains("data")));
    bench.write(1, "call/71", Some("a"));
    // It may have tried once more before it took the batch.
    let second = loop {
        let report = bench.report().await;
        if report.number == 1 {
            break report;
        }
    };
    assert!(second.outcome.is_err());
    bench.write(2, "call/72", Some("b"));
    while bench.report().await.number < 2 {}
    std::fs::remove_file(&in_the_way).expect("it is removed");
    let healed = loop {
        let report = bench.report().await;
        if report.outcome.is_ok() {
            break report;
        }
    };
    assert_eq!(healed.number, 2);
    bench.stop().await;
    assert_eq!(on_disk(&journal), [record("call/71", "a"), record("call/72", "b")]);
}

#[tokio::test]
async fn a_stop_is_the_last_try() {
    let folder = tempfile::tempdir().expect("a folder");
    let in_the_way = folder.path().join("data");
    std::fs::write(&in_the_way, "a file").expect("it is written");
    let journal = in_the_way.join("journal");
    let mut bench = Bench::new(&journal);
    bench.write(1, "call/71", Some("a"));
    while bench.report().await.number < 1 {}
    std::fs::remove_file(&in_the_way).expect("it is removed");
    bench.stop().await;
    assert_eq!(on_disk(&journal), [record("call/71", "a")]);
}
