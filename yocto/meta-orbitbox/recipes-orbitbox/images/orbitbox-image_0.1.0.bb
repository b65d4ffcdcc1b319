SUMMARY = "The whole software of a wall unit"
DESCRIPTION = "A read-only root for one of two slots, and with it a disk with both."
HOMEPAGE = "https://orbitbox.example"
SECTION = "base"
LICENSE = "MIT | Apache-2.0"

inherit core-image features_check

REQUIRED_DISTRO_FEATURES = "alsa rauc seccomp systemd"

IMAGE_FEATURES += "read-only-rootfs"

# The kernel is the slot's, so that it is updated, and rolled back, with it. Machines with device trees bring them.
IMAGE_INSTALL = "\
    kernel-image \
    kernel-modules \
    orbitbox \
    orbitbox-rauc-conf \
    packagegroup-core-boot \
    tzdata \
"
IMAGE_LINGUAS = ""

# Confirms a slot as soon as the machine is up; here the unit must have served first.
BAD_RECOMMENDATIONS = "rauc-mark-good"

# A slot, less what ext4 needs for itself, in KiB.
IMAGE_ROOTFS_MAXSIZE = "720896"
IMAGE_ROOTFS_EXTRA_SPACE = "0"

# The clock of a unit starts from the time of this file where it has nothing better: certificates of bundles are valid then.
orbitbox_clock() {
    touch ${IMAGE_ROOTFS}${nonarch_libdir}/clock-epoch
}
ROOTFS_POSTPROCESS_COMMAND += "orbitbox_clock"
