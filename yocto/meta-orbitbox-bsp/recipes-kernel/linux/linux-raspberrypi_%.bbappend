require orbitbox-kernel.inc

SRC_URI:append:orbitbox-machine = " file://orbitbox-rpi.cfg"
