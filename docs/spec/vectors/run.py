#!/usr/bin/env python3
"""Runs the verifier in docs/spec/verify.py over every test vector and compares what it says with expected.json."""

import argparse
import json
import multiprocessing
import sys
from pathlib import Path

HOME = Path(__file__).resolve().parent
sys.path.insert(0, str(HOME.parent))

import verify  # noqa: E402  (found by the line above)


class Folder:
    """The files of a record, as verify.verify reads them."""

    def __init__(self, root):
        self.root = root

    def read(self, path):
        file = self.root / path
        return file.read_bytes() if file.is_file() else None

    def list(self):
        return [str(file.relative_to(self.root).as_posix()) for file in self.root.rglob("*") if file.is_file()]


def compared(report):
    """What of a report must be the same everywhere."""
    same = {key: report.get(key) for key in ("verdict", "election", "results", "ballots", "aborted")}
    same["checks"] = [compared_check(check) for check in report["checks"]]
    return same


def compared_check(check):
    same = {"id": check["id"], "status": check["status"]}
    if check["status"] != "failed":
        same["looked"] = check["looked"]
    same["codes"] = sorted({finding["code"] for finding in check["findings"]})
    return same


def run(folder):
    """The differences between what is said and what is expected of one vector, in words."""
    home = HOME / folder
    expected = json.loads((home / "expected.json").read_text(encoding="utf-8"))
    given = expected["given"]
    earlier = (home / given["checkpoint"]).read_bytes() if "checkpoint" in given else None
    said = compared(verify.verify(Folder(home / "record"), election=given.get("election"), checkpoint=earlier))
    differences = []
    for key, value in said.items():
        wanted = expected.get(key)
        if key == "checks":
            differences += [f"{w['id']}: {s} instead of {w}" for s, w in zip(value, wanted) if s != w]
        elif value != wanted:
            differences.append(f"{key}: {value} instead of {wanted}")
    return folder, differences


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("only", nargs="*", help="folders below vectors/; all if none is named")
    parser.add_argument("--jobs", type=int, default=multiprocessing.cpu_count(), help="processes (default: one per core)")
    options = parser.parse_args()
    folders = sorted(p.parent.relative_to(HOME).as_posix() for p in HOME.rglob("expected.json"))
    if options.only:
        folders = [f for f in folders if any(f == o.strip("/") or f.startswith(o.rstrip("/") + "/") for o in options.only)]
    if not folders:
        sys.exit("there is no such vector")
    wrong = 0
    with multiprocessing.Pool(options.jobs) as pool:
        for done, (folder, differences) in enumerate(pool.imap_unordered(run, folders), 1):
            if sys.stderr.isatty():
                print(f"\r{done} of {len(folders)}", end="", file=sys.stderr, flush=True)
            if differences:
                wrong += 1
                print(f"\r{folder}")
                for difference in differences:
                    print(f"    {difference}")
    print(f"\r{len(folders) - wrong} of {len(folders)} vectors agree")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
