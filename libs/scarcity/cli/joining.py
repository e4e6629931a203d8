"""What the commands of `scarcity federation` share: options, and files that are handed over."""

import sys
from dataclasses import dataclass
from pathlib import Path

import click
import msgspec
from pydantic import TypeAdapter, ValidationError

from scarcity.cli import assemble
from scarcity.cli.options import Decorator, gathered
from scarcity.errors import ConfigError
from scarcity.federation.founding import Invitation, Request
from scarcity.federation.membership import (
    AUTHORITY,
    Membership,
    Rhythm,
    first_problem,
    memberships,
)
from scarcity.federation.protocol.contract import Contract, Mapping
from scarcity.federation.protocol.identity import Identity
from scarcity.federation.protocol.statement import Mode

FOLDER = Path("federation")
_OBJECT: TypeAdapter[dict[str, object]] = TypeAdapter(dict[str, object])
LEAST_NAMES = 2
POSITIVE = click.FloatRange(min=0, min_open=True)
SOURCE = click.Path(dir_okay=False, path_type=Path, allow_dash=True)


@dataclass(frozen=True, slots=True)
class Speaking:
    """Which stream speaks, and what its variables are called there."""

    stream: str
    names: dict[str, str]

    def to(self, contract: Contract) -> Mapping:
        """Return what a membership keeps of it. ConfigError for names that nobody agreed upon."""
        unknown = sorted(set(self.names.values()) - set(contract.variables))
        if unknown:
            raise ConfigError(
                f"{unknown[0]} is not in the contract, which names {', '.join(contract.names)}"
            )
        names = self.names or {name: name for name in contract.names}
        if len(names) < LEAST_NAMES:
            raise ConfigError("name two variables at least: with one --name there is no edge")
        try:
            return Mapping(stream=self.stream, names=names)
        except ValidationError as error:
            raise ConfigError(f"--name: {first_problem(error)}") from error


@dataclass(frozen=True, slots=True)
class Meeting:
    """As whom, where and about what a federation is founded."""

    peer: str
    bus: str
    contract: Contract

    def of(self, federation: str) -> Invitation:
        """Return the founder's invitation to itself."""
        try:
            return Invitation(
                federation=federation,
                peer=self.peer,
                authority="",  # made with the federation
                bus=self.bus,
                contract=self.contract,
            )
        except ValidationError as error:
            raise ConfigError(first_problem(error)) from error


@dataclass(frozen=True, slots=True)
class Authority:
    """A membership together with the key that admits members."""

    folder: Path
    membership: Membership
    key: Identity


def _folder(place: Path) -> Path:
    assemble.settings()  # a misspelt name is refused before anything is written
    return place


def _authority(place: Path, authority: Path | None) -> Authority:
    folder, membership = only_one(_folder(place))
    path = authority or folder / AUTHORITY
    if not path.exists():
        raise ConfigError(
            f"{path} does not exist, and only who holds it can change who belongs to "
            f"{membership.federation}: bring it back with --authority FILE, or ask who founded it"
        )
    key = Identity.load(path)
    if key.public != membership.authority_key:
        raise ConfigError(f"{path} is the authority of another federation: name the right one")
    return Authority(folder, membership, key)


def _meeting(
    peer: str, bus: str, contract: Path, mode: str, epsilon: float | None, budget: float | None
) -> Meeting:
    if not bus.startswith(assemble.KAFKA):
        raise ConfigError(f"a federation meets on kafka://HOST:9092, not on {bus!r}")
    return Meeting(peer, bus, contract_in(contract, _sealing(mode, epsilon, budget)))


def _sealing(mode: str, epsilon: float | None, budget: float | None) -> dict[str, float] | None:
    """Return what the options say of sealed sums; None where evidence is shared."""
    is_sealed = mode == Mode.SEALED
    if is_sealed and epsilon is not None and budget is not None:
        return {"epsilon": epsilon, "budget": budget}
    if is_sealed:
        raise ConfigError(
            "--mode sealed needs --epsilon, what a round may cost each row, and --budget, what all "
            "rounds together may cost"
        )
    if epsilon is not None or budget is not None:
        raise ConfigError("--epsilon and --budget are of sealed sums: add --mode sealed")
    return None


def _speaking(stream: str, names: tuple[str, ...]) -> Speaking:
    pairs = [text.partition("=") for text in names]
    wrong = next((text for text, pair in zip(names, pairs, strict=True) if not all(pair)), None)
    if wrong is not None:
        raise ConfigError(f"--name {wrong}: write it as local=canonical")
    return Speaking(stream, {local: canonical for local, _, canonical in pairs})


def _rounds(every: float, until: float, quorum: int | None) -> Rhythm:
    try:
        return Rhythm(every_s=every, input_s=until, quorum=quorum)
    except ValidationError as error:
        raise ConfigError(f"rounds cannot be like this: {first_problem(error)}") from error


PLACE = click.option(
    "--dir",
    "place",
    type=click.Path(file_okay=False, path_type=Path),
    default=FOLDER,
    show_default=True,
    envvar="SCARCITY_FEDERATION_DIR",
    help="The folder of the membership; SCARCITY_FEDERATION_DIR otherwise.",
)
OUT = click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Write it there; else to stdout."
)


def in_folder() -> Decorator:
    """Give a command the option that leads to a membership, as its argument `folder`."""
    return gathered("folder", _folder, PLACE)


def with_authority() -> Decorator:
    """Give a command the options that lead to authority.pem, as its argument `authority`."""
    path = click.Path(dir_okay=False, path_type=Path)
    return gathered(
        "authority",
        _authority,
        PLACE,
        click.option("--authority", type=path, help="authority.pem, where it is not in --dir."),
    )


def at_meeting() -> Decorator:
    """Give a command the options that describe a federation to be, as its argument `meeting`."""
    return gathered(
        "meeting",
        _meeting,
        click.option("--peer", required=True, help="What this deployment is called there."),
        click.option("--bus", required=True, help="Where all meet: kafka://HOST:9092."),
        click.option(
            "--contract",
            type=SOURCE,
            required=True,
            help='JSON: {"subject": .., "variables": {NAME: UNIT}, "cadence_s": .., "max_lag": 3}.',
        ),
        click.option(
            "--mode",
            type=click.Choice([mode.value for mode in Mode]),
            default=Mode.EVIDENCE.value,
            show_default=True,
            help="Evidence, which all members see; or sums of what nobody sees one by one. For "
            'those the contract says "sealing": {"frame": {NAME: [MEAN, SPREAD]}}, where each '
            "variable usually lies, by common knowledge.",
        ),
        click.option("--epsilon", type=POSITIVE, help="Sealed: what a round may cost each row."),
        click.option("--budget", type=POSITIVE, help="Sealed: what all rounds together may cost."),
    )


def as_stream() -> Decorator:
    """Give a command the options that say what speaks, as its argument `speaking`."""
    return gathered(
        "speaking",
        _speaking,
        click.option("--stream", required=True, help="The stream whose evidence is shared."),
        click.option(
            "--name",
            "names",
            multiple=True,
            metavar="LOCAL=CANONICAL",
            help="What a variable of the stream is called in the contract; may be repeated, and "
            "then no others are shared. Without it the stream has every variable of the contract "
            "under its name there.",
        ),
    )


def in_rounds() -> Decorator:
    """Give a command the options that say when rounds are, as its argument `rounds`."""
    default = Rhythm()
    return gathered(
        "rounds",
        _rounds,
        click.option(
            "--every",
            type=POSITIVE,
            default=default.every_s,
            show_default=True,
            help="Seconds from round to round.",
        ),
        click.option(
            "--input",
            "until",
            type=POSITIVE,
            default=default.input_s,
            show_default=True,
            help="Seconds in which members are heard in a round.",
        ),
        click.option(
            "--quorum",
            type=click.IntRange(min=2),
            help="Members that a round needs; else three of five, and three at least.",
        ),
    )


def only_one(folder: Path) -> tuple[Path, Membership]:
    """Return the only membership of a folder."""
    found = memberships(folder)
    if len(found) > 1:
        places = ", ".join(str(place) for place, _ in found)
        raise ConfigError(f"{folder} holds several memberships; name one with --dir: {places}")
    return found[0]


def contract_in(source: Path, sealing: dict[str, float] | None) -> Contract:
    """Return the contract in a file; for sealed sums with what the options say of them."""
    try:
        said = _OBJECT.validate_json(read(source))
        if sealing is not None:
            said["sealing"] = {**_OBJECT.validate_python(said.get("sealing", {})), **sealing}
        elif "sealing" in said:
            raise ConfigError(f"{source} is about sealed sums: add --mode sealed")
        return _feasible(Contract.model_validate(said))
    except ValidationError as error:
        raise ConfigError(f"{source} is no contract: {first_problem(error)}") from error


def _feasible(contract: Contract) -> Contract:
    """Return a contract whose sums can be made. ConfigError now, rather than in every round."""
    if contract.sealing is not None:
        # What sums need is imported only where there are any, so that a command starts quickly.
        from scarcity.federation.sealed.agreement import bargain  # noqa: PLC0415

        bargain(contract, contract.sealing.least, contract.sealing.least)
    return contract


def request_in(source: Path) -> Request:
    try:
        return msgspec.json.decode(read(source), type=Request)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{source} is no request ({error}); `scarcity federation join` writes one"
        ) from error


def read(source: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if str(source) == "-" else source.read_bytes()
    except OSError as error:
        raise ConfigError(f"{source} cannot be read: {error.strerror}") from error


def check_free(out: Path | None) -> None:
    if out is not None and out.exists():
        raise ConfigError(f"{out} is there already: choose another --out")
    if out is not None and not out.parent.is_dir():
        raise ConfigError(f"{out.parent} is no folder: choose another --out")


def write(line: bytes, out: Path | None) -> None:
    if out is None:
        click.echo(line)
        return
    check_free(out)
    try:
        out.write_bytes(line + b"\n")
    except OSError as error:
        raise ConfigError(f"{out} cannot be written: {error.strerror}") from error
