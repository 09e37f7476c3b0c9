"""06 Manifest: its fields, and what is refused."""

from collections import Counter

from .encoding import (HEX32, IDENTIFIER, LANGUAGE, NAME, PATH, PROSE, Malformed, boolean, exactly, fields, instant,
                       integer, list_of, look_alike_key, map_of, repeated, sha256)
from .forms import MOST_CELLS, compile_form, output_count, proof_length
from .group import element_of_hex
from .proofs import SUITE
from .record import BOARD, VERIFIER_KEY, WITNESS, verifier_key


LOCAL_NAME = map_of(LANGUAGE, NAME)
LOCAL_PROSE = map_of(LANGUAGE, PROSE)
DESCRIBED = {"description": LOCAL_PROSE}
NAMED_KEY = fields(key=HEX32, name=NAME)
KEY_SET = fields(keys=list_of(NAMED_KEY, 1, 32), quorum=integer(1, 32))
PAGE = map_of(PATH, HEX32, 512)
OPTION = fields(DESCRIBED, id=IDENTIFIER, title=LOCAL_NAME)
CONTEST_COMMON = dict(id=IDENTIFIER, title=LOCAL_NAME, options=list_of(OPTION, 1, 1024))
CONTESTS = {
    "selection": fields(DESCRIBED, kind=exactly("selection"), min=integer(0, 1024), max=integer(1, 1024),
                        **CONTEST_COMMON),
    "score": fields({**DESCRIBED, "budget": integer(1, 10**6)}, kind=exactly("score"), maximum=integer(1, 10**6),
                    **CONTEST_COMMON),
    "ranking": fields(DESCRIBED, kind=exactly("ranking"), min=integer(0, 1024), max=integer(1, 1024),
                      points=list_of(integer(0, 10**6), 0, 1024), **CONTEST_COMMON)}


def contest_fields(value, at):
    kind = value.get("kind") if isinstance(value, dict) else None
    if not isinstance(kind, str) or kind not in CONTESTS:
        raise Malformed(f"{at}: not a contest of a known kind")
    CONTESTS[kind](value, at)


MANIFEST = fields(
    {"description": LOCAL_PROSE},
    administrators=KEY_SET,
    board=VERIFIER_KEY,
    closeOnRequest=boolean,
    contests=list_of(contest_fields, 1, 256),
    languages=list_of(LANGUAGE, 1, 16),
    maximumWeight=integer(1, 10**9),
    minimumBallots=integer(1, 10**9),
    page=PAGE,
    paper=boolean,
    registrars=KEY_SET,
    revisions=integer(0, 1000),
    schedule=fields(closes=instant, opens=instant),
    styles=list_of(fields(contests=list_of(IDENTIFIER, 1, 256), id=IDENTIFIER), 1, 1024),
    suite=exactly(SUITE),
    threshold=integer(1, 64),
    title=LOCAL_NAME,
    tolerance=integer(0, 86400),
    trustees=list_of(NAMED_KEY, 1, 64),
    units=list_of(fields(contest=IDENTIFIER, id=IDENTIFIER, styles=list_of(IDENTIFIER, 1, 1024)), 1, 4096),
    version=exactly(1),
    witnesses=fields(keys=list_of(VERIFIER_KEY, 0, 32), quorum=integer(0, 32)))


def manifest_faults(m):
    """Everything that 06 refuses in a manifest of the right form: (code, where, why)."""
    for faults in (text_faults, reference_faults, key_faults, rule_faults, limit_faults):
        yield from faults(m)


def text_faults(m):
    for language in repeated(m["languages"]):
        yield "MANIFEST_TEXT", "languages", f"{language} is listed twice"
    languages = set(m["languages"])
    described = [("", m)]
    for i, contest in enumerate(m["contests"]):
        described.append((f"contests[{i}]", contest))
        described += [(f"contests[{i}].options[{k}]", option) for k, option in enumerate(contest["options"])]
    for at, thing in described:
        for field in ("title", "description"):
            if field in thing and set(thing[field]) != languages:
                yield "MANIFEST_TEXT", f"{at}.{field}".lstrip("."), "not in exactly the languages of the manifest"
    for i, contest in enumerate(m["contests"]):
        for language in sorted(languages):
            titles = [o["title"][language] for o in contest["options"] if language in o["title"]]
            if repeated(map(look_alike_key, titles)):
                yield "MANIFEST_TEXT", f"contests[{i}].options", f"titles that look alike in {language}"


def reference_faults(m):
    code = "MANIFEST_REFERENCE"
    for field in ("contests", "styles", "units"):
        for one in repeated(thing["id"] for thing in m[field]):
            yield code, field, f"the id {one} occurs twice"
    for i, contest in enumerate(m["contests"]):
        for one in repeated(option["id"] for option in contest["options"]):
            yield code, f"contests[{i}].options", f"the id {one} occurs twice"
    shown = {style["id"]: set(style["contests"]) for style in m["styles"]}
    contests = {contest["id"] for contest in m["contests"]}
    for one in sorted(contests - set().union(*shown.values())):
        yield code, f"contest {one}", "it is on no style"
    for style in m["styles"]:
        for one in repeated(style["contests"]):
            yield code, f"style {style['id']}", f"it names {one} twice"
        for one in sorted(set(style["contests"]) - contests):
            yield code, f"style {style['id']}", f"it names the unknown contest {one}"
    placed = Counter()
    for unit in m["units"]:
        if unit["contest"] not in contests:
            yield code, f"unit {unit['id']}", f"it is of the unknown contest {unit['contest']}"
        for style in unit["styles"]:
            placed[style, unit["contest"]] += 1
            if unit["contest"] not in shown.get(style, ()):
                yield code, f"unit {unit['id']}", f"its style {style} does not show its contest"
    for style, names in shown.items():
        for one in sorted(names & contests):
            if placed[style, one] != 1:
                yield code, f"style {style}", f"it is in {placed[style, one]} units of {one}, not in one"


def key_faults(m):
    code = "MANIFEST_KEY"
    groups = {"trustees": m["trustees"], "administrators": m["administrators"]["keys"],
              "registrars": m["registrars"]["keys"]}
    keys = [one["key"] for people in groups.values() for one in people]
    if m["threshold"] > len(m["trustees"]):
        yield code, "threshold", "more than there are trustees"
    for role in ("administrators", "registrars"):
        if m[role]["quorum"] > len(m[role]["keys"]):
            yield code, f"{role}.quorum", "more than there are keys"
    for role, people in groups.items():
        for i, one in enumerate(people):
            if element_of_hex(one["key"]) is None:
                yield code, f"{role}[{i}].key", "not the encoding of an element"
        if repeated(look_alike_key(one["name"]) for one in people):
            yield code, role, "two names look alike"
    witnesses = m["witnesses"]["keys"]
    lines = [("board", m["board"], BOARD)] + [(f"witnesses.keys[{i}]", w, WITNESS) for i, w in enumerate(witnesses)]
    for at, line, algorithm in lines:
        try:
            keys.append(verifier_key(line, algorithm).key.hex())
        except Malformed as error:
            yield code, at, str(error)
    if len(m["board"].split("+")[0].encode("utf-8")) > 255:
        yield code, "board", "an origin of more than 255 bytes"
    for key in repeated(keys):
        yield code, "keys", f"the key {key} occurs twice"
    quorum = m["witnesses"]["quorum"]
    if witnesses and not len(witnesses) < 2 * quorum <= 2 * len(witnesses):
        yield code, "witnesses.quorum", "not more than half of the witnesses, or more than all"
    if not witnesses and quorum != 0:
        yield code, "witnesses.quorum", "not 0, without witnesses"
    if not witnesses and 2 * m["threshold"] <= len(m["trustees"]):
        yield code, "threshold", "not more than half of the trustees, without witnesses"


def contest_rule_faults(contest):
    if contest["kind"] == "score":
        if contest.get("budget", contest["maximum"]) < contest["maximum"]:
            yield "a budget below the maximum"
        return
    if contest["min"] > contest["max"]:
        yield "min over max"
    if contest["max"] > len(contest["options"]):
        yield "max over the number of options"
    if contest["kind"] == "ranking":
        if len(contest["points"]) != contest["max"]:
            yield "not one number of points for each place"
        if contest["points"] != sorted(contest["points"], reverse=True):
            yield "a lower place that is worth more than a higher"


def rule_faults(m):
    for i, contest in enumerate(m["contests"]):
        for why in contest_rule_faults(contest):
            yield "MANIFEST_RULE", f"contests[{i}]", why
    if m["schedule"]["opens"] >= m["schedule"]["closes"]:
        yield "MANIFEST_RULE", "schedule", "it does not open before it closes"


def limit_faults(m):
    code = "MANIFEST_LIMIT"
    forms, contests = {}, {}
    for i, contest in enumerate(m["contests"]):
        contests[contest["id"]] = contest
        if contest.get("maximum", 1) * m["maximumWeight"] > 10**9:
            yield code, f"contests[{i}]", "a total could exceed 1,000,000,000"
        if any(contest_rule_faults(contest)):
            continue  # what cannot be compiled has no cells
        form = forms[contest["id"]] = compile_form(contest)
        if form is None:
            yield code, f"contests[{i}]", f"more than {MOST_CELLS} cells"
    outputs = [output_count(contests[unit["contest"]]) for unit in m["units"] if unit["contest"] in contests]
    if 1024 + sum(256 + -(-4 * 64 * count // 3) for count in outputs) > 4194304:
        yield code, "units", "a tally of more than 4,194,304 bytes"
    for style in m["styles"]:
        shown = [forms[one] for one in style["contests"] if forms.get(one)]
        size = sum(64 + -(-4 * 64 * form.cells // 3) + -(-4 * proof_length(form) // 3) for form in shown)
        if 1024 + size > 262144:
            yield code, f"style {style['id']}", "a ballot of more than 262,144 bytes"


class Manifest:
    """A manifest that V1 has accepted, and what follows from it alone."""

    def __init__(self, raw, election):
        self.raw, self.election = raw, election
        self.board = verifier_key(raw["board"], BOARD)
        self.witnesses = [verifier_key(line, WITNESS) for line in raw["witnesses"]["keys"]]
        self.witness_quorum = raw["witnesses"]["quorum"]
        self.trustees = len(raw["trustees"])
        self.threshold = raw["threshold"]
        self.contests = raw["contests"]
        self.position = {contest["id"]: i for i, contest in enumerate(raw["contests"])}
        self.forms = [compile_form(contest) for contest in raw["contests"]]
        self.styles = {style["id"]: [self.position[one] for one in style["contests"]] for style in raw["styles"]}
        self.units = [(unit["id"], self.position[unit["contest"]], set(unit["styles"])) for unit in raw["units"]]
        self.opens, self.closes = raw["schedule"]["opens"], raw["schedule"]["closes"]

    def genesis(self):
        return sha256(f"cista/v1 genesis\n{self.board.name}\n{self.election}".encode("utf-8"))
