"""Whatever stands on record has a word for people."""

import pytest

from mappings.model import Action
from scim_server.reports.words import action_word
from scim_server.store.adoptions import ACTION


def test_every_action_has_a_word_of_its_own_and_so_has_an_adoption() -> None:
    words = {action: action_word(action) for action in (*Action, ACTION)}
    assert words[ACTION] == "接管"
    assert len(set(words.values())) == len(words)
    assert all(word.isascii() is False for word in words.values())


@pytest.mark.parametrize("unknown", ["transfer", ""])
def test_what_has_no_word_is_shown_as_it_is(unknown: str) -> None:
    assert action_word(unknown) == unknown
