//! What a watched orbit looks like to a phone's lamp (RFC 4235).

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use std::io;

/// The media type of the document.
pub(crate) const DIALOG_INFO: &str = "application/dialog-info+xml";
const NAMESPACE: &str = "urn:ietf:params:xml:ns:dialog-info";

/// One dialog as a watcher sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DialogElement {
    /// Names the episode within the document.
    pub id: String,
    /// `early`, `confirmed` or `terminated`.
    pub state: &'static str,
    /// Call-ID, our tag and theirs, as a Replaces header is to name them; none for one that has ended.
    pub names: Option<(String, String, String)>,
    /// The orbit's address.
    pub local: String,
    /// The orbit's name.
    pub local_name: String,
    /// Who waits, with their address; none for watchers who may not know.
    pub remote: Option<(String, String)>,
}

/// A document with the full state. Text that XML cannot carry is left out.
///
/// # Errors
/// None in practice: it writes to memory.
pub fn document(entity: &str, version: u32, dialogs: &[DialogElement]) -> io::Result<Vec<u8>> {
    let mut xml = Writer::new(Vec::new());
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let mut root = BytesStart::new("dialog-info");
    let version = version.to_string();
    let attributes = [("xmlns", NAMESPACE), ("version", &version), ("state", "full"), ("entity", &clean(entity))];
    attributes.iter().for_each(|attribute| root.push_attribute(*attribute));
    xml.write_event(Event::Start(root))?;
    for dialog in dialogs {
        element(&mut xml, dialog)?;
    }
    xml.write_event(Event::End(BytesEnd::new("dialog-info")))?;
    Ok(xml.into_inner())
}

fn element(xml: &mut Writer<Vec<u8>>, dialog: &DialogElement) -> io::Result<()> {
    let mut start = BytesStart::new("dialog");
    start.push_attribute(("id", dialog.id.as_str()));
    if let Some((call_id, local_tag, remote_tag)) = &dialog.names {
        start.push_attribute(("call-id", clean(call_id).as_str()));
        start.push_attribute(("local-tag", clean(local_tag).as_str()));
        start.push_attribute(("remote-tag", clean(remote_tag).as_str()));
    }
    start.push_attribute(("direction", "recipient"));
    xml.write_event(Event::Start(start))?;
    text(xml, BytesStart::new("state"), dialog.state)?;
    party(xml, "local", &dialog.local, &dialog.local_name)?;
    if let Some((address, name)) = &dialog.remote {
        party(xml, "remote", address, name)?;
    }
    xml.write_event(Event::End(BytesEnd::new("dialog")))
}

fn party(xml: &mut Writer<Vec<u8>>, side: &str, address: &str, name: &str) -> io::Result<()> {
    xml.write_event(Event::Start(BytesStart::new(side)))?;
    let mut identity = BytesStart::new("identity");
    if !name.is_empty() {
        identity.push_attribute(("display", clean(name).as_str()));
    }
    text(xml, identity, address)?;
    let mut target = BytesStart::new("target");
    target.push_attribute(("uri", clean(address).as_str()));
    xml.write_event(Event::Empty(target))?;
    xml.write_event(Event::End(BytesEnd::new(side)))
}

fn text(xml: &mut Writer<Vec<u8>>, start: BytesStart<'_>, content: &str) -> io::Result<()> {
    let end = start.to_end().into_owned();
    xml.write_event(Event::Start(start))?;
    xml.write_event(Event::Text(BytesText::new(&clean(content))))?;
    xml.write_event(Event::End(end))
}

/// Without the characters that XML 1.0 has no way to write.
fn clean(text: &str) -> String {
    let fits = |letter: &char| matches!(letter, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..);
    text.chars().filter(fits).collect()
}
