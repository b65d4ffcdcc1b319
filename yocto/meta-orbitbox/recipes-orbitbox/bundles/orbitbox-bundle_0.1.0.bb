SUMMARY = "An update of a wall unit"
DESCRIPTION = "The root of orbitbox-image in a signed bundle that RAUC installs into the slot that is not in use."
HOMEPAGE = "https://orbitbox.example"
SECTION = "base"
LICENSE = "MIT | Apache-2.0"

inherit bundle features_check

# As the image.
REQUIRED_DISTRO_FEATURES = "alsa rauc seccomp systemd"

# A unit takes bundles of its own machine only (system/rauc).
RAUC_BUNDLE_COMPATIBLE = "${MACHINE}"
RAUC_BUNDLE_VERSION = "${DISTRO_VERSION}"
RAUC_BUNDLE_DESCRIPTION = "${DISTRO_NAME} ${DISTRO_VERSION}"
# Checked block by block while it is installed, and never unpacked as a whole.
RAUC_BUNDLE_FORMAT = "verity"

RAUC_BUNDLE_SLOTS = "rootfs"
RAUC_SLOT_rootfs = "orbitbox-image"
RAUC_SLOT_rootfs[fstype] = "ext4"

RAUC_KEY_FILE ?= "${ORBITBOX_KEYS}/release.key.pem"
RAUC_CERT_FILE ?= "${ORBITBOX_KEYS}/release.cert.pem"
