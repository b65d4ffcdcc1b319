//! `orbitbox board learn`.

use super::run;
use anyhow::{Context, Result, anyhow, bail};
use orbitbox_board::front;
use orbitbox_board::installer::{EMPTY, Learn, written};
use orbitbox_board::pins::InputLine;
use orbitbox_board::revision::{self, Source, devices, numbered};
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::time::Duration;

/// What is to be learnt.
#[derive(Debug)]
pub struct Lesson<'l> {
    /// The revision file; where there is none yet, it is begun.
    pub file: &'l Path,
    /// The keys by their names.
    pub keys: Vec<String>,
    /// Each is waited for so long.
    pub limit: Duration,
    /// Lines that are not on the header.
    pub lines: Vec<String>,
}

/// Asks for every key, and writes into the file what it hangs on.
///
/// # Errors
/// The file cannot be read or written, or would have problems: then it stays as it is, and what was learnt is beside it.
pub fn learn(lesson: &Lesson<'_>, mut out: impl Write) -> Result<()> {
    let file = lesson.file.display().to_string();
    let text = match std::fs::read_to_string(lesson.file) {
        Err(error) if error.kind() == ErrorKind::NotFound => EMPTY.to_owned(),
        read => read.with_context(|| file.clone())?,
    };
    let revision = revision::read(&text, &file)?;
    for (chip, answer) in front::answers(&revision) {
        if let Err(fault) = answer {
            writeln!(out, "FAIL  {chip}: {fault}")?;
        }
    }
    let (everything, sources) = revision.with_candidates(&revision.free_lines(&lesson.lines), &devices());
    if sources.is_empty() {
        bail!("there is nothing that a key could hang on");
    }
    let front = front::wired(&everything, numbered);
    let mut learn = Learn::new(lesson.keys.clone(), lesson.limit);
    run(&mut learn, front, everything.wired_keys(numbered), Vec::new(), &mut out)?;

    let mut learnt = Vec::new();
    for one in learn.learnt() {
        let source = sources.get(one.candidate).cloned().context("an edge of nothing")?;
        match source {
            Source::Line(line) if one.inverted => {
                learnt.push((one.key, Source::Line(InputLine { active_low: false, bias: None, ..line })));
            }
            Source::Contact(..) | Source::Code(..) if one.inverted => {
                writeln!(out, "FAIL  {}: it rests closed, which only a key on a line can", one.key)?;
            }
            source => learnt.push((one.key, source)),
        }
    }
    if learnt.is_empty() {
        bail!("no key was pressed; {file} stays as it is");
    }
    let text = written(&text, &learnt).map_err(|fault| anyhow!("{file}: {fault}"))?;
    if let Err(problems) = revision::read(&text, &file) {
        let beside = lesson.file.with_extension("learnt.toml");
        std::fs::write(&beside, &text).with_context(|| beside.display().to_string())?;
        bail!("{problems}\n{file} stays as it is; what was learnt is in {}", beside.display());
    }
    let fresh = lesson.file.with_extension("new");
    std::fs::write(&fresh, &text).and_then(|()| std::fs::rename(&fresh, lesson.file)).with_context(|| file.clone())?;
    writeln!(out, "{} keys are in {file}", learnt.len())?;
    Ok(())
}
