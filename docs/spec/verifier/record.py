"""05 Record: files, entries, tree, checkpoint."""

import re
from collections import namedtuple

from .encoding import (HEX32, LAST_TIME, Malformed, base64url, decode, exactly, fields, from_base64, from_base64url,
                       instant, integer, list_of, matching, sha256)
from .group import ed25519_holds, ed25519_point, times_8_is_zero


MOST_ENTRIES = 2**40


def tile_name(number, width):
    groups = [f"{number % 1000:03d}"]
    while number >= 1000:
        number //= 1000
        groups.insert(0, f"x{number % 1000:03d}")
    return "/".join(groups) + (f".p/{width}" if width < 256 else "")


def tile_names(count):
    """Number, width and name of each tile for so many items."""
    for number in range((count + 255) // 256):
        width = min(256, count - 256 * number)
        yield number, width, tile_name(number, width)


def levels(size):
    """Level and number of hashes in it."""
    level = 0
    while size:
        yield level, size
        level, size = level + 1, size // 256


def framed(data, prefix):
    """The items of a bundle, as far as their lengths lead; None at the end if they lead beyond it."""
    start = 0
    while start < len(data):
        end = start + prefix + int.from_bytes(data[start:start + prefix], "big")
        if start + prefix > len(data) or end > len(data):
            yield None
            return
        yield data[start + prefix:end]
        start = end


SIGNATURE_FIELDS = fields(by=matching("[a-z]+(-[1-9][0-9]{0,2})?", 40, "a signer"), proof=base64url())


def entry_signature(value, at):
    SIGNATURE_FIELDS(value, at)
    if not 1 <= len(from_base64url(value["proof"])) <= 128:
        raise Malformed(f"{at}.proof: not 1 to 128 bytes")


ENTRY = fields(
    batchTime=instant,
    index=integer(0, MOST_ENTRIES - 1),
    kind=matching("[a-z]+(-[a-z]+)*", 40, "a kind"),
    payload=HEX32,
    previous=HEX32,
    signatures=list_of(entry_signature, 0, 256),
    size=integer(0, 2**24),
    version=exactly(1))


class Entry:
    """An entry of the board with its payload. `content` is the decoded payload, once V3 has accepted its form."""

    def __init__(self, index, data, payload):
        self.index, self.data, self.bytes = index, data, payload
        self.leaf = sha256(b"\0", data)
        self.hash = sha256(payload).hex()
        self.header = None
        self.content = None

    def read_header(self):
        if len(self.data) > 65535:
            raise Malformed("longer than 65,535 bytes")
        self.header = decode(self.data, ENTRY)

    @property
    def kind(self):
        return self.header["kind"]

    @property
    def time(self):
        return self.header["batchTime"]

    @property
    def signatures(self):
        return [(one["by"], from_base64url(one["proof"])) for one in self.header["signatures"]]

    @property
    def at(self):
        return f"entry {self.index} ({self.kind})" if self.header else f"entry {self.index}"


class Tree:
    """Merkle tree of RFC 6962 §2.1, kept as its complete subtrees, largest first."""

    def __init__(self, leaves=()):
        self.parts = []
        for leaf in leaves:
            self.append(leaf)

    def append(self, leaf):
        part = (1, leaf)
        while self.parts and self.parts[-1][0] == part[0]:
            width, left = self.parts.pop()
            part = (2 * width, sha256(b"\1", left, part[1]))
        self.parts.append(part)

    def root(self):
        if not self.parts:
            return sha256()
        root = self.parts[-1][1]
        for _, left in reversed(self.parts[:-1]):
            root = sha256(b"\1", left, root)
        return root


# 05 Verifier keys and checkpoints

VerifierKey = namedtuple("VerifierKey", "name id algorithm key")
BOARD, WITNESS = 1, 4
KEY_NAME = "[!-*,-~]+"
VERIFIER_KEY = matching(KEY_NAME + r"\+[0-9a-f]{8}\+[A-Za-z0-9+/]+=*", 512, "a verifier key")


def verifier_key(line, algorithm):
    name, key_id, encoded = line.split("+", 2)
    data = from_base64(encoded)
    if data[:1] != bytes([algorithm]) or len(data) != 33:
        raise Malformed(f"not a key of algorithm {algorithm}")
    if sha256(name.encode("utf-8"), b"\n", data)[:4].hex() != key_id:
        raise Malformed("its key id is not that of its name and key")
    point = ed25519_point(data[1:])
    if point is None or times_8_is_zero(point):
        raise Malformed("not the encoding of an Ed25519 key, or one of small order")
    return VerifierKey(name, bytes.fromhex(key_id), algorithm, data[1:])


Checkpoint = namedtuple("Checkpoint", "size root times")  # times of the witnesses' cosignatures


def claimed_size(data):
    """The second line of a checkpoint, whatever the rest of it is."""
    lines = data[:70000].split(b"\n")
    if len(lines) < 3 or not re.fullmatch(rb"0|[1-9][0-9]{0,12}", lines[1]) or int(lines[1]) > MOST_ENTRIES:
        return None
    return int(lines[1])


def read_note(data):
    """The text of a C2SP signed note, and its signature lines as (name, key id, rest)."""
    try:
        note = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed("not UTF-8") from None
    if len(data) > 65536:
        raise Malformed("longer than 65,536 bytes")
    if re.search(r"[\x00-\x09\x0b-\x1f]", note):
        raise Malformed("a control character")
    body, blank, block = note.rpartition("\n\n")
    if not blank or not block.endswith("\n"):
        raise Malformed("not a text, a blank line and lines of signatures")
    lines = []
    for line in block[:-1].split("\n"):
        match = re.fullmatch(f"— ({KEY_NAME}) ([A-Za-z0-9+/]+=*)", line)
        signature = from_base64(match[2]) if match else b""
        if len(signature) < 5:
            raise Malformed("a line that is no signature")
        lines.append((match[1], signature[:4], signature[4:]))
    if len(lines) > 128:
        raise Malformed("more than 128 signatures")
    if len({line[:2] for line in lines}) < len(lines):
        raise Malformed("two signatures by one key")
    return body + "\n", lines


def read_checkpoint(data, manifest):
    """The checkpoint, if it verifies (05, steps 1 to 5)."""
    body, lines = read_note(data)
    text_lines = body.split("\n")
    if len(text_lines) != 4:
        raise Malformed("its text is not three lines")
    origin, size, root = text_lines[0], claimed_size(data), from_base64(text_lines[2])
    if origin != manifest.board.name:
        raise Malformed("its origin is not that of the manifest")
    if size is None or len(root) != 32:
        raise Malformed("its size or root is none")
    message = body.encode("utf-8")
    board = manifest.board
    name, key_id, signature = lines[0]
    if (name, key_id) != (board.name, board.id) or not ed25519_holds(board.key, message, signature):
        raise Malformed("its first signature is not by the board")
    times = [cosigned(line, message, manifest) for line in lines[1:]]
    if len(times) < manifest.witness_quorum:
        raise Malformed(f"{len(times)} cosignatures of {manifest.witness_quorum}")
    return Checkpoint(size, root, times)


def cosigned(line, message, manifest):
    """The time of a witness's cosignature."""
    name, key_id, rest = line
    for witness in manifest.witnesses:
        if (name, key_id) == (witness.name, witness.id):
            seconds, signature = int.from_bytes(rest[:8], "big"), rest[8:]
            if seconds > LAST_TIME:
                raise Malformed(f"the cosignature of {ascii(name)} is of a time after the year 9999")
            if ed25519_holds(witness.key, f"cosignature/v1\ntime {seconds}\n".encode() + message, signature):
                return seconds
            raise Malformed(f"the cosignature of {ascii(name)} does not hold")
    raise Malformed(f"a signature by {ascii(name)}, which is no witness of the manifest")
