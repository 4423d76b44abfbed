"""The map is the same for the same edges, can be read with a dozen services, and bears rings."""

from itertools import combinations

from otelkit.viewer.service_map import Edge
from otelkit.viewer.service_maps.drawing import Map, draw_map
from otelkit.viewer.service_maps.layers import layer_of_each, without_rings
from otelkit.viewer.service_maps.places import BOX_HEIGHT, BOX_WIDTH


def edge(caller: str, callee: str, kind: str = "call", errors: int = 0) -> Edge:
    return Edge(caller, callee, kind, calls=100, errors=errors, total_nanos=100 * 12_000_000)


SHOP = [
    *(edge("gateway", name) for name in ("orders", "stock", "payments", "search")),
    *(edge("orders", name, "message") for name in ("shipping", "mail", "invoices")),
    edge("orders", "stock"),
    edge("shipping", "carriers", errors=3),
    edge("mail", "templates"),
    edge("payments", "bank"),
    edge("bank", "payments", "message"),
    edge("shipping", "orders", "message"),
    *(edge(name, "postgresql", "database") for name in ("orders", "stock", "payments")),
    edge("search", "redis", "database"),
]


def corner_of(drawn: Map) -> dict[str, tuple[float, float]]:
    return {box.name: (box.x, box.y) for box in drawn.boxes}


def test_same_edges_in_any_order_make_the_same_map() -> None:
    assert draw_map(SHOP[::-1]) == draw_map(SHOP)


def test_caller_stands_left_of_what_it_calls() -> None:
    corners = corner_of(draw_map(SHOP))

    for left, right in (
        ("gateway", "orders"),
        ("orders", "stock"),
        ("stock", "postgresql"),
        ("mail", "templates"),
    ):
        assert corners[left][0] < corners[right][0]


def test_boxes_and_labels_of_a_dozen_services_do_not_cover_each_other() -> None:
    drawn = draw_map(SHOP)
    boxes = [(box.x, box.y, box.x + BOX_WIDTH, box.y + BOX_HEIGHT) for box in drawn.boxes]
    labels = [(a.x - a.width / 2, a.y - 8, a.x + a.width / 2, a.y + 8) for a in drawn.arrows]

    covered = [
        (one, other)
        for one, other in combinations([*boxes, *labels], 2)
        if one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
    ]

    assert len(drawn.boxes) == 13
    assert not covered
    for left, top, right, bottom in [*boxes, *labels]:
        assert 0 <= left < right <= drawn.width
        assert 0 <= top < bottom <= drawn.height


def test_edges_between_the_same_two_services_are_apart() -> None:
    drawn = draw_map([edge("a", "b"), edge("a", "b", "message"), edge("b", "a")])

    assert len({arrow.curve for arrow in drawn.arrows}) == 3
    assert len({(arrow.x, arrow.y) for arrow in drawn.arrows}) == 3


def test_ring_and_self_call_are_drawn() -> None:
    drawn = draw_map([edge("a", "b"), edge("b", "c"), edge("c", "a"), edge("c", "c", "message")])

    assert len(drawn.boxes) == 3
    assert len(drawn.arrows) == 4


def test_ring_is_cut_where_it_is_entered() -> None:
    pairs = without_rings([("b", "c"), ("c", "d"), ("d", "b"), ("start", "c")])

    layers = layer_of_each(["b", "c", "d", "start"], pairs)

    assert layers == {"start": 0, "c": 1, "d": 2, "b": 3}


def test_database_with_the_name_of_a_service_is_a_node_of_its_own() -> None:
    drawn = draw_map([edge("redis", "redis", "database")])

    assert sorted((box.name, box.is_database) for box in drawn.boxes) == [("redis", False), ("redis", True)]


def test_chain_of_a_thousand_services_and_no_edges_at_all_are_drawn() -> None:
    chain = [edge(f"s{number}", f"s{number + 1}") for number in range(1_000)]

    assert len(draw_map(chain).boxes) == 1_001
    assert draw_map([]).boxes == []


def test_label_says_calls_errors_and_mean_duration() -> None:
    labels = [arrow.label for arrow in draw_map([edge("a", "b"), edge("a", "c", errors=3)]).arrows]

    assert labels == ["100 · 12 ms", "100 · 3% errors · 12 ms"]
