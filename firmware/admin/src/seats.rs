//! How many can use the page at once.

use std::sync::Arc;
use tokio::sync::Semaphore;

/// How many pages can be live at once.
const MAX_LIVE_PAGES: usize = 24;
/// How many can listen to the speaker at once.
const MAX_LISTENERS: usize = 8;
/// How many files can come in at once.
const MAX_UPLOADS: usize = 2;
/// Connections at once; further ones wait in the listener's queue.
pub const MAX_CONNECTIONS: usize = 64;

/// Places for those who use the page; clones are of the same places.
#[derive(Debug, Clone)]
pub struct Seats {
    pub(crate) live_pages: Arc<Semaphore>,
    pub(crate) listeners: Arc<Semaphore>,
    pub(crate) uploads: Arc<Semaphore>,
    pub(crate) connections: Arc<Semaphore>,
}

impl Default for Seats {
    fn default() -> Self {
        let free = |most| Arc::new(Semaphore::new(most));
        Self {
            live_pages: free(MAX_LIVE_PAGES),
            listeners: free(MAX_LISTENERS),
            uploads: free(MAX_UPLOADS),
            connections: free(MAX_CONNECTIONS),
        }
    }
}

impl Seats {
    /// What people take them for, how many are taken, and how many there are.
    pub fn taken(&self) -> [(&'static str, usize, usize); 3] {
        let taken = |places: &Semaphore, most: usize| most.saturating_sub(places.available_permits());
        [
            ("open web pages", taken(&self.live_pages, MAX_LIVE_PAGES), MAX_LIVE_PAGES),
            ("listeners on the web page", taken(&self.listeners, MAX_LISTENERS), MAX_LISTENERS),
            ("connections to the web page", taken(&self.connections, MAX_CONNECTIONS), MAX_CONNECTIONS),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_comes_takes_a_place_and_who_goes_gives_it_back() {
        let seats = Seats::default();
        let seen = seats.clone();
        let place = seats.live_pages.try_acquire().unwrap();
        assert_eq!(seen.taken()[0], ("open web pages", 1, MAX_LIVE_PAGES));
        drop(place);
        assert!(seen.taken().iter().all(|(_, used, most)| *used == 0 && *most > 0));
    }
}
