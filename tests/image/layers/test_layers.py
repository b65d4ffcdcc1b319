"""The layers as such, and the kas files that build from them."""

import json
import re
from pathlib import Path

import jsonschema
import kas
import pytest
import yaml
from metadata import LAYERS, MACHINES, YOCTO, parse, recipe, words

KAS = sorted((YOCTO / "kas").glob("*.yml"))
SERIES = "wrynose"
# The collections that layers of others are known by, as the kas file names the layers.
COLLECTIONS = {
    "core": ("openembedded-core", "meta"),
    "networking-layer": ("meta-openembedded", "meta-networking"),
    "openembedded-layer": ("meta-openembedded", "meta-oe"),
    "meta-python": ("meta-openembedded", "meta-python"),
    "raspberrypi": ("meta-raspberrypi", None),
    "rauc": ("meta-rauc", None),
}


def read(path: Path) -> dict:
    return yaml.safe_load(path.read_text())


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.name)
def test_a_layer_says_what_it_is(layer):
    data = parse(recipe("orbitbox-image"))
    name = layer.name.removeprefix("meta-")
    assert data.getVar(f"LAYERSERIES_COMPAT_{name}") == SERIES
    assert "core" in words(data, f"LAYERDEPENDS_{name}")
    assert f"^{layer}/" == data.getVar(f"BBFILE_PATTERN_{name}").replace("${LAYERDIR}", str(layer))
    readme = (layer / "README.md").read_text()
    for word in ("aintainers", "atches", "Dependencies", "@"):
        assert word in readme
    for file in ("LICENSE", "SECURITY.md", "MAINTAINERS.md"):
        assert (layer / file).stat().st_size > 0


def test_the_distribution_has_no_machine_and_the_machines_no_distribution():
    assert not list((LAYERS[0] / "conf").glob("machine*"))
    assert not list((LAYERS[1] / "conf").glob("distro*"))
    # Its name is an override, as is that of every recipe.
    names = {path.stem.split("_")[0] for layer in LAYERS for path in layer.rglob("*.bb")}
    names |= {path.stem for path in (LAYERS[1] / "conf/machine").glob("*.conf")}
    assert "orbitbox-os" not in names


@pytest.mark.parametrize("path", KAS, ids=lambda path: path.stem)
def test_kas_files_are_valid(path):
    schema = json.loads((Path(kas.__file__).parent / "schema-kas.json").read_text())
    jsonschema.validate(read(path), schema)
    for included in read(path)["header"].get("includes", []):
        assert (YOCTO.parent / included).is_file()


def test_there_is_a_kas_file_for_each_machine():
    assert sorted(read(path)["machine"] for path in KAS if "machine" in read(path)) == MACHINES


def test_sources_are_pinned_and_all_there():
    common = read(YOCTO / "kas/common.yml")
    repositories = common["repos"]
    for name, repository in repositories.items():
        if name != "orbitbox":
            assert re.fullmatch(r"[0-9a-f]{40}", repository["commit"]), name
            assert repository["branch"] in (SERIES, "2.18"), name
    data = parse(recipe("orbitbox-image"))
    for collection in words(data, "LAYERDEPENDS_orbitbox") + words(data, "LAYERDEPENDS_orbitbox-bsp"):
        repository, layer = COLLECTIONS[collection]
        assert repository in repositories
        assert layer is None or layer in repositories[repository]["layers"]
    assert common["distro"] == data.getVar("DISTRO")
    for target in common["target"]:
        assert recipe(target)


def test_only_developers_get_a_login():
    let_in = ("empty-password", "empty-root-password", "ssh-server", "serial-getty", "debug-tweaks", "root-login")
    for path in [*KAS, *(path for layer in LAYERS for path in layer.rglob("*") if path.suffix in (".conf", ".inc", ".bb"))]:
        added = [word for word in let_in if re.search(rf"(IMAGE_FEATURES|append).*{word}", path.read_text())]
        assert not added or path.name == "developer.yml", f"{path.name}: {added}"
