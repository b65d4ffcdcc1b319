#!/usr/bin/env bash
# Runs the interop suite against the real program: `tests/interop/run.sh [arguments of pytest]`.
# ORBITBOX_BIN=path       takes that program instead of building it
# ORBITBOX_TRANSCODE=path takes that transcoder (firmware/audio/examples) instead of building it
# ORBITBOX_REPLAY=path    takes that program to play traces (tests/flows) instead of building it
# ORBITBOX_LISTEN=60      seconds that the RTP quality test listens (20)
# INTEROP_WORKERS=1       tests at a time (2)
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
cd "$here"

missing=()
command -v sipp >/dev/null || missing+=(sip-tester)
command -v ip >/dev/null || missing+=(iproute2)
command -v baresip >/dev/null || missing+=(baresip-core)
command -v kamailio >/dev/null || [[ -x /usr/sbin/kamailio ]] || missing+=(kamailio)
command -v dnsmasq >/dev/null || [[ -x /usr/sbin/dnsmasq ]] || missing+=(dnsmasq-base)
for program in openssl ffmpeg flac sox zstd faketime; do
    command -v "$program" >/dev/null || missing+=("$program")
done
if ((${#missing[@]})); then
    if ((EUID != 0)); then
        echo "interop: install these Debian packages first: ${missing[*]}" >&2
        exit 1
    fi
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "${missing[@]}" >/dev/null ||
        { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "${missing[@]}" >/dev/null; }
fi

"$top/.ci/python-environment"

if [[ -z ${ORBITBOX_BIN:-} ]]; then
    (cd "$top" && cargo build --quiet --release -p orbitbox)
    ORBITBOX_BIN=${CARGO_TARGET_DIR:-$top/target}/release/orbitbox
fi
export ORBITBOX_BIN
if [[ -z ${ORBITBOX_TRANSCODE:-} ]]; then
    (cd "$top" && cargo build --quiet --release -p orbitbox-audio --example transcode)
    ORBITBOX_TRANSCODE=${CARGO_TARGET_DIR:-$top/target}/release/examples/transcode
fi
export ORBITBOX_TRANSCODE
if [[ -z ${ORBITBOX_REPLAY:-} ]]; then
    (cd "$top" && cargo build --quiet --release -p orbitbox-flows --bin replay)
    ORBITBOX_REPLAY=${CARGO_TARGET_DIR:-$top/target}/release/replay
fi
export ORBITBOX_REPLAY

# Every agent is a child that the kernel ends with its runner; the time limit ends the runners.
pytest() {
    timeout --signal=INT --kill-after=20 "${INTEROP_SECONDS:-1500}" .venv/bin/python -m pytest -q "$@"
}

rm -rf .pytest_cache
status=0
pytest -n "${INTEROP_WORKERS:-2}" --dist worksteal "$@" || status=$?
# On a machine that stood still for a moment real time is nobody's fault: what failed is run once more, by itself. What is wrong fails
# again; many at once are no accident.
failed=$(.venv/bin/python -c 'import json; print(len(json.load(open(".pytest_cache/v/cache/lastfailed"))))' 2>/dev/null || echo 0)
if ((status == 1 && failed > 0 && failed <= 3)); then
    echo "interop: $failed failed beside others; once more, each by itself:"
    status=0
    pytest -n 0 --last-failed "$@" || status=$?
fi
exit "$status"
