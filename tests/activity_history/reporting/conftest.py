from pathlib import Path

import pytest

_HERE = Path(__file__).parent
# As the service has them asked; what analysts read is asked by the owner, in whose name the views read.
_AS_THE_APPLICATION = {"test_dictionary"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == _HERE and item.path.stem not in _AS_THE_APPLICATION:
            item.add_marker(pytest.mark.acting_as("owner"))
