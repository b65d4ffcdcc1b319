//! Starts the talk station of a unit.

use super::open;
use super::{TalkLine, TalkThread, rings};
use crate::clock::Clock;
use crate::phone::{Order, Report, Telephone};
use crate::sound;
use crate::supervisor::{Supervisor, Urgency};
use anyhow::{Context, Result};
use orbitbox_config::Unit;
use std::net::SocketAddr;
use tokio::sync::{mpsc, oneshot};

/// Starts the thread, and the telephone that registers as the station beside the unit. Where there is no talk station it
/// does nothing. `handset` tells whether the handset was lifted or put back. The answer ends both when it is dropped or told.
///
/// # Errors
/// A file of the simulated board cannot be opened, or there is no socket or thread left.
pub async fn start(
    unit: &Unit,
    clock: Clock,
    sip: SocketAddr,
    mut handset: mpsc::Receiver<bool>,
    supervisor: &mut Supervisor,
) -> Result<Option<oneshot::Sender<()>>> {
    let (Some(station), Some(user)) = (&unit.talk, unit.panel.station.as_deref()) else { return Ok(None) };
    let microphone = sound::awaited_microphone(&station.capture, "the talk station").context("talk.capture")?;
    let speaker = open::awaited_speaker(station).context("talk.playback")?;
    let (talk_ends, line_ends) = rings();
    let thread = TalkThread::new(microphone, speaker, open::canceller(station.set), talk_ends);
    supervisor.start("talk station", Urgency::RealTime(45), move || thread.run())?;

    let line = Box::new(TalkLine::new(line_ends));
    let (telephone, orders, mut reports) = Telephone::with_sound(clock, "Talk station", Some(user), sip, line).await?;
    let telephone = if station.hook { telephone.on_hook() } else { telephone };
    let has_hook = station.hook;
    let (stop, stopped) = oneshot::channel::<()>();
    supervisor.start_task("talk station's telephone", async move {
        let told = async {
            while let Some(report) = reports.recv().await {
                match report {
                    Report::Registered(200) | Report::Rings | Report::Answered | Report::Ended(_) => {
                        tracing::debug!(?report, "the talk station");
                    }
                    Report::Registered(status) => tracing::warn!(status, "the talk station cannot register"),
                }
            }
        };
        let until_stopped = async {
            let hook = async {
                while let Some(lifted) = handset.recv().await {
                    if has_hook {
                        orders.send(if lifted { Order::Lift } else { Order::PutBack }).await.ok();
                    }
                }
            };
            tokio::select! {
                _ = stopped => {}
                () = hook => {}
            }
            drop(orders);
        };
        tokio::join!(telephone.run(), told, until_stopped);
        Ok(())
    });
    Ok(Some(stop))
}
