"""Lets a service follow what is wanted of its component."""

from collections.abc import Iterable, Sequence

from scarcity.errors import ConfigError
from scarcity.events import ComponentConfigured, Event
from scarcity.governor.tuning import checked
from scarcity.runtime.service import Route, Service, route
from scarcity.telemetry.logs import logger


def tuned(service: Service) -> Sequence[Route]:
    """Return the route by which a service is tuned; none when it cannot be.

    It waits for no turn: what is wanted of a busy engine may be that it does less.
    """
    tune, log = service.tune, logger(service.name)
    if tune is None:
        return ()

    def on_configured(wanted: ComponentConfigured) -> Iterable[Event]:
        if wanted.component != service.name or wanted.version <= service.vitals.configured:
            return ()
        try:
            tune(checked(service.name, wanted.settings))
        except ConfigError as error:
            # Checked before it was said, but perhaps by another version of the code.
            log.warning("goes on as before", wanted=wanted.version, why=str(error))
        else:
            service.vitals.configured = wanted.version
            log.info("tuned", version=wanted.version, by=wanted.by)
        return ()

    return (route(ComponentConfigured, on_configured, takes_turn=False),)
