//! Requests.

use std::net::{IpAddr, SocketAddr};

use rsip::headers::Headers;

use super::fault::HeaderFault;
use super::head::Head;
use super::{CSeq, Method, NameAddr, Reason, Replaces, RequestBuilder, Uri, Via, body, fields, scan};

/// A request that has been read or built. Everything that a request must have is there and well formed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// With a stand-in for the method when the model does not know it.
    model: rsip::Request,
    method: Method,
    uri: Uri,
    head: Head,
}

impl Request {
    /// Starts a request; see [`RequestBuilder`].
    pub fn builder(method: Method, uri: Uri) -> RequestBuilder {
        RequestBuilder::new(method, uri)
    }

    /// From parts that belong together: `head` is the view of `headers`.
    pub(super) fn from_parts(method: Method, uri: Uri, mut headers: Headers, head: Head, body: Vec<u8>) -> Self {
        fields::replace(&mut headers, "Content-Length", &body.len().to_string());
        let model = rsip::Request {
            method: method.modelled().unwrap_or(rsip::Method::Options),
            uri: modelled_uri(&uri),
            version: rsip::Version::V2,
            headers,
            body,
        };
        Self { model, method, uri, head }
    }

    /// The method.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The Request-URI.
    pub fn uri(&self) -> &Uri {
        &self.uri
    }

    /// The first line of that name; lists are not split. Any case, compact names too.
    pub fn header(&self, name: &str) -> Option<&str> {
        fields::first(&self.model.headers, name)
    }

    /// All values of that name; lists are split at their commas. Any case, compact names too.
    pub fn header_values(&self, name: &str) -> Vec<&str> {
        fields::values(&self.model.headers, name)
    }

    /// The sender's Via.
    pub fn top_via(&self) -> &Via {
        &self.head.vias[0]
    }

    /// From the sender's to the originator's.
    pub fn vias(&self) -> &[Via] {
        &self.head.vias
    }

    /// From.
    pub fn from(&self) -> &NameAddr {
        &self.head.from
    }

    /// To.
    pub fn to(&self) -> &NameAddr {
        &self.head.to
    }

    /// Call-ID.
    pub fn call_id(&self) -> &str {
        &self.head.call_id
    }

    /// CSeq.
    pub fn cseq(&self) -> &CSeq {
        &self.head.cseq
    }

    /// The first Contact.
    pub fn contact(&self) -> Option<&NameAddr> {
        self.head.contacts.first()
    }

    /// Every Contact; none for `Contact: *`.
    pub fn contacts(&self) -> &[NameAddr] {
        &self.head.contacts
    }

    /// Whether it is `Contact: *` (RFC 3261 section 10.2.2).
    pub fn has_contact_star(&self) -> bool {
        self.head.contact_star
    }

    /// Record-Route, top first.
    pub fn record_routes(&self) -> &[NameAddr] {
        &self.head.record_routes
    }

    /// Route, top first.
    pub fn routes(&self) -> &[NameAddr] {
        &self.head.routes
    }

    /// Max-Forwards; senders of RFC 2543 leave it out.
    pub fn max_forwards(&self) -> Option<u8> {
        self.head.max_forwards
    }

    /// Expires in seconds; numbers beyond `u32` are `u32::MAX`, and what is no number is as good as absent.
    pub fn expires(&self) -> Option<u32> {
        scan::seconds(self.header("Expires")?)
    }

    /// What this INVITE is to replace: from the header field, else from the Request-URI's headers, where some transferees
    /// leave it.
    ///
    /// # Errors
    /// When it is there and bad.
    pub fn replaces(&self) -> Result<Option<Replaces>, HeaderFault> {
        let in_uri = || self.uri_header("Replaces").map(|text| unmangled(&text));
        let text = self.header("Replaces").map(str::to_owned).or_else(in_uri);
        text.map(|text| Replaces::parse(&text).map_err(|fault| fault.of("Replaces"))).transpose()
    }

    /// The first URI header of that name in the Request-URI, decoded.
    pub fn uri_header(&self, name: &str) -> Option<String> {
        self.uri.headers().into_iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// Whom a REFER points to (RFC 3515).
    ///
    /// # Errors
    /// When it is there and bad.
    pub fn refer_to(&self) -> Result<Option<NameAddr>, HeaderFault> {
        let read = |text| NameAddr::parse(text).map_err(|fault| fault.of("Refer-To"));
        self.header("Refer-To").map(read).transpose()
    }

    /// Who transferred the call here (RFC 3892); `None` when it is bad.
    pub fn referred_by(&self) -> Option<NameAddr> {
        NameAddr::parse(self.header("Referred-By")?).ok()
    }

    /// Who diverted the call here, topmost (RFC 5806); `None` when it is bad.
    pub fn diversion(&self) -> Option<NameAddr> {
        NameAddr::parse(self.header_values("Diversion").first()?).ok()
    }

    /// P-Asserted-Identity (RFC 3325; a `sip:` one before a `tel:` one), else Remote-Party-ID.
    pub fn asserted_identity(&self) -> Option<NameAddr> {
        asserted_identity(&self.model.headers)
    }

    /// Every Reason that can be read (RFC 3326).
    pub fn reasons(&self) -> Vec<Reason> {
        self.header_values("Reason").into_iter().filter_map(|text| Reason::parse(text).ok()).collect()
    }

    /// The same request once more, in a transaction of its own, with one field added or replaced.
    #[must_use]
    pub fn again(&self, branch: &str, cseq: u32, name: &str, value: &str) -> Self {
        let mut via = self.top_via().clone();
        via.params.set("branch", Some(branch));
        let mut headers = self.model.headers.clone();
        fields::replace(&mut headers, "Via", &via.to_string());
        fields::replace(&mut headers, "CSeq", &CSeq { number: cseq, method: self.method.clone() }.to_string());
        fields::replace(&mut headers, name, value);
        let head = Head::read_loosely(&headers);
        Self::from_parts(self.method.clone(), self.uri.clone(), headers, head, self.body().to_vec())
    }

    /// The same request by another way: with this Via, which has a branch of its own, and this Contact if any.
    #[must_use]
    pub fn by(&self, via: &Via, contact: Option<&NameAddr>) -> Self {
        let mut headers = self.model.headers.clone();
        fields::replace(&mut headers, "Via", &via.to_string());
        if let Some(contact) = contact {
            fields::replace(&mut headers, "Contact", &contact.to_string());
        }
        let head = Head::read_loosely(&headers);
        Self::from_parts(self.method.clone(), self.uri.clone(), headers, head, self.body().to_vec())
    }

    /// Verbatim.
    pub fn body(&self) -> &[u8] {
        &self.model.body
    }

    /// Content-Type with its parameters.
    pub fn content_type(&self) -> Option<&str> {
        self.header("Content-Type")
    }

    /// The body when it is of this media type (in lower case), or the first such part of a multipart body.
    pub fn body_part(&self, media_type: &str) -> Option<&[u8]> {
        body::part(self.content_type()?, self.body(), media_type)
    }

    /// Notes in the top Via where the request came from (RFC 3261 section 18.2.1, RFC 3581 section 4).
    pub fn set_top_via_received(&mut self, source: SocketAddr) {
        let via = &mut self.head.vias[0];
        let is_source = via.host.parse::<IpAddr>().is_ok_and(|host| host == source.ip());
        let wants_port = via.params.has("rport");
        if !is_source || wants_port {
            via.params.set("received", Some(&source.ip().to_string()));
        }
        if wants_port {
            via.params.set("rport", Some(&source.port().to_string()));
        }
        let printed = self.head.vias.iter().map(Via::to_string).collect::<Vec<_>>();
        let mut headers = Headers::default();
        for via in &printed {
            fields::push(&mut headers, "Via", via);
        }
        fields::remove(&mut self.model.headers, "Via");
        headers.extend(std::mem::take(&mut self.model.headers).into());
        self.model.headers = headers;
    }

    /// The message for the wire: the head as the model prints it, then the body's bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let head = rsip::Request {
            method: self.model.method,
            uri: self.model.uri.clone(),
            version: self.model.version.clone(),
            headers: self.model.headers.clone(),
            body: Vec::new(),
        }
        .to_string();
        let head = match self.method.modelled() {
            Some(_) => head,
            None => head.replacen(self.model.method.to_string().as_str(), self.method.as_str(), 1),
        };
        [head.as_bytes(), self.body()].concat()
    }

    pub(super) fn headers(&self) -> &Headers {
        &self.model.headers
    }
}

/// Our own text in the one field that the model prints as it is.
fn modelled_uri(uri: &Uri) -> rsip::Uri {
    let host = rsip::Host::Domain(rsip::Domain::from(uri.as_str()));
    rsip::Uri { scheme: None, auth: None, host_with_port: host.into(), params: Vec::new(), headers: Vec::new() }
}

pub(super) fn asserted_identity(headers: &Headers) -> Option<NameAddr> {
    let of = |name| fields::values(headers, name).into_iter().filter_map(|text| NameAddr::parse(text).ok());
    let is_sip = |address: &NameAddr| matches!(address.uri.scheme(), "sip" | "sips");
    of("P-Asserted-Identity")
        .find(is_sip)
        .or_else(|| of("P-Asserted-Identity").next())
        .or_else(|| of("Remote-Party-ID").next())
}

/// Some baresip versions, as transferees, leave the Replaces of a Refer-To in their Request-URI with `?` for every
/// escaped `;` and `=`.
fn unmangled(replaces: &str) -> String {
    replaces.replace("?to-tag?", ";to-tag=").replace("?from-tag?", ";from-tag=").replace("?early-only", ";early-only")
}
