#!/usr/bin/env bash
# The whole unit on an emulated machine. Packages are unpacked below target/, none of them is installed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
target=${CARGO_TARGET_DIR:-target}
packages=$target/hardware/packages

if [[ ! -e $packages/.whole ]]; then
    rm -rf "$packages"
    mkdir -p "$target/hardware"
    keys=/usr/share/keyrings/debian-archive-keyring.gpg
    # The same sources that this machine has.
    apt-get indextargets --format "deb [signed-by=$keys] "'$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' | sort -u |
        mmdebstrap --quiet --variant=extract --aptopt='APT::Install-Recommends "false"' \
            --include=qemu-system-x86,linux-image-amd64,busybox-static "$(. /etc/os-release && echo "$VERSION_CODENAME")" "$packages" -
    touch "$packages/.whole"
fi
cargo build --release --package orbitbox
exec python3 tests/hardware/run.py "$packages" "$target/release/orbitbox" "$target/hardware/run"
