"""How a trace is drawn."""

from collections.abc import Callable
from textwrap import dedent

from otelkit.traces import Event, Link, Span, render_tree

MakeSpan = Callable[..., Span]


def lines(text: str) -> str:
    return dedent(text).strip("\n")


def link_to(span: Span) -> Link:
    return Link(trace_id=span.trace_id, span_id=span.span_id)


def order_trace(span: MakeSpan) -> list[Span]:
    published = span(4, 1, "publish orders.created", kind="PRODUCER")
    return [
        span(1, 0, "POST /orders", kind="SERVER"),
        span(2, 1, "reserve stock", status="ERROR", events=(Event(name="exception"),)),
        span(3, 2, "SELECT stock", kind="CLIENT"),
        published,
        span(5, 0, "process orders.created", kind="CONSUMER", links=(link_to(published),)),
    ]


def test_children_stand_below_their_parent_and_links_below_their_span(span: MakeSpan) -> None:
    tree = render_tree(order_trace(span))

    assert tree == lines("""
        POST /orders [SERVER] UNSET
        ├─ reserve stock [INTERNAL] ERROR
        │  └─ SELECT stock [CLIENT] UNSET
        └─ publish orders.created [PRODUCER] UNSET
        process orders.created [CONSUMER] UNSET
        ~> publish orders.created [PRODUCER]
        """)


def test_order_of_arrival_and_double_delivery_change_nothing(span: MakeSpan) -> None:
    spans = order_trace(span)

    assert render_tree(spans[::-1] + spans) == render_tree(spans)


def test_two_different_spans_with_one_id_are_both_shown(span: MakeSpan) -> None:
    tree = render_tree([span(1, name="one"), span(1, name="other")])

    assert tree.splitlines() == ["one [INTERNAL] UNSET", "other [INTERNAL] UNSET"]


def test_link_to_a_span_that_was_not_given_says_so(span: MakeSpan) -> None:
    child = span(2, 1, links=(Link(trace_id="f" * 32, span_id="1" * 16),))

    assert render_tree([span(1), child]).splitlines()[1:] == [
        "└─ span 2 [INTERNAL] UNSET",
        "   ~> (outside this trace)",
    ]


def test_links_stand_between_a_span_and_its_children(span: MakeSpan) -> None:
    first = span(1)
    spans = [first, span(2, 1, links=(link_to(first),)), span(3, 2), span(4, 1)]

    assert render_tree(spans) == lines("""
        span 1 [INTERNAL] UNSET
        ├─ span 2 [INTERNAL] UNSET
        │  ~> span 1 [INTERNAL]
        │  └─ span 3 [INTERNAL] UNSET
        └─ span 4 [INTERNAL] UNSET
        """)


def test_span_whose_parent_is_lost_is_a_marked_root(span: MakeSpan) -> None:
    assert render_tree([span(1), span(2, 99)]).splitlines() == [
        "span 1 [INTERNAL] UNSET",
        "span 2 [INTERNAL] UNSET (parent missing)",
    ]


def test_rings_of_parents_are_cut_and_every_span_is_shown_once(span: MakeSpan) -> None:
    tree = render_tree([span(1, 3), span(2, 1), span(3, 2), span(4, 2), span(5, 5)])

    assert tree == lines("""
        span 1 [INTERNAL] UNSET (parents form a ring)
        └─ span 2 [INTERNAL] UNSET
           ├─ span 3 [INTERNAL] UNSET
           └─ span 4 [INTERNAL] UNSET
        span 5 [INTERNAL] UNSET (parents form a ring)
        """)


def test_siblings_that_start_together_are_ordered_by_name_then_id(span: MakeSpan) -> None:
    siblings = [span(n, 1, name, start_nanos=7) for n, name in ((4, "b"), (3, "b"), (2, "c"), (5, "a"))]
    ids = render_tree([span(1), *siblings], label=lambda s: s.name + s.span_id[-1]).split()[2:]

    assert ids == ["├─", "a5", "├─", "b3", "├─", "b4", "└─", "c2"]


def test_order_by_name_makes_concurrent_siblings_stable(span: MakeSpan) -> None:
    one_way = [span(1, name="root"), span(2, 1, "a"), span(3, 1, "b")]
    other_way = [span(1, name="root"), span(3, 1, "a"), span(2, 1, "b")]

    assert render_tree(one_way) != render_tree(other_way)
    assert render_tree(one_way, order="name") == render_tree(other_way, order="name")


def test_events_are_given_when_asked_for(span: MakeSpan) -> None:
    tree = render_tree(order_trace(span), events=True)

    assert "│  * exception\n│  └─ SELECT stock" in tree


def test_ten_thousand_levels_are_drawn_in_linear_space(span: MakeSpan) -> None:
    tree = render_tree([span(number, number - 1) for number in range(1, 10_001)])

    assert tree.count("\n") == 9_999
    assert tree.endswith("(level 9999) span 10000 [INTERNAL] UNSET")
    assert len(tree) < 10_000 * 400


def test_control_characters_of_names_are_made_visible(span: MakeSpan) -> None:
    tree = render_tree([span(1, name="\x1b[31mred\n└─ forged\u202e")])

    assert tree == r"\x1b[31mred\n└─ forged\u202e [INTERNAL] UNSET"


def test_huge_name_is_cut(span: MakeSpan) -> None:
    assert len(render_tree([span(1, name="x" * 10**6)])) < 250


def test_no_spans_are_an_empty_text() -> None:
    assert render_tree([]) == ""
