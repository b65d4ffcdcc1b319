//! Keys on pins and input devices, whatever they are, as one stream of edges.

mod attempts;
mod held;
mod source;
mod watch;

pub use attempts::Attempts;
pub use held::Held;
pub use source::{KeySource, WiredKeys};
pub use watch::{KeyNews, KeyWatch, Stop};
