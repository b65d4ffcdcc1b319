SUMMARY = "What U-Boot is told about a slot"
DESCRIPTION = "Console, device tree and overlays of this machine, read by the boot script from the slot that it boots."
HOMEPAGE = "https://orbitbox.example"
SECTION = "bootloaders"
LICENSE = "MIT"
LIC_FILES_CHKSUM = "file://${COMMON_LICENSE_DIR}/MIT;md5=0835ade698e0bcf8506ecda2f7b4f302"

DEPENDS = "dtc-native"

# The boards have a slot.env each; that of the emulated machine is the one which is tried there.
FILESEXTRAPATHS:prepend := "${THISDIR}/${PN}:${ORBITBOX_BOOT}:"
SRC_URI = "\
    file://orbitbox-reference.dtso \
    file://slot.env \
"

S = "${UNPACKDIR}"

COMPATIBLE_MACHINE = "^orbitbox-machine$"
PACKAGE_ARCH = "${MACHINE_ARCH}"
INHIBIT_DEFAULT_DEPS = "1"

do_configure[noexec] = "1"

do_compile() {
    dtc -@ -I dts -O dtb -o ${B}/orbitbox-reference.dtbo ${S}/orbitbox-reference.dtso
}

do_install() {
    install -D -m 0644 ${S}/slot.env ${D}/boot/slot.env
    install -D -m 0644 ${B}/orbitbox-reference.dtbo ${D}/boot/overlays/orbitbox-reference.dtbo
}

FILES:${PN} += "/boot"
