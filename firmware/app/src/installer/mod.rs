//! `orbitbox board check` and `orbitbox board learn`: what whoever mounts a unit is helped with, on the real board.

mod check;
mod learn;

pub use check::check;
pub use learn::{Lesson, learn};

use crate::clock::Clock;
use anyhow::{Result, anyhow};
use orbitbox_board::front::WiredFront;
use orbitbox_board::installer::Course;
use orbitbox_board::keys::{KeyNews, KeyWatch, WiredKeys};
use orbitbox_board::relay::Relay;
use orbitbox_panel::Face;
use std::io::Write;

/// Joins a course to the board until it is over. The board is left dark, and its relays off.
fn run(
    course: &mut impl Course,
    mut front: WiredFront,
    keys: Vec<Box<dyn WiredKeys>>,
    mut relays: Vec<Relay>,
    out: &mut impl Write,
) -> Result<()> {
    let (_stop, mut watch) = KeyWatch::new(keys)?;
    let clock = Clock::start();
    while course.poll_timeout().is_some() {
        let now = clock.now();
        let mut edges = front.attend(now, &course.face());
        edges.extend(watch.step(now).into_iter().filter_map(|news| match news {
            KeyNews::Edge(edge) => Some(edge),
            KeyNews::Lost { .. } | KeyNews::Back { .. } => None,
        }));
        for edge in edges {
            course.handle_edge(now, edge);
        }
        course.handle_timeout(now);
        for (place, relay) in relays.iter_mut().enumerate() {
            relay.switch(course.relay() == Some(place)).map_err(|fault| anyhow!("{}: {fault}", relay.describe()))?;
        }
        while let Some(line) = course.poll_line() {
            writeln!(out, "{line}")?;
            out.flush()?;
        }
        watch.wait(WiredFront::ATTENDED_EVERY)?;
    }
    front.attend(clock.now(), &Face::default());
    Ok(())
}
