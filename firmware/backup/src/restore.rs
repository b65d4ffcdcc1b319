use crate::pieces::PieceReader;
use crate::{BackupFault, Generation, Part, PartEntry, Sources, Stick, archive, secrets, verify};
use rustix::fs::{CWD, RenameFlags, renameat_with};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// Beside what is replaced, until it is.
const INCOMING: &str = ".restored";
const FORMER: &str = ".former";

/// Bytes of a configuration.
const MOST_CONFIGURATION: u64 = 1 << 20;

/// What was brought back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// These parts.
    pub parts: Vec<Part>,
    /// The configuration came without its secrets: passwords have to be entered again.
    pub without_secrets: bool,
}

/// Brings a generation back. Everything is verified, unpacked beside its place and synced before anything is replaced; each
/// part is then replaced by one rename. With `rehearse` that last step is left out, and nothing has changed.
///
/// # Errors
/// Nothing was replaced, unless the disk of the unit failed between two parts.
pub fn restore(
    stick: &dyn Stick,
    generation: &Generation,
    sources: &Sources,
    parts: &[Part],
    passphrase: Option<&str>,
    rehearse: bool,
) -> Result<Restored, BackupFault> {
    let manifest = verify(stick, generation)?;
    let folder = generation.folder();
    let wanted = |part: Part| parts.contains(&part);
    let mut ready: Vec<(Part, PathBuf)> = Vec::new();
    let (mut restored, mut has_secrets) = (Vec::new(), false);
    let secret = manifest.parts.iter().find(|entry| entry.part == Part::Secrets);
    let outcome = (|| -> Result<(), BackupFault> {
        for entry in &manifest.parts {
            match entry.part {
                Part::Music | Part::Prompts | Part::Records if wanted(entry.part) => {
                    let Some(place) = sources.folder(entry.part) else { continue };
                    ready.push((entry.part, place.clone()));
                    unpack(stick, &folder, entry, &beside(&place, INCOMING))?;
                    restored.push(entry.part);
                }
                Part::Configuration if wanted(Part::Configuration) => {
                    let Some(place) = &sources.configuration else { continue };
                    let text = match (secret, passphrase) {
                        (Some(secret), Some(passphrase)) => {
                            has_secrets = true;
                            let reader = PieceReader::new(stick, &folder, &secret.pieces);
                            secrets::decrypt(reader, passphrase, MOST_CONFIGURATION)?
                        }
                        _ => text_of(stick, &folder, entry)?,
                    };
                    ready.push((entry.part, place.clone()));
                    write_synced(&beside(place, INCOMING), &text)?;
                    restored.push(entry.part);
                }
                Part::Music | Part::Prompts | Part::Records | Part::Configuration | Part::Secrets => {}
            }
        }
        if !rehearse {
            for (_, place) in &ready {
                replace(place)?;
            }
        }
        Ok(())
    })();
    for (_, place) in &ready {
        discard(&beside(place, INCOMING));
    }
    outcome?;
    let without_secrets = restored.contains(&Part::Configuration) && !has_secrets;
    Ok(Restored { parts: restored, without_secrets })
}

/// After a cut: puts back what was moved away and not replaced, and sweeps what was left. To be called before anything of
/// the sources is used.
///
/// # Errors
/// The disk of the unit.
pub fn recover(sources: &Sources) -> Result<(), BackupFault> {
    let folders = Part::ALL.into_iter().filter_map(|part| sources.folder(part));
    for place in folders.chain(sources.configuration.clone()) {
        let former = beside(&place, FORMER);
        if !place.exists() && former.exists() {
            fs::rename(&former, &place).map_err(|error| BackupFault::Unit(place.clone(), error))?;
        }
        discard(&former);
        discard(&beside(&place, INCOMING));
    }
    Ok(())
}

fn beside(place: &Path, what: &str) -> PathBuf {
    let mut name = place.file_name().unwrap_or_default().to_owned();
    name.push(what);
    place.with_file_name(name)
}

fn discard(path: &Path) {
    // What cannot be removed now is swept at the next start.
    if path.is_dir() {
        fs::remove_dir_all(path).ok();
    } else {
        fs::remove_file(path).ok();
    }
}

fn unpack(stick: &dyn Stick, folder: &Path, entry: &PartEntry, into: &Path) -> Result<(), BackupFault> {
    discard(into);
    let unit = |path: &Path| {
        let path = path.to_owned();
        move |error| BackupFault::Unit(path, error)
    };
    fs::create_dir_all(into).map_err(unit(into))?;
    let reader = PieceReader::new(stick, folder, &entry.pieces);
    archive::read(reader, &entry.files, &mut |path, file| {
        let place = into.join(path);
        let above = place.parent().unwrap_or(into);
        fs::create_dir_all(above).map_err(unit(above))?;
        let mut out = File::create_new(&place).map_err(unit(&place))?;
        io::copy(file, &mut out).map_err(unit(&place))?;
        out.sync_all().map_err(unit(&place))
    })?;
    sync_folders(into).map_err(unit(into))
}

fn sync_folders(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            sync_folders(&path)?;
        }
    }
    File::open(folder)?.sync_all()
}

fn text_of(stick: &dyn Stick, folder: &Path, entry: &PartEntry) -> Result<Vec<u8>, BackupFault> {
    let mut text = Vec::new();
    archive::read(PieceReader::new(stick, folder, &entry.pieces), &entry.files, &mut |_, file| {
        let read = file.take(MOST_CONFIGURATION).read_to_end(&mut text);
        read.map(|_| ()).map_err(|error| BackupFault::Damaged(error.to_string()))
    })?;
    Ok(text)
}

fn write_synced(place: &Path, bytes: &[u8]) -> Result<(), BackupFault> {
    discard(place);
    let above = place.parent().unwrap_or(Path::new("."));
    let written = fs::create_dir_all(above).and_then(|()| File::create_new(place)).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written.map_err(|error| BackupFault::Unit(place.to_owned(), error))
}

/// The new for the old in one step, where the disk can do that; else in two, which [`recover`] knows of.
fn replace(place: &Path) -> Result<(), BackupFault> {
    let (incoming, former) = (beside(place, INCOMING), beside(place, FORMER));
    let fault = |error| BackupFault::Unit(place.to_owned(), error);
    if place.exists() {
        let exchanged = renameat_with(CWD, &incoming, CWD, place, RenameFlags::EXCHANGE);
        if exchanged.is_err() {
            discard(&former);
            fs::rename(place, &former).map_err(fault)?;
            fs::rename(&incoming, place).map_err(fault)?;
        }
    } else {
        fs::rename(&incoming, place).map_err(fault)?;
    }
    let above = place.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(above).and_then(|above| above.sync_all()).map_err(fault)?;
    discard(&former);
    Ok(())
}
