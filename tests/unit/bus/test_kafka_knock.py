"""Why nobody lets us in, where no broker is needed to tell. The rest is in integration."""

import asyncio
import ssl
from datetime import timedelta
from pathlib import Path

import pytest

from ports import free_port
from realkafka.certificates import Authority
from scarcity.bus.kafka.knock import why_not
from scarcity.bus.kafka.security import Security, Tls
from scarcity.bus.kafka.settings import KafkaSettings


@pytest.mark.parametrize("tls", [None, Tls()])
async def test_where_nobody_is_waiting_may_help(tls: Tls | None) -> None:
    assert await why_not(KafkaSettings(f"127.0.0.1:{free_port()}", Security(tls))) is None


async def test_a_certificate_that_has_ended_is_not_blamed_on_the_authority(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    ended = authority.issue("broker", life=-timedelta(hours=1))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(ended.cert, ended.key)
    port = free_port()

    async with await asyncio.start_server(_nothing, "127.0.0.1", port, ssl=context):
        why = await why_not(KafkaSettings(f"127.0.0.1:{port}", Security(Tls(authority.file))))

    assert why is not None
    assert "does not hold (certificate has expired): give the broker a new one" in why


async def test_whoever_hangs_up_without_a_reason_may_come_back() -> None:
    port = free_port()

    async with await asyncio.start_server(_nothing, "127.0.0.1", port):
        why = await why_not(KafkaSettings(f"127.0.0.1:{port}"))

    assert why is None


async def _nothing(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()
