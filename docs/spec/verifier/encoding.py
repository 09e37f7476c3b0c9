"""02 Notation and encodings: canonical JSON, bytes in text, times, texts."""

import base64
import binascii
import hashlib
import json
import re
import unicodedata
from collections import Counter


class Malformed(ValueError):
    """Bytes that are not what they should be."""


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def repeated(items):
    return sorted(item for item, times in Counter(items).items() if times > 1)


# 02 Canonical JSON

def decode(data, check):
    """The document that bytes are the canonical form of, if `check` accepts it."""
    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=_distinct, parse_int=_integer,
                           parse_float=_no_number, parse_constant=_no_number)
        check(value, "")
        if canonical(value) != data:
            raise Malformed("not in canonical form")
        return value
    except RecursionError:
        raise Malformed("nested too deeply") from None
    except Malformed:
        raise
    except ValueError as error:  # also what json and the codecs raise; their texts may quote the bytes
        raise Malformed(ascii(str(error))[1:-1][:200]) from None


def canonical(value):
    """The bytes of RFC 8785, for what a check has accepted: objects, lists, strings, integers, booleans."""
    return _text_of(value).encode("utf-8")


def _text_of(value):
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(_text_of(key) + ":" + _text_of(value[key]) for key in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_text_of, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _distinct(pairs):
    value = dict(pairs)
    if len(value) != len(pairs):
        raise Malformed("a key occurs twice")
    return value


def _integer(digits):
    # 2**53 has 16 digits: longer ones are refused before int() spends time on them
    if len(digits) > 17 or abs(int(digits)) > 2**53 - 1:
        raise Malformed("a number is too large")
    return int(digits)


def _no_number(text):
    raise Malformed("a number is not an integer")


# Checks. Each is called with a value and the place where it stands, and raises Malformed.

def integer(low, high=2**53 - 1):
    def check(value, at):
        if type(value) is not int or not low <= value <= high:  # a bool is no number
            raise Malformed(f"{at}: not an integer from {low} to {high}")
    return check


def boolean(value, at):
    if type(value) is not bool:
        raise Malformed(f"{at}: not true or false")


def exactly(expected):
    def check(value, at):
        if type(value) is not type(expected) or value != expected:
            raise Malformed(f"{at}: not {expected!r}")
    return check


def matching(pattern, longest, what):
    compiled = re.compile(pattern, re.ASCII)

    def check(value, at):
        if not isinstance(value, str) or len(value) > longest or not compiled.fullmatch(value):
            raise Malformed(f"{at}: not {what}")
    return check


def list_of(item, least, most):
    def check(value, at):
        if not isinstance(value, list) or not least <= len(value) <= most:
            raise Malformed(f"{at}: not a list of {least} to {most}")
        for position, one in enumerate(value):
            item(one, f"{at}[{position}]")
    return check


def map_of(key, item, most=2**20):
    def check(value, at):
        if not isinstance(value, dict) or len(value) > most:
            raise Malformed(f"{at}: not an object of at most {most} keys")
        for name, one in value.items():
            key(name, f"{at} key")
            if name == "__proto__":
                raise Malformed(f"{at}: key __proto__")
            item(one, f"{at}.{name}")
    return check


def fields(optional=None, **required):
    """An object with exactly these keys. A trailing underscore is for keys that are words of Python."""
    required = {name.rstrip("_"): item for name, item in required.items()}
    optional = optional or {}

    def check(value, at):
        if not isinstance(value, dict):
            raise Malformed(f"{at or 'document'}: not an object")
        lacking = required.keys() - value.keys()
        other = value.keys() - required.keys() - optional.keys()
        if lacking or other:
            raise Malformed(f"{at or 'document'}: keys lacking: {len(lacking)}, unknown: {len(other)}")
        for name, one in value.items():
            (required.get(name) or optional[name])(one, f"{at}.{name}" if at else name)
    return check


# 02 Bytes in text

HEX32 = matching("[0-9a-f]{64}", 64, "64 lower-case hexadecimal digits")


def from_base64url(text, length=None):
    """Without padding, of exactly `length` bytes, unused bits zero."""
    if not isinstance(text, str) or not re.fullmatch("[A-Za-z0-9_-]*", text, re.ASCII) or len(text) % 4 == 1:
        raise Malformed("not base64url")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if base64.urlsafe_b64encode(data).rstrip(b"=").decode() != text:
        raise Malformed("base64url with unused bits that are not zero")
    if length is not None and len(data) != length:
        raise Malformed(f"{len(data)} bytes of base64url, not {length}")
    return data


def base64url(length=None):
    def check(value, at):
        try:
            from_base64url(value, length)
        except Malformed as error:
            raise Malformed(f"{at}: {error}") from None
    return check


def from_base64(text):
    """With padding, unused bits zero: only in notes and verifier keys."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (ValueError, binascii.Error):
        raise Malformed("not base64") from None
    if base64.b64encode(data).decode() != text:
        raise Malformed("not base64")
    return data


# 02 Times

LAST_TIME = 253402300799  # 9999-12-31T23:59:59Z

def seconds_of(text):
    """Seconds since 1970 of YYYY-MM-DDTHH:MM:SSZ."""
    if not isinstance(text, str) or not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text, re.ASCII):
        raise Malformed("not a time")
    year, month, day, hour, minute, second = map(int, re.findall(r"\d+", text))
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    lengths = [31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    if not (year >= 1970 and 1 <= month <= 12 and 1 <= day <= lengths[month - 1] and hour < 24 and minute < 60 and second < 60):
        raise Malformed("a time that does not exist")
    days = 365 * year + (year + 3) // 4 - (year + 99) // 100 + (year + 399) // 400 + sum(lengths[:month - 1]) + day - 1
    return ((days - 719528) * 24 + hour) * 3600 + minute * 60 + second  # 719,528 days from the year 0 to 1970


def instant(value, at):
    try:
        seconds_of(value)
    except Malformed as error:
        raise Malformed(f"{at}: {error}") from None


# 02 Texts

SPACES = "\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"  # those of ECMAScript's trim
INVISIBLE = ("\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u2800\u3164\uffa0\ufff0-\ufffb"
             "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff")
SELECTORS = re.compile("[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
SET_A = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff" + INVISIBLE + "]")
SET_B = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
EDGE = re.compile(f"^[{SPACES}]|[{SPACES}]\\Z")


def text(longest, refused, trimmed=False):
    def check(value, at):
        if not isinstance(value, str) or not 1 <= len(value.encode("utf-8")) <= longest:
            raise Malformed(f"{at}: not a text of 1 to {longest} bytes")
        if not unicodedata.is_normalized("NFC", value):
            raise Malformed(f"{at}: not in normalisation form C")
        if refused.search(value) or trimmed and EDGE.search(value):
            raise Malformed(f"{at}: a character that is refused there")
    return check


NAME = text(400, SET_A, trimmed=True)
PROSE = text(16384, SET_B)
REASON = text(4096, SET_B)
IDENTIFIER = matching("[a-z0-9]+([-_][a-z0-9]+)*", 64, "an identifier")
LANGUAGE = matching("[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?", 16, "a language tag")
PATH = matching("[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*", 200, "a path")


def look_alike_key(name):
    name = SELECTORS.sub("", name)
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).upper().lower())
    return re.sub(f"[{SPACES}]+", " ", folded)
