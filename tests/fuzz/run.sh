#!/bin/sh
# Fuzzes the SIP reader. `run.sh [seconds]`: 60 unless given. Installs cargo-fuzz when it is not there.
# Works with the stable toolchain: no sanitizer is asked for, as none of our code is unsafe.
set -eu
cd "$(dirname "$0")"
seconds=${1:-60}
version=0.13.2

if ! cargo fuzz --version >/dev/null 2>&1; then
    cargo install --quiet --locked --jobs 1 "cargo-fuzz@$version"
fi

# Torture messages to begin with, with the line ends of the wire.
mkdir -p corpus/read_datagram
for message in ../../firmware/sip/tests/rfc4475/messages/*.sip; do
    sed 's/$/\r/' "$message" >"corpus/read_datagram/$(basename "$message")"
done

cargo fuzz run --fuzz-dir . --sanitizer none read_datagram -- \
    -dict=sip.dict -max_len=2048 -max_total_time="$seconds" -timeout=5 -rss_limit_mb=1024 -print_final_stats=1
