"""What the Collector needs to start: one key, from the environment or a file, that Datadog takes."""

import os
import subprocess
from pathlib import Path

import pytest

from otelkit.testing.datadog import Answer, DatadogIntake
from otelkit.testing.ports import free_port
from tests.collector.datadog.otlp import logs, resource_with, send, span, traces
from tests.collector.datadog.process import KEY, TRACES, VALIDATE, ToDatadog
from tests.collector.payloads import key_values


@pytest.mark.parametrize(
    ("overlay", "error"),
    [
        ("to-datadog.yaml", "Error: exporters::datadog: api.key is not set\n"),
        (
            "to-datadog-agent.yaml",
            'Error: exporters::otlp_grpc/datadog-agent: requires a non-empty "endpoint"\n',
        ),
    ],
)
def test_missing_setting_is_one_line(vendors_binary: Path, overlay: str, error: str) -> None:
    done = subprocess.run(
        [vendors_binary, "validate", "--config=collector/base.yaml", f"--config=collector/{overlay}"],
        env={name: value for name, value in os.environ.items() if not name.startswith("DD_")},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )

    assert (done.returncode, done.stdout, done.stderr) == (1, "", error)


def test_key_of_a_file_is_sent_without_its_newline(
    vendors_binary: Path, own_intake: DatadogIntake, tmp_path: Path
) -> None:
    file = tmp_path / "key"
    file.write_text(f"{KEY}\n")
    settings = {"DD_API_KEY": "", "DD_API_KEY_FILE": str(file)}
    with ToDatadog(vendors_binary, tmp_path, own_intake, **settings) as collector:
        send(collector.grpc_target, traces([span("GET")]))
        own_intake.wait_for_requests(TRACES)

    assert {one.headers["dd-api-key"] for one in own_intake.requests()} == {KEY}


def test_refused_key_ends_the_start_with_one_error(
    vendors_binary: Path, own_intake: DatadogIntake, tmp_path: Path
) -> None:
    own_intake.answer(Answer(403), path=VALIDATE)
    collector = ToDatadog(vendors_binary, tmp_path, own_intake)

    with pytest.raises(AssertionError, match="API Key validation failed"):
        collector.start()

    assert KEY not in collector.read_log()


def test_refused_key_can_be_let_pass(vendors_binary: Path, own_intake: DatadogIntake, tmp_path: Path) -> None:
    own_intake.answer(Answer(403), path=VALIDATE)

    with ToDatadog(vendors_binary, tmp_path, own_intake, DD_FAIL_ON_INVALID_KEY="false") as collector:
        assert collector.get("HEALTH_PORT", "/")[0] == 200


def test_start_does_not_wait_for_an_intake_that_is_away(vendors_binary: Path, tmp_path: Path) -> None:
    away = DatadogIntake(free_port())

    with ToDatadog(vendors_binary, tmp_path, away) as collector:
        assert collector.get("HEALTH_PORT", "/")[0] == 200


def test_what_names_no_host_is_shown_under_the_name_that_was_decided(
    vendors_binary: Path, own_intake: DatadogIntake, tmp_path: Path
) -> None:
    request = traces([span("GET")])
    resource = request.resource_spans[0].resource
    del resource.attributes[:]
    resource.attributes.extend(key_values({**resource_with({}), "host.name": ""}))
    with ToDatadog(vendors_binary, tmp_path, own_intake) as collector:
        send(collector.grpc_target, request, logs({"body": "open"}))

        assert {one.host for one in own_intake.wait_for_spans()} == {"otelcol"}
