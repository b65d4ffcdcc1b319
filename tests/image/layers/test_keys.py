"""The keys that yocto/keys makes sign bundles that RAUC takes, and no others."""

import subprocess

import pytest
from metadata import YOCTO


def run(*order, **more) -> subprocess.CompletedProcess:
    return subprocess.run([str(word) for word in order], capture_output=True, text=True, timeout=120, **more)


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    folders = [tmp_path_factory.mktemp(name) for name in ("ours", "theirs")]
    for folder in folders:
        run(YOCTO / "keys", folder, check=True)
    return folders


@pytest.fixture(scope="module")
def bundle(keys, tmp_path_factory):
    content = tmp_path_factory.mktemp("content")
    (content / "root.ext4").write_bytes(bytes(range(256)) * 4096)
    (content / "manifest.raucm").write_text(
        "[update]\ncompatible=orbitbox-qemu\nversion=1\n[bundle]\nformat=verity\n[image.rootfs]\nfilename=root.ext4\n"
    )
    made = tmp_path_factory.mktemp("made") / "update.raucb"
    ours = keys[0]
    run("rauc", "bundle", "--cert", ours / "release.cert.pem", "--key", ours / "release.key.pem", content, made, check=True)
    return made


def test_a_bundle_of_ours_is_taken(keys, bundle):
    told = run("rauc", "info", "--keyring", keys[0] / "ca.cert.pem", bundle)
    assert told.returncode == 0, told.stderr
    assert "orbitbox-qemu" in told.stdout


def test_a_bundle_of_others_is_refused(keys, bundle):
    assert run("rauc", "info", "--keyring", keys[1] / "ca.cert.pem", bundle).returncode != 0


def test_a_changed_bundle_is_refused(keys, bundle, tmp_path):
    changed = bytearray(bundle.read_bytes())
    # In the signature's part, at the end.
    changed[-100] ^= 1
    other = tmp_path / "changed.raucb"
    other.write_bytes(changed)
    assert run("rauc", "info", "--keyring", keys[0] / "ca.cert.pem", other).returncode != 0


def test_keys_that_are_there_stay_and_are_nobody_elses(keys):
    before = {path.name: path.read_bytes() for path in keys[0].iterdir()}
    run(YOCTO / "keys", keys[0], check=True)
    assert {path.name: path.read_bytes() for path in keys[0].iterdir()} == before
    assert all(path.stat().st_mode & 0o077 == 0 for path in keys[0].glob("*.key.pem"))
