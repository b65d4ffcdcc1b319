//! How much of the limits is in use.

use crate::{Endpoint, Limits};

impl Endpoint {
    /// The limits in force.
    pub fn limits(&self) -> Limits {
        self.settings.limits
    }

    /// How much there is at present of what each of them bounds. `contacts` is of the station that has most of them, and
    /// `subscriptions_of_one` of the address.
    pub fn used(&self) -> Limits {
        Limits {
            transactions: self.servers.len() + self.clients.len(),
            usages: self.usages.len(),
            contacts: self.registrar.most_contacts(),
            subscriptions: self.subscriptions.len(),
            subscriptions_of_one: self.subscriptions.most_from_one(),
        }
    }
}
