"""`make run SERVICE=datadog-export` with a key, and interrupted: all is sent, and nothing left behind."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from datadog_export.demo import __main__ as demo
from datadog_export.demo import collector
from datadog_export.demo.places import say_where
from datadog_export.demo.traffic import Sent
from otelkit import ConfigurationError
from otelkit.testing.datadog import Answer, DatadogIntake

ROOT = Path(__file__).parents[3]
DEMO = [sys.executable, "-m", "datadog_export.demo"]
RUN = [sys.executable, "-m", "deploy.local", "run", "datadog-export"]  # what `make run` starts


def at(intake: DatadogIntake) -> dict[str, str]:
    places = {f"DD_{signal}_ENDPOINT": intake.url for signal in ("METRICS", "TRACES", "LOGS")}
    return {**places, "DD_API_KEY": "canary4711"}


def test_with_a_key_all_is_sent_and_it_says_where_to_look(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(demo, "STATISTICS_SECONDS", 8)  # the exporter hands on spans every 5 s
    with DatadogIntake() as intake:
        for name, value in at(intake).items():
            monkeypatch.setenv(name, value)
        demo.to_datadog()

    said = capsys.readouterr().out
    (shown,) = re.findall(r"https://app\.datadoghq\.com/apm/trace/(\w{32})", said)
    assert shown in {span.meta["otel.trace_id"] for span in intake.spans() if span.error}
    assert sum(point.value for point in intake.metrics("shop.refunds")) == 18
    assert sum(log.message.startswith("refund ") for log in intake.logs()) == 18
    assert {request.headers["dd-api-key"] for request in intake.requests("/api/v2/")} == {"canary4711"}
    assert "canary4711" not in said


def test_datadog_that_does_not_answer_is_one_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "STATISTICS_SECONDS", 0.5)
    monkeypatch.setattr(collector, "END_SECONDS", 2)
    with DatadogIntake() as intake:
        intake.answer(Answer(503), path="/api/v2/")
        for name, value in at(intake).items():
            monkeypatch.setenv(name, value)
        with pytest.raises(ConfigurationError, match="Datadog does not take everything") as refused:
            demo.to_datadog()

    assert "canary4711" not in str(refused.value)


def test_key_that_datadog_refuses_is_one_message() -> None:
    with DatadogIntake() as intake:
        intake.answer(Answer(403), path="/api/v1/validate")
        environment = {**os.environ, **at(intake)}
        done = subprocess.run(DEMO, env=environment, capture_output=True, text=True, check=False, timeout=60)

    assert done.returncode == 1
    assert "datadog-export: the Collector did not start" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("site", "page"),
    [
        ("", "https://app.datadoghq.com/"),
        ("datadoghq.eu", "https://app.datadoghq.eu/"),
        ("us3.datadoghq.com", "https://us3.datadoghq.com/"),
    ],
)
def test_pages_are_at_the_site_that_is_set(site: str, page: str) -> None:
    assert f"{page}apm/trace/6f1e" in say_where({"DD_SITE": site}, Sent(1, ("6f1e",), ""))


def test_interrupted_demo_leaves_no_process_and_no_file(tmp_path: Path) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    environment.pop("DD_API_KEY", None)
    with subprocess.Popen(RUN, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        assert "18 refunds" in run.stdout.readline()
        children = Path(f"/proc/{run.pid}/task/{run.pid}/children").read_text().split()
        run.send_signal(signal.SIGTERM)
        code = run.wait(30)

    assert code == 128 + signal.SIGTERM
    assert children
    assert not [child for child in children if Path(f"/proc/{child}").exists()]
    assert list(tmp_path.iterdir()) == []
