"""A web server with a few files, under TLS, and the authority that vouches for it."""

import http.server
import ssl
import subprocess
import threading
from pathlib import Path

from . import ports


def _openssl(*words, at=None):
    order = [*(["faketime", at] if at else []), "openssl", *map(str, words)]
    done = subprocess.run(order, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr


class Authority:
    """Certifies servers; its certificate is in `certificate`."""

    def __init__(self, folder, name="authority"):
        self._folder = Path(folder)
        self._key, self.certificate = self._folder / f"{name}.key", self._folder / f"{name}.pem"
        _openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", 30, "-subj", f"/CN={name}",
                 "-keyout", self._key, "-out", self.certificate)

    def server(self, host, at=None):
        """Files with the certificate and the key of a server at that address; made at another time, where one is said."""
        stem = self._folder / f"server-{host}"
        key, request, certificate, names = (stem.with_name(f"{stem.name}.{end}") for end in ("key", "csr", "crt", "ext"))
        names.write_text(f"subjectAltName=IP:{host}\n")
        _openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=files", "-keyout", key, "-out", request)
        _openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self._key, "-CAcreateserial", "-days", 20, "-extfile", names,
                 "-out", certificate, at=at)
        return certificate, key


class FileServer:
    """Has `files` by path: a text; a number, which is the status of an answer without one; or an address that it leads on to."""

    def __init__(self, certificate, key):
        self.files, self.asked = {}, []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            timeout = 5

            def do_GET(self):
                path = self.path.partition("?")[0]
                outer.asked.append(path)
                found = outer.files.get(path, 404)
                body = b""
                if isinstance(found, int):
                    self.send_response(found)
                elif found.startswith(("http://", "https://")):
                    self.send_response(302)
                    self.send_header("Location", found)
                else:
                    body = found.encode()
                    self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass  # Whoever does not believe the certificate hangs up.

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self._server = Server((ports.LOOPBACK, 0), Handler)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.url = f"https://{ports.LOOPBACK}:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self):
        """Ends it: nobody answers there from then on."""
        self._server.shutdown()
        self._server.server_close()
