"""The plugin as a project sees it: pytest runs in folders of their own."""

import subprocess
import sys

import pytest

import otelkit.testing as package

README = """\
# Shop

```trace order
POST [SERVER] UNSET
├─ reserve [INTERNAL] UNSET
└─ publish [PRODUCER] UNSET
```
"""
TEST = """
from otelkit.testing import trace_tree
from otelkit.traces import Span

def a_span(number, parent, name, kind="INTERNAL"):
    ids = {"trace_id": "a" * 32, "span_id": f"{number:016x}", "parent_span_id": f"{parent:016x}"}
    return Span(**ids, name=name, kind=kind, start_nanos=number)

def test_order(readme_trace):
    spans = [a_span(1, 0, "POST", "SERVER"), a_span(2, 1, "reserve"), a_span(3, 1, "PUBLISHED", "PRODUCER")]
    assert trace_tree(spans) == readme_trace("order")
"""
ACTUAL = "POST [SERVER] UNSET\n├─ reserve [INTERNAL] UNSET\n└─ PUBLISHED [PRODUCER] UNSET\n"


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project with a README and one test below it, as seen on a terminal of 80 columns, not in CI."""
    (pytester.path / "README.md").write_text(README, encoding="utf-8")
    (pytester.path / "tests").mkdir()
    (pytester.path / "tests" / "test_order.py").write_text(TEST, encoding="utf-8")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("CI", raising=False)
    return pytester


def run(project: pytest.Pytester, *options: str) -> pytest.RunResult:
    return project.runpytest_subprocess("-p", "no:cacheprovider", "-p", "no:asyncio", "-W", "error", *options)


def test_tree_that_matches_its_block_passes(project: pytest.Pytester) -> None:
    readme = project.path / "README.md"
    readme.write_text(README.replace("publish", "PUBLISHED"), encoding="utf-8")

    run(project).assert_outcomes(passed=1)


def test_failure_shows_both_whole_trees_side_by_side(project: pytest.Pytester) -> None:
    result = run(project)

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "E*trace differs in 1 of 3 lines (whole trees below)",
            "E*> └─ publish [[]PRODUCER[]] UNSET * | └─ PUBLISHED [[]PRODUCER[]] UNSET",
            "*Traces side by side*",
            "  expected                              | actual",
            "  POST [[]SERVER[]] UNSET                   | POST [[]SERVER[]] UNSET",
            "  ├─ reserve [[]INTERNAL[]] UNSET           | ├─ reserve [[]INTERNAL[]] UNSET",
            "> └─ publish [[]PRODUCER[]] UNSET           | └─ PUBLISHED [[]PRODUCER[]] UNSET",
        ],
        consecutive=False,
    )
    assert "Full output truncated" not in result.stdout.str()


def test_literal_tree_is_explained_too(project: pytest.Pytester) -> None:
    literal = TEST.replace('readme_trace("order")', '"POST [SERVER] UNSET"')
    (project.path / "tests" / "test_order.py").write_text(literal, encoding="utf-8")

    result = run(project)

    result.stdout.fnmatch_lines(["> *| ├─ reserve*", "> *| └─ PUBLISHED*"])


def test_rewrite_puts_the_tree_into_the_readme_and_says_so(project: pytest.Pytester) -> None:
    result = run(project, "--readme-rewrite")

    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["rewrote *README.md: order"])
    written = (project.path / "README.md").read_text(encoding="utf-8")
    assert written == f"# Shop\n\n```trace order\n{ACTUAL}```\n"
    run(project).assert_outcomes(passed=1)


@pytest.mark.parametrize("options", [[], ["--readme-rewrite"]], ids=["compare", "rewrite"])
def test_missing_block_fails_with_the_block_to_paste(project: pytest.Pytester, options: list[str]) -> None:
    (project.path / "README.md").write_text("# Shop\n", encoding="utf-8")

    result = run(project, *options)

    result.assert_outcomes(failed=1)
    pasted = ["```trace order", *ACTUAL.splitlines(), "```"]
    result.stdout.fnmatch_lines(
        [
            "E*README.md has no trace block 'order'. Paste:",
            *(f"E * {line.replace('[', '[[]')}" for line in pasted),
        ]
    )


def test_missing_readme_is_named(project: pytest.Pytester) -> None:
    (project.path / "README.md").unlink()

    run(project).stdout.fnmatch_lines(
        ["E*FileNotFoundError: no README.md beside *test_order.py or above it*"]
    )


def test_nearest_readme_is_the_one_compared_with(project: pytest.Pytester) -> None:
    (project.path / "tests" / "README.md").write_text(f"```trace order\n{ACTUAL}```\n", encoding="utf-8")

    run(project).assert_outcomes(passed=1)


def test_missing_extra_is_one_clear_line(project: pytest.Pytester) -> None:
    (project.path / "tests" / "test_order.py").write_text("def test_sink(otlp_sink): pass", encoding="utf-8")
    (project.path / "conftest.py").write_text("import sys\nsys.modules['starlette'] = None", encoding="utf-8")

    result = run(project)

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*otlp_sink needs starlette*: pip install 'otelkit[[]testing[]]'"])


def test_plugin_is_cheap_to_load() -> None:
    program = (
        "import sys, otelkit.testing.plugin\n"
        "heavy = {'grpc', 'starlette', 'uvicorn', 'requests', 'google.protobuf', 'opentelemetry'}\n"
        "print(*sorted(heavy & set(sys.modules)))"
    )

    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert loaded.stdout.strip() == ""


def test_names_that_tests_import_are_all_there() -> None:
    assert [name for name in package.__all__ if not hasattr(package, name)] == []
