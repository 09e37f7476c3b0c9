"""08 Ceremony and tally: the election key, counting, sums, decryption."""

from .encoding import from_base64url, sha256
from .group import ZERO, Q, chunks_of_32, decode_point, multi_scalar, to_element, weighted_sum
from .record import Tree


def sum_of_polynomials(dealings):
    """Σ_i A_{i,k} for each k: the commitments to the sum of all f_i."""
    return [weighted_sum([(1, commitments[k].point) for commitments in dealings]) for k in range(len(dealings[0]))]


def polynomial_at(commitments, x):
    """Σ_k x^k · A_k. At 0 the election key, at j the verification key of trustee j."""
    return multi_scalar([(pow(x, k, Q), point) for k, point in enumerate(commitments)])


def lagrange(j, others):
    """λ_j for the trustees j and others."""
    top = bottom = 1
    for m in others:
        top, bottom = top * m % Q, bottom * (m - j) % Q
    return top * pow(bottom, Q - 2, Q) % Q


def count_root(counted):
    leaves = sorted((bytes.fromhex(ballot.content["credential"]), bytes.fromhex(ballot.hash)) for ballot in counted)
    return Tree(sha256(b"\0", credential, tracker) for credential, tracker in leaves).root().hex()


def class_of(ballot, last, roll):
    """superseded, cancelled, void or counted."""
    credential = ballot.content["credential"]
    if last[credential] != ballot.hash:
        return "superseded"
    if credential in roll.cancelled:
        return "cancelled"
    if roll.members.get(credential, (None, 0))[0] != ballot.content["style"]:
        return "void"
    return "counted"


def unit_sums(manifest, contest, ballots, roll):
    """A and B of each output of a contest, over counted ballots. The identity is possible."""
    form = manifest.forms[contest]
    halves = [ZERO] * 2 * form.cells
    for start in range(0, len(ballots), 256):  # some ballots at a time: points need much memory
        weighted = [[(1, half)] for half in halves]
        for ballot in ballots[start:start + 256]:
            style, weight = roll.members[ballot.content["credential"]]
            vote = ballot.content["contests"][manifest.styles[style].index(contest)]
            for pairs, data in zip(weighted, chunks_of_32(from_base64url(vote["ciphertexts"]))):
                pairs.append((weight, decode_point(data)))
        halves = [weighted_sum(pairs) for pairs in weighted]
    return [(to_element(weighted_sum([(w, halves[2 * cell]) for cell, w in output.cells])),
             to_element(weighted_sum([(w, halves[2 * cell + 1]) for cell, w in output.cells])))
            for output in form.outputs]
