//! What the shell has only so much of: connections, places on the page, tracks, recordings, room on the disk.

use crate::music;
use crate::prompts::{MOST_FILES, most_in_a_folder};
use crate::streams::MAX_CONNECTIONS;
use orbitbox_admin::Seats;
use orbitbox_moh::{Library, MOST_TRACKS};
use orbitbox_switchboard::{Limit, Switchboard};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;
use tokio::sync::watch;

/// How often the disk is looked at.
const LOOKED_AT_EVERY: Duration = Duration::from_secs(10);
const MEGABYTE: u128 = 1_000_000;

/// What the control loop asks. The thread that looks at the disk runs until this is dropped.
#[derive(Debug)]
pub struct ShellLimits {
    streams: Arc<AtomicUsize>,
    seats: Seats,
    disk: watch::Receiver<Vec<Limit>>,
    _until_dropped: SyncSender<()>,
}

/// Everything the thread owns.
#[derive(Debug)]
pub struct DiskThread {
    data: PathBuf,
    told: watch::Sender<Vec<Limit>>,
    ended: Receiver<()>,
}

/// Makes both; `DiskThread::run` is to be called on a thread of its own. `streams` counts connections of SIP.
pub fn limits(data: &Path, streams: Arc<AtomicUsize>, seats: Seats) -> (ShellLimits, DiskThread) {
    let (told, disk) = watch::channel(Vec::new());
    let (until_dropped, ended) = sync_channel(1);
    let shell = ShellLimits { streams, seats, disk, _until_dropped: until_dropped };
    (shell, DiskThread { data: data.to_owned(), told, ended })
}

impl ShellLimits {
    /// All of them, as far as is known; asks no disk.
    pub fn look(&self) -> Vec<Limit> {
        let streams = Limit::of("SIP connections", self.streams.load(Ordering::Relaxed), MAX_CONNECTIONS);
        let seats = self.seats.taken().into_iter().map(|(name, used, most)| Limit::of(name, used, most));
        std::iter::once(streams).chain(seats).chain(self.disk.borrow().iter().cloned()).collect()
    }
}

impl DiskThread {
    /// Runs until the other end is dropped.
    pub fn run(self) {
        loop {
            self.told.send_replace(on_disk(&self.data));
            if self.ended.recv_timeout(LOOKED_AT_EVERY) == Err(RecvTimeoutError::Disconnected) {
                return;
            }
        }
    }
}

fn on_disk(data: &Path) -> Vec<Limit> {
    let tracks = Library::look(&music::folder(data)).count();
    let mut limits = vec![
        Limit::of("tracks of music", tracks, MOST_TRACKS),
        Limit::of("own recordings in a folder", most_in_a_folder(data), MOST_FILES),
    ];
    limits.extend(room(data));
    limits
}

/// As `df` counts: what is kept for the system alone is not there at all. `None` where the disk does not say.
fn room(data: &Path) -> Option<Limit> {
    let found = rustix::fs::statvfs(data).ok()?;
    let used = found.f_blocks.saturating_sub(found.f_bfree);
    let megabytes = |blocks: u64| usize::try_from(u128::from(blocks) * u128::from(found.f_frsize) / MEGABYTE).ok();
    Some(Limit::of("megabytes of disk space", megabytes(used)?, megabytes(used.saturating_add(found.f_bavail))?))
}

/// Those of which the log says that they are near.
#[derive(Debug, Default)]
pub struct NearLimits(BTreeSet<String>);

impl NearLimits {
    /// Says what has changed.
    pub fn tell(&mut self, switchboard: &Switchboard) {
        let mut near = BTreeSet::new();
        for limit in switchboard.near_limits() {
            if !self.0.contains(&limit.name) {
                tracing::warn!("{limit}");
            }
            near.insert(limit.name);
        }
        for limit in self.0.difference(&near) {
            tracing::info!(limit, "enough is free again");
        }
        self.0 = near;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn tracks_recordings_and_room_are_counted_and_connections_and_places_beside_them() {
        let data = tempfile::tempdir().unwrap();
        fs::create_dir_all(data.path().join("music/tracks/7")).unwrap();
        fs::create_dir_all(data.path().join("music/tracks/half")).unwrap();
        fs::write(data.path().join("music/tracks/7/track.toml"), "").unwrap();
        fs::create_dir_all(data.path().join("prompts/en/digits")).unwrap();
        fs::write(data.path().join("prompts/en/digits/7.wav"), "").unwrap();
        fs::write(data.path().join("prompts/en/digits/8.wav"), "").unwrap();
        let (shell, disk) = limits(data.path(), Arc::new(AtomicUsize::new(3)), Seats::default());
        assert_eq!(shell.look().first(), Some(&Limit::of("SIP connections", 3, 1_000)));
        disk.told.send_replace(on_disk(data.path()));
        let looked = shell.look();
        assert!(looked.contains(&Limit::of("tracks of music", 1, 1_000)), "{looked:?}");
        assert!(looked.contains(&Limit::of("own recordings in a folder", 2, 2_000)), "{looked:?}");
        let room = looked.last().unwrap();
        assert!(room.name == "megabytes of disk space" && room.used <= room.most && room.most > 0, "{room:?}");
        drop(shell);
        disk.run();
    }

    #[test]
    fn a_disk_that_is_not_there_has_no_room_to_tell_of() {
        assert_eq!(room(Path::new("/nowhere/at/all")), None);
    }

    #[test]
    fn the_reference_names_every_limit_of_the_shell_with_its_number() {
        let reference = include_str!("../../../docs/reliability.md");
        let (shell, disk) = limits(Path::new("/nowhere"), Arc::default(), Seats::default());
        disk.told.send_replace(on_disk(&disk.data));
        let looked = shell.look();
        assert_eq!(looked.len(), 6);
        for Limit { name, most, .. } in looked {
            let line = reference.lines().find(|line| line.starts_with(&format!("| {name} |")));
            let told = line.map(|line| line.replace(',', "").split('|').nth(2).map(|cell| cell.trim().to_owned()));
            assert_eq!(told, Some(Some(most.to_string())), "{name}");
        }
        assert!(reference.contains("\n| megabytes of disk space |"));
    }
}
