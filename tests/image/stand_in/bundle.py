"""Update bundles, and who may make them."""

import shutil
import subprocess

MANIFEST = """[update]
compatible={compatible}
version={version}

[bundle]
format=verity

[image.rootfs]
filename=rootfs.ext4
"""


def signer(folder, name):
    """A key and its certificate, made anew; the files of both."""
    folder.mkdir(parents=True, exist_ok=True)
    key, certificate = folder / f"{name}.key", folder / f"{name}.pem"
    # Valid from a day before: the clocks of two machines differ.
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-days", "30", "-subj", f"/O=Orbitbox stand-in/CN={name}"],
        check=True, capture_output=True,
    )
    return key, certificate


def make(image, version, signed_by, into, compatible="orbitbox-qemu"):
    """A bundle of one root image."""
    key, certificate = signed_by
    content = into.with_suffix(".content")
    shutil.rmtree(content, ignore_errors=True)
    content.mkdir()
    (content / "rootfs.ext4").hardlink_to(image)
    (content / "manifest.raucm").write_text(MANIFEST.format(compatible=compatible, version=version))
    into.unlink(missing_ok=True)
    subprocess.run(
        ["rauc", f"--cert={certificate}", f"--key={key}", "--mksquashfs-args=-comp zstd -Xcompression-level 3", "bundle", content, into],
        check=True, capture_output=True,
    )
    shutil.rmtree(content)
    return into
