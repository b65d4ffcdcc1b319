"""What is said, and where its recordings are left."""

from pathlib import Path

OUT = Path(__file__).parent / "out"
LANGUAGES = ("en", "es", "fr", "de")
# Each digit is once or more in the first, the middle and the last place.
ORBITS = ("017", "182", "293", "304", "415", "526", "637", "748", "859", "960", "071", "128")
# Decibels that the limiter is driven: as delivered, and not at all.
DRIVES = (12, 0)
