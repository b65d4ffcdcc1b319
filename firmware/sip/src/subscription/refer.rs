//! Somebody asks the unit to call (RFC 3515), and is told what came of it.

use super::subscribe::own_tag;
use super::{Path, Stage, Subscription};
use crate::dialog::Dialog;
use crate::endpoint::Endpoint;
use crate::message::{Replaces, Request, Response, Uri};
use crate::transaction::ServerKey;
use crate::transaction::timers::Due;
use crate::{Body, Event, Flow, InviteId, Referred, SubscriptionId};
use std::time::Duration;

pub(crate) const PACKAGE: &str = "refer";
/// What became of a REFER is told for so long.
const FOLLOWED_FOR: Duration = Duration::from_secs(300);

impl Endpoint {
    /// A REFER, within a call's dialog or outside any.
    pub(crate) fn referred(
        &mut self,
        now: Duration,
        key: ServerKey,
        request: &Request,
        flow: Flow,
        within: Option<InviteId>,
    ) {
        let refer_to = match request.refer_to() {
            Ok(Some(refer_to)) if request.header_values("Refer-To").len() == 1 => refer_to,
            Ok(_) => return self.reply_with(now, &key, 400, Some("One Refer-To is needed"), &[]),
            Err(_) => return self.reply_with(now, &key, 400, Some("Refer-To cannot be read"), &[]),
        };
        if !matches!(refer_to.uri.scheme(), "sip" | "tel") {
            return self.reply(now, &key, 416);
        }
        if refer_to.uri.param("method").is_some_and(|method| !method.eq_ignore_ascii_case("INVITE")) {
            return self.reply_with(now, &key, 403, Some("Only calls can be asked for"), &[]);
        }
        let replaces = refer_to.uri.headers().into_iter().find(|(name, _)| name.eq_ignore_ascii_case("Replaces"));
        let replaces = match replaces.map(|(_, value)| Replaces::parse(&value)).transpose() {
            Ok(replaces) => replaces,
            Err(_) => return self.reply_with(now, &key, 400, Some("Replaces cannot be read"), &[]),
        };
        let limits = self.settings.limits;
        let source = flow.remote.ip();
        let full = self.subscriptions.len() >= limits.subscriptions
            || self.subscriptions.count_from(source) >= limits.subscriptions_of_one;
        if full {
            return self.reply_with(now, &key, 503, None, &[("Retry-After", "10")]);
        }
        // The first REFER in a dialog needs no id (RFC 3515 section 2.4.6).
        let again = within.is_some_and(|call| self.subscriptions.follows(call));
        let event = if again { format!("{PACKAGE};id={}", request.cseq().number) } else { PACKAGE.to_owned() };
        let path = match within {
            Some(call) => Path::Call(call),
            None => {
                let tag = self.token();
                let contact = flow.contact(request.uri().user());
                Path::Own(Box::new(Dialog::of_request(request, &tag, contact, self.first_cseq(), flow)))
            }
        };
        let replaced = replaces.as_ref().and_then(|replaces| self.named_by(replaces));
        let mut subscription = Subscription::new(path, Stage::Asked(key), event, now + FOLLOWED_FOR, source);
        let unwanted = |value: &str| value.trim().eq_ignore_ascii_case("false");
        subscription.silent = request.header("Refer-Sub").is_some_and(unwanted);
        let id = self.subscriptions.insert(subscription);
        let referred = Referred {
            id,
            within,
            request_uri: request.uri().clone(),
            refer_to,
            replaces,
            replaced,
            referred_by: request.referred_by(),
            from: request.from().clone(),
            flow,
        };
        self.events.push_back(Event::Referred(Box::new(referred)));
    }

    /// We will try: 202, and a NOTIFY that says so unless none is wanted. Report what comes of it with `report_refer`.
    pub fn accept_refer(&mut self, now: Duration, id: SubscriptionId) {
        let Some(subscription) = self.subscriptions.of_mut(id) else { return };
        let Stage::Asked(key) = subscription.stage.clone() else { return };
        subscription.stage = Stage::Active;
        let (silent, tag, expires_at) = (subscription.silent, own_tag(&subscription.path), subscription.expires_at);
        let Some((request, flow)) =
            self.servers.get(&key).and_then(|server| Some((server.request.clone()?, server.flow)))
        else {
            return;
        };
        let mut response = Response::builder_for(&request, 202, None)
            .record_routes_of(&request)
            .contact(&flow.contact(request.uri().user()))
            .header("Server", &self.settings.server_name);
        if !tag.is_empty() {
            response = response.to_tag(&tag);
        }
        if silent {
            response = response.header("Refer-Sub", "false");
        }
        self.respond(now, &key, &response.build());
        self.agenda.add(Some(expires_at), Due::Subscription(id));
        self.report_refer(now, id, 100, "Trying", None);
    }

    /// Tells the referrer how the call goes (a `message/sipfrag`, RFC 3420); a final status is the last word. `contact` is
    /// what was reached.
    pub fn report_refer(
        &mut self,
        now: Duration,
        id: SubscriptionId,
        status: u16,
        reason: &str,
        contact: Option<&Uri>,
    ) {
        let Some(subscription) = self.subscriptions.of_mut(id) else { return };
        let last = status >= 200;
        if last {
            subscription.stage = Stage::Ending("noresource");
        }
        if subscription.silent {
            if last {
                self.forget_refer(id);
            }
            return;
        }
        let contact = contact.map(|uri| format!("Contact: <{uri}>\r\n")).unwrap_or_default();
        let bytes = format!("SIP/2.0 {status} {reason}\r\n{contact}").into_bytes();
        let body = Body { content_type: "message/sipfrag;version=2.0".to_owned(), bytes };
        if subscription.in_flight && !last {
            subscription.queued = Some(body);
            return;
        }
        self.send_notify(now, id, Some(body));
    }

    /// We will not.
    pub fn refuse_refer(&mut self, now: Duration, id: SubscriptionId, status: u16, reason: &str) {
        if let Some(Subscription { stage: Stage::Asked(key), .. }) = self.subscriptions.remove(id) {
            self.reply_with(now, &key, status.clamp(300, 699), Some(reason), &[]);
        }
    }

    fn forget_refer(&mut self, id: SubscriptionId) {
        if let Some(gone) = self.subscriptions.remove(id) {
            self.agenda.remove(Some(gone.expires_at), Due::Subscription(id));
        }
    }
}
