//! Messages made of a seed: what is in them, and how it is written.

use std::fmt::Write as _;

/// SplitMix64.
pub struct Seed(pub u64);

impl Seed {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(limit).unwrap()).unwrap()
    }

    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    fn text<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    fn token(&mut self) -> String {
        let length = 1 + self.below(12);
        (0..length).map(|_| char::from(*self.pick(b"abcXYZ0189-.!%*_+`'~"))).collect()
    }
}

/// What a message is made of.
#[derive(Debug)]
pub struct Spec {
    /// `None` for a request.
    pub status: Option<u16>,
    pub method: String,
    pub uri: String,
    pub branches: Vec<String>,
    pub from_uri: String,
    pub from_display: String,
    pub from_tag: String,
    pub to_uri: String,
    pub to_tag: Option<String>,
    pub call_id: String,
    pub cseq: u32,
    pub body: Vec<u8>,
}

impl Spec {
    pub fn new(seed: &mut Seed) -> Self {
        let known = [
            "INVITE",
            "ACK",
            "BYE",
            "CANCEL",
            "OPTIONS",
            "REGISTER",
            "UPDATE",
            "REFER",
            "SUBSCRIBE",
            "NOTIFY",
            "MESSAGE",
            "INFO",
            "PRACK",
            "PUBLISH",
        ];
        let method = if seed.one_in(8) { seed.token() } else { seed.text(&known).to_owned() };
        let length = if seed.one_in(2) { 0 } else { seed.below(400) };
        Self {
            status: seed.one_in(4).then(|| u16::try_from(100 + seed.below(600)).unwrap()),
            method,
            uri: uri(seed, true),
            branches: (0..1 + seed.below(4)).map(|_| format!("z9hG4bK{}", seed.token())).collect(),
            from_uri: uri(seed, true),
            from_display: display(seed),
            from_tag: seed.token(),
            to_uri: uri(seed, true),
            to_tag: seed.one_in(2).then(|| seed.token()),
            call_id: format!("{}@{}", seed.token(), seed.token()),
            cseq: u32::try_from(seed.next() >> 33).unwrap(),
            body: (0..length).map(|_| u8::try_from(seed.next() >> 56).unwrap()).collect(),
        }
    }

    /// As a message, with as much freedom as the grammar leaves.
    pub fn write(&self, seed: &mut Seed) -> Vec<u8> {
        let mut lines = Vec::new();
        let vias: Vec<String> = self.branches.iter().map(|branch| via(seed, branch)).collect();
        if seed.one_in(2) {
            let list = vias.join(seed.text(&[",", ", ", " ,"]));
            lines.push(field(seed, &["Via", "v"], &list));
        } else {
            for via in &vias {
                lines.push(field(seed, &["Via", "v"], via));
            }
        }
        let others_at = lines.len();
        let from =
            format!("{}<{}>{}", quoted(&self.from_display), self.from_uri, param(seed, "tag", Some(&self.from_tag)));
        lines.push(field(seed, &["From", "f"], &from));
        let mut to = format!("<{}>", self.to_uri);
        if let Some(tag) = &self.to_tag {
            to += &param(seed, "tag", Some(tag));
        }
        if seed.one_in(4) {
            to += &param(seed, "x-y", None);
        }
        lines.push(field(seed, &["To", "t"], &to));
        lines.push(field(seed, &["Call-ID", "i"], &self.call_id));
        lines.push(field(seed, &["CSeq"], &format!("{} {}", self.cseq, self.method)));
        if seed.one_in(2) {
            lines.push(field(seed, &["Max-Forwards"], "70"));
        }
        if seed.one_in(2) {
            let contact =
                format!("{}<{}>{}", quoted(&display(seed)), uri(seed, true), param(seed, "expires", Some("60")));
            lines.push(field(seed, &["Contact", "m"], &contact));
        }
        for _ in 0..seed.below(4) {
            let name = format!("X-{}", seed.token());
            let value = display(seed);
            lines.push(field(seed, &[&name], &value));
        }
        // Vias keep their order among themselves.
        for at in (others_at + 1..lines.len()).rev() {
            let other = others_at + seed.below(at - others_at + 1);
            lines.swap(at, other);
        }
        if seed.one_in(2) || !self.body.is_empty() {
            lines.push(field(seed, &["Content-Length", "l"], &self.body.len().to_string()));
        }
        let mut text = match self.status {
            Some(status) => format!("SIP/2.0 {status} {}\r\n", seed.text(&["OK", "", "Not found (x)"])),
            None => format!("{} {} SIP/2.0\r\n", self.method, self.uri),
        };
        text.extend(lines);
        text += "\r\n";
        let mut bytes = text.into_bytes();
        bytes.extend(&self.body);
        bytes
    }
}

fn uri(seed: &mut Seed, may_have_params: bool) -> String {
    let mut uri = String::from(seed.text(&["sip:", "sip:", "sip:", "sips:"]));
    if !seed.one_in(4) {
        uri += seed.text(&["alice", "71", "*8871", "%23701", "u%40x", "a;par=1", "j.user+x", "j_u:pass"]);
        uri.push('@');
    }
    uri += seed.text(&["example.com", "10.0.0.2", "[2001:db8::1]", "a-b.example", "localhost"]);
    if seed.one_in(2) {
        write!(uri, ":{}", 1 + seed.below(65_535)).unwrap();
    }
    if may_have_params {
        for param in [";lr", ";transport=udp", ";user=phone", ";x=%41y", ";maddr=10.0.0.1"] {
            if seed.one_in(4) {
                uri += param;
            }
        }
    }
    uri
}

fn display(seed: &mut Seed) -> String {
    let length = seed.below(10);
    (0..length)
        .map(|_| *seed.pick(&['a', 'Z', '0', ' ', '"', '\\', ',', ';', '<', '>', ':', '@', 'ü', '電', '?']))
        .collect::<String>()
        .trim()
        .to_owned()
}

fn quoted(display: &str) -> String {
    match display {
        "" => String::new(),
        text => format!("\"{}\" ", text.replace('\\', "\\\\").replace('"', "\\\"")),
    }
}

fn via(seed: &mut Seed, branch: &str) -> String {
    let (slash, transport) = (seed.text(&["/", " / ", "/ "]), seed.text(&["UDP", "TCP", "TLS", "X-Y"]));
    let host = seed.text(&["10.0.0.9", "10.0.0.9:5062", "pc.example.com", "[2001:db8::9]:5060"]);
    let mut via = format!("SIP{slash}2.0{slash}{transport} {host}");
    if seed.one_in(2) {
        via += &param(seed, "rport", None);
    }
    via += &param(seed, "branch", Some(branch));
    if seed.one_in(2) {
        via += &param(seed, "received", Some("10.0.0.1"));
    }
    via
}

fn param(seed: &mut Seed, name: &str, value: Option<&str>) -> String {
    let (semicolon, equals) = (seed.text(&[";", " ;", "; ", " ; "]), seed.text(&["=", "=", " = ", "= "]));
    match value {
        Some(value) => format!("{semicolon}{name}{equals}{value}"),
        None => format!("{semicolon}{name}"),
    }
}

/// One header line: any name it goes by, in any case, folded where there is white space outside quotes.
fn field(seed: &mut Seed, names: &[&str], value: &str) -> String {
    let name: String = seed.text(names).to_owned();
    let name = match seed.below(4) {
        0 => name.to_ascii_uppercase(),
        1 => name.to_ascii_lowercase(),
        _ => name,
    };
    let colon = seed.text(&[":", ": ", " : ", "\t:  ", ":\r\n "]);
    let mut line = format!("{name}{colon}");
    let mut in_quotes = false;
    let mut escaped = false;
    for c in value.chars() {
        if c == '"' && !escaped {
            in_quotes = !in_quotes;
        }
        escaped = c == '\\' && !escaped;
        if c == ' ' && !in_quotes && seed.one_in(6) && !names[0].starts_with("X-") {
            line += seed.text(&["\r\n ", " \r\n\t", "\r\n   "]);
        } else {
            line.push(c);
        }
    }
    line + seed.text(&["\r\n", "\r\n", " \r\n"])
}
