"""The stand-in as a machine: U-Boot, a disk, a network card, USB, a watchdog."""

from rig.emulated import Emulated

from .network import CABLE, MAC

# Where a stick is plugged in that the machine is to start from.
STARTS = "starts"
BARE = ["-M", "virt", "-cpu", "cortex-a72", "-smp", "2", "-m", "512"]


class StandIn(Emulated):
    """One start of it, until its power is cut or it goes down by itself. With `log`, all that it writes to its disk is written there."""

    def __init__(self, packages, folder, u_boot, flash, disk, log=None):
        (folder / "console.log").unlink(missing_ok=True)
        disk = ["-blockdev", f"driver=file,node-name=file,filename={disk}", "-blockdev", "driver=raw,node-name=raw,file=file"]
        if log:
            log.write_bytes(b"")
            disk += ["-blockdev", f"driver=file,node-name=log,filename={log}", "-blockdev", "driver=blklogwrites,node-name=logged,file=raw,log=log"]
        super().__init__(
            packages, folder, *BARE, "-bios", u_boot, "-drive", f"if=pflash,unit=1,format=raw,file={flash},snapshot=on",
            *disk, "-device", f"virtio-blk-pci,drive={'logged' if log else 'raw'}",
            "-netdev", f"tap,id=net,ifname={CABLE},script=no,downscript=no", "-device", f"virtio-net-pci,netdev=net,romfile=,mac={MAC}",
            # Debian's U-Boot knows the other kind of controller.
            "-device", "qemu-xhci,id=usb", "-device", f"usb-ehci,id={STARTS}", "-device", "i6300esb", "-action", "watchdog=reset",
        )
