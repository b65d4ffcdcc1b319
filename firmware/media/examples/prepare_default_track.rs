//! Prepares `tracks/default.flac` in every codec, into the folder given. See `tracks/README.md`.

use orbitbox_audio::codec::Codec;
use orbitbox_audio::decode::decode;
use orbitbox_audio::prepare::{Shape, written};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// What it measures.
const LOUDNESS: f32 = -24.0;

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1).map(PathBuf::from) else { return ExitCode::from(2) };
    let flac = include_bytes!("../tracks/default.flac");
    let Ok(pcm) = decode(flac, Duration::from_secs(300)) else { return ExitCode::FAILURE };
    for codec in Codec::ALL {
        let bytes = written(&pcm, codec, Shape::Loop, LOUDNESS, [0; 32]);
        let path = folder.join(format!("default.{}.frames", codec.name().to_lowercase()));
        if std::fs::write(path, bytes).is_err() {
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
