#!/usr/bin/env bash
# Runs the intelligibility suite against the real program: `tests/hearing/run.sh [arguments of pytest]`.
# ORBITBOX_BIN=path takes that program instead of building it
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
cd "$here"

"$top/.ci/python-environment"

if [[ -z ${ORBITBOX_BIN:-} ]]; then
    (cd "$top" && cargo build --quiet --release -p orbitbox)
    ORBITBOX_BIN=${CARGO_TARGET_DIR:-$top/target}/release/orbitbox
fi
export ORBITBOX_BIN
export ORBITBOX_LOG=${ORBITBOX_LOG:-info}

# Every unit is a child that the kernel ends with its runner; the time limit ends the runner.
exec timeout --signal=INT --kill-after=20 "${HEARING_SECONDS:-1500}" .venv/bin/python -m pytest -q "$@"
