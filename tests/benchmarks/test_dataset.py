import pytest

from activities.models import Activity
from benchmarks.dataset import DEEP_TARGET, target_id
from tests.benchmarks.conftest import SOME


@pytest.mark.usefixtures("seeded")
def test_rows_and_targets_are_called_as_the_load_computes_them() -> None:
    ids = set(SOME.some_ids(500))

    assert Activity.objects.count() == 880
    assert set(Activity.objects.filter(id__in=ids).values_list("id", flat=True)) == ids


@pytest.mark.usefixtures("seeded")
def test_targets_have_ten_rows_on_average_and_one_has_many() -> None:
    counts = [Activity.objects.filter(target_id=target_id(number)).count() for number in range(SOME.targets)]

    assert counts == [25, 5, 5, 5] * SOME.families
    assert Activity.objects.filter(target_id=target_id(DEEP_TARGET)).count() == 80
    assert set(SOME.some_busy_targets(5)) <= {target_id(4 * family) for family in range(SOME.families)}
