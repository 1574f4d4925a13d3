"""How client and child talk over a socket: frames of a line of JSON and raw bytes.

client → child: one request for each step
child → client: ["check", name, draw], then ["evidence", name, draw] + bytes, as often as there are checks;
                between them ["seen", [kind, name], …] for what the witness sees first, as it sees it,
                and ["watched", name, draw] if nothing stopped it;
                ["done", index, failure or null] + the printed text, at the end of the step
"""

import json
import socket
import struct

# client → server: a job's limit of memory; its two sockets come with it.
START = struct.Struct(">Q")
# Bytes of JSON, bytes behind it.
HEAD = struct.Struct(">II")
# Of what a child sends; a request carries a source and may be longer.
MAX_HEAD = 64 << 10
PIECE = 1 << 20


def pack(head: object, body: bytes = b"") -> bytes:
    """One frame.

    Args:
        head: plain JSON.
        body: what stands behind it.
    """
    line = json.dumps(head).encode()
    return HEAD.pack(len(line), len(body)) + line + body


def read(channel: socket.socket) -> dict | None:
    """Wait for the client's next request; None once it has hung up. For the child, which trusts the client."""
    sizes = _exactly(channel, HEAD.size)
    if not sizes:
        return None
    return json.loads(_exactly(channel, sum(HEAD.unpack(sizes))))


def _exactly(channel: socket.socket, size: int) -> bytes:
    """So many bytes; none if the other side hangs up before."""
    data = bytearray()
    while len(data) < size:
        part = channel.recv(min(size - len(data), PIECE))
        if not part:
            return b""
        data += part
    return bytes(data)
