use crate::archive::{self, WriteFault};
use crate::generations::{self, Generation, MANIFEST};
use crate::pieces::PieceWriter;
use crate::{BackupFault, Keep, Manifest, Part, PartEntry, ROOT, Sources, Stick, make_room, secrets, verify};
use std::fs;
use std::io::Write;
use std::path::Path;

/// FAT takes no file of 4 GB.
const MOST_PIECE: u64 = 2 << 30;

/// How often a part is read again when something in it changes meanwhile.
const TRIES: usize = 3;

/// Bytes of a configuration.
const MOST_CONFIGURATION: u64 = 1 << 20;

/// One backup to be taken.
#[derive(Debug, Clone)]
pub struct Order<'a> {
    /// The unit's name; folders are called by it.
    pub unit: &'a str,
    /// Now, in seconds since 1970.
    pub now: u64,
    /// The same as people read it, without colons: `2026-11-24T01-57-02`.
    pub name: &'a str,
    /// The program's name and version.
    pub program: &'a str,
    /// What is backed up.
    pub sources: &'a Sources,
    /// What stays on the stick.
    pub keep: Keep,
    /// For the secrets; without one they are left out.
    pub passphrase: Option<&'a str>,
}

/// Takes a backup. It is there when this returns, and not before: everything has been read back from the stick then.
///
/// Room is made by the rule before; where the stick is full all the same, the oldest generations go one by one, but never
/// the newest whole one.
///
/// # Errors
/// What was written is swept the next time, and is no backup. Older generations are as they were, but those that made room.
pub fn take(stick: &mut dyn Stick, order: &Order<'_>) -> Result<Generation, BackupFault> {
    let unit = folder_name(order.unit);
    make_room(stick, &unit, order.keep)?;
    loop {
        match attempt(stick, &unit, order) {
            Err(BackupFault::Full) => {
                let older = generations::generations(stick, Some(&unit))?;
                let mut whole = older.iter().filter(|generation| generation.manifest.is_some());
                let unfinished = older.iter().filter(|generation| generation.manifest.is_none());
                for generation in unfinished {
                    generations::remove(stick, generation)?;
                }
                let (Some(oldest), Some(_)) = (whole.next(), whole.next()) else { return Err(BackupFault::Full) };
                generations::remove(stick, oldest)?;
            }
            outcome => return outcome,
        }
    }
}

fn attempt(stick: &mut dyn Stick, unit: &str, order: &Order<'_>) -> Result<Generation, BackupFault> {
    let taken = stick.names(&Path::new(ROOT).join(unit)).map_err(BackupFault::of_stick)?;
    let name = (0..1000)
        .map(|n| if n == 0 { order.name.to_owned() } else { format!("{}-{n}", order.name) })
        .find(|name| !taken.contains(name))
        .unwrap_or_else(|| order.name.to_owned());
    let generation = Generation { unit: unit.to_owned(), name, manifest: None };
    let folder = generation.folder();
    stick.make_folder(&folder).map_err(BackupFault::of_stick)?;

    let configuration = order.sources.configuration.as_deref().map(read_configuration).transpose()?;
    let mut parts = Vec::new();
    for part in Part::ALL {
        let entry = match (part, &configuration) {
            (Part::Music | Part::Prompts | Part::Records, _) => {
                let root = order.sources.folder(part).unwrap_or_default();
                Some(folder_part(stick, &folder, part, &root)?)
            }
            (Part::Configuration, Some(text)) => match secrets::without_secrets(text) {
                Some((clean, _)) => Some(text_part(stick, &folder, part, clean.as_bytes())?),
                // What cannot be read may hold secrets anywhere.
                None => None,
            },
            (Part::Secrets, Some(text)) => match order.passphrase {
                Some(passphrase) => Some(secret_part(stick, &folder, text.as_bytes(), passphrase)?),
                None => None,
            },
            (Part::Configuration | Part::Secrets, None) => None,
        };
        parts.extend(entry);
    }
    write_file(stick, &folder.join("README.txt"), readme(order).as_bytes())?;
    for entry in &parts {
        verify::pieces(stick, &folder, &entry.pieces)?;
    }
    let manifest = Manifest {
        schema: Manifest::SCHEMA,
        unit: order.unit.to_owned(),
        taken: order.now,
        program: order.program.to_owned(),
        parts,
    };
    let text = manifest.write();
    let unfinished = folder.join("manifest.unfinished");
    write_file(stick, &unfinished, text.as_bytes())?;
    let mut back = Vec::new();
    std::io::copy(&mut stick.open(&unfinished).map_err(BackupFault::of_stick)?, &mut back)
        .map_err(BackupFault::of_stick)?;
    if back != text.as_bytes() {
        return Err(BackupFault::ReadBack(MANIFEST.to_owned()));
    }
    stick.rename(&unfinished, &folder.join(MANIFEST)).map_err(BackupFault::of_stick)?;
    Ok(Generation { manifest: Some(manifest), ..generation })
}

fn folder_part(stick: &mut dyn Stick, folder: &Path, part: Part, root: &Path) -> Result<PartEntry, BackupFault> {
    let mut changed = None;
    for _ in 0..TRIES {
        let files = archive::files_under(root)?;
        let mut writer = PieceWriter::new(stick, folder, &archive_name(part), MOST_PIECE);
        match archive::write(&mut writer, root, &files, &[]) {
            Ok(files) => {
                let pieces = writer.finish().map_err(BackupFault::of_stick)?;
                return Ok(PartEntry { part, pieces, files });
            }
            Err(WriteFault::Changed(path)) => changed = Some(path),
            Err(fault) => return Err(fault.into()),
        }
    }
    Err(BackupFault::Changing(changed.unwrap_or_else(|| root.to_owned())))
}

fn text_part(stick: &mut dyn Stick, folder: &Path, part: Part, text: &[u8]) -> Result<PartEntry, BackupFault> {
    let mut writer = PieceWriter::new(stick, folder, &archive_name(part), MOST_PIECE);
    let files = archive::write(&mut writer, Path::new(""), &[], &[("unit.toml", text)])?;
    let pieces = writer.finish().map_err(BackupFault::of_stick)?;
    Ok(PartEntry { part, pieces, files })
}

fn secret_part(stick: &mut dyn Stick, folder: &Path, text: &[u8], passphrase: &str) -> Result<PartEntry, BackupFault> {
    let mut writer = PieceWriter::new(stick, folder, "secrets.age", MOST_PIECE);
    secrets::encrypt(text, passphrase, &mut writer).map_err(BackupFault::of_stick)?;
    let pieces = writer.finish().map_err(BackupFault::of_stick)?;
    Ok(PartEntry { part: Part::Secrets, pieces, files: Vec::new() })
}

pub(crate) fn archive_name(part: Part) -> String {
    format!("{}.tar.zst", part.name())
}

fn read_configuration(path: &Path) -> Result<String, BackupFault> {
    let fault = |error| BackupFault::Unit(path.to_owned(), error);
    let length = fs::metadata(path).map_err(fault)?.len();
    if length > MOST_CONFIGURATION {
        return Err(fault(std::io::Error::other("too large for a configuration")));
    }
    fs::read_to_string(path).map_err(fault)
}

fn write_file(stick: &mut dyn Stick, path: &Path, bytes: &[u8]) -> Result<(), BackupFault> {
    let written = stick.create(path).and_then(|mut file| {
        file.write_all(bytes)?;
        file.finish()
    });
    written.map_err(BackupFault::of_stick)
}

/// What every kind of stick takes as the name of a folder.
pub(crate) fn folder_name(unit: &str) -> String {
    let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' };
    let name: String = unit.chars().map(plain).take(32).collect();
    let name = name.trim_matches('-').to_owned();
    if name.is_empty() || name == "stick" { "unit".to_owned() } else { name }
}

fn readme(order: &Order<'_>) -> String {
    let lines = [
        format!("A backup of the Orbitbox unit \"{}\", taken {} by {}.", order.unit, order.name, order.program),
        String::new(),
        "It is whole when there is a file manifest.json beside this one.".to_owned(),
        "The archives (.tar.zst) can be opened with the file manager of most desktops, or with 7-Zip.".to_owned(),
        "An archive in several files (.tar.zst, .tar.zst.001, ...) has to be joined first.".to_owned(),
        "Passwords are only in secrets.age, if that is there; the program age opens it with the passphrase.".to_owned(),
        "To bring it back onto a unit: orbitbox restore".to_owned(),
    ];
    lines.map(|line| line + "\r\n").concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    #[test]
    fn folders_have_names_that_every_stick_takes() {
        assert_eq!(folder_name("Halle 3: Süd/West"), "halle-3--s-d-west");
        assert_eq!(folder_name("../.."), "unit");
        assert_eq!(folder_name("STICK"), "unit");
        assert_eq!(folder_name(&"x".repeat(100)).len(), 32);
    }

    #[test]
    fn paths_are_not_kept_open() {
        let missing = PathBuf::from("/nowhere/unit.toml");
        assert!(matches!(read_configuration(&missing), Err(BackupFault::Unit(path, _)) if path == missing));
    }
}
