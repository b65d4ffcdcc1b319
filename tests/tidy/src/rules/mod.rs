//! One rule, or a few of one kind, a file.

pub mod addresses;
pub mod documents;
pub mod floors;
pub mod folders;
pub mod leftovers;
pub mod members;
pub mod names;
pub mod purity;
pub mod size;

#[cfg(test)]
#[track_caller]
pub(crate) fn kept(complaints: &[String]) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}
