"""04 Contests: from a contest to the cells, sums and outputs of its ballot form."""

from collections import namedtuple


Form = namedtuple("Form", "cells sums outputs")
Total = namedtuple("Total", "cells value")  # of a sum: what it equals; of an output: its maximum
MOST_CELLS = 4096


def digits(most):
    weights, total = [], 0
    while total + (1 << len(weights)) <= most:
        weights.append(1 << len(weights))
        total += weights[-1]
    return weights + [most - total] if total < most else weights


def output_count(contest):
    return len(contest["options"]) * (contest["max"] if contest["kind"] == "ranking" else 1)


def compile_form(contest):
    """The form of a contest, or None if it has more cells than are allowed."""
    if output_count(contest) > MOST_CELLS:
        return None
    form = {"selection": selection_form, "score": score_form, "ranking": ranking_form}[contest["kind"]](contest)
    return form if form.cells <= MOST_CELLS else None


def with_slack(cells, rules, outputs):
    """`rules` are (min, max, [(cell, weight), …]), in order; equalities have min = max."""
    sums = []
    for least, most, weighted in rules:
        if least <= 0 and sum(w for _, w in weighted) <= most:
            continue
        slack = digits(most - least)
        sums.append(Total(weighted + [(cells + i, w) for i, w in enumerate(slack)], most))
        cells += len(slack)
    return Form(cells, sums, outputs)


def selection_form(contest):
    cells = [(i, 1) for i in range(len(contest["options"]))]
    return with_slack(len(cells), [(contest["min"], contest["max"], cells)], [Total([cell], 1) for cell in cells])


def score_form(contest):
    weights = digits(contest["maximum"])
    per_option = [[(i * len(weights) + k, w) for k, w in enumerate(weights)] for i in range(len(contest["options"]))]
    cells = [cell for one in per_option for cell in one]
    rules = [(0, contest["budget"], cells)] if "budget" in contest else []
    return with_slack(len(cells), rules, [Total(one, contest["maximum"]) for one in per_option])


def ranking_form(contest):
    count, least, most = len(contest["options"]), contest["min"], contest["max"]

    def x(option, place):
        return (option * most + place - 1, 1)

    lengths = range(least, most + 1) if least < most else []
    d = {length: (count * most + position, 1) for position, length in enumerate(lengths)}
    rules = [(1, 1, list(d.values()))] if d else []
    for place in range(1, most + 1):
        shorter = [cell for length, cell in d.items() if length < place]
        rules.append((1, 1, [x(option, place) for option in range(count)] + shorter))
    for option in range(count):
        rules.append((0, 1, [x(option, place) for place in range(1, most + 1)]))
    outputs = [Total([x(option, place)], 1) for option in range(count) for place in range(1, most + 1)]
    return with_slack(count * most + len(d), rules, outputs)


def proof_length(form):
    return 224 * form.cells + 32 * len(form.sums)


def readable_totals(contest, totals):
    """What the outputs of a contest say about its options."""
    options = [option["id"] for option in contest["options"]]
    if contest["kind"] != "ranking":
        return [{"option": option, "votes": votes} for option, votes in zip(options, totals)]
    places = contest["max"]
    answer = []
    for i, option in enumerate(options):
        positions = totals[i * places:(i + 1) * places]
        votes = sum(worth * total for worth, total in zip(contest["points"], positions))
        answer.append({"option": option, "votes": votes, "positions": positions})
    return answer
