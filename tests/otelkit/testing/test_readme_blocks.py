"""Trace blocks found in Markdown, and rewritten in place."""

from pathlib import Path

import pytest

from otelkit.testing import blocks_of
from otelkit.testing.readme import rewrite_block

README = """\
# Shop

```trace create-order
POST /orders [SERVER] UNSET
└─ reserve stock [INTERNAL] UNSET
```

1. In a list:

   ~~~ trace in-list
   a [CLIENT] OK
   └─ b [CLIENT] OK
   ~~~

````markdown
```trace quoted
not a block
```
````

```sh
make trace
```
"""


@pytest.fixture
def readme(tmp_path: Path) -> Path:
    path = tmp_path / "README.md"
    path.write_text(README, encoding="utf-8")
    return path


def test_every_trace_block_is_found_and_no_other(readme: Path) -> None:
    assert blocks_of(readme) == {
        "create-order": "POST /orders [SERVER] UNSET\n└─ reserve stock [INTERNAL] UNSET",
        "in-list": "a [CLIENT] OK\n└─ b [CLIENT] OK",
    }


def test_rewriting_changes_that_block_alone(readme: Path) -> None:
    readme.chmod(0o640)

    assert rewrite_block(readme, "in-list", "a [CLIENT] ERROR\n├─ b [CLIENT] OK\n└─ c [CLIENT] OK")
    written = readme.read_text(encoding="utf-8")

    old, new = "   a [CLIENT] OK\n   └─ b", "   a [CLIENT] ERROR\n   ├─ b [CLIENT] OK\n   └─ c"
    assert written == README.replace(old, new)
    assert readme.stat().st_mode & 0o777 == 0o640
    assert list(readme.parent.iterdir()) == [readme]


def test_rewriting_with_the_same_text_does_not_touch_the_file(readme: Path) -> None:
    before = readme.stat().st_ino

    assert not rewrite_block(readme, "create-order", blocks_of(readme)["create-order"])
    assert readme.stat().st_ino == before


def test_line_ends_of_the_file_are_kept(readme: Path) -> None:
    readme.write_bytes(README.replace("\n", "\r\n").encode())

    rewrite_block(readme, "create-order", "a [SERVER] OK\n└─ b [SERVER] OK")

    assert blocks_of(readme)["create-order"] == "a [SERVER] OK\n└─ b [SERVER] OK"
    assert readme.read_bytes().count(b"\n") == readme.read_bytes().count(b"\r\n") == README.count("\n")


def test_tree_that_would_close_its_fence_is_refused(readme: Path) -> None:
    with pytest.raises(ValueError, match="starts like a fence"):
        rewrite_block(readme, "create-order", "```\n# injected")
    assert readme.read_text(encoding="utf-8") == README


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("```trace a\nx\n```\n```trace a\ny\n```\n", r"README.md:4: a second trace block 'a'"),
        ("```trace a\nx\n", r"README.md:1: trace block 'a' is never closed"),
        ("````trace a\nx\n```\n", r"README.md:1: trace block 'a' is never closed"),
    ],
    ids=["twice", "open", "shorter-fence"],
)
def test_malformed_blocks_name_file_line_and_block(readme: Path, text: str, message: str) -> None:
    readme.write_text(text, encoding="utf-8")

    with pytest.raises(ValueError, match=message):
        blocks_of(readme)


def test_empty_block_can_be_filled(readme: Path) -> None:
    readme.write_text("```trace new\n```\n", encoding="utf-8")

    rewrite_block(readme, "new", "a [SERVER] OK")

    assert readme.read_text(encoding="utf-8") == "```trace new\na [SERVER] OK\n```\n"
