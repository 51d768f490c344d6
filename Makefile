# The targets: run, test, client, lint, scan, format, bench, bench-sfu, bench-room, bench-client, bench-tiles, bench-kills, bench-reconnect, bench-hostile, bench-floods, bench-evening, fuzz, docs, words, clean.

PYTHON ?= python3
BIN := .venv/bin
SETUP := pyproject.toml constraints.txt
# Much of the suite waits for media and pages: two files at a time take two thirds of the time.
WHOLE := -n 2 --dist loadfile --max-worker-restart=0

run: .venv/for-run
	@$(BIN)/stagedoor serve --demo $(ARGS)

test: .venv/for-test
	@sh tests/system_packages.sh
	$(BIN)/python -m pytest $(or $(ARGS),$(WHOLE))

client: .venv/for-client

lint: .venv/for-test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

scan: .venv/for-scan
	@$(BIN)/python -m tests.scan $(ARGS)

format: .venv/for-test
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: .venv/for-test
	$(BIN)/python -m bench.viewers $(ARGS)

bench-sfu: .venv/for-test
	@sh tests/system_packages.sh janus iproute2 ethtool
	@$(BIN)/python -m bench.sfu $(ARGS)

bench-room: .venv/for-test
	@$(BIN)/python -m bench.room $(ARGS)

bench-client: .venv/for-test
	@sh tests/system_packages.sh
	@$(BIN)/python -m bench.client $(ARGS)

bench-tiles: .venv/for-test
	@sh tests/system_packages.sh
	@$(BIN)/python -m bench.tiles $(ARGS)

bench-kills: .venv/for-test
	@$(BIN)/python -m bench.kills $(ARGS)

bench-reconnect: .venv/for-test
	@sh tests/system_packages.sh
	@$(BIN)/python -m bench.reconnect $(ARGS)

bench-hostile: .venv/for-test
	@$(BIN)/python -m bench.hostile $(ARGS)

docs: .venv/for-test
	$(BIN)/python -m stagedoor.permissions_page
	$(BIN)/python -m stagedoor.limits_page

words: .venv/for-test
	@$(BIN)/python -m tests.words

bench-floods: .venv/for-test
	@$(BIN)/python -m bench.floods $(ARGS)

bench-evening: .venv/for-test
	@$(BIN)/python -m bench.evening $(ARGS)

fuzz: .venv/for-test
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[fuzz]'
	@$(BIN)/python -m tests.fuzz $(ARGS)

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis

.venv/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'Stagedoor needs Python 3.11 or newer; name one with: make run PYTHON=python3.12'; exit 1; }
	@echo 'Making the virtual environment in .venv (once)'
	@$(PYTHON) -m venv .venv || \
		{ echo 'Python has no venv module here; on Debian and Ubuntu: apt-get install python3-venv'; exit 1; }
	@touch $@

.venv/for-run: .venv/made $(SETUP)
	@echo 'Installing what the server needs'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

.venv/for-client: .venv/made $(SETUP)
	@echo 'Installing what the client needs'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[client]'
	@touch $@ .venv/for-run

.venv/for-test: .venv/made $(SETUP)
	@echo 'Installing what the client and the tests need'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[client,test]'
	@touch $@ .venv/for-run .venv/for-client

.venv/for-scan: .venv/for-test
	@echo 'Installing what looks for secrets and for known faults'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[client,test,scan]'
	@touch $@

.PHONY: run test client lint scan format bench bench-sfu bench-room bench-client bench-tiles bench-kills bench-reconnect bench-hostile bench-floods bench-evening fuzz docs words clean
