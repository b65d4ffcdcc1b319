//! Every crate takes the house's lints, and every kind of test is run by somebody.

use crate::repository::Package;

/// Suites that `make test` leaves out: they need phones, an idle machine or much time. Each has an order of its own.
pub const DEEP: [&str; 6] =
    ["tests/bench", "tests/fuzz", "tests/hardware", "tests/hearing", "tests/image", "tests/interop"];

/// Names every suite that is neither in the fast suite nor a deep one with an order in the Makefile.
pub fn unrun(suites: &[String], default_members: &[String], deep: &[&str], makefile: &str) -> Vec<String> {
    let mut complaints = Vec::new();
    for suite in suites {
        let name = suite.rsplit('/').next().unwrap_or_default();
        let fast = default_members.contains(suite);
        match (fast, deep.contains(&suite.as_str())) {
            (false, false) => complaints.push(format!("{suite} is run by nobody: add it to default-members")),
            (true, true) => complaints.push(format!("{suite} is called deep and runs in the fast suite")),
            (false, true) if !makefile.contains(&format!("\n{name}:")) => {
                complaints.push(format!("{suite} is deep, and the Makefile has no order `{name}`"));
            }
            (false, true) | (true, false) => {}
        }
    }
    complaints
}

/// Names every package whose manifest does not take the workspace's lints.
pub fn without_lints(manifests: &[(Package, toml::Table)]) -> Vec<String> {
    let takes = |manifest: &toml::Table| {
        let lints = manifest.get("lints").and_then(|lints| lints.get("workspace"));
        lints.and_then(toml::Value::as_bool) == Some(true)
    };
    let without = manifests.iter().filter(|(_, manifest)| !takes(manifest));
    without.map(|(package, _)| format!("{}/Cargo.toml: no `[lints] workspace = true`", package.folder)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repository::{self, SourceFile};
    use crate::rules::kept;

    #[test]
    fn every_suite_is_run() {
        let folders = repository::listing("tests").into_iter().filter(|name| name.ends_with('/'));
        let suites: Vec<String> = folders.map(|name| format!("tests/{}", name.trim_end_matches('/'))).collect();
        let workspace = repository::manifest("Cargo.toml");
        let default = workspace["workspace"]["default-members"].as_array().expect("a list").iter();
        let default: Vec<String> = default.filter_map(|member| member.as_str().map(str::to_owned)).collect();
        let makefile = repository::files().into_iter().find(|file| file.path == "Makefile");
        kept(&unrun(&suites, &default, &DEEP, &makefile.map(|SourceFile { text, .. }| text).unwrap_or_default()));
    }

    #[test]
    fn a_suite_that_nobody_runs_is_seen() {
        let suites = ["tests/flows", "tests/bench", "tests/other"].map(str::to_owned);
        let fast = ["tests/flows".to_owned()];
        assert_eq!(unrun(&suites, &fast, &["tests/bench"], "\nbench: all").len(), 1);
        assert_eq!(unrun(&suites, &fast, &["tests/bench", "tests/flows"], "\nbench: all").len(), 2);
        assert_eq!(unrun(&suites[..2], &fast, &["tests/bench"], "benches:").len(), 1);
        assert_eq!(unrun(&suites[..2], &fast, &["tests/bench"], "\nbench: all"), Vec::<String>::new());
    }

    #[test]
    fn every_crate_takes_the_lints() {
        let manifest = |package: Package| {
            let manifest = repository::manifest(&format!("{}/Cargo.toml", package.folder));
            (package, manifest)
        };
        let manifests: Vec<_> = repository::packages().into_iter().map(manifest).collect();
        kept(&without_lints(&manifests));
    }

    #[test]
    fn a_crate_without_lints_is_seen() {
        let package = || Package::imagined("orbitbox-sip", "firmware/sip", &[]);
        let read = |text: &str| (package(), text.parse::<toml::Table>().expect("TOML"));
        assert_eq!(without_lints(&[read("[lints]\nworkspace = true")]), Vec::<String>::new());
        assert_eq!(without_lints(&[read("[lints]\nworkspace = false"), read("[package]")]).len(), 2);
    }
}
