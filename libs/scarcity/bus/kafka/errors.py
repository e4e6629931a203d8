"""Kafka's errors in the words of `scarcity.errors`: one table, used at every call to aiokafka.

What the table does not name is a bug, in this adapter or below it, and passes through unchanged.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from aiokafka import errors as kafka

from scarcity.errors import BusClosed, BusUnavailable, ConfigError, Overloaded, ScarcityError

_WORDS: dict[type[ScarcityError], tuple[type[Exception], ...]] = {
    BusUnavailable: (
        # aiokafka raises its root class for what it did not expect of the brokers.
        kafka.KafkaError,
        kafka.UnknownError,
        # The brokers, or the way to them, are gone, starting or changing roles.
        kafka.BrokerNotAvailableError,
        kafka.Cancelled,
        kafka.CorrelationIdError,
        kafka.GroupCoordinatorNotAvailableError,
        kafka.GroupLoadInProgressError,
        kafka.KafkaConnectionError,
        kafka.KafkaProtocolError,
        kafka.KafkaStorageError,
        kafka.KafkaTimeoutError,
        kafka.KafkaUnavailableError,
        kafka.LeaderNotAvailableError,
        kafka.MetadataEmptyBrokerList,
        kafka.NoBrokersAvailable,
        kafka.NodeNotReadyError,
        kafka.NotControllerError,
        kafka.NotCoordinatorForGroupError,
        kafka.NotEnoughReplicasAfterAppendError,
        kafka.NotEnoughReplicasError,
        kafka.NotLeaderForPartitionError,
        kafka.ReplicaNotAvailableError,
        kafka.RequestTimedOutError,
        kafka.StaleControllerEpochError,
        kafka.StaleLeaderEpochCodeError,
        kafka.StaleMetadata,
        kafka.TooManyInFlightRequests,
        # Damaged on the way or on one replica; another read may be sound.
        kafka.CorruptRecordException,
        # The producer lost count with the broker, or was replaced; the next publish has another.
        kafka.InvalidProducerEpoch,
        kafka.InvalidProducerIdMapping,
        kafka.OutOfOrderSequenceNumber,
        kafka.ProducerClosed,
        kafka.ProducerFenced,
        kafka.UnknownProducerId,
    ),
    ConfigError: (
        # Topics as they are, or as they were asked for.
        kafka.InvalidConfigurationError,
        kafka.InvalidPartitionsError,
        kafka.InvalidReplicationAssignmentError,
        kafka.InvalidReplicationFactorError,
        kafka.InvalidTopicError,
        kafka.PolicyViolationError,
        kafka.UnknownTopicOrPartitionError,
        # Messages the topic refuses.
        kafka.InvalidTimestampError,
        kafka.MessageSizeTooLargeError,
        kafka.RecordListTooLargeError,
        kafka.RecordTooLargeError,
        kafka.UnsupportedForMessageFormatError,
        # Groups and writers.
        kafka.InconsistentGroupProtocolError,
        kafka.InvalidGroupIdError,
        kafka.InvalidSessionTimeoutError,
        kafka.InvalidTransactionTimeout,
        # This client and this cluster do not fit together.
        kafka.IncompatibleBrokerVersion,
        kafka.KafkaConfigurationError,
        kafka.UnrecognizedBrokerVersion,
        kafka.UnsupportedCodecError,
        kafka.UnsupportedVersionError,
        # Who we are, and what we may do.
        kafka.AuthenticationFailedError,
        kafka.AuthenticationMethodNotSupported,
        kafka.ClusterAuthorizationFailedError,
        kafka.GroupAuthorizationFailedError,
        kafka.IllegalSaslStateError,
        kafka.SaslAuthenticationFailed,
        kafka.SecurityDisabled,
        kafka.TopicAuthorizationFailedError,
        kafka.TransactionalIdAuthorizationFailed,
        kafka.UnsupportedSaslMechanismError,
    ),
    Overloaded: (kafka.QuotaViolationError,),
    BusClosed: (kafka.ConsumerStoppedError,),
}

TRANSLATIONS: dict[type[Exception], type[ScarcityError]] = {
    theirs: ours for ours, foreign in _WORDS.items() for theirs in foreign
}
"""From each class of aiokafka's errors that may reach us to the class we raise instead."""

_ADVICE = dict.fromkeys(
    (
        kafka.ClusterAuthorizationFailedError,
        kafka.GroupAuthorizationFailedError,
        kafka.TopicAuthorizationFailedError,
        kafka.TransactionalIdAuthorizationFailed,
    ),
    "; allow it to this user in Kafka's access rules, docs/operations.md lists what each needs",
)
"""What is said behind Kafka's own words."""


@contextmanager
def translated() -> Iterator[None]:
    """Raise Kafka's errors, and deadlines that ran out, as ours."""
    try:
        yield
    except TimeoutError as error:
        raise BusUnavailable("Kafka did not answer in time; is the cluster up?") from error
    except (kafka.KafkaError, kafka.ConsumerStoppedError) as error:
        ours = TRANSLATIONS.get(type(error))
        if ours is None or _is_a_bug_below(error):
            raise
        raise ours(f"Kafka: {error}{_ADVICE.get(type(error), '')}") from error


def _is_a_bug_below(error: Exception) -> bool:
    # So aiokafka reports that one of its background tasks has died; no retry brings it back.
    return str(error).startswith("KafkaError: Unexpected error")
