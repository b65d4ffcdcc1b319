//! A configuration for a unit that nobody has given one: asked of the network where it is, fetched, checked, and put in the
//! place of the one that is there. The unit that runs sees that its file has changed, as it always does.

mod ask;
mod cards;
mod fault;
mod fetch;
mod place;

pub use fault::Fault;

use crate::configuration::Source;
use crate::in_a_line::in_a_line;
use crate::replace::{replace, replace_shared};
use crate::{front, prompts};
use anyhow::Context;
use fetch::Authorities;
use orbitbox_config::{ProvisioningSettings, Unit};
use orbitbox_provision::{Memory, Standing, in_short, standing};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// What is remembered, in the unit's data.
const MEMORY: &str = "provisioned";
/// Beside the configuration, or the one that units come with: who must have certified the server, in the place of everybody whom the system trusts.
const AUTHORITIES: &str = "provisioning-ca.pem";

/// One round; what it came to, in a line. `shipped` is the configuration that units come with.
///
/// # Errors
/// What was named or fetched cannot be used, or was not to be had this time. The configuration is as it was.
pub fn provision(source: &Source, shipped: &Path) -> Result<String, Fault> {
    let named = source.file.as_deref().context("no file is named that could be replaced")?;
    // What a link leads to is replaced, and not the link.
    let file = fs::canonicalize(named).unwrap_or_else(|_| named.to_owned());
    let present = read(&file)?;
    let configured = present.as_deref().map(|text| source.meant(text, &file.display().to_string()));
    // Where it has problems, it is to be replaced all the more.
    let unit = configured.and_then(Result::ok);
    let data = unit.as_ref().map_or_else(|| source.data(), |unit| unit.data_directory.clone());
    let memory = Memory::read(&read(&data.join(MEMORY))?.unwrap_or_default());
    match standing(present.as_deref(), read(shipped)?.as_deref(), &memory) {
        Standing::Written => {
            return Ok(format!("{} stays as it is: somebody has written it at the unit", file.display()));
        }
        // The next version may come with another one.
        Standing::Shipped => {
            present.iter().filter(|text| !memory.knows(text)).try_for_each(|text| remember(&data, &[text]))?
        }
        Standing::Empty | Standing::Remembered => {}
    }
    let settings = unit.map_or_else(ProvisioningSettings::default, |unit| unit.provisioning);
    if !settings.enabled {
        return Ok(format!("{} says that nothing is to be fetched", file.display()));
    }
    let place = match place::find(&settings)? {
        Ok(place) => place,
        Err(nothing) => return Ok(nothing),
    };
    let authorities = Authorities::read(&[file.as_path(), shipped].map(|beside| beside.with_file_name(AUTHORITIES)))?;
    let (url, text) = fetch::first(&place.urls, &authorities)?;
    let url = in_short(&url);
    if present.as_deref() == Some(&text) {
        return Ok(format!("{} is what {url} has", file.display()));
    }
    let new = checked(source, &text, &url)?;
    if read(&file)? != present {
        return Err(Fault::may_pass(format!("{} was changed meanwhile", file.display())));
    }
    let places = [data, new.data_directory];
    let old = present.as_deref().unwrap_or_default();
    for data in &places {
        remember(data, &[old, &text])?;
    }
    replace_shared(&file, &text, 0o640).with_context(|| format!("{} cannot be written", file.display()))?;
    for data in &places {
        remember(data, &[&text])?;
    }
    Ok(format!("{} is now what {url} has", file.display()))
}

/// A file, if there is one.
fn read(path: &Path) -> anyhow::Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("{} cannot be read", path.display())),
    }
}

/// Writes down that these were written by nobody at the unit.
fn remember(data: &Path, texts: &[&str]) -> anyhow::Result<()> {
    let path: PathBuf = data.join(MEMORY);
    let memory = Memory::of(texts).to_string();
    if read(&path)?.as_ref() == Some(&memory) {
        return Ok(());
    }
    replace(&path, &memory).with_context(|| format!("{} cannot be written", path.display()))
}

/// What a text means to this unit, all of it looked at as by `orbitbox check`, and the wiring as by a unit that runs.
fn checked(source: &Source, text: &str, url: &str) -> Result<Unit, Fault> {
    if text.trim().is_empty() {
        return Err(Fault::stays(format!("there is nothing in {url}")));
    }
    let unit = source.meant(text, url).and_then(|unit| {
        prompts::check(&unit, Path::new(url))?;
        front::wiring(&unit)?;
        Ok(unit)
    });
    unit.map_err(|why| Fault::stays(in_a_line(&format!("the configuration stays as it was: {why:#}"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHIPPED: &str = "name = \"Orbitbox\"\n";

    /// A unit with that file, and the one it came with.
    fn unit(text: &str) -> (tempfile::TempDir, Source, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("unit.toml"), text).unwrap();
        fs::write(at("shipped.toml"), SHIPPED).unwrap();
        let source = Source { file: Some(at("unit.toml")), data: Some(at("data")) };
        let shipped = at("shipped.toml");
        (folder, source, shipped)
    }

    const OFF: &str = "[provisioning]\nenabled = false\n";

    #[test]
    fn what_somebody_has_written_stays_and_nobody_is_asked() {
        let (_folder, source, shipped) = unit("name = \"Dock\"\n");
        let said = provision(&source, &shipped).unwrap();
        assert!(said.contains("somebody has written it"), "{said}");
        assert!(!source.data().exists());
    }

    #[test]
    fn a_unit_that_is_told_not_to_fetches_nothing() {
        let (_folder, source, shipped) = unit(OFF);
        fs::write(&shipped, OFF).unwrap();
        let said = provision(&source, &shipped).unwrap();
        assert!(said.contains("nothing is to be fetched"), "{said}");
        // Known still when another version comes with another one.
        fs::write(&shipped, SHIPPED).unwrap();
        let said = provision(&source, &shipped).unwrap();
        assert!(said.contains("nothing is to be fetched"), "{said}");
    }

    #[test]
    fn what_is_fetched_is_checked_whole() {
        let (_folder, source, _shipped) = unit(SHIPPED);
        let url = "https://files.example/orbitbox.toml";
        let why = |text| checked(&source, text, url).unwrap_err().to_string();
        assert!(why(" \n").contains("nothing in https://files.example/orbitbox.toml"));
        let told = why("[[lot]]\npilot = \"70\"\norbits = \"78-71\"\n");
        assert!(told.contains("https://files.example/orbitbox.toml:3: lot.orbits"), "{told}");
        let unsaid = why("[[lot]]\npilot = \"70\"\norbits = \"71-78\"\nannouncement = \"zyzzyva on orbit {orbit}\"\n");
        assert!(unsaid.contains(":4: lot.announcement") && !unsaid.contains('\n'), "{unsaid}");
        assert!(why("[panel]\nrevision = \"/nowhere/board.toml\"\n").contains("panel.revision"));
        assert!(why("<!DOCTYPE html>\n").contains("is not TOML"));
        assert_eq!(checked(&source, "name = \"Dock\"", url).unwrap().name, "Dock");
    }

    #[test]
    fn no_password_is_repeated() {
        let (_folder, source, _shipped) = unit(SHIPPED);
        for text in [
            "[[station]]\nuser = \"101\"\npassword = dock-4711-gate\n",
            "[[station]]\nuser = \"101\"\npassword = \"dock-4711-gate\n",
            "[[station]]\nuser = \"101\"\npasword = \"dock-4711-gate\"\n",
            "[[station]]\nuser = \"101\"\npassword = [\"dock-4711-gate\"]\n",
            "[[lot]]\npilot = \"70\"\norbits = \"71\"\npin = \"dock-4711-gate\"\n",
        ] {
            let why = checked(&source, text, "https://files.example/").unwrap_err().to_string();
            assert!(!why.contains("4711"), "{why}");
        }
    }
}
