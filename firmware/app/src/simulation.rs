//! What the simulated board adds for somebody without phones: a caller who can be called in, and a station beside the
//! unit that answers.

use crate::clock::Clock;
use crate::phone::{Ear, Order, Report, Telephone, Voice};
use anyhow::Result;
use orbitbox_audio::{Pcm, tone};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::sync::mpsc;

/// How long the built-in caller waits and talks before it hangs up.
const PATIENCE: Duration = Duration::from_secs(15 * 60);

/// The station beside the unit, as long as somebody waits for it; without one for ever too.
pub async fn station(beside: Option<(Telephone, mpsc::Sender<Order>, mpsc::Receiver<Report>, Ear)>) {
    if let Some((telephone, _orders, mut reports, _ear)) = beside {
        let log = async {
            while let Some(report) = reports.recv().await {
                if let Report::Registered(status) = report {
                    tracing::debug!(status, "the built-in station has registered");
                }
            }
        };
        tokio::join!(telephone.run(), log);
    }
    std::future::pending().await
}

/// Places a call to the pilot, as if `parker` had transferred it, whenever somebody asks for one. Each caller is a
/// telephone of its own, up to `MOST` at a time.
pub async fn callers(
    clock: Clock,
    unit: SocketAddr,
    pilot: String,
    parker: Option<String>,
    mut wishes: mpsc::Receiver<()>,
) -> Result<()> {
    const MOST: usize = 8;
    const NAMES: [&str; MOST] = ["Alice", "Bruno", "Chloe", "Deniz", "Emil", "Farah", "Gus", "Hana"];
    let mut lines = tokio::task::JoinSet::new();
    let mut next = 0usize;
    while wishes.recv().await.is_some() {
        while lines.try_join_next().is_some() {}
        if lines.len() >= MOST {
            tracing::info!("every built-in caller is in a call already");
            continue;
        }
        let name = NAMES[next % MOST];
        next += 1;
        let (telephone, orders, mut reports, _ear) = Telephone::new(clock, name, None, unit, voice(440.0)).await?;
        orders.send(Order::Call { number: pilot.clone(), referred_by: parker.clone() }).await?;
        lines.spawn(async move {
            let ended = async {
                while let Some(report) = reports.recv().await {
                    if let Report::Ended(status) = report {
                        tracing::info!(name, ?status, "the built-in caller's call has ended");
                        break;
                    }
                }
                drop(orders);
            };
            tokio::join!(telephone.run(), async {
                tokio::time::timeout(PATIENCE, ended).await.ok();
            });
        });
    }
    lines.shutdown().await;
    Ok(())
}

/// A hummed two-note figure: plainly somebody, plainly not music on hold.
pub fn voice(hz: f64) -> Voice {
    let mut samples = Vec::new();
    for (ratio, length) in [(1.0, 300), (1.25, 300), (1.0, 500)] {
        samples.extend(tone::sine(8_000, hz * ratio, -18.0, Duration::from_millis(length)).samples);
        samples.extend(Pcm::silence(8_000, Duration::from_millis(200)).samples);
    }
    samples.extend(Pcm::silence(8_000, Duration::from_millis(900)).samples);
    Voice(Pcm { rate: 8_000, samples })
}
