//! Peers behind a router that translates addresses, and do not know what theirs has become: they are answered where they were
//! heard. A peer shows it by calling itself by an address that it cannot have sent from, with nobody between us who could
//! have said the right one.

use crate::Flow;
use crate::message::{Request, Response, Uri};
use std::net::IpAddr;

/// Whether whoever sent the request, and is to be reached at this target, must be reached by the way it took.
pub(super) fn stands_before(request: &Request, target: &Uri, flow: Flow) -> bool {
    let via = request.top_via();
    let direct = request.vias().len() == 1 && request.record_routes().is_empty();
    direct && elsewhere(target, flow) && via.host == target.host()
}

/// Whether whoever answered, and is to be reached at this target, must be reached by the way our request took: that was
/// sent there in spite of the address it was for, as registered.
pub(super) fn stood_before(request: &Request, response: &Response, target: &Uri, flow: Flow) -> bool {
    let direct = response.record_routes().is_empty() && request.routes().is_empty();
    direct && elsewhere(request.uri(), flow) && request.uri().host() == target.host()
}

/// The URI has an address, and it is not the one at the other end.
fn elsewhere(uri: &Uri, flow: Flow) -> bool {
    uri.host().parse().is_ok_and(|host: IpAddr| host != flow.remote.ip())
}
