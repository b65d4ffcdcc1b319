#!/usr/bin/env bash
# A machine made of Debian's packages, the program and everything in system/, on an emulated 64-bit Arm machine with U-Boot:
# `tests/image/run.sh [calls|recover]`.
# Packages are unpacked below target/, none of them is installed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
place=$(realpath -m "${CARGO_TARGET_DIR:-target}")
export PATH=$PATH:/usr/sbin:/sbin

.ci/debian-tree "$place/hardware/emulator" amd64 "src:qemu src:seabios src:edk2 src:ipxe" \
    qemu-system-arm device-tree-compiler dosfstools mtools e2fsprogs
# What is in the machine, beside system/ and the program.
.ci/debian-tree "$place/image/guest" arm64 "src:linux src:linux-signed-arm64" linux-image-arm64 busybox-static libasound2 libasound2-data libgcc-s1 \
    systemd systemd-sysv systemd-resolved systemd-timesyncd udev dbus rauc rauc-service libubootenv-tool nftables ca-certificates iproute2 kmod e2fsprogs fdisk \
    util-linux mount mawk base-files base-passwd dash coreutils sed grep u-boot-qemu
modules=("$place"/image/guest/lib/modules/*)
[[ -e ${modules[0]}/modules.dep ]] || depmod -b "$place/image/guest" "${modules[0]##*/}"
(cd tests/image && ../../.ci/python-environment)

program=$(.ci/cross-build)/orbitbox
# A network of its own: nothing that the machine sends leaves this one.
((EUID == 0)) && root=() || root=(sudo)
exec "${root[@]}" unshare --net tests/image/.venv/bin/python tests/image/run.py "$place/hardware/emulator" "$place/image/guest" "$program" "$place/image/run" "$@"
