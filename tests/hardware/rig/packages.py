"""Programs of unpacked packages, run where they lie."""

import subprocess
from pathlib import Path


class Packages:
    """Packages of this machine's architecture, with their own loader and libraries: whatever this machine has, they fit."""

    def __init__(self, tree):
        self.tree = Path(tree)
        self.libraries = [self.tree / "usr/lib/x86_64-linux-gnu", self.tree / "lib/x86_64-linux-gnu"]

    def order(self, program, *arguments):
        """The words that run a program."""
        places = [self.tree / folder / program for folder in ("usr/bin", "usr/sbin", "bin", "sbin")]
        found = next(place for place in places if place.exists())
        path = ":".join(map(str, self.libraries))
        return [str(self.tree / "lib64/ld-linux-x86-64.so.2"), "--library-path", path, str(found), *map(str, arguments)]

    def run(self, program, *arguments, **more):
        """Runs it; what it printed."""
        return subprocess.run(self.order(program, *arguments), check=True, capture_output=True, **more).stdout
