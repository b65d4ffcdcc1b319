//! The house rules, run as tests. Each rule is a function from files (or manifests) to complaints, and each is shown a
//! bad example beside the repository, so that a rule that has gone blind fails.

pub mod repository;
pub mod rules;
