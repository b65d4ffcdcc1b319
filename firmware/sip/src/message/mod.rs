//! SIP messages: our reader in front of the model, typed header fields, and the writer.
//!
//! The only code that knows `rsip`. Bytes from the network never reach its parser: [`read_datagram`] reads them, decides what
//! is answered and what is dropped, and only then fills the model.

mod body;
mod build;
mod cseq;
mod fault;
mod fields;
mod head;
mod method;
mod name_addr;
mod params;
mod phrase;
mod read;
mod reason;
mod replaces;
mod request;
mod response;
mod scan;
mod split;
mod uri;
mod via;

pub use build::{RequestBuilder, ResponseBuilder};
pub use cseq::CSeq;
pub use fault::{Answerable, HeaderFault, ReadFault};
pub use method::Method;
pub use name_addr::NameAddr;
pub use params::Params;
pub use read::{MAX_DATAGRAM, read_datagram};
pub use reason::Reason;
pub use replaces::Replaces;
pub use request::Request;
pub use response::Response;
pub use uri::{Uri, UriFault};
pub use via::Via;

/// A request or a response.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "one exists at a time, and only between reading and handling")]
pub enum Message {
    /// A request.
    Request(Request),
    /// A response.
    Response(Response),
}

impl Message {
    /// The message for the wire.
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Request(request) => request.to_bytes(),
            Self::Response(response) => response.to_bytes(),
        }
    }
}
