# `make` alone says what there is. Each order installs what it needs; everything but Rust and a C compiler.

SHELL := /bin/bash
# Worlds that `make simulate` lives; the one that `make replay` lives again.
SEEDS ?= 100000
SEED ?= 0
# A file of `orbitbox trace` that `make replay` plays instead.
TRACE ?=
# Seconds that `make fuzz` takes.
TIME ?= 60
# Moments at which `make soak` cuts the power.
CUTS ?= 100
# Seconds of traffic, with a cut every 20 s, that follow in it.
SECONDS_OF_TRAFFIC ?= 600
# Machine whose image `make image` builds: rpi3, rpi4, rpi5 or qemu.
MACHINE ?= rpi4
# Further words for the programs behind `make interop`, `make image-test`, `make hearing` and `make bench`.
ARGUMENTS ?=

.PHONY: help run test lint simulate replay selftest interop soak hearing aarch64 hardware layers image image-test image-keys bench bench-media fuzz licences
.PHONY: setup-build setup-interop setup-hearing setup-hardware setup-layers setup-image setup-image-test setup-fuzz setup-licences

help: ## Say what there is
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 18

run: setup-build ## Run a unit with a built-in caller; the wall unit is at http://127.0.0.1:8080
	cargo run --release --package orbitbox -- run --simulate --data target/unit

test: setup-build ## The fast suite: no phone, no browser
	cargo test

lint: setup-build ## Formatting and lints, warnings denied
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- --deny warnings
	cargo clippy --package orbitbox-board --features rppal -- --deny warnings

simulate: ## Seeded races against the park logic and the pages, and bugs planted to be caught: make simulate SEEDS=1000
	ORBITBOX_SEEDS=$(SEEDS) cargo test --release --package orbitbox-simulation
	ORBITBOX_SEEDS=$(SEEDS) cargo test --release --package orbitbox-paging --test seeds

replay: ## Live one world again and tell what breaks: make replay SEED=7; or what a unit was told: make replay TRACE=file
ifeq ($(TRACE),)
	cargo run --release --package orbitbox-simulation -- $(SEED) 1
else
	cargo run --release --package orbitbox-flows --bin replay -- $(TRACE)
endif

selftest: setup-build ## A unit that calls itself, step by step
	cargo run --release --package orbitbox -- selftest

interop: setup-build setup-interop ## Real SIP phones against the real program: make interop ARGUMENTS="-k ringback"
	tests/interop/run.sh $(ARGUMENTS)

soak: setup-build setup-interop ## The program killed at a hundred random moments, then every 20 s under 10 minutes of traffic: make soak CUTS=400
	ORBITBOX_CUTS=$(CUTS) ORBITBOX_SOAK=$(SECONDS_OF_TRAFFIC) INTEROP_SECONDS=7200 tests/interop/run.sh -k "test_restart or test_soak" $(ARGUMENTS)

hearing: setup-build setup-hearing ## Whether the orbits are understood through a horn, in a hall, in noise: an independent recogniser listens
	tests/hearing/run.sh $(ARGUMENTS)

aarch64: ## The program for 64-bit Arm as the image has it, by Debian's compilers where this machine has none of its own
	@folder=$$(ORBITBOX_PROFILE=image .ci/cross-build) && ls -sh1 "$$folder/orbitbox"

hardware: setup-hardware ## The unit on an emulated Arm machine: keys at pins, display on I2C, sound card, USB sticks
	tests/hardware/run.sh

layers: setup-layers ## The layers of the image: linted, parsed, and in step with the repository around them
	tests/image/layers/run.sh $(ARGUMENTS)

image-keys: ## Keys for update bundles, in build/keys, unless there are some
	yocto/keys build/keys

image: setup-image ## The image and the update bundle from upstream sources, hours and 100 GB: make image MACHINE=rpi4
	cd tests/image/layers && ../../../.ci/python-environment
	KAS_WORK_DIR=$(CURDIR)/build tests/image/layers/.venv/bin/kas build yocto/kas/$(MACHINE).yml:yocto/kas/vulnerabilities.yml

image-test: setup-image-test ## A machine made of system/ and the program: started, called (ARGUMENTS=calls ends here), cut off, updated, rolled back
	tests/image/run.sh $(ARGUMENTS)

bench: setup-build ## Packets, delays, load and lamps, processor and memory, with 200 parked callers: make bench ARGUMENTS="--seconds 60"
	cargo build --release --package orbitbox
	cargo run --release --package orbitbox-bench -- $(ARGUMENTS)

bench-media: setup-build ## Music for 50 to 1,000 callers beside a naive sender, at rest and on a busy machine
	cargo build --release --package orbitbox
	cargo run --release --package orbitbox-bench -- --media 50,200,500,1000 --seconds 8 $(ARGUMENTS)

fuzz: setup-fuzz ## Mangled datagrams, streams, session descriptions and sound: make fuzz TIME=600
	tests/fuzz/run.sh $(TIME)

licences: setup-licences ## What may be in the program, and where it may come from
	cargo deny check licenses bans sources

setup-build:
	@pkg-config --exists alsa 2>/dev/null || .ci/debian-packages pkg-config libasound2-dev

setup-interop:
	@.ci/debian-packages python3-venv sip-tester baresip-core kamailio dnsmasq-base openssl ffmpeg flac sox zstd iproute2 faketime

setup-hearing:
	@.ci/debian-packages python3-venv

setup-hardware:
	@.ci/debian-packages python3 mmdebstrap kmod cpio

setup-layers:
	@.ci/debian-packages python3-venv device-tree-compiler openssl rauc squashfs-tools systemd

setup-image:
	@.ci/debian-packages python3-venv build-essential chrpath cpio diffstat file gawk git locales lz4 socat texinfo unzip wget xz-utils zstd

setup-image-test: setup-hardware
	@.ci/debian-packages python3-venv rauc squashfs-tools u-boot-tools dosfstools mtools fdisk e2fsprogs iproute2 openssl

setup-fuzz:
	@command -v c++ >/dev/null || .ci/debian-packages g++

setup-licences:
	@cargo deny --version >/dev/null 2>&1 || cargo install --quiet --locked cargo-deny
