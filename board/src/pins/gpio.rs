//! A key on a line, by the kernel's character device of its chip.

use super::found::{NOWHERE, found};
use super::{Bias, Follower, InputLine};
use crate::keys::{KeySource, WiredKeys};
use gpiocdev::Request;
use gpiocdev::line::{EdgeDetection, EdgeKind, Value};
use orbitbox_panel::{Key, KeyEdge};
use std::os::fd::{AsFd, BorrowedFd};

/// Edges read at one time; the kernel keeps as many for each line.
const BATCH: usize = 16;
/// Batches read at one time: a line that never rests must not keep the other ones waiting.
const MOST_BATCHES: usize = 16;

/// A key on a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyLine {
    /// The line.
    pub line: InputLine,
    /// The key.
    pub key: Key,
}

impl WiredKeys for KeyLine {
    fn describe(&self) -> String {
        format!("{} ({})", self.line.line, self.key)
    }

    fn keys(&self) -> Vec<Key> {
        vec![self.key]
    }

    fn open(&self) -> Result<Box<dyn KeySource>, String> {
        let name = &self.line.line;
        let Some(found) = found(name) else {
            #[cfg(feature = "rppal")]
            if let Some(source) = super::rppal::open(self) {
                return source.map(|source| Box::new(source) as Box<dyn KeySource>);
            }
            return Err(NOWHERE.to_owned());
        };
        let mut wanted = Request::builder();
        wanted.with_consumer("orbitbox").with_found_line(&found?).as_input();
        if self.line.active_low {
            wanted.as_active_low();
        }
        if let Some(bias) = self.line.bias {
            wanted.with_bias(match bias {
                Bias::PullUp => gpiocdev::line::Bias::PullUp,
                Bias::PullDown => gpiocdev::line::Bias::PullDown,
                Bias::None => gpiocdev::line::Bias::Disabled,
            });
        }
        wanted.with_edge_detection(EdgeDetection::BothEdges).with_kernel_event_buffer_size(BATCH as u32);
        if !self.line.debounce.is_zero() {
            wanted.with_debounce_period(self.line.debounce);
        }
        match wanted.request() {
            Ok(request) => Ok(Box::new(OpenLine { request, follower: Follower::new(self.key) })),
            // Somebody may have come first.
            Err(error) => Err(self::found(name).and_then(Result::err).unwrap_or_else(|| error.to_string())),
        }
    }
}

struct OpenLine {
    request: Request,
    follower: Follower,
}

impl AsFd for OpenLine {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.request.as_fd()
    }
}

impl KeySource for OpenLine {
    fn read(&mut self, told: &mut Vec<KeyEdge>) -> Result<(), String> {
        let size = self.request.edge_event_u64_size();
        let mut buffer = vec![0u64; size * BATCH];
        for _ in 0..MOST_BATCHES {
            if !self.request.has_edge_event().map_err(|error| error.to_string())? {
                break;
            }
            let read = self.request.read_edge_events_into_slice(&mut buffer).map_err(|error| error.to_string())?;
            for event in buffer.get(..read).unwrap_or_default().chunks_exact(size) {
                let event = self.request.edge_event_from_slice(event).map_err(|error| error.to_string())?;
                self.follower.edge(event.seqno, event.kind == EdgeKind::Rising, told);
            }
        }
        if self.follower.doubts() { self.look(told) } else { Ok(()) }
    }

    fn look(&mut self, told: &mut Vec<KeyEdge>) -> Result<(), String> {
        let level = self.request.lone_value().map_err(|error| error.to_string())?;
        told.extend(self.follower.level(level == Value::Active));
        Ok(())
    }

    fn let_go(&mut self) -> Vec<KeyEdge> {
        self.follower.level(false).into_iter().collect()
    }
}
