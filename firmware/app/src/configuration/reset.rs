//! The unit as it came from the factory.

use super::{Chosen, Source};
use crate::replace::replace_shared;
use anyhow::{Context, Result, bail};
use std::fs;
use std::io::{self, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;
use toml_edit::{DocumentMut, Table};

/// What the unit has put into its data. Nothing else there is touched: the folder may be anybody's.
const OURS: [&str; 9] =
    ["music", "prompts", "records", "journal", "journal.aside", "crash", "starts", "last-good.toml", "provisioned"];
/// How long a unit that runs is waited for.
const PATIENCE: Duration = Duration::from_secs(1);

/// What of the configuration survives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// Nothing.
    Nothing,
    /// Where the unit is on the network, so that nobody has to climb to it.
    Network,
}

/// Tables and keys that say where the unit is on the network.
const NETWORK: [(&str, &[&str]); 2] =
    [("sip", &["listen", "tcp", "address", "name-servers", "rtp-ports"]), ("web", &["listen"])];

/// Removes music, recordings, parked calls, crash reports and the configuration, and says what was removed.
///
/// # Errors
/// The unit runs; something cannot be removed.
pub fn factory_reset(source: &Source, keep: Keep, mut out: impl Write) -> Result<()> {
    // As a unit would start with it: one with a file that has problems may run with the last good one.
    let unit = Chosen::at_start(source.clone(), None).map(|chosen| chosen.unit).ok();
    let web = unit.as_ref().map(|unit| unit.web.listen);
    if let Some(web) = web.filter(|web| TcpStream::connect_timeout(web, PATIENCE).is_ok()) {
        bail!("a unit answers at http://{web}/; stop it before");
    }
    let data = unit.map_or_else(|| source.data(), |unit| unit.data_directory);
    if let Some(file) = &source.file {
        let kept = match keep {
            Keep::Nothing => String::new(),
            Keep::Network => network_of(&fs::read_to_string(file).unwrap_or_default()),
        };
        orbitbox_config::read(&kept, &file.display().to_string())?;
        replace_shared(file, &kept, 0o640).with_context(|| file.display().to_string())?;
        let said = if kept.is_empty() { "the defaults".to_owned() } else { format!("the network alone:\n{kept}") };
        writeln!(out, "{}: {said}", file.display())?;
    }
    for place in OURS.iter().map(|name| data.join(name)) {
        if remove(&place).with_context(|| place.display().to_string())? {
            writeln!(out, "{}: removed", place.display())?;
        }
    }
    Ok(())
}

/// Those keys of a configuration, whatever else is right or wrong in it.
fn network_of(text: &str) -> String {
    let Ok(written) = text.parse::<DocumentMut>() else { return String::new() };
    let mut kept = DocumentMut::new();
    for (name, keys) in NETWORK {
        let Some(table) = written.get(name).and_then(toml_edit::Item::as_table) else { continue };
        let mut of = Table::new();
        for (key, value) in keys.iter().filter_map(|key| table.get(key).map(|value| (key, value))) {
            of.insert(key, value.clone());
        }
        if !of.is_empty() {
            kept.insert(name, toml_edit::Item::Table(of));
        }
    }
    kept.to_string()
}

fn remove(place: &Path) -> io::Result<bool> {
    let removed = match fs::symlink_metadata(place) {
        Ok(found) if found.is_dir() => fs::remove_dir_all(place),
        Ok(_) => fs::remove_file(place),
        Err(_) => return Ok(false),
    };
    removed.map(|()| true)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WRITTEN: &str = "name = \"Dock\"\n[sip]\nlisten = \"192.0.2.7:5060\"\nsources = \"known\"\n[[station]]\nuser = \"101\"\npassword = \"dock-4711-gate\"\n[web]\nlisten = \"127.0.0.1:1\"\n";

    fn unit() -> (tempfile::TempDir, Source) {
        let folder = tempfile::tempdir().unwrap();
        let source = Source { file: Some(folder.path().join("unit.toml")), data: Some(folder.path().join("data")) };
        fs::write(source.file.as_ref().unwrap(), WRITTEN).unwrap();
        for name in ["music/1", "journal/now", "mine"] {
            let file = source.data().join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, "x").unwrap();
        }
        (folder, source)
    }

    #[test]
    fn nothing_of_ours_is_left_and_nothing_else_is_touched() {
        let (_folder, source) = unit();
        let mut said = Vec::new();
        factory_reset(&source, Keep::Nothing, &mut said).unwrap();
        assert_eq!(fs::read_to_string(source.file.as_ref().unwrap()).unwrap(), "");
        let left: Vec<_> = fs::read_dir(source.data()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["mine"]);
        assert!(String::from_utf8(said).unwrap().contains("journal: removed"));
    }

    #[test]
    fn the_network_is_kept_when_asked_for_and_no_password_with_it() {
        let (_folder, source) = unit();
        factory_reset(&source, Keep::Network, Vec::new()).unwrap();
        let kept = fs::read_to_string(source.file.as_ref().unwrap()).unwrap();
        assert_eq!(kept, "[sip]\nlisten = \"192.0.2.7:5060\"\n\n[web]\nlisten = \"127.0.0.1:1\"\n");
    }

    #[test]
    fn a_file_with_problems_is_reset_and_a_unit_that_runs_all_the_same_is_found() {
        let (folder, mut source) = unit();
        let data = source.data.take().unwrap();
        let page = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let good =
            format!("data-directory = \"{}\"\n[web]\nlisten = \"{}\"\n", data.display(), page.local_addr().unwrap());
        fs::write(data.join("last-good.toml"), &good).unwrap();
        fs::write(folder.path().join("unit.toml"), good.replace("[web]", "[wob]")).unwrap();
        assert!(factory_reset(&source, Keep::Nothing, Vec::new()).is_err());
        drop(page);
        factory_reset(&source, Keep::Nothing, Vec::new()).unwrap();
        assert!(!data.join("last-good.toml").exists() && !data.join("journal").exists());
    }

    #[test]
    fn a_unit_that_runs_is_left_alone() {
        let (_folder, source) = unit();
        let page = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let text = WRITTEN.replace("127.0.0.1:1\"", &format!("{}\"", page.local_addr().unwrap()));
        fs::write(source.file.as_ref().unwrap(), &text).unwrap();
        let refused = factory_reset(&source, Keep::Nothing, Vec::new()).unwrap_err();
        assert!(refused.to_string().contains("stop it before"), "{refused}");
        assert!(source.data().join("journal").exists());
    }
}
