//! `orbitbox music import`.

use super::errand::{Errand, title_of};
use super::{Work, folder, list};
use anyhow::{Context, Result, bail};
use orbitbox_moh::Library;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Files of one order.
const MOST_FILES: usize = 1_000;

/// Imports files, and those in folders, of pieces up to `longest`. Every file is tried; each has a line in the end.
///
/// # Errors
/// At least one file was refused, or there is none.
pub fn import(data: &Path, named: &[PathBuf], longest: Duration, mut out: impl Write) -> Result<()> {
    let files = files(named)?;
    let mut refused = 0;
    for file in &files {
        let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy();
        let program = std::env::current_exe()?;
        let work = Work::Import { file: file.clone(), title: title_of(&name) };
        let imported = Errand::begin(&program, data, &work, longest).and_then(|mut errand| {
            errand.follow(|percent| {
                if std::io::stdout().is_terminal() {
                    write!(out, "\r  {percent:>3} %  {name}").and_then(|()| out.flush()).ok();
                }
            });
            errand.end()
        });
        match imported {
            Ok(number) => {
                let track = Library::look(&folder(data)).track(&number.to_string())?;
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
