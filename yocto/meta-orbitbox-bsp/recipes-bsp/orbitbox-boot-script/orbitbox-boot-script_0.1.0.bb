SUMMARY = "U-Boot script that chooses the slot"
DESCRIPTION = "Boots the slot that RAUC has put first, counts the attempt, and gives way to the other one when none is left."
HOMEPAGE = "https://orbitbox.example"
SECTION = "bootloaders"
LICENSE = "MIT"
LIC_FILES_CHKSUM = "file://${COMMON_LICENSE_DIR}/MIT;md5=0835ade698e0bcf8506ecda2f7b4f302"

DEPENDS = "u-boot-mkimage-native"
PROVIDES = "u-boot-default-script"

# The same file that is tried in an emulated machine.
FILESEXTRAPATHS:prepend := "${ORBITBOX_BOOT}:"
SRC_URI = "file://boot.cmd"

S = "${UNPACKDIR}"

inherit deploy kernel-arch nopackages

COMPATIBLE_MACHINE = "^orbitbox-machine$"
PACKAGE_ARCH = "${MACHINE_ARCH}"
INHIBIT_DEFAULT_DEPS = "1"

do_configure[noexec] = "1"
do_install[noexec] = "1"

do_compile() {
    mkimage -A ${UBOOT_ARCH} -T script -C none -n "Orbitbox" -d ${S}/boot.cmd ${B}/boot.scr
}

do_deploy() {
    install -m 0644 ${B}/boot.scr ${DEPLOYDIR}/boot.scr
}
addtask deploy after do_compile before do_build
