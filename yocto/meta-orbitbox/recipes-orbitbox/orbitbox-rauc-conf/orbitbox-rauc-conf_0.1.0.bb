SUMMARY = "How a wall unit is updated, and whose bundles it takes"
DESCRIPTION = "RAUC's configuration for this machine, and the keyring of whoever builds it."
HOMEPAGE = "https://orbitbox.example"
SECTION = "base"
LICENSE = "MIT | Apache-2.0"
LIC_FILES_CHKSUM = "\
    file://LICENSE-APACHE;md5=3b83ef96387f14655fc854ddc3c6bd57 \
    file://LICENSE-MIT;md5=f89a9d78b86526e50262f1737997dd90 \
"

FILESEXTRAPATHS:prepend := "${ORBITBOX_TOP}:${ORBITBOX_TOP}/system/rauc:"
SRC_URI = "\
    file://LICENSE-APACHE \
    file://LICENSE-MIT \
    file://orbitbox-qemu.conf \
"

S = "${UNPACKDIR}"

inherit features_check

REQUIRED_DISTRO_FEATURES = "rauc"

PACKAGE_ARCH = "${MACHINE_ARCH}"
INHIBIT_DEFAULT_DEPS = "1"
RPROVIDES:${PN} = "virtual-rauc-conf"

do_configure[noexec] = "1"
do_compile[noexec] = "1"

do_install() {
    if [ ! -e "${ORBITBOX_KEYS}/ca.cert.pem" ]; then
        bbfatal "There is no ${ORBITBOX_KEYS}/ca.cert.pem, which says whose bundles the unit takes: 'make image-keys' makes one."
    fi
    install -d ${D}${sysconfdir}/rauc
    # Machines differ in their name alone.
    sed 's/^compatible=.*/compatible=${MACHINE}/' ${S}/orbitbox-qemu.conf > ${D}${sysconfdir}/rauc/system.conf
    chmod 0644 ${D}${sysconfdir}/rauc/system.conf
    install -m 0644 "${ORBITBOX_KEYS}/ca.cert.pem" ${D}${sysconfdir}/rauc/keyring.pem
}
do_install[file-checksums] += "${ORBITBOX_KEYS}/ca.cert.pem:False"
