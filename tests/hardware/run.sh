#!/usr/bin/env bash
# The whole unit on an emulated 64-bit Arm machine. Packages are unpacked below target/, none of them is installed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
place=$(realpath -m "${CARGO_TARGET_DIR:-target}")/hardware

# The machine: QEMU 10, and what makes device trees and sticks.
.ci/debian-tree "$place/emulator" amd64 "src:qemu src:seabios src:edk2 src:ipxe" \
    qemu-system-arm device-tree-compiler dosfstools mtools e2fsprogs
# What runs in it.
.ci/debian-tree "$place/guest" arm64 "src:linux src:linux-signed-arm64" linux-image-arm64 busybox-static libasound2 libasound2-data libc6 libgcc-s1
modules=("$place"/guest/lib/modules/*)
[[ -e ${modules[0]}/modules.dep ]] || depmod -b "$place/guest" "${modules[0]##*/}"

program=$(.ci/cross-build)/orbitbox
exec python3 tests/hardware/run.py "$place/emulator" "$place/guest" "$program" "$place/run"
