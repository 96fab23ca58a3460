"""Rules and policy of one installation: what ships with the project, and the files that the settings name."""

from __future__ import annotations

from compliance.policy import Policy, built_in_policy, load_policy
from crawler.config import Config
from portals.due import built_in_rules, load_local_rules
from portals.model import DueRule


def rules_of(config: Config) -> tuple[DueRule, ...]:
    """By when what is owed. Raises portals.faults.RegistryFaults with every fault of the local file."""
    return (*built_in_rules(), *(load_local_rules(config.rules) if config.rules else ()))


def policy_of(config: Config) -> Policy:
    """How much must have been seen. Raises portals.faults.RegistryFaults with every fault of the file."""
    return load_policy(config.policy) if config.policy else built_in_policy()
