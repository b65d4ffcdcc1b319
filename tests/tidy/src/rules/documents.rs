//! What documents say is so: `docs/architecture.md` names every crate and none that does not stand, links lead
//! somewhere, and the orders of `make` that are written of exist.

use crate::repository::{Package, SourceFile};
use std::collections::BTreeSet;

/// Names every crate that the text does not name by its folder in back-quotes, and every folder that is not a crate's.
pub fn complaints(architecture: &str, packages: &[Package], other_folders: &[&str]) -> Vec<String> {
    let quoted: Vec<&str> = architecture.split('`').skip(1).step_by(2).map(|text| text.trim_end_matches('/')).collect();
    let silent = packages.iter().filter(|package| !quoted.contains(&package.folder.as_str()));
    let ghost = quoted.iter().filter(|text| {
        let mut parts = text.split('/');
        let place = (parts.next(), parts.next(), parts.next());
        matches!(place, (Some("firmware" | "tests"), Some(_), None))
            && packages.iter().all(|package| package.folder != ***text)
            && !other_folders.contains(*text)
    });
    let silent = silent.map(|package| format!("docs/architecture.md does not name `{}`", package.folder));
    silent.chain(ghost.map(|text| format!("docs/architecture.md names `{text}`, which does not stand"))).collect()
}

/// Names every link of a document to a file of the repository that is not there, and every `make` order that the
/// Makefile does not have. `exists` is asked for paths from the top.
pub fn dangling(documents: &[SourceFile], makefile: &str, exists: impl Fn(&str) -> bool) -> Vec<String> {
    let orders: BTreeSet<&str> = makefile.lines().filter_map(|line| Some(line.split_once(':')?.0)).collect();
    let mut complaints = Vec::new();
    for file in documents {
        for (line, text) in file.lines() {
            let links = text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next());
            for link in links.filter(|link| !link.is_empty() && !link.contains(':')) {
                let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
                if !exists(&joined(folder, link)) {
                    complaints.push(format!("{}:{line}: the link to {link} leads nowhere", file.path));
                }
            }
            for order in text.split("`make ").skip(1).filter_map(|rest| rest.split(['`', ' ']).next()) {
                if !orders.contains(order) {
                    complaints.push(format!("{}:{line}: the Makefile has no order `{order}`", file.path));
                }
            }
        }
    }
    complaints
}

/// A link as it stands in a folder, from the top.
fn joined(folder: &str, link: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in link.split('/').filter(|part| !matches!(*part, "" | ".")) {
        if part == ".." {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{repository, rules::kept};

    #[test]
    fn the_architecture_names_every_crate() {
        let files = repository::files();
        let architecture = files.iter().find(|file| file.path == "docs/architecture.md").expect("it is there");
        kept(&complaints(
            &architecture.text,
            &repository::packages(),
            &["tests/fuzz", "tests/hardware", "tests/hearing", "tests/image", "tests/interop"],
        ));
    }

    #[test]
    fn a_crate_that_is_not_named_and_a_name_without_a_crate_are_seen() {
        let packages = [Package::imagined("orbitbox-sip", "firmware/sip", &[])];
        assert_eq!(complaints("`firmware/sip` speaks SIP.", &packages, &[]), Vec::<String>::new());
        assert_eq!(complaints("`firmware/sip/src/lib.rs` speaks SIP.", &packages, &[]).len(), 1);
        assert_eq!(complaints("`firmware/sip`, `firmware/cellar`", &packages, &[]).len(), 1);
    }

    #[test]
    fn links_and_orders_lead_somewhere() {
        let files = repository::files();
        let makefile = files.iter().find(|file| file.path == "Makefile").map(|file| file.text.clone());
        let documents: Vec<_> = files.into_iter().filter(|file| file.ending() == "md").collect();
        let exists = |path: &str| repository::top().join(path).exists();
        kept(&dangling(&documents, &makefile.unwrap_or_default(), exists));
    }

    #[test]
    fn a_link_and_an_order_that_lead_nowhere_are_seen() {
        let text = "[a](../README.md) [b](gone.md#part) [c](https://example.org) `make run` `make tea`";
        let document = [SourceFile::imagined("docs/glossary.md", text)];
        let complaints = dangling(&document, "run: all", |path| path == "README.md");
        assert_eq!(complaints.len(), 2, "{complaints:?}");
    }
}
