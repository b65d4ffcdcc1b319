//! Builds a changed park server with the simulation, outside the workspace, and runs seeds with it.

use crate::list::Mutation;
use orbitbox_simulation::Judges;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the sources of the simulation, the support crate and the park server lie.
const SIMULATION: &str = env!("CARGO_MANIFEST_DIR");

/// A folder in which one changed server is built.
pub struct Workshop {
    folder: PathBuf,
}

/// What a run of seeds came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// All seeds passed.
    Passed,
    /// This seed failed; the last line says why.
    Caught { seed: u64, story: String },
}

impl Workshop {
    /// Copies the park server's sources, plants the mutation (if any) and builds everything.
    pub fn build(name: &str, mutation: Option<&Mutation>) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mutations").join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder).expect("the old workshop");
        }
        let workshop = Self { folder };
        let park = workshop.folder.join("park");
        copy_folder(&Path::new(SIMULATION).join("../../firmware/park/src"), &park);
        if let Some(mutation) = mutation {
            plant(&park.join(mutation.file), mutation);
        }
        let simulation = Path::new(SIMULATION).join("src");
        workshop.compile("orbitbox_park", "rlib", &park.join("lib.rs"));
        workshop.compile("orbitbox_support", "rlib", &Path::new(SIMULATION).join("../support/src/lib.rs"));
        workshop.compile("orbitbox_simulation", "rlib", &simulation.join("lib.rs"));
        workshop.compile("simulate", "bin", &simulation.join("main.rs"));
        workshop
    }

    /// Runs seeds until one fails.
    pub fn run(&self, judges: Judges, first: u64, count: u64) -> Verdict {
        let output = Command::new(self.folder.join("simulate"))
            .args([first.to_string(), count.to_string()])
            .args((judges == Judges::Witness).then_some("witness"))
            .output()
            .expect("the changed simulation starts");
        if output.status.success() {
            return Verdict::Passed;
        }
        let story = String::from_utf8_lossy(&output.stdout).into_owned();
        let seed = story.lines().rev().find_map(|line| line.strip_prefix("seed ")?.split(':').next()?.parse().ok());
        Verdict::Caught { seed: seed.expect("the failure names its seed"), story }
    }

    /// Frees the disk.
    pub fn clear(self) {
        fs::remove_dir_all(&self.folder).expect("the workshop's folder");
    }

    fn compile(&self, name: &str, kind: &str, root: &Path) {
        let compiler = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let mut command = Command::new(compiler);
        command.args(["--edition", "2024", "--cap-lints", "allow", "-C", "debuginfo=0", "-C", "overflow-checks=yes"]);
        command.args(["--crate-name", name, "--crate-type", kind, "--out-dir"]).arg(&self.folder);
        command.arg("-L").arg(&self.folder);
        for dependency in ["orbitbox_park", "orbitbox_support", "orbitbox_simulation"] {
            if self.folder.join(format!("lib{dependency}.rlib")).exists() {
                command.args(["--extern", dependency]);
            }
        }
        let output = command.arg(root).output().expect("the compiler starts");
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{name} does not compile in {}:\n{complaint}", self.folder.display());
    }
}

fn plant(file: &Path, mutation: &Mutation) {
    let source = fs::read_to_string(file).expect("the file of the mutation");
    let found = source.matches(mutation.find).count();
    assert_eq!(found, 1, "`{}` stands {found} times in {}", mutation.find, mutation.file);
    fs::write(file, source.replace(mutation.find, mutation.replace)).expect("the planted bug");
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder for the copy");
    for entry in fs::read_dir(from).expect("the sources") {
        let path = entry.expect("a source").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy_folder(&path, &target);
        } else {
            fs::copy(&path, &target).expect("the copy of a source");
        }
    }
}
