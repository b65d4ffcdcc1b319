//! What the rules look at: the files of the repository, and what cargo knows of its packages.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Folders that hold no source: what builds and tests leave behind.
const NOT_SOURCE: [&str; 9] =
    [".git", ".venv", "__pycache__", ".pytest_cache", "target", "build", "out", "corpus", "artifacts"];

/// Endings of files that people write and read.
const WRITTEN: [&str; 14] =
    ["rs", "toml", "md", "py", "sh", "js", "css", "html", "xml", "ladder", "txt", "yml", "yaml", "ini"];

/// One file that somebody wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// From the top, with `/`: `firmware/park/src/lot.rs`.
    pub path: String,
    /// All of it.
    pub text: String,
}

impl SourceFile {
    /// A file that does not exist, to try a rule on.
    pub fn imagined(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    /// The file's name without its folder.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// The ending of the name, or nothing.
    pub fn ending(&self) -> &str {
        self.name().rsplit_once('.').map_or("", |(_, ending)| ending)
    }

    /// Lines with their numbers, from 1.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        (1..).zip(self.text.lines())
    }
}

/// One package of the workspace, as `cargo metadata` tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// `orbitbox-park`.
    pub name: String,
    /// Its folder from the top: `firmware/park`.
    pub folder: String,
    /// Everything it depends on: normal, for tests and for building.
    pub dependencies: BTreeSet<String>,
}

impl Package {
    /// A package that does not exist, to try a rule on.
    pub fn imagined(name: &str, folder: &str, dependencies: &[&str]) -> Self {
        let dependencies = dependencies.iter().map(|name| (*name).to_owned()).collect();
        Self { name: name.to_owned(), folder: folder.to_owned(), dependencies }
    }
}

/// The top of the repository.
pub fn top() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

/// Every written file, in order of its path.
///
/// # Panics
/// When a folder or file cannot be read.
pub fn files() -> Vec<SourceFile> {
    let mut found = Vec::new();
    let top = top();
    walk(&top, &top, &mut found);
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn walk(top: &Path, folder: &Path, found: &mut Vec<SourceFile>) {
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())).flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() {
            if !NOT_SOURCE.contains(&name.as_str()) {
                walk(top, &path, found);
            }
        } else {
            let from_top = path.strip_prefix(top).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            let ending = name.rsplit('.').next().unwrap_or_default();
            if WRITTEN.contains(&ending) || name == "Makefile" || from_top.starts_with(".ci/") {
                let Ok(text) = fs::read_to_string(&path) else { continue };
                found.push(SourceFile { path: from_top, text });
            }
        }
    }
}

/// The names in a folder of the repository, a `/` after each that is a folder itself.
///
/// # Panics
/// When the folder cannot be read.
pub fn listing(folder: &str) -> BTreeSet<String> {
    let folder = top().join(folder);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let name = |entry: fs::DirEntry| {
        let slash = if entry.path().is_dir() { "/" } else { "" };
        format!("{}{slash}", entry.file_name().to_string_lossy())
    };
    entries.flatten().map(name).collect()
}

/// The packages of the workspace.
///
/// # Panics
/// When cargo cannot be asked.
pub fn packages() -> Vec<Package> {
    let top = top();
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let arguments = ["metadata", "--no-deps", "--offline", "--format-version", "1"];
    let output = Command::new(cargo).args(arguments).current_dir(&top).output().expect("cargo can be started");
    assert!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("cargo metadata is JSON");
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let list = |value: &serde_json::Value| value.as_array().cloned().unwrap_or_default();
    let package = |package: &serde_json::Value| {
        let manifest = PathBuf::from(text(&package["manifest_path"]));
        let folder = manifest.parent().unwrap_or(&manifest);
        Package {
            name: text(&package["name"]),
            folder: folder.strip_prefix(&top).unwrap_or(folder).to_string_lossy().replace('\\', "/"),
            dependencies: list(&package["dependencies"]).iter().map(|one| text(&one["name"])).collect(),
        }
    };
    list(&metadata["packages"]).iter().map(package).collect()
}

/// A manifest of the repository.
///
/// # Panics
/// When it cannot be read.
pub fn manifest(path: &str) -> toml::Table {
    let text = fs::read_to_string(top().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    text.parse().unwrap_or_else(|error| panic!("{path}: {error}"))
}
