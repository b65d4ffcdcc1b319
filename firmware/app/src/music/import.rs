//! `orbitbox music import`.

use super::worker::{PROGRESS, TRACK};
use super::{folder, list};
use anyhow::{Context, Result, bail};
use orbitbox_moh::Library;
use std::io::{BufRead, BufReader, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Files of one order.
const MOST_FILES: usize = 1_000;
/// Bytes of what a worker complains.
const MOST_COMPLAINT: u64 = 4_096;

/// Imports files, and those in folders. Every file is tried; each has a line in the end.
///
/// # Errors
/// At least one file was refused, or there is none.
pub fn import(data: &Path, named: &[PathBuf], mut out: impl Write) -> Result<()> {
    let files = files(named)?;
    let mut refused = 0;
    for file in &files {
        let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy();
        match one(data, file, |percent| {
            if std::io::stdout().is_terminal() {
                write!(out, "\r  {percent:>3} %  {name}").and_then(|()| out.flush()).ok();
            }
        }) {
            Ok(number) => {
                let track = Library::look(&folder(data)).track(&number)?;
                writeln!(out, "\r  {}", list::line(&track))?;
            }
            Err(error) => {
                refused += 1;
                writeln!(out, "\r  refused: {name}: {error:#}")?;
            }
        }
    }
    if refused > 0 {
        bail!("{refused} of {} files refused; {} imported", files.len(), files.len() - refused);
    }
    Ok(())
}

/// Every file that is meant, folders opened, in the order of their names.
fn files(named: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in named {
        if path.is_dir() {
            let entries = std::fs::read_dir(path).with_context(|| path.display().to_string())?;
            let mut inside: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
            inside.retain(|path| path.is_file() && !name(path).starts_with('.'));
            inside.sort();
            files.extend(inside);
        } else {
            files.push(path.clone());
        }
    }
    match files.len() {
        0 => bail!("there is no file to import"),
        1..=MOST_FILES => Ok(files),
        more => bail!("{more} files at once; {MOST_FILES} are taken"),
    }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// One file, in a process of its own; the number of its track.
fn one(data: &Path, file: &Path, mut progress: impl FnMut(u8)) -> Result<String> {
    let title: String = file.file_stem().unwrap_or_default().to_string_lossy().chars().take(100).collect();
    let mut worker = Command::new(std::env::current_exe()?)
        .arg("music-worker")
        .args([
            "--data".as_ref(),
            data.as_os_str(),
            "--title".as_ref(),
            title.as_ref(),
            "--".as_ref(),
            file.as_os_str(),
        ])
        .env("ORBITBOX_LOG", "off")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut track = None;
    let said = worker.stdout.take().map(BufReader::new).into_iter().flat_map(BufRead::lines);
    for line in said.map_while(Result::ok) {
        if let Some(percent) = line.strip_prefix(PROGRESS) {
            progress(percent.parse().unwrap_or(0));
        } else if let Some(number) = line.strip_prefix(TRACK) {
            track = Some(number.to_owned());
        }
    }
    let mut complaint = String::new();
    if let Some(errors) = worker.stderr.take() {
        errors.take(MOST_COMPLAINT).read_to_string(&mut complaint).ok();
    }
    let status = worker.wait()?;
    match track {
        Some(number) if status.success() => Ok(number),
        _ if status.code() == Some(1) => bail!("{}", complaint.trim().trim_start_matches("orbitbox: ")),
        _ => bail!("it cannot be decoded with the time and memory that one file may take"),
    }
}
