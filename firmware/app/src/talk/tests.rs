//! The talk station of a whole unit: a caller is parked, a key brings the call to the handset, both are heard.

use crate::assemble;
use crate::clock::Clock;
use crate::configuration::Chosen;
use crate::control_loop::Stop;
use crate::phone::{Order, Report, Telephone, Voice};
use orbitbox_admin::Status;
use orbitbox_audio::{detect, tone, wav};
use orbitbox_config::{Microphone, Sources, Speaker, TalkSet, TalkStation, Unit};
use orbitbox_panel::{Key, KeyEdge, Lamp};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(30);
const LISTEN_EVERY: Duration = Duration::from_millis(50);
/// What the caller sings, at -12 dB.
const CALLER_HZ: f64 = 620.0;
/// What is said into the talk station, at -18 dB.
const STATION_HZ: u16 = 1_130;

#[tokio::test]
async fn a_key_brings_a_parked_caller_to_the_handset() {
    brought(false).await;
}

#[tokio::test]
async fn a_call_rings_until_the_handset_is_lifted_and_ends_when_it_is_put_back() {
    brought(true).await;
}

async fn brought(hook: bool) {
    let folder = tempfile::tempdir().expect("a place for the recording");
    let path = folder.path().join("handset.wav");
    let mut unit = Unit::built_in();
    unit.sip.listen = "127.0.0.1:0".parse().expect("an address");
    // A unit that listens to nobody it does not know listens to its own talk station.
    unit.sip.sources = Sources::Known;
    unit.sip.networks.clear();
    unit.lots[0].park_by = vec![orbitbox_config::Who::Anyone];
    unit.speaker = Speaker::Silent;
    unit.data_directory = folder.path().to_owned();
    let (playback, capture) = (Speaker::Wav(path.clone()), Microphone::Tone(STATION_HZ));
    unit.talk = Some(TalkStation { set: TalkSet::Handset, playback, capture, hook });
    let pilot = unit.lots[0].pilot.clone();
    let chosen = Chosen::without_file(unit);
    let mut running = assemble::start(&chosen, None, &crate::life::Life::default()).await.expect("a unit");
    let (mut face, mut status, keys) = (running.face.clone(), running.status.clone(), running.keys.clone());

    let voice = Voice(tone::sine(8_000, CALLER_HZ, -12.0, Duration::from_secs(1)));
    let (telephone, orders, mut reports, ear) =
        Telephone::new(Clock::start(), "Caller", None, running.sip, voice).await.expect("a telephone");
    running.supervisor.start_task("telephone", async move {
        telephone.run().await;
        Ok(())
    });
    let registered = timeout(PATIENCE, status.wait_for(|status| status.alerts.is_empty())).await;
    registered.expect("the talk station registers").expect("a status");
    orders.send(Order::Call { number: pilot, referred_by: Some("101".to_owned()) }).await.expect("an order");
    assert_eq!(timeout(PATIENCE, reports.recv()).await.expect("an answer"), Some(Report::Answered));
    let lit = timeout(PATIENCE, face.wait_for(|face| face.lamps[0].1 != Lamp::Off)).await.expect("a lamp");
    let orbit = lit.expect("a face").lamps[0].0;
    let press = async |key| {
        for pressed in [true, false] {
            keys.send(KeyEdge { key, pressed }).await.expect("a key");
        }
    };
    press(Key::Orbit(orbit)).await;
    if hook {
        let told =
            |text: &'static str| move |status: &Arc<Status>| status.recent.iter().any(|line| line.text.contains(text));
        timeout(PATIENCE, status.wait_for(told("Calling"))).await.expect("it rings").expect("a status");
        // Whoever hung up on a call would end it; one that rings goes back to its orbit.
        press(Key::Function).await;
        timeout(PATIENCE, status.wait_for(told("ended by its key"))).await.expect("it is heard of").expect("a status");
        keys.send(KeyEdge { key: Key::Hook, pressed: true }).await.expect("a key");
        press(Key::Orbit(orbit)).await;
    }
    eventually("the caller hears the handset", || {
        let heard = ear.samples();
        heard.len() == 8_000 && is_alone(&heard[6_400..], 8_000, f64::from(STATION_HZ), -18.0)
    })
    .await;
    eventually("the handset hears the caller", || {
        let played = wav::read(&std::fs::read(&path).unwrap_or_default()).map(|pcm| pcm.samples).unwrap_or_default();
        played.last_chunk::<9_600>().is_some_and(|played| is_alone(played, 48_000, CALLER_HZ, -12.0))
    })
    .await;
    if hook {
        keys.send(KeyEdge { key: Key::Hook, pressed: false }).await.expect("a key");
        assert_eq!(timeout(PATIENCE, reports.recv()).await.expect("an end"), Some(Report::Ended(None)));
    } else {
        orders.send(Order::HangUp).await.expect("an order");
    }
    drop((orders, keys));
    running.stop(Stop::EndCalls).await.expect("a unit that stops");
}

/// Whether there is this tone at about this level, and hardly anything else.
fn is_alone(samples: &[i16], rate: u32, hz: f64, level_db: f64) -> bool {
    let (tone, all) = (detect::tone_db(samples, rate, hz), detect::level_db(samples));
    (tone - level_db).abs() < 1.0 && (all + 3.0 - level_db).abs() < 1.0
}

async fn eventually(what: &str, mut true_now: impl FnMut() -> bool) {
    let mut looks = tokio::time::interval(LISTEN_EVERY);
    let wait = async {
        while !true_now() {
            looks.tick().await;
        }
    };
    timeout(PATIENCE, wait).await.expect(what);
}
