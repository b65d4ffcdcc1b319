//! A worker that was sent for recordings, as whoever sent it sees it.

use super::worker::{REFUSED, TAKEN};
use orbitbox_audio::Pcm;
use orbitbox_paging::Voice;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

/// Workers for one list of files: each after the first follows one that a file has brought down.
const MOST_WORKERS: usize = 4;
/// Samples a second of what a worker tells.
const RATE: u32 = 24_000;
/// Samples of one recording, with a little silence at its ends.
const MOST_SAMPLES: usize = RATE as usize * (Voice::LONGEST.as_secs() as usize + 1);
/// Bytes of a line.
const MOST_LINE: u64 = 1_000;

/// Decodes recordings and makes them fit; of each what has become of it, or why it is not taken. `program` is this program.
pub(super) fn sound_of(program: &Path, files: &[PathBuf]) -> Vec<Result<Pcm, String>> {
    let mut told = Vec::new();
    for _ in 0..MOST_WORKERS {
        if told.len() == files.len() {
            break;
        }
        match worker(program, &files[told.len()..]) {
            Ok((mut worker, said)) => {
                told.extend(Answers { said, left: files.len() - told.len() });
                // It has told everything, or will never do so.
                worker.kill().ok();
                worker.wait().ok();
                if told.len() < files.len() {
                    told.push(Err("it cannot be decoded with the time and memory that one file may take".to_owned()));
                }
            }
            Err(error) => {
                told.push(Err(format!("nothing can be decoded: {error}")));
                break;
            }
        }
    }
    told.resize_with(files.len(), || Err("left out: other files could not be decoded".to_owned()));
    told
}

fn worker(program: &Path, files: &[PathBuf]) -> std::io::Result<(Child, BufReader<ChildStdout>)> {
    let mut worker = Command::new(program)
        .args(["music-worker", "--data=.", "--prompts"])
        .arg(format!("--longest={}", Voice::LONGEST.as_secs()))
        .arg("--")
        .args(files)
        .env("ORBITBOX_LOG", "off")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let said = worker.stdout.take().map(BufReader::new).ok_or(std::io::ErrorKind::BrokenPipe)?;
    Ok((worker, said))
}

/// What a worker tells, until it stops making sense.
struct Answers<R> {
    said: R,
    left: usize,
}

impl<R: BufRead> Iterator for Answers<R> {
    type Item = Result<Pcm, String>;

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let mut line = String::new();
        self.said.by_ref().take(MOST_LINE).read_line(&mut line).ok()?;
        let line = line.strip_suffix('\n')?;
        if let Some(reason) = line.strip_prefix(REFUSED) {
            return Some(Err(reason.to_owned()));
        }
        let count: usize = line.strip_prefix(TAKEN)?.parse().ok().filter(|count| *count <= MOST_SAMPLES)?;
        let mut bytes = vec![0; count * 2];
        self.said.read_exact(&mut bytes).ok()?;
        let samples = bytes.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect();
        Some(Ok(Pcm { rate: RATE, samples }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_file_that_brings_the_worker_down_is_named_and_the_others_are_heard() {
        let place = tempfile::TempDir::new().expect("a folder");
        let program = place.path().join("worker");
        let script = "#!/bin/sh\nwhile [ \"$1\" != -- ]; do shift; done\nshift\n\
            for file; do case $file in bad*) kill -9 $$ ;; mute) echo refused nothing is heard on it ;;\n\
            *) echo taken 2; printf '\\001\\000\\377\\377' ;; esac; done\n";
        std::fs::write(&program, script).expect("a worker");
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("a program");
        let files = |names: &[&str]| names.iter().map(PathBuf::from).collect::<Vec<_>>();
        let taken = || Ok(Pcm { rate: RATE, samples: vec![1, -1] });
        let told = sound_of(&program, &files(&["one", "mute", "bad", "two"]));
        assert_eq!((&told[0], &told[3]), (&taken(), &taken()));
        assert_eq!(told[1], Err("nothing is heard on it".to_owned()));
        assert!(told[2].as_ref().is_err_and(|why| why.contains("time and memory")), "{told:?}");
        let told = sound_of(&program, &files(&["bad1", "bad2", "bad3", "bad4", "one"]));
        assert!(told.iter().all(Result::is_err) && told.len() == 5, "{told:?}");
        assert_eq!(sound_of(&program, &[]), []);
    }

    #[test]
    fn what_makes_no_sense_ends_the_list() {
        let told = |said: &[u8]| Answers { said, left: 3 }.collect::<Vec<_>>();
        assert_eq!(told(b""), []);
        assert_eq!(told(b"taken 99999999\n"), []);
        assert_eq!(told(b"taken 4\nab"), []);
        assert_eq!(told(b"refused silent\nnonsense\nrefused late\n"), [Err("silent".to_owned())]);
    }
}
