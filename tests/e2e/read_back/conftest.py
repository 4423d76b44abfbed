"""The stack whose telemetry is read back; it is gone before other tests need the machine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.metric_names import Names
from tests.e2e.shop_under_load import ShopUnderLoad, shop_under_load


@pytest.fixture(scope="package")
def shop(collector_binary: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShopUnderLoad]:
    """A stack of its own after the fixed load, with whichever backends there are."""
    assert collector_binary.exists()
    with shop_under_load(tmp_path_factory.mktemp("shop")) as shop:
        yield shop


@pytest.fixture(scope="package")
def names(shop: ShopUnderLoad) -> Names:
    """The names that are there after the load."""
    return Names(shop.promql, shop.is_lgtm)
