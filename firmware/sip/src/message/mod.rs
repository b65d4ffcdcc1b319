//! SIP messages: our reader in front of rsip's model, and typed header fields.
/// PLACEHOLDER
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uri(String);
/// PLACEHOLDER
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameAddr(String);
