#!/bin/sh
# Fuzzes the SIP reader, the framing of streams, the reader of session descriptions and the decoders of sound. `run.sh [seconds]`: 60 for each unless given. Installs cargo-fuzz when it is not there.
# Works with the stable toolchain: no sanitizer is asked for, as none of our code is unsafe.
set -eu
cd "$(dirname "$0")"
seconds=${1:-60}
version=0.13.2

if ! cargo fuzz --version >/dev/null 2>&1; then
    cargo install --quiet --locked --jobs 1 "cargo-fuzz@$version"
fi

# Torture messages to begin with, with the line ends of the wire.
mkdir -p corpus/read_datagram corpus/frame_stream
for message in ../../firmware/sip/tests/rfc4475/messages/*.sip; do
    sed 's/$/\r/' "$message" >"corpus/read_datagram/$(basename "$message")"
    # The first byte is the size of the pieces.
    { printf '\037'; sed 's/$/\r/' "$message"; } >"corpus/frame_stream/$(basename "$message")"
done

mkdir -p corpus/sdp
cat >corpus/sdp/plain <<'SDP'
v=0
o=- 1 1 IN IP4 192.0.2.9
s=-
c=IN IP4 192.0.2.9
t=0 0
m=audio 4000 RTP/AVP 0 8 101
a=rtpmap:101 telephone-event/8000
a=sendonly
m=video 5000 RTP/AVP 96
a=inactive
SDP

# Streams of one kind of Opus packet each, of which one is lost, and one lost with the next at hand. What is in them hardly
# matters: any bytes are some sound.
mkdir -p corpus/payloads
for kind in $(seq 0 31); do
    payload() { printf "\\$1\\000\\050\\$(printf %03o $((kind * 8 + kind % 2 * 4)))"; tail -c +$((kind * 39 + 1)) Cargo.lock | head -c 39; }
    { payload 002; payload 000; payload 001; payload 002; } >"corpus/payloads/$kind"
done

fuzz() {
    target=$1
    shift
    cargo fuzz run --fuzz-dir . --sanitizer none "$target" -- \
        -max_total_time="$seconds" -timeout=5 -rss_limit_mb=1024 -print_final_stats=1 "$@"
}
for target in read_datagram frame_stream sdp; do
    fuzz "$target" -dict=sip.dict -max_len=2048
done
fuzz payloads -max_len=8192
