"""09 Verification: V1 to V10 step by step, verdict, report."""

import re
import time
from collections import Counter

from .encoding import Malformed, decode, from_base64url, sha256
from .entries import LIMITS, ROLE, Course, Refused, Roll, payload_checks, signature_claims, signers_fault
from .forms import readable_totals
from .group import G, IDENTITY, chunks_of_32, element, element_of_hex, holding, is_identity, to_element
from .manifest import MANIFEST, Manifest, manifest_faults
from .proofs import (contest_relation, partial_decryption_relation, proof_claim, signature_claim, tag_of,
                     trustee_key_relation)
from .record import Entry, Tree, claimed_size, framed, levels, read_checkpoint, read_note, tile_name, tile_names
from .tally import class_of, count_root, lagrange, polynomial_at, sum_of_polynomials, unit_sums


class CannotRun(Exception):
    """Nothing to verify: no record, no answer, wrong usage."""


TITLES = {
    "V1": "The definition of the election is the published one",
    "V2": "The board is whole: nothing missing, changed or added",
    "V3": "Every entry is signed and legal where it stands",
    "V4": "The trustees made the election key together",
    "V5": "The roll is complete and every change accounted for",
    "V6": "Every ballot is a valid vote of somebody on the roll",
    "V7": "The right ballots are counted, each once",
    "V8": "The encrypted sums are the sums of these ballots",
    "V9": "The trustees decrypted these sums and nothing else",
    "V10": "The published totals are what was decrypted"}
THINGS = {"V1": "manifests", "V2": "entries", "V3": "entries", "V4": "dealings", "V5": "credentials", "V6": "ballots",
          "V7": "ballots", "V8": "counted ballots", "V9": "decryptions", "V10": "totals"}
NEEDS = {"V1": [], "V2": ["V1"], "V3": ["V2"], "V4": ["V3"], "V5": ["V3"], "V6": ["V4", "V5"], "V7": ["V6"],
         "V8": ["V7"], "V9": ["V8"], "V10": ["V9"]}


class Check:
    def __init__(self, name):
        self.id, self.status, self.looked, self.findings = name, "not-run", 0, []

    def find(self, code, at, why):
        self.findings.append({"code": code, "at": at, "why": why})

    def report(self):
        return {"id": self.id, "title": TITLES[self.id], "status": self.status, "looked": self.looked,
                "findings": self.findings}


class Verification:
    """What the checks hand on to each other. Each check returns whether the election is far enough for it."""

    def __init__(self, files, election, earlier, progress):
        self.files, self.given, self.earlier, self.progress = files, election, earlier, progress
        self.checkpoint = files.read("checkpoint")
        if self.checkpoint is None:
            raise CannotRun("there is no file `checkpoint`")
        self.checks = {name: Check(name) for name in TITLES}
        self.manifest = None
        self.entries = []  # all of the board (V2)
        self.accepted = []  # those that V3 accepts
        self.course = None
        self.key, self.trustee_keys = None, {}  # K and X_j (V4)
        self.opening = None  # leaf hash of `opened`
        self.roll = None  # after the last change (V5)
        self.ballots, self.last = [], {}  # ballots; each credential's last tracker (V6)
        self.classes = {}  # ballots by class (V7)
        self.sums = []  # for each unit: (A, B) of each output, or None if withheld (V8)
        self.result = None

    def run(self):
        steps = [self.v1_manifest, self.v2_board, self.v3_entries, self.v4_trustees, self.v5_roll, self.v6_ballots,
                 self.v7_count, self.v8_tally, self.v9_decryption, self.v10_result]
        for (name, check), step in zip(self.checks.items(), steps):
            unopened = self.checks["V3"].status == "passed" and self.first("opened") is None
            if unopened and name in ("V6", "V7", "V8", "V9", "V10"):
                check.status = "not-reached"
                continue
            if any(self.checks[one].status in ("failed", "not-run") for one in NEEDS[name]):
                continue
            self.progress(f"{name} {TITLES[name]}")
            reached = step(check)
            check.status = "failed" if check.findings else "passed" if reached else "not-reached"

    def of_kind(self, *kinds):
        return [entry for entry in self.accepted if entry.kind in kinds]

    def first(self, kind):
        return next(iter(self.of_kind(kind)), None)

    # V1 ---------------------------------------------------------------------------------------------------------------

    def v1_manifest(self, check):
        try:
            entry = self.read_entry_0()
        except Malformed as error:
            check.find("MANIFEST_MISSING", "entry 0", str(error))
            return True
        check.looked = 1
        at = "entry 0 (manifest)"
        raw = None
        try:
            if len(entry.bytes) > LIMITS["manifest"]:
                raise Malformed("longer than 1,048,576 bytes")
            raw = decode(entry.bytes, MANIFEST)
        except Malformed as error:
            check.find("MANIFEST_ENCODING", at, str(error))
        if entry.kind != "manifest":
            check.find("MANIFEST_ID", at, f"entry 0 is of kind {entry.kind}")
        if entry.header["payload"] != entry.hash:
            check.find("MANIFEST_ID", at, f"the manifest's hash is {entry.hash}, the entry says otherwise")
        if self.given is not None and self.given != entry.hash:
            check.find("MANIFEST_ID", at, f"this is election {entry.hash}, not {self.given}")
        if raw is None:
            return True
        for code, where, why in manifest_faults(raw):
            check.find(code, f"{at} {where}", why)
        self.check_manifest_signatures(check, raw, entry, at)
        if not check.findings:
            self.manifest = Manifest(raw, entry.hash)
        return True

    def read_entry_0(self):
        read_note(self.checkpoint)
        size = claimed_size(self.checkpoint)
        if not size or self.checkpoint.split(b"\n\n")[0].count(b"\n") != 2:
            raise Malformed("the checkpoint claims no size, or no entries")
        name = tile_name(0, min(size, 256))
        items = []
        for path, prefix in ((f"tile/entries/{name}", 2), (f"payloads/{name}", 4)):
            data = self.files.read(path)
            if data is None:
                raise Malformed(f"{path} is missing")
            items.append(next(framed(data, prefix), None))
            if items[-1] is None:
                raise Malformed(f"{path} is malformed")
        entry = Entry(0, *items)
        entry.read_header()
        return entry

    def check_manifest_signatures(self, check, raw, entry, at):
        if entry.kind != "manifest":
            return
        why = signers_fault(raw, entry, raw)
        if why:
            check.find("MANIFEST_SIGNATURE", at, why)
        signed = list(signature_claims(raw, entry.hash, entry, {}))
        for (by, _), holds in zip(signed, holding([claim for _, claim in signed])):
            if not holds:
                check.find("MANIFEST_SIGNATURE", at, f"the signature by {by} does not hold")

    # V2 ---------------------------------------------------------------------------------------------------------------

    def v2_board(self, check):
        size, root = claimed_size(self.checkpoint), None
        try:
            root = read_checkpoint(self.checkpoint, self.manifest).root
        except Malformed as error:
            check.find("BOARD_CHECKPOINT", "checkpoint", str(error))
        whole = self.read_bundles(check, size)
        check.looked = len(self.entries)
        self.check_chain(check)
        names = {"checkpoint"}
        if whole:
            leaves = [entry.leaf for entry in self.entries]
            if root is not None and Tree(leaves).root() != root:
                check.find("BOARD_ROOT", "checkpoint", "its root is not that over the entries")
            names |= self.check_tiles(check, leaves)
            self.check_strays(check, names)
            self.check_earlier(check, leaves)
        return True

    def read_bundles(self, check, size):
        """Every entry with its payload. Whether all are there."""
        lacking = 0
        for number, width, name in tile_names(size):
            bundles = [self.read_bundle(check, f"tile/entries/{name}", 2, width),
                       self.read_bundle(check, f"payloads/{name}", 4, width)]
            if None in bundles:
                lacking += 1
                if lacking == 20:  # a forged size may name more bundles than anybody could ask for
                    check.find("BOARD_FILE", f"tile/entries/{name}", "too many are missing; looked no further")
                    break
                continue
            for i, (data, payload) in enumerate(zip(*bundles)):
                self.entries.append(Entry(256 * number + i, data, payload))
            self.progress(f"V2 {len(self.entries)} of {size} entries")
        return not lacking

    def read_bundle(self, check, path, prefix, width):
        data = self.files.read(path)
        if data is None:
            check.find("BOARD_FILE", path, "missing")
            return None
        items = list(framed(data, prefix))
        if None in items or len(items) != width:
            check.find("BOARD_FILE", path, f"not {width} items and nothing else")
            return None
        return items

    def check_chain(self, check):
        before = None
        for entry in self.entries:
            try:
                entry.read_header()
            except Malformed as error:
                check.find("BOARD_ENTRY", entry.at, str(error))
            if entry.header:
                header = entry.header
                if header["index"] != entry.index:
                    check.find("BOARD_CHAIN", entry.at, f"its index says {header['index']}")
                previous = self.manifest.genesis() if entry.index == 0 else before.leaf if before else None
                adjacent = entry.index == 0 or before and before.index == entry.index - 1
                if adjacent and header["previous"] != previous.hex():
                    check.find("BOARD_CHAIN", entry.at, "its `previous` is not the leaf hash before it")
                if header["payload"] != entry.hash:
                    check.find("BOARD_PAYLOAD", entry.at, "its payload has another hash")
                if header["size"] != len(entry.bytes):
                    check.find("BOARD_PAYLOAD", entry.at, f"its payload has {len(entry.bytes)} bytes")
            before = entry

    def check_tiles(self, check, hashes):
        """The names of all files that belong to the record, but the checkpoint."""
        names = set()
        for level, count in levels(len(hashes)):
            for number, width, name in tile_names(count):
                path = f"tile/{level}/{name}"
                names.add(path)
                if level == 0:
                    names |= {f"tile/entries/{name}", f"payloads/{name}"}
                data = self.files.read(path)
                if data is None:
                    check.find("BOARD_FILE", path, "missing")
                elif data != b"".join(hashes[256 * number:256 * number + width]):
                    check.find("BOARD_TILE", path, "not the hashes of the entries")
            hashes = [Tree(hashes[start:start + 256]).root() for start in range(0, count // 256 * 256, 256)]
        return names

    def check_strays(self, check, names):
        listed = self.files.list()
        for path in sorted(set(listed or ()) - names):
            check.find("BOARD_STRAY", path, "no file of the record")

    def check_earlier(self, check, leaves):
        if self.earlier is None:
            return
        try:
            earlier = read_checkpoint(self.earlier, self.manifest)
        except Malformed as error:
            check.find("BOARD_EARLIER", "checkpoint from before", str(error))
            return
        if earlier.size > len(leaves):
            check.find("BOARD_EARLIER", "checkpoint from before", f"it is of {earlier.size} entries")
        elif Tree(leaves[:earlier.size]).root() != earlier.root:
            check.find("BOARD_EARLIER", "checkpoint from before", "its root is not that over the first entries now")

    # V3 ---------------------------------------------------------------------------------------------------------------

    def v3_entries(self, check):
        self.course, tree = Course(self.manifest), Tree()
        check.looked = len(self.entries)
        readable = self.read_payloads(check)
        unsound = self.unsound_signatures(readable)
        for entry in self.entries:
            if entry in readable:
                for code, why in self.entry_faults(entry, unsound.get(entry, ()), tree):
                    check.find(code, entry.at, why)
                try:
                    self.course.judge(entry)
                except Refused as refused:
                    check.find(refused.code, entry.at, refused.why)
                else:  # also with a bad signature or checkpoint: that is one finding, and not a row of them
                    self.course.accept(entry)
                    self.accepted.append(entry)
            tree.append(entry.leaf)
        return True

    def read_payloads(self, check):
        readable, checks = set(), payload_checks(self.manifest)
        for entry in self.entries:
            if entry.kind not in ROLE:
                check.find("ENTRY_KIND", entry.at, "an unknown kind")
                continue
            try:
                if len(entry.bytes) > LIMITS[entry.kind]:
                    raise Malformed(f"longer than {LIMITS[entry.kind]} bytes")
                entry.content = decode(entry.bytes, checks[entry.kind])
                readable.add(entry)
            except Malformed as error:
                check.find("ENTRY_PAYLOAD", entry.at, str(error))
        return readable

    def unsound_signatures(self, readable):
        """For each entry, whose signatures do not hold. Ballots are left to V6."""
        signed, cache, answer = [], {}, {}
        for entry in self.entries:
            if entry in readable and ROLE[entry.kind] not in (None, "credential"):
                claims = signature_claims(self.manifest.raw, self.manifest.election, entry, cache)
                signed += [(entry, by, claim) for by, claim in claims]
        for (entry, by, _), holds in zip(signed, holding([claim for _, _, claim in signed])):
            if not holds:
                answer.setdefault(entry, []).append(by)
        return answer

    def entry_faults(self, entry, unsound, tree):
        if entry.kind != "ballot":
            why = signers_fault(self.manifest.raw, entry, entry.content)
            if why:
                yield "SIGNATURE_SIGNERS", why
            for by in unsound:
                yield "SIGNATURE_INVALID", f"the signature by {by} does not hold"
        if entry.kind in ("opened", "closed"):
            why = self.course.embedded_fault(entry, tree.root())
            if why:
                yield "CHECKPOINT_EMBEDDED", why

    # V4 ---------------------------------------------------------------------------------------------------------------

    def v4_trustees(self, check):
        dealings = self.of_kind("trustee-dealt")
        check.looked = len(dealings)
        announced = {(e.content["attempt"], e.content["index"]): e.content["commitment"]
                     for e in self.of_kind("trustee-joined")}
        commitments, claims = {}, []
        for entry in dealings:
            content = entry.content
            place, data = (content["attempt"], content["index"]), from_base64url(content["commitments"])
            if sha256(data).hex() != announced[place]:
                check.find("DEALING_COMMITMENT", entry.at, "not the commitments that were announced")
            elements = [element(part) for part in chunks_of_32(data)]
            commitments[place] = elements
            tag = tag_of("trustee", self.manifest.election, *place)
            claims.append(None if None in elements else
                          proof_claim(trustee_key_relation(elements), from_base64url(content["proof"]), tag))
        for entry, holds in zip(dealings, holding(claims)):
            if not holds:
                check.find("DEALING_PROOF", entry.at, "the proof of possession does not hold")
        opened = self.first("opened")
        if opened and not check.findings:
            attempt = self.course.attempt
            self.check_keys(check, opened, [commitments[attempt, i + 1] for i in range(self.manifest.trustees)])
        return opened is not None

    def check_keys(self, check, opened, dealings):
        commitments = sum_of_polynomials(dealings)
        self.key = to_element(polynomial_at(commitments, 0))
        self.trustee_keys = {j + 1: to_element(polynomial_at(commitments, j + 1)) for j in range(self.manifest.trustees)}
        if any(is_identity(key.point) for key in (self.key, *self.trustee_keys.values())):
            check.find("KEY_ELECTION", opened.at, "the dealings add up to no usable key")
            return
        if self.key.encoding.hex() != opened.content["key"]:
            check.find("KEY_ELECTION", opened.at, f"the election key is {self.key.encoding.hex()}")
        for j, said in enumerate(opened.content["trustees"], 1):
            key = self.trustee_keys[j]
            if key.encoding.hex() != said:
                check.find("KEY_TRUSTEE", f"{opened.at} trustees[{j - 1}]", f"it is {key.encoding.hex()}")

    # V5 ---------------------------------------------------------------------------------------------------------------

    def v5_roll(self, check):
        self.roll = Roll(self.manifest)
        for entry in self.of_kind(*Roll.KINDS):
            new = [one["key"] for field in ("credentials", "added") for one in self.people(entry, field)]
            new += [one["to"] for one in self.people(entry, "rekeyed")]
            check.looked += len(new)
            for key in new:
                if element_of_hex(key) is None:
                    check.find("ROLL_KEY", entry.at, f"{key} is not the encoding of an element")
            try:
                self.roll.apply(entry)
            except Refused as refused:
                check.find(refused.code, entry.at, refused.why)
        return self.course.sealed

    @staticmethod
    def people(entry, field):
        value = entry.content.get(field, [])
        return value if isinstance(value, list) else []  # `credentials` of roll-sealed is a number

    # V6 ---------------------------------------------------------------------------------------------------------------

    def v6_ballots(self, check):
        self.ballots, opened = self.of_kind("ballot"), self.first("opened")
        self.opening = opened.leaf.hex() if opened else None
        check.looked = len(self.ballots)
        faults = self.roll_faults()
        keys = [element_of_hex(ballot.content["credential"]) for ballot in self.ballots]
        signed = holding([self.ballot_signature(ballot, key) for ballot, key in zip(self.ballots, keys)])
        for ballot, holds in zip(self.ballots, signed):
            if not holds:
                faults.append((ballot, "", "BALLOT_SIGNATURE", "not one signature by its credential that holds"))
        faults += self.vote_faults([ballot for ballot, holds in zip(self.ballots, signed) if holds])
        for ballot, where, code, why in sorted(faults, key=lambda fault: fault[0].index):
            check.find(code, ballot.at + where, why)
        return opened is not None

    def roll_faults(self):
        """Rules of 07, with the roll as it was where each ballot stands."""
        roll, faults, cast = Roll(self.manifest), [], Counter()
        for entry in self.of_kind("ballot", *Roll.KINDS):
            if entry.kind != "ballot":
                roll.apply(entry)  # V5 has found no fault in any
                continue
            broken = list(self.ballot_faults(entry.content, roll, cast))
            faults += [(entry, "", code, why) for code, why in broken]
            if not broken:
                self.last[entry.content["credential"]] = entry.hash
                cast[entry.content["credential"]] += 1
        return faults

    def ballot_faults(self, content, roll, cast):
        credential = content["credential"]
        if credential not in roll.members:
            yield "BALLOT_CREDENTIAL", f"{credential} is not on the roll"
        elif credential in roll.cancelled:
            yield "BALLOT_CANCELLED", f"{credential} is cancelled"
        elif content["style"] != roll.members[credential][0]:
            yield "BALLOT_STYLE", f"the style of {credential} is {roll.members[credential][0]}"
        elif content["replaces"] != self.last.get(credential, "0" * 64):
            yield "BALLOT_REPLACES", f"it does not replace the last ballot of {credential}"
        elif cast[credential] > self.manifest.raw["revisions"]:
            yield "BALLOT_REVISIONS", f"{credential} has cast {cast[credential]} ballots before"

    def ballot_signature(self, ballot, key):
        if [by for by, _ in ballot.signatures] != ["credential"]:
            return None
        by, proof = ballot.signatures[0]
        return signature_claim(key, proof, self.manifest.election, "ballot", by, ballot.hash)

    def vote_faults(self, ballots):
        """Of the encrypted votes, some ballots at a time: their claims need much memory."""
        faults = []
        for start in range(0, len(ballots), 32):
            places, claims = [], []
            for ballot in ballots[start:start + 32]:
                for i, position in enumerate(self.manifest.styles.get(ballot.content["style"], ())):
                    where, vote = f" contests[{i}]", ballot.content["contests"][i]
                    cells = [element(part) for part in chunks_of_32(from_base64url(vote["ciphertexts"]))]
                    if None in cells:
                        why = f"cell {cells.index(None) // 2} is not two elements"
                        faults.append((ballot, where, "BALLOT_ENCODING", why))
                        continue
                    places.append((ballot, where))
                    claims.append(self.vote_claim(ballot, position, cells, from_base64url(vote["proof"])))
            for (ballot, where), holds in zip(places, holding(claims)):
                if not holds:
                    faults.append((ballot, where, "BALLOT_PROOF", "the proof does not hold"))
            self.progress(f"V6 {min(start + 32, len(ballots))} of {len(ballots)} ballots")
        return faults

    def vote_claim(self, ballot, position, cells, proof):
        content = ballot.content
        tag = tag_of("contest", self.opening, content["credential"], content["replaces"], position)
        return proof_claim(contest_relation(self.key, cells, self.manifest.forms[position]), proof, tag)

    # V7 ---------------------------------------------------------------------------------------------------------------

    def v7_count(self, check):
        self.classes = {name: [] for name in ("counted", "superseded", "void", "cancelled")}
        for ballot in self.ballots:
            self.classes[class_of(ballot, self.last, self.roll)].append(ballot)
        check.looked = len(self.ballots)
        tallied = self.first("tallied")
        if tallied is None:
            return False
        units = tallied.content["units"]
        numbers = {label: Counter(ballot.content["style"] for ballot in ballots)
                   for label, ballots in self.classes.items()}
        for said, (name, _, styles) in zip(units, self.manifest.units):
            if said["unit"] != name:
                check.find("COUNT_UNITS", f"tallied unit {name}", "another unit stands in its place")
            for label, by_style in numbers.items():
                number = sum(by_style[style] for style in styles)
                if said[label] != number:
                    check.find("COUNT_CLASSES", f"tallied unit {name}", f"{label} is {said[label]}, not {number}")
        root = count_root(self.classes["counted"])
        if tallied.content["root"] != root:
            check.find("COUNT_ROOT", "tallied", f"its root is not {root}")
        return True

    # V8 ---------------------------------------------------------------------------------------------------------------

    def v8_tally(self, check):
        tallied = self.first("tallied")
        if tallied is None:
            return False
        check.looked = len(self.classes["counted"])
        by_style = {style: [] for style in self.manifest.styles}
        for ballot in self.classes["counted"]:
            by_style[ballot.content["style"]].append(ballot)
        for said, (name, contest, styles) in zip(tallied.content["units"], self.manifest.units):
            ballots = [ballot for style in styles for ballot in by_style[style]]
            withheld = len(ballots) < self.manifest.raw["minimumBallots"]
            sums = None if withheld else unit_sums(self.manifest, contest, ballots, self.roll)
            self.sums.append(sums)
            if said["withheld"] != withheld:
                check.find("TALLY_WITHHELD", f"tallied unit {name}", f"{len(ballots)} ballots are counted")
            if from_base64url(said["sums"]) != b"".join(half.encoding for pair in sums or [] for half in pair):
                check.find("TALLY_SUMS", f"tallied unit {name}", "its sums are not those of the counted ballots")
            self.progress(f"V8 {len(self.sums)} of {len(self.manifest.units)} units")
        return True

    def published(self):
        """(unit, output, maximum, A, B) of every output of the units that are not withheld."""
        for (name, contest, _), sums in zip(self.manifest.units, self.sums):
            for output, (a, b) in enumerate(sums or []):
                yield name, output, self.manifest.forms[contest].outputs[output].value, a, b

    # V9 ---------------------------------------------------------------------------------------------------------------

    def v9_decryption(self, check):
        tallied = self.first("tallied")
        if tallied is None:
            return False
        outputs = list(self.published())
        decryptions = self.of_kind("decrypted")
        check.looked = len(decryptions)
        shaped = []
        for entry in decryptions:
            if len(from_base64url(entry.content["shares"])) != 32 * len(outputs):
                check.find("DECRYPTION_SHAPE", entry.at, f"not one share for each of {len(outputs)} outputs")
            else:
                shaped.append(entry)
        claims = [self.decryption_claim(entry, outputs, tallied) for entry in shaped]
        good = 0
        for entry, holds in zip(shaped, holding(claims)):
            if holds:
                good += 1
            else:
                check.find("DECRYPTION_PROOF", entry.at, "the proof of the partial decryption does not hold")
        needed = self.manifest.threshold if outputs else 0
        if self.first("result") and good < needed:
            check.find("DECRYPTION_TOO_FEW", "result", f"{good} have decrypted, where {needed} must")
        return good >= needed

    @staticmethod
    def shares(entry):
        """M of every output: an element, the identity too, or None."""
        return [IDENTITY if data == bytes(32) else element(data)
                for data in chunks_of_32(from_base64url(entry.content["shares"]))]

    def decryption_claim(self, entry, outputs, tallied):
        pairs = []
        for (_, _, _, a, _), share in zip(outputs, self.shares(entry)):
            if share is None or (share == IDENTITY) != is_identity(a.point):
                return None
            if share != IDENTITY:
                pairs.append((a, share))
        j = entry.content["index"]
        relation = partial_decryption_relation(self.trustee_keys[j], pairs)
        tag = tag_of("decryption", tallied.leaf.hex(), j)
        return proof_claim(relation, from_base64url(entry.content["proof"]), tag)

    # V10 --------------------------------------------------------------------------------------------------------------

    def v10_result(self, check):
        result = self.first("result")
        if result is None:
            return False
        units = result.content["units"]
        totals = []
        for said, (name, _, _), sums in zip(units, self.manifest.units, self.sums):
            outputs = len(sums or [])
            if (said["unit"], said["withheld"], len(said["totals"])) != (name, sums is None, outputs):
                check.find("RESULT_UNITS", f"result unit {name}", "another unit, withheld wrongly, or not all outputs")
            totals += (said["totals"] + [-1] * outputs)[:outputs]
        check.looked = len(totals)
        self.check_totals(check, totals)
        self.result = units
        return True

    def check_totals(self, check, totals):
        outputs, claims = list(self.published()), []
        first = self.of_kind("decrypted")[:self.manifest.threshold]
        trustees = [entry.content["index"] for entry in first]
        factors = [lagrange(j, [m for m in trustees if m != j]) for j in trustees]
        shares = [self.shares(entry) for entry in first]
        for c, ((_, _, maximum, _, b), v) in enumerate(zip(outputs, totals)):
            inside = 0 <= v <= maximum * self.manifest.raw["maximumWeight"]
            equation = [(v, G), (-1, b)] + [(factor, one[c]) for factor, one in zip(factors, shares)]
            claims.append([equation] if inside else None)
        for (name, output, *_), v, holds in zip(outputs, totals, holding(claims)):
            if not holds:
                check.find("RESULT_TOTALS", f"result unit {name} output {output}", f"{v} is not what was decrypted")


# 09 Verdict and report

def verdict_of(statuses):
    if "failed" in statuses:
        return "refuted"
    return "verified" if all(status == "passed" for status in statuses) else "unfinished"


def verify(files, election=None, checkpoint=None, progress=lambda text: None):
    """The report of page 09. `files` has read(path), bytes or None, and list(), paths or None if it cannot say.

    `checkpoint` are the bytes of one kept from before. Raises CannotRun if there is nothing to verify.
    """
    started = time.monotonic()
    if election is not None and not re.fullmatch("[0-9a-f]{64}", election):
        raise CannotRun("an election id is 64 lower-case hexadecimal digits")
    run = Verification(files, election, checkpoint, progress)
    run.run()
    status = {name: check.status for name, check in run.checks.items()}
    report = {
        "verdict": verdict_of(list(status.values())),
        "election": run.manifest.election if status["V1"] == "passed" else None,
        "checks": [check.report() for check in run.checks.values()],
        "results": [],
        "ballots": None}
    if status["V10"] == "passed":
        report["results"] = [
            {"contest": run.manifest.contests[contest]["id"], "unit": name, "withheld": said["withheld"],
             "totals": [] if said["withheld"] else readable_totals(run.manifest.contests[contest], said["totals"])}
            for said, (name, contest, _) in zip(run.result, run.manifest.units)]
    if status["V7"] in ("passed", "not-reached") and run.classes:
        report["ballots"] = {"cast": len(run.ballots), **{name: len(some) for name, some in run.classes.items()}}
    if status["V3"] == "passed" and run.course.aborted is not None:
        report["aborted"] = run.course.aborted
    report["seconds"] = round(time.monotonic() - started, 3)
    return report
