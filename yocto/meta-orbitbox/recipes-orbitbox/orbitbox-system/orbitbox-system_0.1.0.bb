SUMMARY = "What makes a wall unit of a machine with the call-park server"
DESCRIPTION = "Services, places on the data partition, devices, firewall and the settings of systemd and RAUC."
HOMEPAGE = "https://orbitbox.example"
SECTION = "base"
LICENSE = "MIT | Apache-2.0"
LIC_FILES_CHKSUM = "\
    file://LICENSE-APACHE;md5=3b83ef96387f14655fc854ddc3c6bd57 \
    file://LICENSE-MIT;md5=f89a9d78b86526e50262f1737997dd90 \
"

FILESEXTRAPATHS:prepend := "${ORBITBOX_TOP}:"
SRC_URI = "\
    file://LICENSE-APACHE;subdir=${BP} \
    file://LICENSE-MIT;subdir=${BP} \
    file://system;subdir=${BP} \
"

S = "${UNPACKDIR}/${BP}"

inherit features_check systemd useradd

INHIBIT_DEFAULT_DEPS = "1"

# Sound, and the system calls of a service: none of it is optional.
REQUIRED_DISTRO_FEATURES = "alsa rauc seccomp systemd"

# As in system/enabled.
SYSTEMD_SERVICE:${PN} = "\
    etc-orbitbox.mount \
    media.mount \
    orbitbox-address.path \
    orbitbox-factory-reset.service \
    orbitbox-firewall.path \
    orbitbox-firewall.service \
    orbitbox-good.service \
    orbitbox-identity.service \
    orbitbox-places.service \
    orbitbox-provision.path \
    orbitbox-provision.timer \
    orbitbox-recover.service \
    orbitbox-update.path \
    orbitbox.service \
    var-lib-orbitbox.mount \
    var-lib-systemd-timesync.mount \
    var.mount \
"

# The number is that of system/sysusers too.
USERADD_PACKAGES = "${PN}"
GROUPADD_PARAM:${PN} = "--system --gid 880 orbitbox"
USERADD_PARAM:${PN} = "\
    --system --uid 880 --gid orbitbox --groups audio,input --no-create-home --home-dir ${localstatedir}/lib/orbitbox \
    --shell /sbin/nologin --comment Orbitbox orbitbox \
"

do_configure[noexec] = "1"
do_compile[noexec] = "1"

do_install() {
    # MODE SOURCE DESTINATION; a source of "-" is a folder that has to be there.
    sed 's/#.*//' ${S}/system/files | while read -r mode source destination; do
        case $source in
        "") ;;
        -) install -d -m $mode ${D}$destination ;;
        *) install -D -m $mode ${S}/$source ${D}$destination ;;
        esac
    done
}

# Units that are not enabled but started by others are not in SYSTEMD_SERVICE.
FILES:${PN} += "/data ${datadir}/orbitbox ${nonarch_libdir} ${systemd_system_unitdir}"

# What the helpers in system/bin call beyond the usual.
RDEPENDS:${PN} = "\
    e2fsprogs-e2fsck \
    e2fsprogs-mke2fs \
    iproute2-ip \
    libubootenv-bin \
    nftables \
    rauc \
    rauc-service \
    util-linux-blkid \
    util-linux-blockdev \
    util-linux-mount \
    util-linux-resizepart \
    util-linux-sfdisk \
    util-linux-umount \
"
