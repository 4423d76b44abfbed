"""`make k8s-up` and `k8s-down`, with programs in place of the real ones that write down their calls."""

import json
import os
import re
from pathlib import Path

import pytest

from deploy.k8s.cluster import NAME, bring_down, bring_up
from deploy.k8s.errors import ClusterError
from deploy.k8s.programs import Programs

# Each writes its arguments into `calls` and its standard input into a file of its own.
FAKE = """#!/bin/sh
echo "$(basename "$0") $*" >> {folder}/calls
case "$*" in
    "get clusters") cat {folder}/clusters; exit 0 ;;
    *" get secret "*) exit 0 ;;
    *"-f -") cat > {folder}/input-$(wc -l < {folder}/calls | tr -d ' ') ;;
esac
exit $(cat {folder}/code)
"""


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder with fake docker, kind and kubectl in `bin`, no cluster, and nothing that fails."""
    (tmp_path / "bin").mkdir()
    for name in ("docker", "kind", "kubectl"):
        program = tmp_path / "bin" / name
        program.write_text(FAKE.format(folder=tmp_path), encoding="utf-8")
        program.chmod(0o755)
    (tmp_path / "clusters").write_text("somebody-elses\n", encoding="utf-8")
    (tmp_path / "code").write_text("0", encoding="utf-8")
    return tmp_path


def programs(machine: Path) -> Programs:
    return Programs({**os.environ, "PATH": f"{machine}/bin:/usr/bin:/bin"})


def calls(machine: Path) -> list[str]:
    return (machine / "calls").read_text(encoding="utf-8").splitlines()


def inputs(machine: Path) -> list[str]:
    return [file.read_text(encoding="utf-8") for file in sorted(machine.glob("input-*"))]


def test_programs_that_are_missing_are_named_with_their_remedies(tmp_path: Path) -> None:
    with pytest.raises(ClusterError) as caught:
        bring_up("local", Programs({"PATH": str(tmp_path)}))

    assert "\n" not in str(caught.value)
    for name in ("docker", "kind", "kubectl"):
        assert f"there is no {name} on PATH: install" in str(caught.value)


def test_overlay_that_there_is_not_is_an_error_that_names_those_there_are(machine: Path) -> None:
    with pytest.raises(
        ClusterError, match="no overlay 'lokal'; known are: admission, datadog, local, prometheus-operator"
    ):
        bring_up("lokal", programs(machine))


def test_up_creates_loads_applies_and_waits_in_this_order(machine: Path) -> None:
    bring_up("local", programs(machine))

    called = calls(machine)
    order = ["kind create", "docker build", "kind load", "kubectl --context", "rollout status"]
    first = [next(index for index, call in enumerate(called) if part in call) for part in order]
    assert first == sorted(first)
    assert sum("docker build" in call for call in called) == sum("kind load" in call for call in called) >= 6
    assert all(f"--context kind-{NAME} " in call for call in called if call.startswith("kubectl"))
    assert any("rollout status statefulset/collector-gateway" in call for call in called)


def test_secrets_are_random_and_nobody_sees_them_in_arguments(machine: Path) -> None:
    bring_up("local", programs(machine))

    made = [json.loads(text) for text in inputs(machine) if '"kind": "Secret"' in text]
    passwords = [one["stringData"]["password"] for one in made]
    assert {one["metadata"]["name"] for one in made} == {"nats", "postgres", "rabbitmq"}
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9]{31}", password) for password in passwords)
    assert len(set(passwords)) == 3
    assert not any(password in call for password in passwords for call in calls(machine))


def test_secret_that_needs_a_variable_names_it(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DD_API_KEY", raising=False)

    with pytest.raises(ClusterError, match="the Secret datadog needs DD_API_KEY"):
        bring_up("datadog", programs(machine))


def test_step_that_fails_ends_it_and_is_named(machine: Path) -> None:
    (machine / "code").write_text("3", encoding="utf-8")

    with pytest.raises(ClusterError, match=r"kind create cluster .* ended with 3"):
        bring_up("local", programs(machine))
    assert not any("apply" in call for call in calls(machine))


def test_cluster_that_is_there_is_used_again(machine: Path) -> None:
    (machine / "clusters").write_text(f"somebody-elses\n{NAME}\n", encoding="utf-8")

    bring_up("local", programs(machine))

    assert not any("kind create" in call for call in calls(machine))


def test_down_deletes_our_cluster_and_no_other(machine: Path) -> None:
    bring_down(programs(machine))
    assert calls(machine) == ["kind get clusters"]

    (machine / "clusters").write_text(f"somebody-elses\n{NAME}\n", encoding="utf-8")
    bring_down(programs(machine))
    assert calls(machine)[-1] == f"kind delete cluster --name {NAME}"
