# Chooses the slot that is booted, by what RAUC has written, and counts the attempt before it is made. U-Boot runs it from the boot
# partition of every machine, whatever its disk is: ${devtype} ${devnum}.
#
# What is kept lies raw on the disk before the first partition, twice, as `fw_printenv` and RAUC know it (system/rauc/fw_env.config):
# 16 KiB from sector 0x800 and from sector 0x1000 on, each a checksum (32 bits, the low byte first), a number that grows with
# each writing, and NAME=VALUE texts. The older copy is written over, never the newer one: a cut costs that writing alone.
# U-Boot's own way to keep an environment so differs from disk to disk, and a disk of virtio has none.

# The copies in memory, and what is worked with.
setexpr copy0 ${ramdisk_addr_r} + 0x0
setexpr copy1 ${ramdisk_addr_r} + 0x10000
setexpr work ${ramdisk_addr_r} + 0x20000
setexpr sum ${ramdisk_addr_r} + 0x30000
setenv sector0 0x800
setenv sector1 0x1000

# Is the copy at ${at} whole? The checksum that is computed has its high byte first.
setenv whole 'setexpr text ${at} + 5; crc32 ${text} 0x3ffb ${sum}; setenv is_whole yes; for byte in 0 1 2 3; do setexpr mine ${at} + ${byte}; setexpr other 3 - ${byte}; setexpr other ${sum} + ${other}; if itest.b *${mine} != *${other}; then setenv is_whole no; fi; done'

# Puts what is kept over the older copy.
setenv keep 'mw.b ${work} 0 0x4000; setexpr text ${work} + 5; env export -b -s 0x3ffb ${text} ${kept}; setexpr place ${work} + 4; mw.b ${place} ${next_number}; crc32 ${text} 0x3ffb ${sum}; for byte in 0 1 2 3; do setexpr mine ${work} + ${byte}; setexpr other 3 - ${byte}; setexpr other ${sum} + ${other}; cp.b ${other} ${mine} 1; done; ${devtype} write ${work} ${older} 0x20'

setenv kept BOOT_ORDER BOOT_A_LEFT BOOT_B_LEFT machine_id overlays
env delete ${kept}
${devtype} dev ${devnum}

# A stick has the number of every card that was written from the same image, and the kernel finds its root by that number: a stick that is
# started from has one of its own from then on.
if test ${devtype} = usb; then
    usb read ${work} 0 1
    setexpr place ${work} + 0x1b8
    if itest.l *${place} != 0x0b17571c; then
        mw.l ${place} 0x0b17571c
        usb write ${work} 0 1
    fi
fi

mw.b ${copy0} 0 0x4000
mw.b ${copy1} 0 0x4000
${devtype} read ${copy0} ${sector0} 0x20
${devtype} read ${copy1} ${sector1} 0x20
setenv at ${copy0}
run whole
setenv whole0 ${is_whole}
setenv at ${copy1}
run whole
setenv whole1 ${is_whole}
setexpr place ${copy0} + 4
setexpr.b number0 *${place}
setexpr place ${copy1} + 4
setexpr.b number1 *${place}

# Which of two is newer: the one with the greater number, but 0 comes after 255.
setenv newer none
if test ${whole0} = yes; then setenv newer 0; fi
if test ${whole1} = yes; then setenv newer 1; fi
if test ${whole0}${whole1} = yesyes; then
    if itest ${number0} >= ${number1}; then setenv newer 0; fi
    if test ${number0} = ff && test ${number1} = 0; then setenv newer 1; fi
    if test ${number0} = 0 && test ${number1} = ff; then setenv newer 0; fi
fi
# Nobody confirms a slot of a stick: attempts are not counted there.
if test ${devtype} = usb; then setenv newer none; fi
setenv older ${sector0}
setenv next_number 1
if test ${newer} = 0; then
    setenv older ${sector1}
    setexpr text ${copy0} + 5
    env import -b ${text} 0x3ffb ${kept}
    setexpr next_number ${number0} + 1
fi
if test ${newer} = 1; then
    setexpr text ${copy1} + 5
    env import -b ${text} 0x3ffb ${kept}
    setexpr next_number ${number1} + 1
fi
setexpr next_number ${next_number} \& 0xff

# A new unit, or both copies lost.
if test -z "${BOOT_ORDER}"; then setenv BOOT_ORDER A B; fi
if test -z "${BOOT_A_LEFT}"; then setenv BOOT_A_LEFT 3; fi
if test -z "${BOOT_B_LEFT}"; then setenv BOOT_B_LEFT 3; fi

# Slots that RAUC has taken out of the order are not tried: they are half written.
setenv slot
setenv tried
for candidate in ${BOOT_ORDER}; do
    if test "${candidate}" = A; then setenv left ${BOOT_A_LEFT}; setenv number 2; fi
    if test "${candidate}" = B; then setenv left ${BOOT_B_LEFT}; setenv number 3; fi
    if test -z "${slot}" && test "${left}" -gt 0; then
        setexpr left ${left} - 1
        setenv BOOT_${candidate}_LEFT ${left}
        setenv tried yes
        if load ${devtype} ${devnum}:${number} ${kernel_addr_r} /boot/Image; then setenv slot ${candidate}; setenv partition ${number}; setenv remain ${left}; fi
    fi
done
if test -z "${tried}"; then
    echo "Orbitbox: no attempts are left; every slot in the order has three again"
    setenv BOOT_A_LEFT 3
    setenv BOOT_B_LEFT 3
fi
if test ${devtype} != usb; then run keep; fi
if test -z "${slot}"; then
    echo "Orbitbox: nothing to boot"
    # But from a stick that has the image of a disk.
    if test ${devtype} != usb; then
        usb start
        for stick in 0 1 2 3; do
            if load usb ${stick}:1 ${scriptaddr} boot.scr; then
                setenv devtype usb
                setenv devnum ${stick}
                source ${scriptaddr}
            fi
        done
    fi
    sleep 1
    reset
fi

# What the slot says of itself (system/boot/slot.env): how the machine's console is called, overlays, an initial file system.
setenv console
setenv initrd
setenv slot_overlays
setenv devicetree
setexpr text ${work} + 0
if load ${devtype} ${devnum}:${partition} ${text} /boot/slot.env; then
    env import -t ${text} ${filesize} console initrd slot_overlays devicetree
fi
part uuid ${devtype} ${devnum}:${partition} partuuid
setenv bootargs "root=PARTUUID=${partuuid} rootwait ro rauc.slot=${slot} panic=10 ${console}"
if test -n "${machine_id}"; then setenv bootargs "${bootargs} systemd.machine_id=${machine_id}"; fi
# Whoever has put this file on a stick wants the unit's own disk written anew (system/bin/recover).
if test ${devtype} = usb && test -e usb ${devnum}:1 recover; then setenv bootargs "${bootargs} orbitbox.recover"; fi

# The device tree is the slot's too, where it has one; else the one that U-Boot was given.
setenv tree ${fdtcontroladdr}
if test -n "${fdt_addr}"; then setenv tree ${fdt_addr}; fi
if test -n "${devicetree}"; then
    if load ${devtype} ${devnum}:${partition} ${fdt_addr_r} /boot/${devicetree}; then
        setenv tree ${fdt_addr_r}
        fdt addr ${tree}
        fdt resize 0x10000
        for overlay in ${slot_overlays} ${overlays}; do
            if load ${devtype} ${devnum}:${partition} ${work} /boot/overlays/${overlay}.dtbo; then fdt apply ${work}; fi
        done
    fi
fi
echo "Orbitbox: slot ${slot}, ${remain} attempts left"
if test -n "${initrd}"; then
    load ${devtype} ${devnum}:${partition} ${ramdisk_addr_r} /boot/${initrd}
    booti ${kernel_addr_r} ${ramdisk_addr_r}:${filesize} ${tree}
else
    booti ${kernel_addr_r} - ${tree}
fi
# It did not begin: the next start has one attempt less.
reset
