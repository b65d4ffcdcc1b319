"""Kamailio as registrar and record-routing proxy, with the unit behind it."""

import shutil
import subprocess
from pathlib import Path

from . import process
from .timeline import until

ADDRESS = "127.0.0.2"
CONFIG = """#!KAMAILIO
debug=1
log_stderror=yes
fork=no
children=2
tcp_children=2
listen=udp:{address}:{port}
listen=tcp:{address}:{port}
mpath="/usr/lib/x86_64-linux-gnu/kamailio/modules/:/usr/lib/aarch64-linux-gnu/kamailio/modules/"
loadmodule "kex.so"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "textops.so"
loadmodule "siputils.so"
modparam("usrloc", "db_mode", 0)
modparam("rr", "enable_full_lr", 1)

request_route {{
    if (!mf_process_maxfwd_header("10")) {{ sl_send_reply("483", "Too Many Hops"); exit; }}
    if (is_method("CANCEL")) {{ if (t_check_trans()) t_relay(); exit; }}
    if (has_totag()) {{
        if (loose_route()) {{ t_relay(); exit; }}
        if (is_method("ACK")) {{ if (t_check_trans()) t_relay(); exit; }}
        sl_send_reply("404", "Not here");
        exit;
    }}
    if (is_method("REGISTER")) {{ save("location"); exit; }}
    record_route();
    if ($rU =~ "^[67][0-9]$") {{ $du = "sip:{unit}"; t_relay(); exit; }}
    if (!lookup("location")) {{ sl_send_reply("480", "Not registered"); exit; }}
    t_relay();
}}
"""


class Kamailio:
    """A running proxy in front of a unit."""

    def __init__(self, folder, unit, address):
        self.address, self.port = address, int(address.split(":")[1])
        home = Path(folder) / "kamailio"
        home.mkdir(exist_ok=True)
        (home / "kamailio.cfg").write_text(CONFIG.format(address=ADDRESS, port=self.port, unit=unit))
        self._log = open(home / "log", "wb")
        self._path = home / "log"
        program = shutil.which("kamailio") or "/usr/sbin/kamailio"
        self._child = process.start([program, "-f", str(home / "kamailio.cfg"), "-DD", "-E", "-Y", str(home), "-m", "32"],
                                    stdin=subprocess.DEVNULL, stdout=self._log, stderr=subprocess.STDOUT, cwd=home)

    def uri(self, number):
        """A number at the proxy."""
        return f"sip:{number}@{self.address}"

    def ready(self):
        """Waits until it listens."""
        import socket

        def answers():
            assert self._child.poll() is None, self._path.read_text(errors="replace")[-1500:]
            try:
                socket.create_connection((ADDRESS, self.port), 0.5).close()
                return True
            except OSError:
                return False
        until(answers, 10, "Kamailio")
        return self

    def stop(self):
        """Ends it."""
        process.stop(self._child, grace=2)
        self._log.close()
