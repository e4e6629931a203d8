"""The table that translates aiokafka's errors, held against aiokafka itself."""

import inspect

import pytest
from aiokafka import errors as kafka

from scarcity.bus.kafka.errors import TRANSLATIONS, translated
from scarcity.errors import BusUnavailable, ConfigError, Transient

RETRIABLE = [
    error
    for _, error in inspect.getmembers(kafka, inspect.isclass)
    if issubclass(error, kafka.KafkaError) and getattr(error, "retriable", False)
]


@pytest.mark.parametrize("error", RETRIABLE)
def test_every_retriable_error_has_a_translation(error: type[kafka.KafkaError]) -> None:
    assert error in TRANSLATIONS


@pytest.mark.parametrize(
    "error", [error for error in RETRIABLE if error is not kafka.UnknownTopicOrPartitionError]
)
def test_what_kafka_calls_retriable_is_transient(error: type[kafka.KafkaError]) -> None:
    assert issubclass(TRANSLATIONS[error], Transient)


def test_an_unknown_topic_is_not_worth_a_retry() -> None:
    with pytest.raises(ConfigError, match="UnknownTopicOrPartition"), translated():
        raise kafka.UnknownTopicOrPartitionError


def test_a_deadline_that_ran_out_means_the_bus_is_unavailable() -> None:
    with pytest.raises(BusUnavailable, match="did not answer in time"), translated():
        raise TimeoutError


def test_the_original_error_stays_as_the_cause() -> None:
    original = kafka.KafkaConnectionError("no route")

    with pytest.raises(BusUnavailable, match="no route") as raised, translated():
        raise original

    assert raised.value.__cause__ is original


@pytest.mark.parametrize(
    "bug",
    [
        kafka.IllegalStateError("x"),
        kafka.InvalidRequestError("x"),
        kafka.KafkaError("Unexpected error during coordination KeyError()"),
    ],
)
def test_a_bug_passes_through_unchanged(bug: kafka.KafkaError) -> None:
    with pytest.raises(type(bug)) as raised, translated():
        raise bug

    assert raised.value is bug
