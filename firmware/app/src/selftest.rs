//! `orbitbox selftest`: the unit calls itself over loopback and listens to what comes back.

use crate::assemble::{self, Running};
use crate::clock::Clock;
use crate::configuration::Chosen;
use crate::control_loop::Stop;
use crate::life::Life;
use crate::phone::{Ear, Order, Report, Telephone, Voice};
use anyhow::{Result, bail};
use orbitbox_audio::{detect, tone};
use orbitbox_config::{Speaker, Unit};
use orbitbox_panel::{Face, Key, KeyEdge, Lamp};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;
use tokio::sync::{broadcast, mpsc, watch};
use tokio::time::timeout;

/// Longer than any step takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often an ear is asked.
const LISTEN_EVERY: Duration = Duration::from_millis(50);
/// What the caller and the station sing, so that each can be told from the other, from music and from the chime.
const CALLER_HZ: f64 = 620.0;
const STATION_HZ: f64 = 1_130.0;
/// A tone at its singer's level is far above this; music and speech never are at these frequencies.
const TONE_DB: f64 = -30.0;
const SINGING_DB: f32 = -12.0;

/// Runs every step; `print` gets one line each.
///
/// # Errors
/// When a step failed.
pub async fn run(print: impl FnMut(String)) -> Result<()> {
    let loopback = IpAddr::V4(Ipv4Addr::LOCALHOST);
    run_on(loopback, [loopback, loopback], print).await
}

/// The same, listening there, with the caller and the station calling these addresses.
async fn run_on(listen: IpAddr, reached: [IpAddr; 2], mut print: impl FnMut(String)) -> Result<()> {
    let mut bench = Bench::new(listen, reached).await?;
    let mut failed = 0usize;
    let mut say = |step: &str, passed: bool| {
        failed += usize::from(!passed);
        print(format!("{}  {step}", if passed { "pass" } else { "FAIL" }));
        passed
    };
    say("the station beside the unit registers", bench.registers().await);
    if say("a call is parked", bench.parks().await) {
        say("the caller hears music", bench.hears_music().await);
        say("the orbit's lamp is lit and the digits show it", bench.lamp(|lamp| lamp != Lamp::Off).await);
        say("the orbit is announced on the speaker", bench.page_is_rendered().await);
        say("the orbit's key brings the call to the station", bench.key_retrieves().await);
        say("the station hears the caller", hears(&bench.station.ear, CALLER_HZ).await);
        say("the caller hears the station", hears(&bench.caller.ear, STATION_HZ).await);
        say("the lamp is dark again", bench.lamp(|lamp| lamp == Lamp::Off).await);
        say("both sides hang up cleanly", bench.hangs_up().await);
    }
    let Bench { running, caller, station, keys, .. } = bench;
    // The telephones end when nobody can give them orders any more.
    drop((caller, station, keys));
    running.stop(Stop::EndCalls).await?;
    if failed > 0 {
        bail!("{failed} steps have failed");
    }
    Ok(())
}

struct Phone {
    orders: mpsc::Sender<Order>,
    reports: mpsc::Receiver<Report>,
    ear: Ear,
}

struct Bench {
    running: Running,
    face: watch::Receiver<Face>,
    heard: broadcast::Receiver<std::sync::Arc<[i16]>>,
    keys: mpsc::Sender<KeyEdge>,
    caller: Phone,
    station: Phone,
    pilot: String,
}

impl Bench {
    async fn new(listen: IpAddr, reached: [IpAddr; 2]) -> Result<Self> {
        let mut unit = Unit::built_in();
        unit.sip.listen = SocketAddr::new(listen, 0);
        unit.speaker = Speaker::Silent;
        let Some(station) = unit.panel.station.clone() else { bail!("the built-in configuration has no station") };
        let pilot = unit.lots.first().map(|lot| lot.pilot.clone()).unwrap_or_default();
        let mut running = assemble::start(&Chosen::without_file(unit), None, &Life::default()).await?;
        let caller = Self::phone(&mut running, reached[0], "Caller", None, CALLER_HZ).await?;
        let station = Self::phone(&mut running, reached[1], "Station", Some(&station), STATION_HZ).await?;
        let (face, heard, keys) = (running.face.clone(), running.heard.subscribe(), running.keys.clone());
        Ok(Self { running, face, heard, keys, caller, station, pilot })
    }

    async fn phone(running: &mut Running, unit: IpAddr, name: &str, station: Option<&str>, hz: f64) -> Result<Phone> {
        let voice = Voice(tone::sine(8_000, hz, SINGING_DB, Duration::from_secs(1)));
        let (telephone, orders, reports, ear) =
            Telephone::new(Clock::start(), name, station, SocketAddr::new(unit, running.sip.port()), voice).await?;
        running.supervisor.start_task("telephone", async move {
            telephone.run().await;
            Ok(())
        });
        Ok(Phone { orders, reports, ear })
    }

    async fn registers(&mut self) -> bool {
        self.station.reported(Report::Registered(200)).await
    }

    async fn parks(&mut self) -> bool {
        let call = Order::Call { number: self.pilot.clone(), referred_by: Some("101".to_owned()) };
        self.caller.orders.send(call).await.is_ok() && self.caller.reported(Report::Answered).await
    }

    async fn hears_music(&mut self) -> bool {
        eventually(|| {
            let heard = self.caller.ear.samples();
            heard.len() >= 4_000 && detect::level_db(&heard) > -45.0
        })
        .await
    }

    async fn lamp(&mut self, right: impl Fn(Lamp) -> bool) -> bool {
        let lit = |face: &Face| face.lamps.first().is_some_and(|(_, lamp)| right(*lamp));
        timeout(PATIENCE, self.face.wait_for(lit)).await.is_ok_and(|face| face.is_ok())
    }

    async fn page_is_rendered(&mut self) -> bool {
        let loud = async {
            let mut loud = 0usize;
            while loud < 30 {
                match self.heard.recv().await {
                    Ok(frame) => loud += usize::from(detect::level_db(&frame) > -35.0),
                    Err(broadcast::error::RecvError::Lagged(_)) => {}
                    Err(broadcast::error::RecvError::Closed) => return false,
                }
            }
            true
        };
        timeout(PATIENCE, loud).await.unwrap_or(false)
    }

    async fn key_retrieves(&mut self) -> bool {
        let Some(orbit) = self.face.borrow().lamps.first().map(|(orbit, _)| *orbit) else { return false };
        for pressed in [true, false] {
            if self.keys.send(KeyEdge { key: Key::Orbit(orbit), pressed }).await.is_err() {
                return false;
            }
        }
        self.station.reported(Report::Answered).await
    }

    async fn hangs_up(&mut self) -> bool {
        self.station.orders.send(Order::HangUp).await.is_ok() && self.caller.reported(Report::Ended(None)).await
    }
}

impl Phone {
    async fn reported(&mut self, wanted: Report) -> bool {
        let wait = async {
            while let Some(report) = self.reports.recv().await {
                if report == wanted {
                    return true;
                }
            }
            false
        };
        timeout(PATIENCE, wait).await.unwrap_or(false)
    }
}

async fn hears(ear: &Ear, hz: f64) -> bool {
    eventually(|| {
        let heard = ear.samples();
        heard.len() >= 1_600 && detect::tone_db(&heard[heard.len() - 1_600..], 8_000, hz) > TONE_DB
    })
    .await
}

async fn eventually(mut true_now: impl FnMut() -> bool) -> bool {
    let mut looks = tokio::time::interval(LISTEN_EVERY);
    let wait = async {
        while !true_now() {
            looks.tick().await;
        }
    };
    timeout(PATIENCE, wait).await.is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv6Addr;

    /// Where the unit listens, and where the caller and the station reach it.
    async fn passes(listen: impl Into<IpAddr>, caller: impl Into<IpAddr>, station: impl Into<IpAddr>) {
        let mut lines = Vec::new();
        let outcome = run_on(listen.into(), [caller.into(), station.into()], |line| lines.push(line)).await;
        assert!(outcome.is_ok(), "{outcome:?} {lines:#?}");
    }

    #[tokio::test]
    async fn calls_go_over_either_family_and_between_them() {
        let (four, six) = (Ipv4Addr::LOCALHOST, Ipv6Addr::LOCALHOST);
        if std::net::UdpSocket::bind((six, 0)).is_err() {
            // A machine without IPv6 cannot tell.
            return passes(four, four, four).await;
        }
        tokio::join!(passes(six, six, six), passes(Ipv6Addr::UNSPECIFIED, six, four));
    }
}
