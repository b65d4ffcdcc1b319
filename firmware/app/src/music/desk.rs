//! What the web page wants of the library is done here, on a thread that may wait for a disk.

use super::errand::Leash;
use super::folder;
use super::importer::{Arrival, Importer, Job};
use orbitbox_admin::{Answer, Import, MUSIC_BACKLOG, Music, MusicOrder, MusicRefusal, Stage, Track};
use orbitbox_moh::{Disk, Library, LibraryFault, Limits};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::Duration;
use tokio::sync::{mpsc, watch};

/// Files that may wait to be imported, and tracks to be mended.
const MOST_WAITING: usize = 64;
/// Bytes of files that have come and are not imported yet.
const MOST_HELD: u64 = 2 << 30;
/// Imports that are shown: all that wait, one that runs, and a few that have ended.
const MOST_SHOWN: usize = MOST_WAITING + 32;

/// The other end: what is being imported is broken off when it is dropped.
#[derive(Debug)]
pub struct MusicDesk {
    leash: Arc<Leash>,
}

impl Drop for MusicDesk {
    fn drop(&mut self) {
        self.leash.cut();
    }
}

/// What people are shown of the imports.
#[derive(Debug, Clone)]
pub struct Shown(Arc<watch::Sender<Arc<Vec<Import>>>>);

impl Shown {
    fn add(&self, import: Import) {
        self.0.send_modify(|imports| {
            let imports = Arc::make_mut(imports);
            if imports.len() >= MOST_SHOWN {
                let oldest = imports.iter().position(|import| import.stage.is_final());
                imports.remove(oldest.unwrap_or(0));
            }
            imports.push(import);
        });
    }

    /// How far an import has come.
    pub fn stage(&self, number: u32, stage: Stage) {
        self.0.send_modify(|imports| {
            let imports = Arc::make_mut(imports).iter_mut();
            imports.filter(|import| import.import == number).for_each(|import| import.stage = stage.clone());
        });
    }
}

/// A file that is coming in.
#[derive(Debug)]
struct Upload {
    arrival: Arrival,
    file: File,
    answer: Answer<u32>,
}

/// Everything the thread owns.
#[derive(Debug)]
pub struct Desk {
    folder: PathBuf,
    /// Opened when something is to be written for the first time, and only once: opening sweeps.
    library: Option<Library>,
    orders: mpsc::Receiver<MusicOrder>,
    uploads: BTreeMap<u64, Upload>,
    held: Arc<AtomicU64>,
    queue: SyncSender<Job>,
    shown: Shown,
    last: u32,
}

/// Makes the parts: what the page is given, the end to be dropped at the stop, and `run` of two threads.
/// `longest` is the longest piece that is taken.
pub fn desk(program: PathBuf, data: &Path, longest: Duration) -> (Music, MusicDesk, Desk, Importer) {
    let (orders, ordered) = mpsc::channel(MUSIC_BACKLOG);
    let (queue, queued) = sync_channel(MOST_WAITING);
    let (sender, imports) = watch::channel(Arc::default());
    let (shown, leash) = (Shown(Arc::new(sender)), Arc::new(Leash::default()));
    let importer =
        Importer { program, data: data.to_owned(), longest, queue: queued, shown: shown.clone(), leash: leash.clone() };
    let desk = Desk {
        folder: folder(data),
        library: None,
        orders: ordered,
        uploads: BTreeMap::new(),
        held: Arc::default(),
        queue,
        shown,
        last: 0,
    };
    (Music { orders, imports, largest: Limits::default().largest }, MusicDesk { leash }, desk, importer)
}

impl Desk {
    /// Where other jobs for workers go.
    pub fn jobs(&self) -> SyncSender<Job> {
        self.queue.clone()
    }

    /// Runs until nobody can order anything any more.
    pub fn run(mut self) {
        while let Some(order) = self.orders.blocking_recv() {
            // Those that nobody waits for have been broken off on the way.
            self.uploads.retain(|_, upload| !upload.answer.is_closed());
            match order {
                // Whoever asked may have gone meanwhile.
                MusicOrder::List(answer) => drop(answer.send(self.list())),
                MusicOrder::Remove { number, answer } => drop(answer.send(self.remove(number))),
                MusicOrder::Begin { upload, name, answer } => match self.begin(upload, name) {
                    Ok((arrival, file)) => drop(self.uploads.insert(upload, Upload { arrival, file, answer })),
                    Err(refusal) => drop(answer.send(Err(refusal))),
                },
                MusicOrder::Piece { upload, bytes } => self.piece(upload, &bytes),
                MusicOrder::End { upload } => self.end(upload),
            }
        }
    }

    fn list(&self) -> Result<Vec<Track>, MusicRefusal> {
        let tracks = Library::look(&self.folder).tracks().map_err(refusal)?;
        let shown = |track: orbitbox_moh::Track| Track {
            number: track.number,
            title: track.title,
            seconds: track.seconds,
            loudness: track.loudness,
            gain: track.gain,
            imported: track.imported,
        };
        Ok(tracks.into_iter().map(shown).collect())
    }

    fn remove(&mut self, number: u32) -> Result<(), MusicRefusal> {
        self.library()?.remove(&mut Disk, number).map_err(refusal)
    }

    fn begin(&mut self, upload: u64, name: String) -> Result<(Arrival, File), MusicRefusal> {
        let folder = self.library()?.room(&mut Disk, &format!("upload-{upload}")).map_err(refusal)?;
        // Only the ending of the name goes into a path, and of that only what the importer keeps.
        let ending = name.rsplit_once('.').map_or("audio", |(_, ending)| ending);
        let ending: String = ending.chars().filter(char::is_ascii_alphanumeric).take(8).collect();
        let file = folder.join(format!("file.{ending}"));
        let arrival = Arrival { folder, file, name, bytes: 0, held: self.held.clone() };
        let file = File::create_new(&arrival.file).map_err(|error| disk(&error))?;
        Ok((arrival, file))
    }

    fn piece(&mut self, number: u64, bytes: &[u8]) {
        // Of one that was refused there may be more on the way.
        let Some(upload) = self.uploads.get_mut(&number) else { return };
        let length = bytes.len() as u64;
        let written = if self.held.load(Ordering::Relaxed) + length > MOST_HELD {
            Err(MusicRefusal::Busy("Too much music waits to be imported. Try again later.".into()))
        } else {
            self.held.fetch_add(length, Ordering::Relaxed);
            upload.arrival.bytes += length;
            upload.file.write_all(bytes).map_err(|error| disk(&error))
        };
        if let Err(refusal) = written
            && let Some(Upload { answer, .. }) = self.uploads.remove(&number)
        {
            answer.send(Err(refusal)).ok();
        }
    }

    fn end(&mut self, number: u64) {
        let Some(Upload { arrival, answer, .. }) = self.uploads.remove(&number) else { return };
        self.last += 1;
        let import = self.last;
        // Shown before it is sent, so that it is never shown as waiting once it is done.
        self.shown.add(Import { import, name: arrival.name.clone(), stage: Stage::Waiting });
        let answered = match self.queue.try_send(Job::Import(import, arrival)) {
            Ok(()) => Ok(import),
            Err(_) => {
                let reason = "Too many files wait to be imported. Try again later.".to_owned();
                self.shown.stage(import, Stage::Refused { reason: reason.clone() });
                Err(MusicRefusal::Busy(reason))
            }
        };
        answer.send(answered).ok();
    }

    fn library(&mut self) -> Result<&Library, MusicRefusal> {
        let library = match self.library.take() {
            Some(library) => library,
            None => Library::open(&self.folder, &mut Disk).map_err(refusal)?,
        };
        Ok(self.library.insert(library))
    }
}

fn refusal(fault: LibraryFault) -> MusicRefusal {
    match fault {
        LibraryFault::NoSuchTrack(name) => MusicRefusal::Absent(format!("There is no track {name}.")),
        fault => MusicRefusal::Disk(format!("The music library: {fault}")),
    }
}

fn disk(error: &std::io::Error) -> MusicRefusal {
    MusicRefusal::Disk(format!("The file cannot be kept: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;
    use std::thread;
    use tokio::sync::oneshot;

    const LONGEST: Duration = Duration::from_secs(60);

    /// Judges a file by its first word.
    const WORKER: &str = "#!/bin/sh\n\
        for file; do :; done\n\
        echo progress 50\n\
        case $file in *--mend=3) : > \"$3/mended\"; echo track 3; exit ;; esac\n\
        read -r word < \"$file\"\n\
        case $word in\n\
            good) echo track 7 ;;\n\
            slow) exec sleep 600 ;;\n\
            *) echo orbitbox: silent >&2; exit 1 ;;\n\
        esac\n";

    fn asked<T>(music: &Music, order: impl FnOnce(Answer<T>) -> MusicOrder) -> Result<T, MusicRefusal> {
        let (answer, answered) = oneshot::channel();
        music.orders.blocking_send(order(answer)).unwrap();
        answered.blocking_recv().unwrap()
    }

    fn sent(music: &Music, upload: u64, words: &'static str) -> Result<u32, MusicRefusal> {
        let (answer, answered) = oneshot::channel();
        let begin = MusicOrder::Begin { upload, name: "../A & B.mp3".into(), answer };
        let piece = MusicOrder::Piece { upload, bytes: words.as_bytes().into() };
        for order in [begin, piece, MusicOrder::End { upload }] {
            music.orders.blocking_send(order).unwrap();
        }
        answered.blocking_recv().unwrap()
    }

    fn comes_to(music: &Music, import: u32, wanted: impl Fn(&Stage) -> bool) -> Stage {
        let mut imports = music.imports.clone();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let reached = |imports: &Arc<Vec<Import>>| imports.iter().any(|one| one.import == import && wanted(&one.stage));
        let imports = runtime.block_on(imports.wait_for(reached)).unwrap();
        imports.iter().find(|one| one.import == import).unwrap().stage.clone()
    }

    #[test]
    fn files_come_are_imported_one_by_one_and_leave_nothing_behind() {
        let place = tempfile::TempDir::new().unwrap();
        let (program, data) = (place.path().join("worker"), place.path().join("data"));
        std::fs::write(&program, WORKER).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        let incoming = || std::fs::read_dir(data.join("music/incoming")).unwrap().count();
        let (music, stop, desk, importer) = desk(program, &data, LONGEST);
        let (held, jobs) = (desk.held.clone(), desk.jobs());
        thread::scope(|scope| {
            scope.spawn(|| desk.run());
            scope.spawn(|| importer.run());
            assert_eq!(asked(&music, MusicOrder::List), Ok(Vec::new()));
            assert_eq!(sent(&music, 0, "good\n"), Ok(1));
            assert_eq!(comes_to(&music, 1, Stage::is_final), Stage::Imported { track: 7 });
            jobs.send(Job::Mend(3)).unwrap();
            assert_eq!(sent(&music, 1, "bad\n"), Ok(2));
            assert_eq!(comes_to(&music, 2, Stage::is_final), Stage::Refused { reason: "silent".into() });
            assert_eq!((incoming(), held.load(Ordering::Relaxed)), (0, 0));
            assert!(data.join("mended").exists());

            // One that breaks off on the way is forgotten at the next order.
            let (answer, gone) = oneshot::channel();
            drop(gone);
            let begin = MusicOrder::Begin { upload: 2, name: "gone".into(), answer };
            music.orders.blocking_send(begin).unwrap();
            let absent = asked(&music, |answer| MusicOrder::Remove { number: 5, answer });
            assert_eq!(absent, Err(MusicRefusal::Absent("There is no track 5.".into())));
            assert_eq!(incoming(), 0);

            held.fetch_add(MOST_HELD, Ordering::Relaxed);
            assert!(matches!(sent(&music, 3, "good\n"), Err(MusicRefusal::Busy(_))));
            held.fetch_sub(MOST_HELD, Ordering::Relaxed);

            // A stop does not wait for a worker, nor for the files behind it.
            assert_eq!(sent(&music, 4, "slow\n"), Ok(3));
            comes_to(&music, 3, |stage| *stage == Stage::Importing { percent: 50 });
            for upload in 5..5 + MOST_WAITING as u64 {
                assert!(sent(&music, upload, "good\n").is_ok());
            }
            assert!(matches!(sent(&music, 1_000, "good\n"), Err(MusicRefusal::Busy(_))));
            assert!(music.imports.borrow().len() <= MOST_SHOWN);
            assert_eq!(music.imports.borrow().first().map(|import| import.import), Some(1));
            drop((stop, music, jobs));
        });
        assert_eq!((incoming(), held.load(Ordering::Relaxed)), (0, 0));
    }

    #[test]
    fn a_disk_that_takes_nothing_is_told_in_words() {
        let place = tempfile::TempDir::new().unwrap();
        let data = place.path().join("data");
        std::fs::write(&data, "a file where a folder should be").unwrap();
        let (music, _stop, desk, _importer) = desk(place.path().join("worker"), &data, LONGEST);
        thread::scope(|scope| {
            scope.spawn(|| desk.run());
            let refused = sent(&music, 0, "good\n");
            assert!(matches!(&refused, Err(MusicRefusal::Disk(why)) if why.contains("music library")), "{refused:?}");
            drop(music);
        });
    }
}
