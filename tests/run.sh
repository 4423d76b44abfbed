#!/bin/sh
# Runs every tier in its own pytest process (a process has one tracer provider) and ends with a summary.
# A tier that fails, or in which pytest finds nothing to run (exit code 5), fails the whole.
#   sh tests/run.sh [SERVICE]
set -u
PYTEST=${PYTEST:-.venv/bin/python -m pytest -q}
failed=0 summary=''

run_tier() {
    echo "== $1"
    begun=$(date +%s)
    if [ -d "$1" ]; then $PYTEST "$1"; code=$?; else echo "there is no folder $1"; code=5; fi
    case $code in
        0) verdict=passed ;;
        5) verdict='FAILED: no tests' ;;
        *) verdict="FAILED: pytest ended with $code" ;;
    esac
    [ "$code" = 0 ] || failed=1
    summary="$summary$(printf '%-32s %5s s  %s' "$1" "$(($(date +%s) - begun))" "$verdict")
"
}

finish() {
    trap - INT
    printf '\n%s' "$summary"
    exit "$failed"
}

trap finish INT

if [ -n "${1:-}" ]; then
    run_tier "services/$1/tests"
    finish
fi
for service in services/*/; do run_tier "${service}tests"; done
for tier in otelkit browser collector repo grafana compose k8s e2e; do run_tier "tests/$tier"; done
finish
