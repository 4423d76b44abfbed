#!/bin/sh
# Makes the virtual environment from requirements.lock. The stamp holds the hash of everything that went
# into it and is written last, so an interrupted setup is never taken for a finished one.
set -eu
PYTHON=${PYTHON:-python3} VENV=${VENV:-.venv}

say() { printf 'setup: %s\n' "$*" >&2; }

command -v "$PYTHON" >/dev/null || {
    say "there is no $PYTHON: install Python 3.11 or newer, or name one with PYTHON=..."; exit 1; }

key() {
    { cat requirements.lock requirements-next.txt pyproject.toml services/*/pyproject.toml; echo "$PYTHON"; pwd; } | cksum
}

wanted=$(key)
finished() { [ "$(cat "$VENV/.stamp" 2>/dev/null || :)" = "$wanted" ] && [ -x "$VENV/bin/python" ]; }
if finished; then exit 0; fi

"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    say "$PYTHON is $("$PYTHON" -V 2>&1), but Python 3.11 or newer is needed: name one with PYTHON=..."; exit 1; }

has_venv() { "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null; }

# Debian cuts venv and ensurepip out of its Python.
has_venv || {
    package=$("$PYTHON" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    if [ "${INSTALL:-1}" != 0 ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        say "installing the system package $package (INSTALL=0 forbids it)"
        apt-get update -q >&2 && DEBIAN_FRONTEND=noninteractive apt-get install -q -y "$package" >&2 || :
    fi
    has_venv || { say "$PYTHON cannot make virtual environments: install the system package $package"; exit 1; }
}

# Two set-ups at once (make up here, make test there) would install over each other.
mkdir -p .run
exec 9>.run/setup.lock
if command -v flock >/dev/null; then flock 9; fi
if finished; then exit 0; fi

begun=$(date +%s)
say "making $VENV with $("$PYTHON" -V 2>&1)"
rm -f "$VENV/.stamp"
version() { "$1" -c 'import sys; print(sys.version_info[:2])' 2>/dev/null || :; }
has_pip() { "$VENV/bin/python" -c 'import pip' 2>/dev/null; }
quiet=-q
[ "$(version "$VENV/bin/python")" = "$(version "$PYTHON")" ] && has_pip || {
    "$PYTHON" -m venv --clear "$VENV"
    quiet='' # the first time there is a lot to wait for: pip shows what it fetches
}
export PIP_DISABLE_PIP_VERSION_CHECK=1
"$VENV/bin/python" -m pip install $quiet --require-hashes -r requirements.lock >&2
"$VENV/bin/python" -m pip install -q --require-hashes --no-deps --upgrade --target "$VENV/next" \
    -r requirements-next.txt >&2 # on nobody's path until a test puts it there
set -- -e .
for service in services/*/; do set -- "$@" -e "$service"; done
"$VENV/bin/python" -m pip install -q --no-deps --no-build-isolation "$@" >&2
"$VENV/bin/python" -c 'import otelkit' # a venv that cannot import the library is not done
printf '%s\n' "$wanted" >"$VENV/.stamp"
say "done in $(($(date +%s) - begun)) s"
