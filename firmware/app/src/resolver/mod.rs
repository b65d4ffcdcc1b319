//! Where hosts are: one task answers the questions of the control loop. What it finds is remembered by the SIP endpoint.

mod locate;

use anyhow::{Context, Result};
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{
    ConnectionConfig, LookupIpStrategy, NameServerConfig, ResolverConfig, ResolverOpts, ServerOrderingStrategy,
};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use orbitbox_sip::{Lookup, LookupId, Transport};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::timeout;

/// Questions, and answers, that may wait. The endpoint does not ask so many.
const MAX_WAITING: usize = 256;
/// For everything that one question takes; then there is no answer. The endpoint has a little more patience.
const ANSWERED_WITHIN: Duration = Duration::from_secs(5);
/// For one packet to a name server, and how often it is sent.
const SERVER_ANSWERS_WITHIN: Duration = Duration::from_millis(1_500);
const ATTEMPTS: usize = 2;

/// What was found.
#[derive(Debug)]
pub struct Answer {
    /// Of the question.
    pub id: LookupId,
    /// Who was asked for.
    pub host: String,
    /// Best first; none when nobody knows.
    pub ways: Vec<(Transport, SocketAddr)>,
    /// For how long.
    pub fresh_for: Duration,
}

/// The control loop's end.
#[derive(Debug)]
pub struct Resolver {
    /// Questions.
    pub questions: mpsc::Sender<Lookup>,
    /// Answers, in any order.
    pub answers: mpsc::Receiver<Answer>,
}

/// What asks the name servers.
pub struct ResolverPlane {
    servers: Option<Arc<TokioResolver>>,
    questions: mpsc::Receiver<Lookup>,
    answers: mpsc::Sender<Answer>,
    tasks: JoinSet<()>,
}

impl ResolverPlane {
    /// Asks these servers, or those of the system when there are none; for addresses of the families that the unit has itself.
    ///
    /// # Errors
    /// The named servers cannot be used. Without any server, neither named nor the system's, every host is unknown.
    pub fn new(servers: &[SocketAddr], address: IpAddr, other: Option<IpAddr>) -> Result<(Resolver, Self)> {
        let (question_sender, questions) = mpsc::channel(MAX_WAITING);
        let (answers, answer_receiver) = mpsc::channel(MAX_WAITING);
        let mut builder = if servers.is_empty() {
            match TokioResolver::builder_tokio() {
                Ok(builder) => Some(builder),
                Err(problem) => {
                    tracing::warn!(%problem, "no name server: hosts by name cannot be called");
                    None
                }
            }
        } else {
            let named = ResolverConfig::from_parts(None, Vec::new(), servers.iter().map(named_server).collect());
            Some(TokioResolver::builder_with_config(named, TokioRuntimeProvider::default()))
        };
        if let Some(builder) = &mut builder {
            settle(builder.options_mut(), address, other);
        }
        let built = builder.map(|builder| builder.build()).transpose().context("sip.name-servers")?;
        let plane = Self { servers: built.map(Arc::new), questions, answers, tasks: JoinSet::new() };
        Ok((Resolver { questions: question_sender, answers: answer_receiver }, plane))
    }

    /// Answers until it is told to stop.
    ///
    /// # Errors
    /// None.
    pub async fn run(mut self, mut stop: oneshot::Receiver<()>) -> Result<()> {
        loop {
            tokio::select! {
                _ = &mut stop => return Ok(()),
                Some(_) = self.tasks.join_next() => {}
                question = self.questions.recv() => match question {
                    Some(question) => self.answer(question),
                    None => return Ok(()),
                },
            }
        }
    }

    fn answer(&mut self, question: Lookup) {
        let (servers, answers) = (self.servers.clone(), self.answers.clone());
        self.tasks.spawn(async move {
            let found = match servers {
                Some(servers) => timeout(ANSWERED_WITHIN, locate::locate(&servers, &question.name)).await.ok(),
                None => None,
            };
            let (ways, fresh_for) = found.unwrap_or_default();
            tracing::debug!(host = question.name.host, ?ways, "looked up");
            answers.send(Answer { id: question.id, host: question.name.host, ways, fresh_for }).await.ok();
        });
    }
}

fn named_server(address: &SocketAddr) -> NameServerConfig {
    let on_port = |mut connection: ConnectionConfig| {
        connection.port = address.port();
        connection
    };
    NameServerConfig::new(address.ip(), true, vec![on_port(ConnectionConfig::udp()), on_port(ConnectionConfig::tcp())])
}

fn settle(options: &mut ResolverOpts, address: IpAddr, other: Option<IpAddr>) {
    options.timeout = SERVER_ANSWERS_WITHIN;
    options.attempts = ATTEMPTS;
    options.server_ordering_strategy = ServerOrderingStrategy::UserProvidedOrder;
    options.ip_strategy = match (address, other) {
        (_, Some(_)) => LookupIpStrategy::Ipv4AndIpv6,
        (IpAddr::V4(_), None) => LookupIpStrategy::Ipv4Only,
        (IpAddr::V6(_), None) => LookupIpStrategy::Ipv6Only,
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use hickory_resolver::proto::op::{Message, ResponseCode};
    use hickory_resolver::proto::rr::rdata::{A, NAPTR, SRV};
    use hickory_resolver::proto::rr::{Name as Domain, RData, Record};
    use orbitbox_sip::Name;
    use std::net::Ipv4Addr;
    use tokio::net::UdpSocket;

    fn domain(text: &str) -> Domain {
        Domain::from_ascii(text).unwrap()
    }

    fn a(last: u8) -> RData {
        RData::A(A(Ipv4Addr::new(192, 0, 2, last)))
    }

    fn srv(priority: u16, port: u16, target: &str) -> RData {
        RData::SRV(SRV::new(priority, 10, port, domain(target)))
    }

    fn naptr(order: u16, services: &str, replacement: &str) -> RData {
        let bytes = |text: &str| text.as_bytes().into();
        RData::NAPTR(NAPTR::new(order, 1, bytes("S"), bytes(services), bytes(""), domain(replacement)))
    }

    fn zone() -> Vec<(Domain, RData)> {
        [
            ("plain.test.", a(1)),
            ("plain.test.", a(2)),
            ("_sip._udp.served.test.", srv(20, 5070, "second.test.")),
            ("_sip._udp.served.test.", srv(10, 5080, "first.test.")),
            ("_sip._tcp.served.test.", srv(10, 5090, "first.test.")),
            ("first.test.", a(3)),
            ("second.test.", a(4)),
            ("chosen.test.", naptr(2, "SIP+D2U", "_sip._udp.served.test.")),
            ("chosen.test.", naptr(1, "SIP+D2T", "_sip._tcp.served.test.")),
            ("_sip._udp.refused.test.", srv(0, 0, ".")),
        ]
        .map(|(name, data)| (domain(name), data))
        .into()
    }

    /// A name server on a port of its own; answers as long as anybody asks.
    async fn name_server() -> (SocketAddr, impl Future<Output = ()>) {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = socket.local_addr().unwrap();
        let serve = async move {
            let mut packet = [0; 1_500];
            while let Ok((length, asker)) = socket.recv_from(&mut packet).await {
                let Ok(question) = Message::from_vec(&packet[..length]) else { continue };
                let Some(asked) = question.queries.first().cloned() else { continue };
                let mut answer = question.into_response();
                let held = zone().into_iter().filter(|(name, data)| {
                    name.to_lowercase() == asked.name().to_lowercase() && data.record_type() == asked.query_type()
                });
                answer.add_answers(held.map(|(_, data)| Record::from_rdata(asked.name().clone(), 120, data)));
                if answer.answers.is_empty() {
                    answer.metadata.response_code = ResponseCode::NXDomain;
                }
                socket.send_to(&answer.to_vec().unwrap(), asker).await.unwrap();
            }
        };
        (address, serve)
    }

    fn name(host: &str, port: Option<u16>, transport: Option<Transport>) -> Name {
        Name { host: host.to_owned(), port, transport }
    }

    async fn ask(resolver: &mut Resolver, name: Name) -> (Vec<(Transport, String)>, Duration) {
        resolver.questions.send(Lookup { id: LookupId(1), name }).await.unwrap();
        let answer = resolver.answers.recv().await.unwrap();
        let ways = answer.ways.into_iter().map(|(transport, address)| (transport, address.to_string()));
        (ways.collect(), answer.fresh_for)
    }

    #[tokio::test]
    async fn hosts_are_found_as_their_records_say() {
        use Transport::{Tcp, Tls, Udp};
        let (address, serve) = name_server().await;
        let (mut resolver, plane) = ResolverPlane::new(&[address], Ipv4Addr::LOCALHOST.into(), None).unwrap();
        let (_stop, stopped) = oneshot::channel();
        let expected = async {
            let table: [(Name, &[(Transport, &str)]); 8] = [
                (name("plain.test", None, None), &[(Udp, "192.0.2.1:5060"), (Udp, "192.0.2.2:5060")]),
                (name("plain.test", None, Some(Tls)), &[(Tls, "192.0.2.1:5061"), (Tls, "192.0.2.2:5061")]),
                (name("plain.test", Some(5077), None), &[(Udp, "192.0.2.1:5077"), (Udp, "192.0.2.2:5077")]),
                (
                    name("served.test", None, None),
                    &[(Udp, "192.0.2.3:5080"), (Udp, "192.0.2.4:5070"), (Tcp, "192.0.2.3:5090")],
                ),
                (name("served.test", None, Some(Tcp)), &[(Tcp, "192.0.2.3:5090")]),
                (
                    name("chosen.test", None, None),
                    &[(Tcp, "192.0.2.3:5090"), (Udp, "192.0.2.3:5080"), (Udp, "192.0.2.4:5070")],
                ),
                (name("refused.test", None, Some(Udp)), &[]),
                (name("nowhere.test", None, None), &[]),
            ];
            for (name, expected) in table {
                let (mut found, fresh_for) = ask(&mut resolver, name.clone()).await;
                let mut expected: Vec<(Transport, String)> =
                    expected.iter().map(|(transport, address)| (*transport, (*address).to_owned())).collect();
                if name.host == "plain.test" {
                    // Addresses of one host may come in any order.
                    found.sort();
                    expected.sort();
                }
                assert_eq!(found, expected, "{name:?}");
                let held = !found.is_empty();
                assert!(!held || (Duration::from_secs(100)..=Duration::from_secs(120)).contains(&fresh_for));
            }
        };
        tokio::select! {
            () = expected => {}
            () = serve => panic!("the name server has ended"),
            ended = plane.run(stopped) => panic!("the resolver has ended: {ended:?}"),
        }
    }

    // Time passes as fast as it is waited for.
    #[tokio::test(start_paused = true)]
    async fn without_a_name_server_that_answers_there_is_an_answer_all_the_same() {
        // Bound, and never read.
        let silent = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = silent.local_addr().unwrap();
        let (mut resolver, plane) = ResolverPlane::new(&[address], Ipv4Addr::LOCALHOST.into(), None).unwrap();
        let (_stop, stopped) = oneshot::channel();
        tokio::select! {
            (found, _) = ask(&mut resolver, name("plain.test", None, None)) => assert_eq!(found, []),
            ended = plane.run(stopped) => panic!("the resolver has ended: {ended:?}"),
        }
    }
}
