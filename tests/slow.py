"""Which files take long, the longest first: they are begun first, so that no worker is left alone with one at the end.

Only the order of the run depends on it. `pytest --durations=80` tells when it is out of date; what is not named here
takes less than ten seconds.
"""

from pathlib import Path

SLOW = (
    "flows/test_great_flow.py",
    "flows/four/test_year.py",
    "contract/test_scim_downstream_flow.py",
    "flows/test_crashes.py",
    "contract/test_contract_accounts.py",
    "flows/nodes/test_storm.py",
    "flows/nodes/test_pace.py",
    "flows/test_first_day_four.py",
    "flows/test_postgresql_failover.py",
    "flows/test_weather.py",
    "contract/test_contract_many.py",
    "flows/test_departments.py",
    "contract/test_contract_strangers.py",
    "flows/test_adopt_openldap.py",
    "flows/test_by_hand.py",
    "policy/wire/test_year.py",
    "contract/test_ldap_weather.py",
    "flows/test_sweep_directory.py",
    "flows/four/test_outage.py",
    "hostile/test_siege.py",
    "contract/test_ds389_doctor.py",
    "contract/test_contract_groups.py",
    "contract/test_ad_members.py",
    "cli/test_demo.py",
    "flows/four/test_weather.py",
    "flows/test_report_size.py",
    "flows/test_names.py",
    "contract/test_contract_weather.py",
    "policy/test_second_evaluator.py",
    "flows/test_plan_apply.py",
    "contract/test_ldap_members.py",
    "scim/test_twins.py",
    "flows/nodes/test_clocks.py",
    "flows/test_poison.py",
    "cli/test_letters.py",
    "policy/wire/test_put_back.py",
    "policy/wire/test_acceptances.py",
    "flows/nodes/test_rolling.py",
    "flows/faults/test_store_locked.py",
    "contract/test_contract_checks.py",
    "contract/test_ad_birth.py",
    "unit/test_reconcile_convergence.py",
    "contract/test_ldap_wire.py",
    "flows/test_secrets.py",
    "cli/test_adopt.py",
    "hostile/test_room.py",
    "cli/test_report.py",
)
TESTS = Path(__file__).parent
_PLACES = {TESTS / name: place for place, name in enumerate(SLOW)}


def place(file: Path) -> int:
    """Where a file stands in the order of the run."""
    return _PLACES.get(file, len(SLOW))
