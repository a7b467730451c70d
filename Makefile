# What .ci/run checks, one step a name: `make check` is all of it, `make lint` or `make types` a part.
# A virtual environment with requirements-dev.txt has to be active.

.PHONY: check format lint types imports tests lock

check: lint types imports tests

# Mends what ruff can mend by itself.
format:
	ruff format .
	ruff check --fix .

lint:
	ruff format --check .
	ruff check .

# Gradio writes a .pyi beside each of our components when the page starts; mypy would read that in their place.
types:
	rm -f demo/*.pyi
	mypy

imports:
	lint-imports --no-cache

# Two processes, each with the files of tests that it takes, so that fixtures of a file are made once. A browser
# wants both cores for itself: its tests come afterwards, one by one; without Chromium they are skipped.
COVERAGE = --cov=fashion_core --cov=demo --cov=training --durations=20
tests:
	pytest -n 2 --dist loadfile -m "not slow and not browser" $(COVERAGE) --cov-report=
	pytest -m "browser and not slow" $(COVERAGE) --cov-append --cov-report=term:skip-covered

# The versions that CI installs. torch and what comes only with it stay out, because which build of it
# suits a machine (CPU, CUDA 12, CUDA 13, macOS) depends on the machine; requirements.txt gives its range.
lock:
	pip install --quiet uv
	uv pip compile requirements-dev.txt --quiet --upgrade --universal --python-version 3.11 \
	  --no-annotate --no-header \
	  | grep -vE '^(torch|torchvision|triton|sympy|mpmath|setuptools|nvidia-.*|cuda-.*)==' \
	  > requirements-lock.new
	{ echo '# Written by `make lock`. torch and what comes only with it are left out: see Makefile.'; \
	  cat requirements-lock.new; } > requirements-lock.txt
	rm requirements-lock.new
