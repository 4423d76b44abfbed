"""Two trees side by side within a given width."""

from otelkit.testing.sides import side_by_side

TITLES = ("expected", "actual")
EXPECTED = "POST /orders [SERVER] UNSET\n├─ reserve [INTERNAL] UNSET\n└─ publish [PRODUCER] UNSET"
ACTUAL = "POST /orders [SERVER] UNSET\n└─ publish [PRODUCER] UNSET"


def test_line_that_one_side_lacks_is_marked_and_the_rest_stays_aligned() -> None:
    assert side_by_side(TITLES, EXPECTED, ACTUAL, width=80) == [
        "  expected                              | actual",
        "  POST /orders [SERVER] UNSET           | POST /orders [SERVER] UNSET",
        "> ├─ reserve [INTERNAL] UNSET           |",
        "  └─ publish [PRODUCER] UNSET           | └─ publish [PRODUCER] UNSET",
    ]


def test_only_differing_rows_on_demand() -> None:
    assert len(side_by_side(TITLES, EXPECTED, ACTUAL, width=80, only_differing=True)) == 2


def test_long_lines_go_on_below_within_the_width() -> None:
    lines = side_by_side(TITLES, "x" * 100, "y", width=80)

    assert [len(line) <= 80 for line in lines] == [True] * 4
    assert lines[1] == f"> {'x' * 37} | y"
    assert lines[3] == f"> {'x' * 26}{' ' * 11} |"


def test_huge_trees_are_compared_quickly() -> None:
    left = "\n".join(f"span {n}" for n in range(10_000))

    assert sum(line.startswith(">") for line in side_by_side(TITLES, left, left + "\nmore", width=80)) == 1
