//! From a name to transports and addresses (RFC 3263 section 4).

use crate::system_random::SystemRandom;
use hickory_resolver::TokioResolver;
use hickory_resolver::proto::rr::rdata::{NAPTR, SRV};
use hickory_resolver::proto::rr::{RData, Record, RecordType};
use orbitbox_sip::{Name, Random, Transport};
use std::net::SocketAddr;
use std::time::Duration;

/// Records of one kind that are followed.
const MAX_RECORDS: usize = 8;
const EVERY: [Transport; 3] = [Transport::Udp, Transport::Tcp, Transport::Tls];

/// Where a host is, best first, and for how long that holds.
pub(super) type Located = (Vec<(Transport, SocketAddr)>, Duration);

/// What has been found so far.
#[derive(Debug, Default)]
struct Found {
    ways: Vec<(Transport, SocketAddr)>,
    /// The least of what was followed, in seconds.
    ttl: Option<u32>,
}

impl Found {
    fn holds(&mut self, seconds: u32) {
        self.ttl = Some(self.ttl.map_or(seconds, |least| least.min(seconds)));
    }
}

/// NAPTR chooses the transport where nothing else does, SRV the port, A and AAAA the address.
pub(super) async fn locate(servers: &TokioResolver, name: &Name) -> Located {
    let mut found = Found::default();
    let host = format!("{}.", name.host);
    if let Some(port) = name.port {
        let transport = name.transport.unwrap_or(Transport::Udp);
        addresses(servers, &host, transport, port, &mut found).await;
    } else {
        let mut services = match name.transport {
            Some(transport) => vec![(transport, service(transport, &name.host))],
            None => chosen_services(servers, &host, &mut found).await,
        };
        if services.is_empty() {
            services = EVERY.map(|transport| (transport, service(transport, &name.host))).into();
        }
        for (transport, service) in services {
            follow(servers, &service, transport, &mut found).await;
        }
        if found.ways.is_empty() {
            let transport = name.transport.unwrap_or(Transport::Udp);
            addresses(servers, &host, transport, transport.default_port(), &mut found).await;
        }
    }
    (found.ways, Duration::from_secs(found.ttl.unwrap_or_default().into()))
}

fn service(transport: Transport, host: &str) -> String {
    let labels = match transport {
        Transport::Udp => "_sip._udp",
        Transport::Tcp => "_sip._tcp",
        Transport::Tls => "_sips._tcp",
    };
    format!("{labels}.{host}.")
}

async fn records(servers: &TokioResolver, name: &str, kind: RecordType) -> Vec<Record> {
    match servers.lookup(name, kind).await {
        Ok(lookup) => lookup.answers().iter().filter(|record| record.record_type() == kind).cloned().collect(),
        Err(_) => Vec::new(),
    }
}

/// The services that NAPTR records name, in their order.
async fn chosen_services(servers: &TokioResolver, host: &str, found: &mut Found) -> Vec<(Transport, String)> {
    let records = records(servers, host, RecordType::NAPTR).await;
    let mut chosen: Vec<(&Record, &NAPTR, Transport)> = records
        .iter()
        .filter_map(|record| {
            let RData::NAPTR(naptr) = &record.data else { return None };
            let transport = match naptr.services.to_ascii_uppercase().as_slice() {
                b"SIP+D2U" => Transport::Udp,
                b"SIP+D2T" => Transport::Tcp,
                b"SIPS+D2T" => Transport::Tls,
                _ => return None,
            };
            naptr.flags.eq_ignore_ascii_case(b"s").then_some((record, naptr, transport))
        })
        .collect();
    chosen.sort_by_key(|(_, naptr, _)| (naptr.order, naptr.preference));
    chosen.truncate(MAX_RECORDS);
    chosen.iter().for_each(|(record, _, _)| found.holds(record.ttl));
    chosen.into_iter().map(|(_, naptr, transport)| (transport, naptr.replacement.to_string())).collect()
}

/// The addresses behind a service.
async fn follow(servers: &TokioResolver, service: &str, transport: Transport, found: &mut Found) {
    let records = records(servers, service, RecordType::SRV).await;
    records.iter().for_each(|record| found.holds(record.ttl));
    let offers = records.iter().filter_map(|record| match &record.data {
        RData::SRV(srv) => Some(srv.clone()),
        _ => None,
    });
    // A target that is the root says that there is no such service.
    let offers: Vec<SRV> = offers.filter(|srv| !srv.target.is_root()).collect();
    for srv in in_turn(offers, &mut SystemRandom::default()).into_iter().take(MAX_RECORDS) {
        addresses(servers, &srv.target.to_string(), transport, srv.port, found).await;
    }
}

async fn addresses(servers: &TokioResolver, host: &str, transport: Transport, port: u16, found: &mut Found) {
    let Ok(lookup) = servers.lookup_ip(host).await else { return };
    lookup.as_lookup().answers().iter().for_each(|record| found.holds(record.ttl));
    for address in lookup.iter().take(MAX_RECORDS) {
        let way = (transport, SocketAddr::new(address, port));
        if !found.ways.contains(&way) {
            found.ways.push(way);
        }
    }
}

/// By priority; among equals at random, the heavier the sooner (RFC 2782).
fn in_turn(mut offers: Vec<SRV>, random: &mut dyn Random) -> Vec<SRV> {
    offers.sort_by_key(|srv| (srv.priority, srv.weight));
    let mut ordered = Vec::with_capacity(offers.len());
    while let Some(priority) = offers.first().map(|srv| srv.priority) {
        let equals = offers.iter().take_while(|srv| srv.priority == priority).count();
        let weights = || offers.iter().take(equals).map(|srv| u64::from(srv.weight));
        let mut drawn = random.next() % (weights().sum::<u64>() + 1);
        let mut chosen = 0;
        for (place, weight) in weights().enumerate() {
            chosen = place;
            if drawn <= weight {
                break;
            }
            drawn -= weight;
        }
        ordered.push(offers.remove(chosen));
    }
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;
    use hickory_resolver::proto::rr::Name as Domain;

    #[derive(Debug)]
    struct Counting(u64);

    impl Random for Counting {
        fn next(&mut self) -> u64 {
            self.0 += 1;
            self.0
        }
    }

    #[test]
    fn heavier_servers_come_first_more_often_and_lower_priorities_always() {
        let srv = |priority, weight, port| SRV::new(priority, weight, port, Domain::root());
        let mut first = [0; 4];
        let mut random = Counting(0);
        for _ in 0..1_000 {
            let order = in_turn(vec![srv(2, 100, 3), srv(1, 30, 1), srv(1, 10, 2), srv(1, 0, 0)], &mut random);
            first[usize::from(order[0].port)] += 1;
            assert_eq!(order[3].port, 3, "the other priority is last");
        }
        assert!(first[1] > 2 * first[2] && first[2] > first[0] && first[0] > 0, "{first:?}");
    }
}
