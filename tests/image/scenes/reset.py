"""The unit becomes as it came from the factory."""

from rig.report import until
from scenes.scene import START

CONFIGURATION, CERTIFICATE, ASKED = "/etc/orbitbox/unit.toml", "/etc/orbitbox/certificate.pem", "/var/lib/orbitbox/factory-reset"


def play(scene):
    """A file asks for it, and the next start of the service does it."""
    report = scene.report
    before, name = scene.asks(f"cat {CERTIFICATE}"), scene.asks("cat /proc/sys/kernel/hostname")
    status, text = scene.machine.tell(f"systemctl stop orbitbox && touch {ASKED} && systemctl start orbitbox-factory-reset orbitbox && ! test -e {ASKED}")
    same = scene.asks(f"cat {CONFIGURATION}") == scene.asks("cat /usr/share/orbitbox/unit.toml")
    report.saw("a factory reset that was asked for brings the configuration back that it came with", status == 0 and same, text + scene.asks("journalctl -u orbitbox-factory-reset -o cat --no-pager"))
    answers = until(scene.page.status, START)
    after = scene.asks(f"cat {CERTIFICATE}")
    report.saw("it has another certificate then, and the name that it had", answers and "BEGIN" in after and after != before and name == scene.asks("cat /proc/sys/kernel/hostname"), after)
