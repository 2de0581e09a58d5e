"""Which files take long, the longest first: they are begun first, so that no worker is left alone with one at the end.

Only the order of the run depends on it. `pytest --durations=80` tells when it is out of date; what is not named here
takes less than ten seconds.
"""

from pathlib import Path

SLOW = (
    "flows/four/test_year.py",
    "flows/test_first_day_four.py",
    "contract/test_contract_accounts.py",
    "flows/nodes/test_storm.py",
    "flows/test_great_flow.py",
    "contract/test_scim_downstream_flow.py",
    "flows/test_crashes.py",
    "flows/test_weather.py",
    "flows/test_postgresql_failover.py",
    "flows/four/test_outage.py",
    "contract/test_contract_many.py",
    "flows/nodes/test_rolling.py",
    "contract/test_ldap_weather.py",
    "policy/wire/test_year.py",
    "flows/test_departments.py",
    "flows/test_by_hand.py",
    "contract/test_contract_strangers.py",
    "contract/test_ds389_doctor.py",
    "flows/test_report_size.py",
    "cli/test_demo.py",
    "clocks/test_wall_clock.py",
    "flows/nodes/test_clocks.py",
    "flows/nodes/test_pace.py",
    "hostile/test_siege.py",
    "contract/test_ad_members.py",
    "flows/test_adopt_openldap.py",
    "flows/four/test_weather.py",
    "flows/faults/test_store_locked.py",
    "policy/test_second_evaluator.py",
    "contract/test_contract_groups.py",
    "contract/test_ldap_members.py",
    "flows/test_names.py",
    "contract/test_contract_weather.py",
    "scim/test_twins.py",
    "flows/test_poison.py",
    "policy/wire/test_put_back.py",
    "policy/wire/test_acceptances.py",
    "flows/faults/test_import_killed.py",
    "contract/test_contract_checks.py",
    "contract/test_ad_birth.py",
    "unit/test_reconcile_convergence.py",
    "contract/test_ldap_wire.py",
    "flows/test_sweep_directory.py",
    "flows/test_plan_apply.py",
    "flows/test_secrets.py",
    "hostile/test_room.py",
    "cli/test_letters.py",
    "cli/test_adopt.py",
    "cli/test_report.py",
)
TESTS = Path(__file__).parent
_PLACES = {TESTS / name: place for place, name in enumerate(SLOW)}


def place(file: Path) -> int:
    """Where a file stands in the order of the run."""
    return _PLACES.get(file, len(SLOW))
