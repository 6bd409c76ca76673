"""A proxy in front of the hub that resets the connection just before the answer that takes a mail."""

import asyncio
import re
import socket
import struct
import threading
from collections import Counter

ACCEPTED = re.compile(rb"250 2\.0\.0 \w+ accepted\r\n")
MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[^>]+>)", re.M | re.I)
RESET_AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER: close() sends RST


class ChaosProxy:
    """Swallows the final 250 of each mail's first ``resets`` tries; lives in a thread of its own."""

    def __init__(self, upstream: int, resets: int) -> None:
        self._upstream = upstream
        self._resets = resets
        self.swallowed: Counter[bytes] = Counter()
        self.port = 0
        self._tasks: set[asyncio.Task[None] | None] = set()  # because asyncio itself only knows them weakly
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "ChaosProxy":
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._open(), self._loop).result(10)
        return self

    def __exit__(self, *_exception: object) -> None:
        asyncio.run_coroutine_threadsafe(self._shut(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    async def _open(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _shut(self) -> None:
        self._server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await asyncio.sleep(0.05)  # the transports say goodbye

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._tasks.add(asyncio.current_task())
        up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self._upstream)
        said: list[bytes] = []
        up = asyncio.create_task(_copy(reader, up_writer, said))
        try:
            await self._answers(up_reader, writer, said)
        except OSError:
            pass  # because a client that is reset, or a hub that ends, ends this too
        finally:
            up.cancel()
            await asyncio.gather(up, return_exceptions=True)
            for end in (writer, up_writer):
                end.transport.abort()

    async def _answers(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, said: list[bytes]
    ) -> None:
        while chunk := await reader.read(65536):
            if ACCEPTED.search(chunk):
                found = MESSAGE_ID.search(b"".join(said))
                name = found[1] if found else b""
                if self.swallowed[name] < self._resets:
                    self.swallowed[name] += 1
                    raw: socket.socket = writer.get_extra_info("socket")
                    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_AT_ONCE)
                    return
            writer.write(chunk)
            await writer.drain()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, said: list[bytes]) -> None:
    while chunk := await reader.read(65536):
        said.append(chunk)
        writer.write(chunk)
        await writer.drain()
