"""What a member keeps is there whole, for its owner alone, and held by one process at a time."""

from pathlib import Path

import pytest

from scarcity.errors import ConfigError
from scarcity.federation.keeping import FILE, Kept, read
from scarcity.federation.sealed.memory import Memory, unpacked


def test_what_was_kept_last_is_there_again(tmp_path: Path) -> None:
    first = Kept(tmp_path)
    assert first.load() is None
    first.save(b"one")
    first.save(b"two")
    first.close()

    again = Kept(tmp_path)

    assert again.load() == read(tmp_path) == b"two"
    again.close()


def test_others_may_not_read_it(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.save(b"secret")

    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0
    kept.close()


def test_what_a_death_left_half_written_is_nothing(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.save(b"whole")
    (tmp_path / "sealed.next").write_bytes(b"ha")

    assert kept.load() == b"whole"
    kept.save(b"next")
    assert kept.load() == b"next"
    kept.close()


def test_two_processes_do_not_speak_for_one_member(tmp_path: Path) -> None:
    kept = Kept(tmp_path)

    with pytest.raises(ConfigError, match="rows twice"):
        Kept(tmp_path)
    kept.close()
    Kept(tmp_path).close()


def test_a_folder_that_keeps_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="volume"):
        Kept(tmp_path / "gone")


def test_what_is_no_memory_is_refused_in_words() -> None:
    assert unpacked(Memory(rho=0.5).packed()).rho == 0.5
    with pytest.raises(ConfigError, match="sealed rounds"):
        unpacked(b"\xc1")
