"""Several propagators at once: all of them write, the last one that finds a span decides."""

import pytest

from .cases import FORMATS, LOWER, PROTOCOLS, P, T
from .conftest import Use
from .wires import OWN_SPAN, OWN_TRACE, Recorded, Wire

pytestmark = pytest.mark.integration
OTHER = "1" * 32
every_protocol = pytest.mark.parametrize("protocol", PROTOCOLS)
every_format = pytest.mark.parametrize("other", [name for name in FORMATS if name != "tracecontext"])


async def parent_of(wire: Wire, headers: dict[str, str]) -> tuple[str, str] | None:
    recorded = Recorded()
    await wire.read(recorded, {name.lower(): value for name, value in headers.items()})
    parent = recorded.span.parent if recorded.span else None
    return (f"{parent.trace_id:032x}", f"{parent.span_id:016x}") if parent else None


@every_protocol
@every_format
async def test_the_last_of_two_that_disagree_wins(use: Use, wire: Wire, protocol: str, other: str) -> None:
    both = FORMATS["tracecontext"].expected(T, P, True) | FORMATS[other].expected(OTHER, OWN_SPAN, True)

    use(f"tracecontext,{other}")
    assert await parent_of(wire, both) == (OTHER, OWN_SPAN)
    use(f"{other},tracecontext")
    assert await parent_of(wire, both) == (T, P)


@every_protocol
async def test_the_last_one_that_says_nothing_leaves_what_the_first_found(
    use: Use, wire: Wire, protocol: str
) -> None:
    use("tracecontext,b3,datadog")
    broken = {"b3": "x", "x-datadog-trace-id": "x", "x-datadog-parent-id": "1"}

    assert await parent_of(wire, FORMATS["tracecontext"].expected(T, P, True) | broken) == (T, P)


@every_protocol
async def test_all_of_them_are_written(use: Use, wire: Wire, protocol: str) -> None:
    use(",".join(FORMATS))
    written = {name.lower(): value for name, value in await wire.write(Recorded())}

    for one in FORMATS.values():
        expected = one.expected(OWN_TRACE, OWN_SPAN, True)
        assert {name.lower(): value for name, value in expected.items()}.items() <= written.items()


@every_protocol
async def test_64_bits_of_one_format_take_the_upper_half_of_the_other(
    use: Use, wire: Wire, protocol: str
) -> None:
    use("tracecontext,datadog")
    ids = {"x-datadog-trace-id": str(int(LOWER, 16)), "x-datadog-parent-id": str(int(P, 16))}
    state = {"traceparent": f"00-{T}-{P}-01", "tracestate": "vendor=1"}

    assert await parent_of(wire, state | ids) == (T, P)
