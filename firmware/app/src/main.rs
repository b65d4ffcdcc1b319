//! Orbitbox: the firmware of a wall unit that is the call-park server.

mod admission;
mod ask;
mod assemble;
mod audio_thread;
mod backup;
mod clock;
mod command_line;
mod configuration;
mod contacts;
mod control_loop;
mod front;
mod in_a_line;
mod inlet_thread;
mod installer;
mod journal;
mod keys;
mod life;
mod limits;
mod line_in_thread;
mod log;
mod multicast;
mod music;
mod music_thread;
mod overhead;
mod overhead_music;
mod phone;
mod prompts;
mod provision;
mod relays;
mod replace;
mod resolver;
mod selftest;
mod serve;
mod simulation;
mod sockets;
mod sound;
mod sounds;
mod speaker_thread;
mod status;
mod streams;
mod stuck_keys;
mod supervisor;
mod system_random;
mod talk;
mod told;
mod trace;
mod update;
mod watchdog;

use std::process::ExitCode;

fn main() -> ExitCode {
    command_line::run()
}
