#!/usr/bin/env bash
# The layers of the image, as far as they can be looked at without those that they are built upon: `tests/image/layers/run.sh
# [arguments of pytest]`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

../../../.ci/python-environment
exec timeout --signal=INT --kill-after=20 600 .venv/bin/python -m pytest -q "$@"
