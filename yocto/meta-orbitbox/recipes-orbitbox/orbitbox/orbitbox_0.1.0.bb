SUMMARY = "Call-park server for a wall unit"
DESCRIPTION = "Parks SIP calls on orbits, announces them overhead and shows them on lamps and digits."
HOMEPAGE = "https://orbitbox.example"
SECTION = "network"
LICENSE = "MIT | Apache-2.0"
LIC_FILES_CHKSUM = "\
    file://LICENSE-APACHE;md5=3b83ef96387f14655fc854ddc3c6bd57 \
    file://LICENSE-MIT;md5=f89a9d78b86526e50262f1737997dd90 \
"

DEPENDS = "alsa-lib"

# The repository around this layer, as it is on disk, changes not yet committed among it: nothing to fetch, no revision to
# keep in step. It is the workspace, so cargo wants every member of it.
FILESEXTRAPATHS:prepend := "${ORBITBOX_TOP}:"
SRC_URI = "\
    file://Cargo.lock;subdir=${BP} \
    file://Cargo.toml;subdir=${BP} \
    file://LICENSE-APACHE;subdir=${BP} \
    file://LICENSE-MIT;subdir=${BP} \
    file://board;subdir=${BP} \
    file://firmware;subdir=${BP} \
    file://system/sounds;subdir=${BP} \
    file://tests/bench;subdir=${BP} \
    file://tests/flows;subdir=${BP} \
    file://tests/simulation;subdir=${BP} \
    file://tests/support;subdir=${BP} \
    file://tests/tidy;subdir=${BP} \
"
require orbitbox-crates.inc

S = "${UNPACKDIR}/${BP}"

inherit cargo cargo-update-recipe-crates features_check pkgconfig

# Those of what it cannot do without on a unit.
REQUIRED_DISTRO_FEATURES:class-target = "alsa rauc seccomp systemd"

# The workspace's profile for images, whose products are in a folder of that name.
BUILD_MODE = "--profile image"
BUILD_DIR = "image"
CARGO_BUILD_FLAGS += "--package orbitbox --bin orbitbox"
# On a unit voices and music are files beside it: it looks for them where system/sounds puts them. Elsewhere they are built in.
CARGO_BUILD_FLAGS:append:class-target = " --no-default-features"

# The times of files are those of the checkout: no good for what has to come out the same everywhere.
SOURCE_DATE_EPOCH = "${REPRODUCIBLE_TIMESTAMP_ROOTFS}"

do_install:append:class-target() {
    ${S}/system/sounds ${D}${datadir}/orbitbox
}

# The units that start it, and its user; who may certify servers that it fetches from.
RDEPENDS:${PN}:class-target = "ca-certificates orbitbox-system"

BBCLASSEXTEND = "native"
