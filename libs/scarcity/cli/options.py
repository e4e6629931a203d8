"""Options that several commands share, handed on as the one thing they describe."""

from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import Any, TypeVar

import click

from scarcity.client import DEFAULT_URL, Gateway

Command = Callable[..., Any]
Decorator = Callable[[Command], Command]
T = TypeVar("T")

URL = click.option("--url", default=DEFAULT_URL, show_default=True, help="The running system.")
TOKEN = click.option("--token", default=None, help="Its access token; SCARCITY_TOKEN otherwise.")


def gathered(name: str, make: Callable[..., T], *options: Decorator) -> Decorator:
    """Give a command these options, which reach it as the one argument that `make` returns."""
    own = signature(make).parameters

    def decorate(command: Command) -> Command:
        @wraps(command)
        def call(**given: object) -> object:
            values = {option: given.pop(option) for option in own}
            return command(**given, **{name: make(**values)})

        decorated: Command = call
        for option in reversed(options):
            decorated = option(decorated)
        return decorated

    return decorate


def on_gateway() -> Decorator:
    """Give a command the options that lead to a running system, as its argument `gateway`."""
    return gathered("gateway", Gateway, URL, TOKEN)
