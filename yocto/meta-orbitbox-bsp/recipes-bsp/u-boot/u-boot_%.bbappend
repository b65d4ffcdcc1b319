FILESEXTRAPATHS:prepend:orbitbox-machine := "${THISDIR}/files:"

SRC_URI:append:orbitbox-machine = " file://orbitbox.cfg"
SRC_URI:append:orbitbox-rpi = " file://orbitbox-rpi.cfg"
