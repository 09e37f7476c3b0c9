"""07 Entries: every payload, who signs it, when it is legal."""

from collections import Counter

from .encoding import (HEX32, IDENTIFIER, PROSE, REASON, Malformed, base64url, boolean, exactly, fields, instant,
                       integer, list_of, matching, repeated, seconds_of)
from .forms import proof_length
from .group import element_of_hex
from .manifest import MANIFEST, PAGE
from .proofs import signature_claim
from .record import read_checkpoint


class Refused(Exception):
    """A rule that an entry breaks."""

    def __init__(self, code, why):
        super().__init__(why)
        self.code, self.why = code, why


def need(condition, code, why):
    if not condition:
        raise Refused(code, why)


# 07 Payloads

SEQUENCE = integer(0, 10**9)
ATTEMPT = integer(1, 1000)
WEIGHT = integer(1, 10**9)
COUNT = integer(0)
CREDENTIAL = fields(key=HEX32, style=IDENTIFIER, weight=WEIGHT)

ROLES = {  # whose keys sign, by kind
    "administrator": ["manifest", "ceremony-restarted", "extended", "close-requested", "aborted", "notice",
                      "page-changed"],
    "registrar": ["roll", "roll-sealed", "roll-changed", "cancelled", "reconciled"],
    "trustee": ["trustee-joined", "trustee-dealt", "trustee-confirmed", "trustee-complained", "decrypted"],
    "credential": ["ballot"],
    None: ["opened", "closed", "tallied", "result"]}
ROLE = {kind: role for role, kinds in ROLES.items() for kind in kinds}

LIMITS = {  # bytes of a payload
    "manifest": 1048576, "ballot": 262144, "roll-changed": 262144, "tallied": 4194304, "decrypted": 4194304,
    "result": 4194304, "trustee-dealt": 131072, "opened": 131072, "closed": 131072, "page-changed": 131072,
    "roll": 65536, "notice": 16384, "ceremony-restarted": 8192, "cancelled": 8192, "extended": 8192,
    "close-requested": 8192, "aborted": 8192, "roll-sealed": 4096, "trustee-joined": 2048,
    "trustee-complained": 2048, "trustee-confirmed": 1024, "reconciled": 1024}


def embedded_checkpoint(value, at):
    if not isinstance(value, str) or not 1 <= len(value.encode("utf-8")) <= 65536:
        raise Malformed(f"{at}: not a text of 1 to 65,536 bytes")


def payload_checks(m):
    """The form of every kind of payload. Lengths of vectors are fixed by the manifest."""
    n, t, units = m.trustees, m.threshold, len(m.units)
    trustee = dict(index=integer(1, n), sequence=SEQUENCE)
    ceremony = dict(attempt=ATTEMPT, **trustee)
    return {
        "manifest": MANIFEST,
        "trustee-joined": fields(commitment=HEX32, **ceremony,
                                 recipient=matching("age1[02-9ac-hj-np-z]{58}", 62, "an age recipient")),
        "trustee-dealt": fields(commitments=base64url(32 * t), proof=base64url(64 * t),
                                shares=list_of(base64url(232), n, n), **ceremony),
        "trustee-confirmed": fields(dealt=HEX32, **ceremony),
        "trustee-complained": fields(accused=integer(1, n), **ceremony,
                                     identity=matching("AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}", 74, "an age identity")),
        "ceremony-restarted": fields(attempt=ATTEMPT, reason=REASON, sequence=SEQUENCE),
        "roll": fields(credentials=list_of(CREDENTIAL, 1, 256), sequence=SEQUENCE),
        "roll-sealed": fields({"reference": PROSE}, chunks=COUNT, credentials=COUNT, sequence=SEQUENCE,
                              weight=integer(0, 10**9)),
        "opened": fields(checkpoint=embedded_checkpoint, key=HEX32, trustees=list_of(HEX32, n, n)),
        "ballot": ballot_check(m),
        "roll-changed": fields(
            added=list_of(CREDENTIAL, 0, 256), reason=REASON, sequence=SEQUENCE,
            rekeyed=list_of(fields(from_=HEX32, to=HEX32), 0, 256), removed=list_of(HEX32, 0, 256),
            restyled=list_of(fields(key=HEX32, style=IDENTIFIER), 0, 256),
            reweighted=list_of(fields(key=HEX32, weight=WEIGHT), 0, 256)),
        "cancelled": fields(credential=HEX32, reason=REASON, sequence=SEQUENCE),
        "extended": fields(closes=instant, reason=REASON, sequence=SEQUENCE),
        "close-requested": fields(reason=REASON, sequence=SEQUENCE),
        "closed": fields(ballots=COUNT, checkpoint=embedded_checkpoint, entries=COUNT),
        "reconciled": fields(cancellations=COUNT, sequence=SEQUENCE),
        "tallied": fields(root=HEX32, units=list_of(fields(
            unit=IDENTIFIER, counted=COUNT, superseded=COUNT, void=COUNT, cancelled=COUNT, withheld=boolean,
            sums=base64url()), units, units)),
        "decrypted": fields(proof=base64url(), shares=base64url(), **trustee),
        "result": fields(units=list_of(fields(totals=list_of(integer(0, 10**9), 0, 2**20), unit=IDENTIFIER,
                                              withheld=boolean), units, units)),
        "aborted": fields(reason=REASON, sequence=SEQUENCE),
        "notice": fields(sequence=SEQUENCE, text=PROSE),
        "page-changed": fields(page=PAGE, reason=REASON, sequence=SEQUENCE)}


def ballot_check(m):
    votes = list_of(fields(ciphertexts=base64url(), proof=base64url()), 1, 256)
    outer = fields(contests=votes, credential=HEX32, election=exactly(m.election), replaces=HEX32, style=IDENTIFIER)

    def check(value, at):
        outer(value, at)
        shown = m.styles.get(value["style"])
        if shown is None:
            raise Malformed("style: there is no such style")
        if len(shown) != len(value["contests"]):
            raise Malformed("contests: not those of the style")
        for i, (position, vote) in enumerate(zip(shown, value["contests"])):
            form = m.forms[position]
            base64url(64 * form.cells)(vote["ciphertexts"], f"contests[{i}].ciphertexts")
            base64url(proof_length(form))(vote["proof"], f"contests[{i}].proof")
    return check


# 07 Who signs

def signer_keys(raw, role):
    people = raw["trustees"] if role == "trustee" else raw[role + "s"]["keys"]
    return {f"{role}-{i}": person["key"] for i, person in enumerate(people, 1)}


def signers_fault(raw, entry, content):
    """What is wrong about who signs an entry, or None. Whether signatures hold is asked elsewhere."""
    role = ROLE[entry.kind]
    signers = [by for by, _ in entry.signatures]
    if role is None:
        return "signed, though nobody signs this kind" if signers else None
    if role == "credential":
        return None if signers == ["credential"] else "not signed just once, by its credential"
    if role == "trustee":
        return None if signers == [f"trustee-{content['index']}"] else "not signed just once, by the trustee it names"
    order = list(signer_keys(raw, role))
    if any(by not in order for by in signers):
        return f"a signature that is by no {role}"
    positions = [order.index(by) for by in signers]
    if positions != sorted(set(positions)):
        return "signatures that are not in order, or twice"
    if len(signers) < raw[role + "s"]["quorum"]:
        return f"{len(signers)} of {raw[role + 's']['quorum']} signatures"
    return None


def signature_claims(raw, election, entry, cache):
    """(signer, claim) of every signature by a key of the right role."""
    role = ROLE[entry.kind]
    keys = signer_keys(raw, role)
    for by, proof in entry.signatures:
        if by in keys:
            key = cache.setdefault(keys[by], element_of_hex(keys[by]))
            yield by, signature_claim(key, proof, election, entry.kind, by, entry.hash)


# 07 When an entry is legal: time, stage, sequence, attempt, ceremony, numbers (V3)

STAGES = {
    "trustee-joined": "setup", "trustee-dealt": "setup", "trustee-confirmed": "setup", "trustee-complained": "setup",
    "ceremony-restarted": "setup", "roll": "setup", "roll-sealed": "setup", "opened": "setup", "ballot": "open",
    "roll-changed": "setup open", "cancelled": "open closed", "extended": "setup open", "close-requested": "open",
    "closed": "open", "reconciled": "closed", "tallied": "closed", "decrypted": "tallied", "result": "tallied",
    "aborted": "setup open closed tallied", "notice": "setup open closed tallied",
    "page-changed": "setup open closed tallied", "manifest": "empty"}


class Course:
    """How far an election is, entry by entry. `judge` asks whether an entry is legal, `accept` moves on."""

    def __init__(self, manifest):
        self.m = manifest
        self.stage, self.time = "empty", ""
        self.sequences = Counter()
        self.begin_attempt(1)
        self.sealed = self.close_requested = self.reconciled = False
        self.closes = manifest.closes
        self.ballots = self.cancellations = 0
        self.all_withheld = False
        self.decrypted = set()
        self.aborted = None

    def begin_attempt(self, attempt):
        self.attempt, self.complained = attempt, False
        self.joined, self.dealt, self.confirmed = {}, {}, set()
        self.last_dealt = None

    def signer(self, entry):
        role = ROLE[entry.kind]
        return f"trustee-{entry.content['index']}" if role == "trustee" else role

    def judge(self, entry):
        kind, content = entry.kind, entry.content
        need(entry.time >= self.time, "TIME", f"{entry.time} is before {self.time}")
        need(self.stage != "ended", "PHASE", "nothing follows a result, or the end without one")
        if "sequence" in content:
            expected = self.sequences[self.signer(entry)]
            need(content["sequence"] == expected, "SEQUENCE", f"{content['sequence']} where {expected} is next")
        need(self.stage in STAGES[kind].split() and self.stage_allows(kind), "PHASE",
             f"not while the election is at stage {self.stage}, or not any more")
        rule = getattr(self, "rule_" + kind.replace("-", "_"), None)
        if rule:
            rule(entry, content)

    def stage_allows(self, kind):
        """What the table says about a stage beyond its name."""
        return {
            "roll": not self.sealed,
            "roll-sealed": not self.sealed,
            "opened": self.sealed,
            "roll-changed": self.sealed,
            "cancelled": not self.reconciled,
            "extended": not self.close_requested,
            "close-requested": not self.close_requested,
            "reconciled": not self.reconciled,
            "tallied": self.reconciled or not self.m.raw["paper"],
        }.get(kind, True)

    def in_attempt(self, content):
        need(content["attempt"] == self.attempt, "ATTEMPT", f"attempt {content['attempt']}, not {self.attempt}")
        need(not self.complained, "CEREMONY", "there is a complaint in this attempt")

    def everybody(self, done):
        return len(done) == self.m.trustees

    def rule_trustee_joined(self, entry, content):
        self.in_attempt(content)
        need(content["index"] not in self.joined, "CEREMONY", "joined before")
        for other in self.joined.values():
            need(content["recipient"] != other["recipient"], "CEREMONY", "the recipient of another trustee")
            need(content["commitment"] != other["commitment"], "CEREMONY", "the commitment of another trustee")

    def rule_trustee_dealt(self, entry, content):
        self.in_attempt(content)
        need(self.everybody(self.joined), "CEREMONY", "not all have joined")
        need(content["index"] not in self.dealt, "CEREMONY", "dealt before")

    def rule_trustee_confirmed(self, entry, content):
        self.in_attempt(content)
        need(self.everybody(self.dealt), "CEREMONY", "not all have dealt")
        need(content["index"] not in self.confirmed, "CEREMONY", "confirmed before")
        need(content["dealt"] == self.last_dealt, "CEREMONY", "not the leaf hash of the last dealing")

    def rule_trustee_complained(self, entry, content):
        self.in_attempt(content)
        need(self.everybody(self.dealt), "CEREMONY", "not all have dealt")
        need(content["index"] not in self.confirmed, "CEREMONY", "confirmed before")

    def rule_ceremony_restarted(self, entry, content):
        need(content["attempt"] == self.attempt + 1, "ATTEMPT", f"not attempt {self.attempt + 1}")

    def rule_opened(self, entry, content):
        need(not self.complained and self.everybody(self.confirmed), "CEREMONY", "not all have confirmed")
        need(self.m.opens <= entry.time < self.closes, "TIME", f"not from {self.m.opens} to before {self.closes}")

    def rule_ballot(self, entry, content):
        latest = seconds_of(self.closes) + self.m.raw["tolerance"]
        need(seconds_of(entry.time) <= latest, "TIME", "after the closing time and the tolerance")

    def rule_cancelled(self, entry, content):
        need(self.m.raw["paper"], "PHASE", "the manifest has no voting on paper")

    def rule_extended(self, entry, content):
        need(entry.time < self.closes, "TIME", f"not before the closing time, {self.closes}")
        need(content["closes"] > self.closes, "TIME", f"it does not close after {self.closes}")

    def rule_close_requested(self, entry, content):
        need(self.m.raw["closeOnRequest"], "PHASE", "the manifest does not allow it")

    def rule_closed(self, entry, content):
        need(self.close_requested or entry.time >= self.closes, "TIME", f"before the closing time, {self.closes}")
        need(content["entries"] == entry.index, "NUMBERS", f"entries is not {entry.index}")
        need(content["ballots"] == self.ballots, "NUMBERS", f"ballots is not {self.ballots}")

    def rule_reconciled(self, entry, content):
        need(self.m.raw["paper"], "PHASE", "the manifest has no voting on paper")
        need(content["cancellations"] == self.cancellations, "NUMBERS", f"cancellations is not {self.cancellations}")

    def rule_decrypted(self, entry, content):
        need(content["index"] not in self.decrypted, "PHASE", "decrypted before")
        need(not self.all_withheld, "PHASE", "every unit is withheld")

    def rule_result(self, entry, content):
        need(self.all_withheld or len(self.decrypted) >= self.m.threshold, "PHASE", "too few have decrypted")

    def embedded_fault(self, entry, root):
        """What is wrong about the checkpoint in `opened` or `closed`, or None."""
        try:
            checkpoint = read_checkpoint(entry.content["checkpoint"].encode("utf-8"), self.m)
        except Malformed as error:
            return str(error)
        if checkpoint.size != entry.index or checkpoint.root != root:
            return "not of the entries before"
        scheduled = self.m.opens if entry.kind == "opened" else self.closes
        if entry.kind == "closed" and self.close_requested:
            return None
        late = sum(seconds >= seconds_of(scheduled) for seconds in checkpoint.times)
        if late < self.m.witness_quorum:
            return f"{late} of {self.m.witness_quorum} cosignatures at or after {scheduled}"
        return None

    def accept(self, entry):
        kind, content = entry.kind, entry.content
        self.time = entry.time
        if "sequence" in content:
            self.sequences[self.signer(entry)] += 1
        self.stage = {"manifest": "setup", "opened": "open", "closed": "closed", "tallied": "tallied",
                      "result": "ended", "aborted": "ended"}.get(kind, self.stage)
        if kind == "trustee-joined":
            self.joined[content["index"]] = content
        elif kind == "trustee-dealt":
            self.dealt[content["index"]] = entry
            self.last_dealt = entry.leaf.hex()
        elif kind == "trustee-confirmed":
            self.confirmed.add(content["index"])
        elif kind == "trustee-complained":
            self.complained = True
        elif kind == "ceremony-restarted":
            self.begin_attempt(content["attempt"])
        elif kind == "roll-sealed":
            self.sealed = True
        elif kind == "ballot":
            self.ballots += 1
        elif kind == "cancelled":
            self.cancellations += 1
        elif kind == "extended":
            self.closes = content["closes"]
        elif kind == "close-requested":
            self.close_requested = True
        elif kind == "reconciled":
            self.reconciled = True
        elif kind == "tallied":
            self.all_withheld = all(unit["withheld"] for unit in content["units"])
        elif kind == "decrypted":
            self.decrypted.add(content["index"])
        elif kind == "aborted":
            self.aborted = content["reason"]


# 07 The roll (V5, V6)

class Roll:
    """Who may vote, as changed so far. Each method refuses a change as a whole, or makes it."""

    KINDS = ("roll", "roll-sealed", "roll-changed", "cancelled")

    def __init__(self, manifest):
        self.m = manifest
        self.members = {}  # key: (style, weight)
        self.cancelled = set()
        self.weight = self.chunks = 0
        self.last = ""

    def apply(self, entry):
        {"roll": self.extend, "roll-sealed": self.seal, "roll-changed": self.change,
         "cancelled": self.cancel}[entry.kind](entry.content)

    def check_weight(self, weight):
        most = self.m.raw["maximumWeight"]
        need(weight <= most, "ROLL_WEIGHT", f"a total weight of {weight}, over {most}")

    def check_styles(self, people):
        for one in people:
            need(one["style"] in self.m.styles, "ROLL", f"the style {one['style']} is unknown")

    def extend(self, content):
        last = self.last
        for one in content["credentials"]:
            need(one["key"] > last, "ROLL", f"{one['key']} is not above the keys before")
            last = one["key"]
        self.check_styles(content["credentials"])
        weight = self.weight + sum(one["weight"] for one in content["credentials"])
        self.check_weight(weight)
        self.members.update((one["key"], (one["style"], one["weight"])) for one in content["credentials"])
        self.weight, self.last = weight, last
        self.chunks += 1

    def seal(self, content):
        there = (self.chunks, len(self.members), self.weight)
        said = (content["chunks"], content["credentials"], content["weight"])
        need(said == there, "ROLL", f"chunks, credentials and weight are {there} on the board, not {said}")

    def change(self, content):
        added, rekeyed, removed = content["added"], content["rekeyed"], content["removed"]
        restyled, reweighted = content["restyled"], content["reweighted"]
        present = removed + [one["from"] for one in rekeyed] + [one["key"] for one in restyled + reweighted]
        absent = [one["key"] for one in added] + [one["to"] for one in rekeyed]
        need(present or absent, "ROLL", "it changes nothing")
        need(not repeated(present + absent), "ROLL", "a key in two places")
        for key in present:
            need(key in self.members, "ROLL", f"{key} is not on the roll")
            need(key not in self.cancelled, "ROLL", f"{key} is cancelled")
        for key in absent:
            need(key not in self.members, "ROLL", f"{key} is on the roll")
        self.check_styles(added + restyled)
        members = self.members
        weight = self.weight + sum(one["weight"] for one in added) - sum(members[key][1] for key in removed)
        weight += sum(one["weight"] - members[one["key"]][1] for one in reweighted)
        self.check_weight(weight)
        for key in removed:
            del members[key]
        for one in rekeyed:
            members[one["to"]] = members.pop(one["from"])
        for one in restyled:
            members[one["key"]] = (one["style"], members[one["key"]][1])
        for one in reweighted:
            members[one["key"]] = (members[one["key"]][0], one["weight"])
        for one in added:
            members[one["key"]] = (one["style"], one["weight"])
        self.weight = weight

    def cancel(self, content):
        key = content["credential"]
        need(key in self.members, "ROLL", f"{key} is not on the roll")
        need(key not in self.cancelled, "ROLL", f"{key} was cancelled before")
        self.cancelled.add(key)
