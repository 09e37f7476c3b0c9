#!/usr/bin/env python3
"""Verify the record of an election, from the bytes of the record alone.

    python3 verify.py RECORD [--election ID] [--checkpoint FILE] [--json] [--quiet]

RECORD is a folder, or an http(s) address. Exit status: 0 verified, 1 refuted, 2 could not be run, 3 unfinished.

Only the standard library is used. The modules of `verifier` follow the pages of the specification:

    encoding 02    group, proofs 03    forms 04    record 05    manifest 06    entries 07    tally 08    checks 09

Other code imports `verify(files, election=None, checkpoint=None)` from here.
"""

import argparse
import http.client
import json
import os
import re
import sys
import time
import urllib.error
import urllib.request

from verifier.checks import THINGS, CannotRun, verify
from verifier.entries import LIMITS


def longest_file(path):
    if path.startswith("payloads/"):
        return 256 * (4 + max(LIMITS.values()))
    return 256 * (2 + 65535) if path.startswith("tile/entries/") else 2**20


class Folder:
    def __init__(self, path):
        self.path = path

    def read(self, path):
        """A file that is too long for what it is reads as missing, like one that is no plain file."""
        full = os.path.join(self.path, *path.split("/"))
        try:
            if not os.path.isfile(full) or os.path.getsize(full) > longest_file(path):
                return None
            with open(full, "rb") as file:
                return file.read()
        except OSError:
            return None

    def list(self):
        for folder, folders, names in os.walk(self.path):
            links = [name for name in folders if os.path.islink(os.path.join(folder, name))]
            for name in names + links:
                yield os.path.relpath(os.path.join(folder, name), self.path).replace(os.sep, "/")


class Address:
    def __init__(self, address):
        self.address = address.rstrip("/")

    def read(self, path):
        most = longest_file(path)
        try:
            with urllib.request.urlopen(f"{self.address}/{path}", timeout=30) as answer:
                data = self.body(answer, most)
        except urllib.error.HTTPError as error:
            if error.code in (404, 410):
                return None
            raise CannotRun(f"{path}: the server answers {error.code}") from None
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise CannotRun(f"{path}: {error}") from None
        return data

    @staticmethod
    def body(answer, most):
        """The bytes of an answer, None if they are too many. Their limits are those of memory and of patience."""
        data, deadline = bytearray(), time.monotonic() + 600
        while True:
            part = answer.read1(65536)
            if not part:
                return bytes(data)
            data += part
            if len(data) > most:
                return None
            if time.monotonic() > deadline:
                raise OSError("the answer takes too long")

    def list(self):
        return None


class Progress:
    """Says on stderr what is being done, for anything that takes over a second."""

    def __init__(self, quiet):
        self.quiet, self.last = quiet, time.monotonic()

    def __call__(self, text):
        if not self.quiet and time.monotonic() - self.last > 1:
            self.last = time.monotonic()
            print(f"… {text}", file=sys.stderr, flush=True)


def visible(text):
    """Without characters that could deceive on a terminal."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def another_election(report, election_given):
    """Whether nothing is wrong but the id that was asked for: that may be a slip of whoever asked."""
    findings = [finding for check in report["checks"] for finding in check["findings"]]
    if [finding["code"] for finding in findings] != ["MANIFEST_ID"]:
        return False
    return findings[0]["why"].endswith(f", not {election_given}")  # as no other finding of this code


def print_report(report, election_given):
    for check in report["checks"]:
        print(f"{check['id']:>3}  {check['status']:<11}  {check['title']}  ({check['looked']} {THINGS[check['id']]})")
        for finding in check["findings"]:
            print(visible(f"     {finding['code']}  {finding['at']}: {finding['why']}"))
    if report["ballots"] is not None:
        numbers = dict(report["ballots"])
        if "aborted" in report:  # those that would have counted
            numbers["counted"] = "none"
        print("\nballots: " + ", ".join(f"{number} {name}" for name, number in numbers.items()))
    for unit in report.get("results", []):
        withheld = ": withheld, too few ballots" if unit["withheld"] else ""
        print(f"\n{unit['contest']} (unit {unit['unit']}){withheld}")
        for total in unit["totals"]:
            places = f"  by place {total['positions']}" if "positions" in total else ""
            print(f"  {total['votes']:>10}  {total['option']}{places}")
    if "aborted" in report:
        print("\n" + visible(f"The election was aborted: {report['aborted']}"))
    print(f"\nelection {report['election'] or 'unknown'}\nverdict  {report['verdict']}  ({report['seconds']} seconds)")
    if another_election(report, election_given):
        print("\nANOTHER ELECTION. This record is of the election that V1 names, not of the one you asked for; nothing is said"
              "\nabout the record itself. Look first whether you typed the id right, and whether the folder or address is"
              "\nthe right one. If both are, another election is shown in place of yours: keep a copy as evidence.")
    if not election_given:
        print("\nWARNING: no published election id was given. Nothing here says that this is the election you mean;"
              "\ncompare the id above with the one that was published, or run again with --election.")


def main():
    parser = argparse.ArgumentParser(description="Verify the record of an election.")
    parser.add_argument("record", metavar="RECORD", help="a folder, or an http(s) address")
    parser.add_argument("--election", metavar="ID", help="the published election id")
    parser.add_argument("--checkpoint", metavar="FILE", help="a checkpoint kept from before")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("--quiet", action="store_true", help="no progress on stderr")
    arguments = parser.parse_args()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        remote = re.match("https?://", arguments.record)
        files = Address(arguments.record) if remote else Folder(arguments.record)
        earlier = None
        if arguments.checkpoint:
            with open(arguments.checkpoint, "rb") as file:
                earlier = file.read(longest_file("checkpoint"))
        report = verify(files, arguments.election, earlier, Progress(arguments.quiet))
        if arguments.json:
            print(json.dumps(report, ensure_ascii=False, indent=1))
        else:
            print_report(report, arguments.election)
    except (CannotRun, OSError) as error:
        print(f"could not be run: {error}", file=sys.stderr)
        return 2
    except Exception as error:  # a fault of this program must never read as an answer
        print(f"could not be run, internal error: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    return {"verified": 0, "refuted": 1, "unfinished": 3}[report["verdict"]]


if __name__ == "__main__":
    sys.exit(main())
