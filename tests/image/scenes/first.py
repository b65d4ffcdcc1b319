"""The first start of a machine that came out of its box."""

import re
import socket
import ssl
import struct

from rig.report import until
from scenes.scene import START
from stand_in import network

STAGES = {
    "kernel to the first process": "systemctl show -p UserspaceTimestampMonotonic --value",
    "places ready": "systemctl show -p ActiveEnterTimestampMonotonic --value local-fs.target",
    "system ready": "systemctl show -p ActiveEnterTimestampMonotonic --value sysinit.target",
    "program started": "systemctl show -p ExecMainStartTimestampMonotonic --value orbitbox.service",
    "program answers": "systemctl show -p ActiveEnterTimestampMonotonic --value orbitbox.service",
}
# One that runs in the unit's name, or in the system's and answers to nobody outside.
HELD_BACK = {"NoNewPrivs": "1", "Seccomp": "2", "CapEff": "0000000000000000", "CapBnd": "0000000000000000"}


def play(scene):
    """Everything is up, named, mounted and shut as it should be."""
    report = scene.report
    answers, took = scene.start()
    if not report.saw(f"a machine out of its box starts, and its page answers at port 80: {took:.0f} s after power on", answers, scene.machine.said()[-1500:]):
        return False
    running = until(lambda: (state := scene.asks("systemctl is-system-running")) not in ("starting", "initializing") and state, START)
    report.saw("every service is up", running == "running", running or scene.asks("systemctl --failed --no-legend --plain"))
    if running != "running":
        report.line("", scene.asks("systemctl --failed --no-legend --plain; journalctl -b -p warning --no-pager -o cat | tail -20"))
    stages(scene)
    disk(scene)
    name(scene)
    held(scene)
    shut(scene)
    provisioned(scene)
    memory(scene)
    report.saw("the slot that serves is confirmed", until(lambda: scene.environment().get("BOOT_A_LEFT") == "3", 120), scene.environment())
    return True


def stages(scene):
    """How long each took, by the machine's clock."""
    told = [f"{what} {int(scene.asks(order) or 0) / 1e6:.1f} s" for what, order in STAGES.items()]
    scene.report.line("", "    by the machine's clock: " + ", ".join(told))


def disk(scene):
    """Root, data and what is in memory."""
    report = scene.report
    status, _ = scene.machine.tell("touch /usr/x || touch /etc/x")
    mounts = scene.asks("cat /proc/mounts")
    report.saw("the root is read-only", status != 0 and re.search(r"^/dev/vda2 / ext4 ro,", mounts, re.M), mounts)
    size = int(scene.asks("df -k --output=size /data | tail -1"))
    report.saw(f"the data partition has taken the rest of the disk ({size // 1024} MiB)", size > 200 * 1024, size)
    bound = [place for place in ("/etc/orbitbox", "/var/lib/orbitbox", "/var/lib/systemd/timesync") if f"/dev/vda4 {place} ext4 rw,nosuid,nodev,noexec" not in mounts]
    report.saw("configuration, data and the time are on it, and no program there can be run", not bound, bound)
    again = scene.asks("systemctl restart orbitbox-places.service && grep ' /data ' /proc/mounts")
    report.saw("made again, the places are as they were", re.fullmatch(r"/dev/vda4 /data ext4 \S+ 0 0", again), again)
    states = scene.asks("cd /sys/class/watchdog/watchdog0 && cat identity state timeout").splitlines()
    report.saw(f"the hardware's watchdog is armed ({', '.join(states)} s)", states[1:] == ["active", "15"], states)


def name(scene):
    """Who it says it is."""
    report = scene.report
    report.saw(f"it is called {network.NAME}", scene.asks("cat /proc/sys/kernel/hostname") == network.NAME, scene.asks("cat /proc/sys/kernel/hostname"))
    until(lambda: network.NAME in scene.addresses.names, 10)
    report.saw("it asks for its address by that name", network.NAME in scene.addresses.names, scene.addresses.names)
    number, kept = scene.asks("cat /etc/machine-id"), scene.asks("cat /data/identity/machine-id")
    report.saw("its number is kept, for the boot script too", number == kept == scene.environment().get("machine_id"), (number, kept))
    found = until(lambda: multicast_name(f"{network.NAME}.local"), 15)
    report.saw(f"{network.NAME}.local is found by whoever is on the network", found == network.THERE, found)
    try:
        certificate = ssl.get_server_certificate((network.THERE, 5061))
    except OSError as fault:
        certificate = str(fault)
    report.saw("SIP by TLS, with the certificate that the unit has made", certificate.strip() == scene.asks("cat /etc/orbitbox/certificate.pem"), certificate)
    words = scene.asks("grep -vE '^[^:]+:[!*]' /etc/shadow; ls /etc/ssh 2>/dev/null; systemctl list-units --no-legend --plain 'getty*' '*getty*'")
    report.saw("nobody can log in: no password, no console, no shell on the network", words == "", words)


def multicast_name(wanted):
    """Asks the network for an address by multicast DNS; none when nobody answers in a second."""
    question = struct.pack(">6H", 0, 0, 1, 0, 0, 0) + b"".join(bytes([len(part)]) + part.encode() for part in wanted.split(".")) + b"\0" + struct.pack(">2H", 1, 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        asking.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(network.HERE))
        asking.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton("224.0.0.251") + socket.inet_aton(network.HERE))
        asking.settimeout(1)
        asking.bind(("", 5353))
        asking.sendto(question, ("224.0.0.251", 5353))
        try:
            for _ in range(20):
                data, (source, _) = asking.recvfrom(2048)
                if source == network.THERE and struct.unpack(">H", data[6:8])[0] and wanted.split(".")[0].encode() in data:
                    place = data.find(struct.pack(">2H", 1, 0x8001))
                    return socket.inet_ntoa(data[place + 10:place + 14]) if place > 0 else source
        except OSError:
            return None
    return None


def held(scene):
    """What the program may do."""
    report = scene.report
    number = scene.asks("systemctl show --value -p MainPID orbitbox.service")
    status = dict(re.findall(r"^(\w+):\s*(.*)$", scene.asks(f"cat /proc/{number}/status"), re.M))
    report.saw("the program is held: nobody's rights, no new ones, its system calls filtered", all(status.get(key) == value for key, value in HELD_BACK.items()), status)
    report.saw("it is the user 880", status.get("Uid", "").split()[:1] == ["880"], status.get("Uid"))
    policies = [line.split(") ")[1].split()[38] for line in scene.asks(f"cat /proc/{number}/task/*/stat").splitlines()]
    report.saw(f"its sound is played in real time ({policies.count('1')} threads of {len(policies)})", policies.count("1") >= 2, policies)
    # Within its own view of the machine: by a file it may not write, and a program it may not run.
    _, text = scene.machine.tell(f"nsenter -t {number} -m /bin/sh -c 'echo run'")
    report.saw("nothing but the program itself can be run in its place", "Permission denied" in text, text)


def shut(scene):
    """Who is let in."""
    report = scene.report
    # Somebody listens within who is none of the unit's.
    scene.machine.tell("busybox nc -ll -p 9999 -e busybox echo inside >/dev/null 2>&1 &")
    within = until(lambda: "inside" in scene.asks("busybox nc 127.0.0.1 9999 </dev/null"), 10)
    report.saw("a port that is not offered is not reached from outside, whoever listens there", within and not reaches(9999))
    report.saw("the page's own port is reached", reaches(8080))
    scene.machine.tell("kill $(busybox pidof busybox)")
    scene.machine.tell("sed -i 's/:8080/:8090/' /etc/orbitbox/unit.toml; chown orbitbox:orbitbox /etc/orbitbox/unit.toml")
    report.saw("where the configuration names another port for the page, that is the one that is reached, and port 80 leads there", until(lambda: reaches(8090) and scene.page.status() and not reaches(8080), 60))
    scene.machine.tell("sed -i 's/:8090/:8080/' /etc/orbitbox/unit.toml; chown orbitbox:orbitbox /etc/orbitbox/unit.toml")
    report.saw("and back", until(lambda: reaches(8080) and scene.page.status(), 60))


def provisioned(scene):
    """Whether it asks where its configuration is, beside the system's own client, and takes what is no place for none."""
    said = until(lambda: network.PLACE in (text := scene.asks("journalctl -u orbitbox-provision --no-pager -o cat")) and text, START)
    right = said and f"option 66 says `{network.PLACE}`, which does not begin with https://" in said
    scene.report.saw("it asks the network for its configuration, and refuses a place that is not at https://", right, said or scene.asks("journalctl -u orbitbox-provision --no-pager | tail -5"))


def reaches(port):
    """Whether somebody answers at a port of the machine."""
    try:
        socket.create_connection((network.THERE, port), 2).close()
        return True
    except OSError:
        return False


def memory(scene):
    """What program and system need."""
    number = scene.asks("systemctl show --value -p MainPID orbitbox.service")
    used = dict(re.findall(r"(VmRSS|VmHWM|MemTotal|MemAvailable):\s+(\d+)", scene.asks(f"cat /proc/{number}/status /proc/meminfo")))
    text = ", ".join(f"{key} {int(value) // 1024} MiB" for key, value in used.items())
    scene.report.saw(f"memory: {text}", len(used) == 4, used)
