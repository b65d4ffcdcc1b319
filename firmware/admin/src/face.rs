//! A face as JSON.

use orbitbox_panel::{Face, Lamp};
use serde_json::{Value, json};

/// `{"digits":"71","lamps":[{"orbit":"71","lamp":"on"}],"brightness":15}`
pub(crate) fn to_json(face: &Face) -> Value {
    let lamps: Vec<Value> =
        face.lamps.iter().map(|(orbit, lamp)| json!({ "orbit": orbit.to_string(), "lamp": pattern(*lamp) })).collect();
    json!({ "digits": face.digits, "lamps": lamps, "brightness": face.brightness })
}

fn pattern(lamp: Lamp) -> &'static str {
    match lamp {
        Lamp::Off => "off",
        Lamp::On => "on",
        Lamp::SlowBlink => "slow-blink",
        Lamp::FastBlink => "fast-blink",
        Lamp::DoubleBlink => "double-blink",
    }
}
