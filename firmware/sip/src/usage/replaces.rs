//! INVITE with Replaces (RFC 3891).

use crate::dialog::DialogId;
use crate::endpoint::Endpoint;
use crate::message::{Replaces, Request};
use crate::{InviteId, Replaced};

impl Endpoint {
    /// The usage that the request is to replace. An error is the status to refuse with: 481 when there is no such
    /// dialog, 400 when the header cannot be read.
    pub(crate) fn replaced(&self, request: &Request) -> Result<Option<Replaced>, u16> {
        let Some(replaces) = request.replaces().map_err(|_| 400u16)? else { return Ok(None) };
        let id = self.named_by(&replaces).ok_or(481u16)?;
        Ok(Some(Replaced { id, early_only: replaces.early_only }))
    }

    /// The usage whose dialog is named, if it is still up.
    pub(crate) fn named_by(&self, replaces: &Replaces) -> Option<InviteId> {
        let dialog = |local: &str, remote: &str| DialogId {
            call_id: replaces.call_id.clone(),
            local_tag: local.to_owned(),
            remote_tag: remote.to_owned(),
        };
        // The to-tag is the receiver's by the book; some phones name the tags as they saw them themselves.
        let found = [(&replaces.to_tag, &replaces.from_tag), (&replaces.from_tag, &replaces.to_tag)]
            .into_iter()
            .find_map(|(local, remote)| self.dialogs.get(&dialog(local, remote)));
        let live = |id: &&InviteId| self.usages.get(id).is_some_and(|usage| !usage.reported);
        found.filter(live).copied()
    }
}
