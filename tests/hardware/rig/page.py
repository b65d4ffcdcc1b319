"""The page of the unit, as a browser asks it."""

import http.client
import json
import socket

WAITING = ("free", "reserved", "cooling-down")


def free_port():
    """A TCP port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Page:
    """Asks at a port of this machine, or of another."""

    def __init__(self, port, host="127.0.0.1"):
        self.port, self.host = port, host

    def request(self, method, path, body=None, patience=3):
        """A request, with a JSON body or a file; none while it does not answer."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=patience)
        try:
            is_json = isinstance(body, dict)
            headers = {"Content-Type": "application/json"} if is_json else {}
            connection.request(method, path, json.dumps(body) if is_json else body, headers)
            text = connection.getresponse().read()
            return json.loads(text) if text else {}
        except (OSError, ValueError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def status(self):
        """What the unit says of itself; none while it does not answer."""
        return self.request("GET", "/api/status")

    def occupied(self):
        """The orbits that hold a call."""
        lots = (self.status() or {"lots": []})["lots"]
        return [orbit["number"] for lot in lots for orbit in lot["orbits"] if orbit["state"] not in WAITING]

    def update(self):
        """How updates stand; nothing where it does not say."""
        return (self.status() or {}).get("update") or {}

    def speaking(self):
        """The orbit that is announced at the moment."""
        return (self.status() or {}).get("speaking")

    def call_in(self):
        """A caller calls and is parked."""
        self.request("POST", "/api/call-in")
