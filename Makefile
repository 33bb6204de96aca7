# Everything a fresh Debian 12 or Ubuntu with Swift 6.3 needs, and the project's own checks. `make help` lists them.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

JOBS ?= $(shell nproc)
PREFIX ?= /usr/local
TOOLS := .build-tools
VENV := $(TOOLS)/venv
LOG := $(TOOLS)/test.log
PEERS := $(TOOLS)/peers
# Options of compare.py: `make bench-peers PEER_OPTIONS="--count 20000 --runs 1"` is a smoke test.
PEER_OPTIONS ?=
# Options of torture.py: `make torture TORTURE_OPTIONS="--only F17 --only F19 --seed 7"`.
TORTURE_OPTIONS ?=
# Where `make bench` writes its rows for machines, and the saved run that they are compared with: the newest by name.
ROWS := $(TOOLS)/bench.json
BASE ?= $(lastword $(sort $(wildcard Benchmarks/Results/[0-9]*.json)))
SAMPLE := Samples/records/sample.ndjson
# `make fuzz FUZZ_SECONDS=600 FUZZ_TARGETS="ndjson csv"`: so long, and only these.
FUZZ_SECONDS ?= 60
FUZZ_TARGETS ?=
# `make sanitize SANITIZERS=thread`: this one alone.
SANITIZERS ?= address thread
# Tests that a sanitizer cannot run: see CONTRIBUTING.
UNSANITIZED := Benchmarks|theCommandImportsNoNetworkCall|networkCallsOfLibrariesAreTheCommandsOwn|memoryDoesNotGrowWithTheInput|KeyCopiesTests|SecretMemoryTests

.PHONY: help setup system-packages torture-packages build install test sweep torture fuzz sanitize coverage demo replay bench bench-compare bench-peers lint clean sample-records

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

setup: system-packages $(VENV)/complete ## Install what the build and the tests need

# libcrypto, SQLite and pkg-config for the build; openssl, age, the decompressors and Python for the tests and for the receiver's own
# tools.
# apt-get runs only where something is missing, and with sudo only where it has to.
system-packages:
	@missing=(); \
	command -v pkg-config >/dev/null || missing+=(pkg-config); \
	command -v pkg-config >/dev/null && pkg-config --atleast-version=3.0.3 libcrypto || missing+=(libssl-dev); \
	command -v pkg-config >/dev/null && pkg-config --exists sqlite3 || missing+=(libsqlite3-dev); \
	command -v openssl >/dev/null || missing+=(openssl); \
	command -v age >/dev/null || missing+=(age); \
	command -v gzip >/dev/null || missing+=(gzip); \
	command -v zstd >/dev/null || missing+=(zstd); \
	command -v xz >/dev/null || missing+=(xz-utils); \
	python3 -c 'import ensurepip' 2>/dev/null || missing+=(python3 python3-venv); \
	if (( $${#missing[@]} )); then \
	  echo "installing $${missing[*]}"; \
	  as_root=(); if [[ $$(id -u) -ne 0 ]]; then as_root=(sudo); fi; \
	  "$${as_root[@]}" apt-get update -q; \
	  "$${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$${missing[@]}"; \
	fi

# bagit.py is the independent verifier of packets and html5lib that of their pages; the others check the sample documents.
$(VENV)/complete: Tests/requirements.txt | system-packages
	@rm -rf $(VENV) && mkdir -p $(TOOLS)
	@python3 -m venv $(VENV)
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

# The pages of packets and of transparency reports are looked at in a browser, and their prints with pdftotext, for which
# a print needs a font of each script that is on it. Where Chromium cannot be had, those tests are skipped by name; all is
# asked for once, and `make clean` forgets.
$(TOOLS)/browser: | system-packages
	@mkdir -p $(TOOLS); \
	missing=(); \
	command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null \
	  || missing+=(chromium); \
	command -v pdftotext >/dev/null || missing+=(poppler-utils); \
	[[ -n "$$(fc-list :lang=zh 2>/dev/null)" ]] || missing+=(fontconfig fonts-wqy-microhei); \
	if (( $${#missing[@]} )); then \
	  as_root=(); if [[ $$(id -u) -ne 0 ]]; then as_root=(sudo); fi; \
	  { "$${as_root[@]}" apt-get update -q && \
	    "$${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$${missing[@]}"; } \
	    || echo "not installed: $${missing[*]}" >&2; \
	fi; \
	touch $@

build: setup ## Build the command, optimised
	swift build -c release -j $(JOBS)

# The command, its manual pages and its completions, made from the command itself.
install: build ## Install the command, manual and completions below PREFIX (/usr/local)
	@mkdir -p $(TOOLS)/man
	swift package --allow-writing-to-directory $(TOOLS)/man generate-manual --multi-page --output-directory $(TOOLS)/man
	@program="$$(swift build -c release --show-bin-path)/sluice"; share="$(DESTDIR)$(PREFIX)/share"; \
	install -D -m 755 "$$program" "$(DESTDIR)$(PREFIX)/bin/sluice"; \
	install -D -m 644 -t "$$share/man/man1" $(TOOLS)/man/*.1; \
	mkdir -p "$$share/bash-completion/completions" "$$share/zsh/site-functions" "$$share/fish/vendor_completions.d"; \
	"$$program" --generate-completion-script bash > "$$share/bash-completion/completions/sluice"; \
	"$$program" --generate-completion-script zsh > "$$share/zsh/site-functions/_sluice"; \
	"$$program" --generate-completion-script fish > "$$share/fish/vendor_completions.d/sluice.fish"

# A run that finds no test must not look like one that passed.
test: setup $(TOOLS)/browser ## Run every test
	@mkdir -p $(TOOLS)
	swift test -j $(JOBS) --disable-xctest 2>&1 | tee $(LOG)
	@grep -Eq 'Test run with [1-9][0-9]* test' $(LOG) || { echo "no test ran" >&2; exit 1; }

# A debug build turns one bit of each byte, which is enough for `test`; this takes the rest. The released command is linked
# with more than that of a debug build, so what it may call is looked at too.
sweep: setup ## Turn every bit of every file of a signed packet, and look for network calls, in an optimised build
	@mkdir -p $(TOOLS)
	swift test -c release --disable-testable-imports -j $(JOBS) --disable-xctest --filter 'PacketSweepTests|[nN]etworkCall' 2>&1 | tee $(LOG)
	@grep -Eq 'Test run with [1-9][0-9]* test' $(LOG) || { echo "no test ran" >&2; exit 1; }

# Not part of `test`: it takes some ten minutes.
torture: build torture-packages ## Do every fault of the table to the command (TORTURE_OPTIONS="--only F17")
	python3 -B Tests/Torture/torture.py "$$(swift build -c release --show-bin-path)/sluice" $(TORTURE_OPTIONS)

torture-packages: | system-packages
	@missing=(); \
	command -v strace >/dev/null || missing+=(strace); \
	command -v cc >/dev/null || missing+=(gcc libc6-dev); \
	as_root=(); if [[ $$(id -u) -ne 0 ]]; then as_root=(sudo); fi; \
	if (( $${#missing[@]} )); then \
	  echo "installing $${missing[*]}"; \
	  "$${as_root[@]}" apt-get update -q; \
	  "$${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$${missing[@]}"; \
	fi

# Not part of `test`: it never ends by itself, and needs the fuzzer's library of the toolchain.
fuzz: setup ## Fuzz each target for FUZZ_SECONDS (60); exit 1 where something is found
	Tests/Fuzz/fuzz.sh $(FUZZ_SECONDS) $(FUZZ_TARGETS)

# Each sanitizer has a build of its own, since neither can be linked with the other.
sanitize: setup ## Run every test under AddressSanitizer, and under ThreadSanitizer
	@mkdir -p $(TOOLS)
	@for sanitizer in $(SANITIZERS); do \
	  scratch=".build-$${sanitizer/address/asan}"; scratch="$${scratch/thread/tsan}"; \
	  ASAN_OPTIONS=detect_leaks=0 TSAN_OPTIONS=halt_on_error=1 swift test -j $(JOBS) --disable-xctest \
	    --sanitize="$$sanitizer" --scratch-path "$$scratch" --skip '$(UNSANITIZED)' 2>&1 | tee $(LOG); \
	  grep -Eq 'Test run with [1-9][0-9]* test' $(LOG) || { echo "no test ran" >&2; exit 1; }; \
	done

# A build of its own, since each line of it counts itself. The library's own tests have to reach the lines: what only a run of
# the whole command reaches is not held to anything.
coverage: setup ## Print the line coverage of the rooms that values pass; exit 1 below 95 %
	@mkdir -p $(TOOLS) && rm -rf .build-coverage/debug/codecov
	swift test -j $(JOBS) --disable-xctest --enable-code-coverage --scratch-path .build-coverage \
	  --filter '^SluiceTests\.' 2>&1 | tee $(LOG)
	@grep -Eq 'Test run with [1-9][0-9]* test' $(LOG) || { echo "no test ran" >&2; exit 1; }
	python3 -B Tests/Coverage/coverage.py .build-coverage/debug/codecov/sluice.json Sources/Sluice

demo: build ## Run the main job on the samples
	"$$(swift build -c release --show-bin-path)/sluice" demo

# Each half-year's demands are answered when they would have been: those of the first half of 2020 on the day before the
# pause. Exit status 10 says that some demands were refused, which is what is shown.
replay: build ## Replay Hong Kong, July 2019 to December 2020, into a transparency report
	@programs="$$(swift build -c release --show-bin-path)"; folder="$$(mktemp -d -t sluice-replay-XXXXXX)/replay"; \
	"$$programs/sluice-sample-records" --replay "$$folder"; \
	"$$programs/sluice" key new --out "$$folder/root.key"; \
	"$$programs/sluice" register new "$$folder/demands.register" --now 2019-07-01T00:00:00Z; \
	for run in 2019-H2=2020-01-15T12:00:00Z 2020-H1=2020-07-05T12:00:00Z 2020-H2=2021-01-15T12:00:00Z; do \
	  "$$programs/sluice" disclose "$$folder/demands/$${run%%=*}" --records "$$folder/records.ndjson" \
	    --schema Samples/schemas/messenger.yaml Samples/schemas/bandicoot.yaml --policies Samples/policies \
	    --key "$$folder/root.key" --out "$$folder/packets" \
	    --register "$$folder/demands.register" --now "$${run#*=}" --quiet > /dev/null || [[ $$? -eq 10 ]]; \
	done; \
	report=("$$programs/sluice" report --register "$$folder/demands.register" --period 2019-H2 2020-H1 2020-H2); \
	"$${report[@]}"; \
	"$${report[@]}" --format html --provider "Replay of Hong Kong" --out "$$folder/report.html"; \
	echo "the page is $$folder/report.html"

# The allocations of a record are counted in an optimised build alone, so their test runs here too; one test at a time.
bench: export SLUICE_BENCH_JSON := $(CURDIR)/$(ROWS)
bench: setup ## Print the benchmark table
	@mkdir -p $(TOOLS) && rm -f $(ROWS)
	swift test -c release --disable-testable-imports -j $(JOBS) --disable-xctest --no-parallel --filter 'Benchmarks|AllocationTests' 2>&1 | tee $(LOG)
	@grep -Eq 'Test run with [1-9][0-9]* test' $(LOG) || { echo "no benchmark ran" >&2; exit 1; }

bench-compare: bench ## Compare a new benchmark run with a saved one (BASE=FILE, else the newest)
	@[[ -n "$(BASE)" ]] || { echo "no saved run in Benchmarks/Results" >&2; exit 1; }
	python3 Benchmarks/Results/compare_runs.py "$(BASE)" $(ROWS)

bench-peers: build $(PEERS)/complete $(PEERS)/packages ## Run other tools' same jobs, check that all agree, print all
	$(PEERS)/bin/python Benchmarks/Peers/compare.py "$$(swift build -c release --show-bin-path)/sluice" $(PEER_OPTIONS)

# A tool that cannot be had here must not keep the others away: compare.py names it as skipped. The stamp comes only
# when all are there, so that a failure of the network is not remembered.
$(PEERS)/complete: Benchmarks/Peers/requirements.txt | system-packages
	@python3 -m venv $(PEERS)
	@failed=0; \
	while read -r package; do \
	  $(PEERS)/bin/pip install --quiet --disable-pip-version-check "$$package" || failed=1; \
	done < $<; \
	if (( ! failed )); then touch $@; fi

# Asked for once, since a Debian that lacks a package will lack it the next time too; `make clean` forgets.
$(PEERS)/packages: | $(PEERS)/complete
	@missing=(); \
	command -v mlr >/dev/null || missing+=(miller); \
	command -v jq >/dev/null || missing+=(jq); \
	command -v jaq >/dev/null || missing+=(jaq); \
	command -v rg >/dev/null || missing+=(ripgrep); \
	as_root=(); if [[ $$(id -u) -ne 0 ]]; then as_root=(sudo); fi; \
	if (( $${#missing[@]} )) && ! "$${as_root[@]}" apt-get update -q; then \
	  echo "not installed: $${missing[*]}" >&2; exit; \
	fi; \
	for package in "$${missing[@]}"; do \
	  "$${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$$package" \
	    || echo "not installed: $$package" >&2; \
	done; \
	touch $@

lint: setup ## Check the sources' format and public comments, the samples' JSON Schemas, and where deliberate faults stand
	swift format lint --strict -r Sources Tests Benchmarks Package.swift
	$(VENV)/bin/python Samples/json-schemas/check.py
	@python3 Tests/Mutations/mutate.py --list >/dev/null
	python3 -B Tests/Lint/public_docs.py Sources

sample-records: build ## Write the committed sample records again
	@program="$$(swift build -c release --show-bin-path)/sluice-sample-records"; \
	{ "$$program" --count 600 --seed 25; \
	  "$$program" --count 12 --kind account; \
	  "$$program" --count 60 --seed 25 --kind location; \
	  "$$program" --count 60 --seed 25 --kind call; } > $(SAMPLE).new; \
	mv $(SAMPLE).new $(SAMPLE); \
	echo "$(SAMPLE): $$(wc -l < $(SAMPLE)) records"

clean: ## Remove what was built and installed into this folder
	rm -rf .build .build-asan .build-tsan .build-fuzz .build-coverage $(TOOLS)
