# setup: venv, dependencies, official artefacts   run: see it work   test: what CI runs   check: style and types
# generate: rewrite generated files   verapdf: build veraPDF, the tests' oracle (Java 17, Maven)   site: docs as web pages, in out/site
# gate: compare ratios with those of the last bench-rules     bench, bench-rules, bench-pdf, bench-invoices, bench-batch, bench-peers: measure, into benchmarks/results/
# fuzz: compare MUTANTS fresh mutants of a SEED with the published rules   fuzz-drafts: complete DRAFTS random drafts and judge them
# fuzz-pdf: HYBRIDS made of random invoices and FILES damaged PDFs   fuzz-input: INPUTS hostile documents of a SEED through everything
# soak: VALIDATIONS in one process whose Saxon is killed every second (UNDISTURBED=1: is not)   wheel: build twice, compare   audit, sbom: what is installed

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: setup run test check generate verapdf bench gate bench-rules bench-pdf bench-invoices bench-batch bench-peers fuzz fuzz-pdf fuzz-input fuzz-drafts soak audit sbom wheel site clean

# pip compiles what it installs; a checkout is compiled here, so that the first call is as fast
setup: $(VENV)/ready
	@$(BIN)/python -m tools.artefacts
	@$(BIN)/python -m compileall -q einvoice

$(VENV)/ready: pyproject.toml einvoice/version.py
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

run: setup
	@echo '$$ einvoice validate fixtures/b2b-ubl.xml fixtures/broken/wrong-total-with-vat-cii.xml'
	@$(BIN)/einvoice validate fixtures/b2b-ubl.xml fixtures/broken/wrong-total-with-vat-cii.xml; test $$? -le 1
	@echo; echo '$$ einvoice extract fixtures/b2b-ubl.xml seller taxes'
	@$(BIN)/einvoice extract fixtures/b2b-ubl.xml seller taxes
	@echo; echo '$$ einvoice convert fixtures/b2b-ubl.xml --to cii --output out/b2b-cii.xml'
	@mkdir -p out
	@$(BIN)/einvoice convert fixtures/b2b-ubl.xml --to cii --output out/b2b-cii.xml
	@$(BIN)/einvoice validate out/b2b-cii.xml
	@echo; echo '$$ einvoice convert fixtures/b2b-ubl.xml --to zugferd --output out/b2b.pdf'
	@$(BIN)/einvoice convert fixtures/b2b-ubl.xml --to zugferd --output out/b2b.pdf
	@$(BIN)/einvoice validate out/b2b.pdf
	@echo; echo 'Now try: $(BIN)/einvoice validate YOUR-INVOICE.xml'

test: setup check
	$(BIN)/python -m pytest

check: setup audit
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

generate: setup
	$(BIN)/python -m tools.generate

bench: setup
	$(BIN)/python -m benchmarks

gate: setup
	$(BIN)/python -m benchmarks.gate

bench-rules: setup
	$(BIN)/python -m benchmarks.rules

bench-pdf: setup verapdf
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check factur-x==7.8
	$(BIN)/python -m benchmarks.pdf

bench-invoices: setup
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check factur-x==7.8 drafthorse==2025.2.0
	$(BIN)/python -m benchmarks.invoices

DOCUMENTS ?= 100000
KILLS ?= 10

bench-peers: setup
	$(BIN)/python -m benchmarks.peers

bench-batch: setup
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[ray]'
	$(BIN)/python -m benchmarks.batch --documents $(DOCUMENTS) --kills $(KILLS) --seed $(SEED) --ray

verapdf: setup
	@$(BIN)/python -m tools.verapdf

HYBRIDS ?= 2000
FILES ?= 20000

fuzz-pdf: setup
	EINVOICE_HYBRIDS=$(HYBRIDS) $(BIN)/python -m pytest tests/test_pdf_create.py -k any_hybrid
	$(BIN)/python -m fuzz.hostile --kind pdf --inputs $(FILES) --seed $(SEED)

INPUTS ?= 1000000

fuzz-input: setup
	$(BIN)/python -m fuzz.hostile --inputs $(INPUTS) --seed $(SEED)

VALIDATIONS ?= 1000000

soak: setup
	$(BIN)/python -m fuzz.soak --validations $(VALIDATIONS) --seed $(SEED) $(if $(UNDISTURBED),--no-kills)

DRAFTS ?= 20000

fuzz-drafts: setup
	EINVOICE_DRAFTS=$(DRAFTS) $(BIN)/python -m pytest tests/test_completion.py -k drafts

MUTANTS ?= 2000
SEED ?= 1

fuzz: setup
	$(BIN)/python -m fuzz --mutants $(MUTANTS) --seed $(SEED)

audit: setup
	$(BIN)/python -m tools.audit

sbom: setup
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check cyclonedx-bom
	@mkdir -p out
	$(BIN)/cyclonedx-py environment --output-file out/sbom.json $(BIN)/python

wheel: setup
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check build twine check-wheel-contents
	$(BIN)/python -m tools.wheel

site: setup
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check mkdocs-material
	$(BIN)/mkdocs build

clean:
	rm -rf $(VENV) out dist einvoice/artefacts
