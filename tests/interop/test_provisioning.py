"""A unit that nobody has configured asks a real DHCP server where its configuration is, fetches it by HTTPS and takes it live."""

import json
import shutil
import subprocess
import sys

import pytest

from agents import process
from agents.dhcp_server import DhcpServer
from agents.file_server import Authority, FileServer
from agents.timeline import now, until
from agents.unit import BINARY
from test_configuration import gapless, orbits
from test_restart import park, waiting

LOT = '[[lot]]\nname = "Warehouse"\npilot = "70"\norbits = "{}"\n'
SECRET = "dock-4711-gate"
# As systemd-networkd keeps the port of DHCP clients for as long as it has an address by it.
CLIENT = """
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lan")
s.bind((sys.argv[1], 68))
print("bound", flush=True)
sys.stdin.read()
"""


class Site:
    """A network with a file server, and the configuration of a unit in it. `told` starts a DHCP server that says so."""

    def __init__(self, folder, network):
        self.folder, self.network = folder, network
        self.file, self.shipped, self.data = folder / "unit.toml", folder / "shipped" / "unit.toml", folder / "data"
        self.authority = Authority(folder)
        self.shipped.parent.mkdir()
        # One that units come with; an administrator's is beside the configuration.
        self.came_with = self.shipped.with_name("provisioning-ca.pem")
        shutil.copy(self.authority.certificate, self.came_with)
        self.files = FileServer(*self.authority.server(network.outside))
        self._dhcp = None

    def as_shipped(self, text):
        """The unit has the configuration that it came with."""
        self.file.write_text(text)
        self.file.chmod(0o640)
        self.shipped.write_text(text)

    def told(self, options):
        if self._dhcp:
            self._dhcp.stop()
        self._dhcp = DhcpServer(self.folder, self.network, options)

    def round(self):
        """The program, once: its status, and its line."""
        order = [BINARY, "provision", "--config", self.file, "--data", self.data, "--shipped", self.shipped]
        done = subprocess.run([*self.network.enter, *map(str, order)], capture_output=True, text=True, timeout=40)
        assert len(done.stderr.splitlines()) == 1 and not done.stdout, done
        assert SECRET not in done.stderr
        return done.returncode, done.stderr

    def card(self):
        """The address of the unit's card, as files are named by it."""
        links = subprocess.run([*self.network.enter, "ip", "-j", "link", "show", "lan"], capture_output=True, check=True).stdout
        return json.loads(links)[0]["address"].replace(":", "")

    def close(self):
        self.files.stop()
        if self._dhcp:
            self._dhcp.stop()


@pytest.fixture
def site(folder, network):
    one = Site(folder, network)
    yield one
    one.close()


def test_a_unit_out_of_its_box_is_configured_while_somebody_is_parked(scene, network, site):
    """The orbits of the fetched file are there without a start, and the caller hears no gap; a later file follows; what somebody
    has written at the unit then stays, and nobody is asked any more."""
    unit = scene.start_unit(network=network, ringback_after="100s")
    own = site.file.read_text()
    site.as_shipped(own)
    client = process.start([*network.enter, sys.executable, "-c", CLIENT, network.unit], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert client.stdout.readline() == b"bound\n"
    caller = park(scene, "A")
    site.told({160: f"{site.files.url}/units/", 66: "10.0.0.1"})
    site.files.files["/units/orbitbox.toml"] = own.replace('"71-78"', '"71, 81-82"') + f'\n[[station]]\nuser = "109"\npassword = "{SECRET}"\n'
    at = now()
    status, said = site.round()
    assert status == 0 and f"is now what {site.files.url}/units/orbitbox.toml has" in said, said
    assert site.files.asked == [f"/units/{site.card()}.toml", "/units/orbitbox.toml"]
    until(lambda: orbits(unit) == ["71", "81", "82"], 5, "the new orbits are there")
    assert list(waiting(unit)) == ["71"]
    gapless(caller, at)
    assert site.file.stat().st_mode & 0o777 == 0o640 and (site.data / "provisioned").stat().st_mode & 0o777 == 0o600

    before = site.file.stat(), (site.data / "provisioned").stat()
    status, said = site.round()
    assert status == 0 and "unit.toml is what" in said, said
    assert (site.file.stat(), (site.data / "provisioned").stat()) == before

    site.files.files[f"/units/{site.card()}.toml"] = own.replace('"71-78"', '"71-79"')
    status, said = site.round()
    assert status == 0 and f"is now what {site.files.url}/units/{site.card()}.toml has" in said, said
    until(lambda: "79" in orbits(unit) and "81" not in orbits(unit), 5, "the orbits of its own file are there")

    site.file.write_text(site.file.read_text() + "# The second dock follows in May.\n")
    written, asked = site.file.read_bytes(), len(site.files.asked)
    site.files.files[f"/units/{site.card()}.toml"] = own
    status, said = site.round()
    assert status == 0 and "stays as it is: somebody has written it" in said, said
    assert site.file.read_bytes() == written and len(site.files.asked) == asked
    assert list(waiting(unit)) == ["71"]
    gapless(caller, at)
    process.stop(client)


def test_option_66_names_a_file(site):
    """And the unit that has no configuration at all takes it."""
    site.told({66: f"{site.files.url}/dock.toml?key={SECRET}"})
    site.files.files["/dock.toml"] = LOT.format("71-74")
    status, said = site.round()
    assert status == 0 and site.file.read_text() == LOT.format("71-74"), said


def test_where_the_configuration_names_the_place_nobody_is_asked(site):
    """There is no DHCP server; and where it says that nothing is to be fetched, nothing is."""
    site.as_shipped(f'[provisioning]\nurl = "{site.files.url}/{{mac}}/unit.toml"\n')
    site.files.files[f"/{site.card()}/unit.toml"] = "[provisioning]\nenabled = false\n"
    status, said = site.round()
    assert status == 0 and "is now what" in said, said
    status, said = site.round()
    assert status == 0 and "nothing is to be fetched" in said, said
    assert len(site.files.asked) == 1


def test_a_network_without_a_place(site):
    """Nothing is wrong with that."""
    site.as_shipped(LOT.format("71-78"))
    status, said = site.round()
    assert status == 0 and "no DHCP server answers at lan" in said, said
    site.told({})
    status, said = site.round()
    assert status == 0 and "names a configuration in option 160 or 66" in said, said


@pytest.fixture
def unchanged(site):
    """A round that changes nothing: its status and line are to be these."""
    site.as_shipped(LOT.format("71-78"))

    def fails(status, *parts):
        done, said = site.round()
        assert done == status and all(part in said for part in parts), (done, said)
        assert site.file.read_text() == LOT.format("71-78")
    return fails


def test_what_may_not_be_followed_is_refused(site, unchanged):
    """Neither by DHCP nor by the server's word."""
    site.told({160: f"http://{site.network.outside}/units/"})
    unchanged(1, "DHCP option 160 says", "does not begin with https://")
    site.told({160: f"{site.files.url}/unit.toml"})
    site.files.files["/unit.toml"] = f"http://{site.network.outside}/unit.toml"
    unchanged(1, "leads on to an address that does not begin with https://")
    site.files.files["/unit.toml"] = f"{site.files.url}/unit.toml"
    unchanged(1, "not to be had")


def test_a_server_that_nobody_vouches_for_is_not_believed(site, unchanged):
    """Another's authority, none but the system's, and a certificate that begins to hold later."""
    site.told({160: f"{site.files.url}/unit.toml"})
    site.files.files["/unit.toml"] = LOT.format("71-74")
    own = site.folder / "provisioning-ca.pem"
    shutil.copy(Authority(site.folder, "stranger").certificate, own)
    unchanged(1, "nobody whom the unit trusts has certified the server")
    own.unlink()
    site.came_with.unlink()
    unchanged(1, "")
    assert not site.files.asked
    shutil.copy(site.authority.certificate, own)
    site.files.stop()
    site.files = FileServer(*site.authority.server(site.network.outside, at="+3 days"))
    site.told({160: f"{site.files.url}/unit.toml"})
    unchanged(75, "the certificate of the server begins to hold later")
    assert not site.files.asked


def test_a_file_that_is_no_configuration_changes_nothing(site, unchanged):
    """It is named with key and line; and nothing is taken that is not there, or not whole."""
    site.told({160: f"{site.files.url}/unit.toml"})
    files = site.files.files
    files["/unit.toml"] = LOT.format("78-71") + f'[[station]]\nuser = "101"\npassword = {SECRET}\n'
    unchanged(1, f"{site.files.url}/unit.toml:4: lot.orbits: ", "/unit.toml:7: ", "must stand in")
    files["/unit.toml"] = ""
    unchanged(1, "there is nothing in")
    files["/unit.toml"] = "# much\n" * 40_000
    unchanged(1, "longer than")
    files["/unit.toml"] = 404
    unchanged(1, "there is no https://")
    files["/unit.toml"] = 403
    unchanged(1, "the server answers 403")
    files["/unit.toml"] = 503
    unchanged(75, "the server answers 503")
    site.files.stop()
    unchanged(75, "is not reached")
