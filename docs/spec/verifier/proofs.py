"""03 Proofs: the one kind of proof, the four relations, tags."""

import hashlib
from collections import namedtuple

from .group import G, Q, chunks_of_32, element, is_identity, weighted_sum


# 03 Relation, statement, verification of a proof

Relation = namedtuple("Relation", "elements scalars equations")  # an equation: (image, terms)
SUITE = "sigma-proofs_Shake128_ristretto255"


def statement(relation):
    def word(number):
        return number.to_bytes(4, "little")

    def weight(number):
        return (number % Q).to_bytes(32, "little")

    parts = [word(len(relation.equations))]
    for image, terms in relation.equations:
        parts.append(word(len(image)))
        parts += [word(e) + weight(w) for e, w in image]
        parts.append(word(len(terms)))
        parts += [word(s) + word(e) + weight(w) for s, e, w in terms]
    return b"".join(parts) + b"".join(e.encoding for e in relation.elements[1:])


def tag_of(purpose, *parts):
    return f"CISTA-V01-{purpose}-{'.'.join(map(str, parts))}-DSFS-with-{SUITE}".encode("ascii")


def challenge(relation, commitment, tag):
    session = hashlib.shake_128(b"irtf-cfrg-fiat-shamir/session-id".ljust(168, b"\0") + tag).digest(32)
    squeezed = hashlib.shake_128(session.ljust(168, b"\0") + statement(relation) + commitment).digest(48)
    return int.from_bytes(squeezed, "little") % Q


def proof_claim(relation, proof, tag):
    """What must hold for a proof to be valid, or None if it is refused before."""
    count = len(relation.equations)
    if len(proof) != 32 * (count + relation.scalars):
        return None
    commitment = [element(part) for part in chunks_of_32(proof[:32 * count])]
    response = [int.from_bytes(part, "little") for part in chunks_of_32(proof[32 * count:])]
    if None in commitment or any(z >= Q for z in response):
        return None
    elements = relation.elements
    for image, _ in relation.equations:
        # an element alone is not the identity, but a combination may be
        if len(image) > 1 and is_identity(weighted_sum([(w, elements[e].point) for e, w in image])):
            return None
    c = challenge(relation, proof[:32 * count], tag)
    return [[(1, t)] + [(c * w, elements[e]) for e, w in image] + [(-w * response[s], elements[e]) for s, e, w in terms]
            for t, (image, terms) in zip(commitment, relation.equations)]


# 03 The four relations

def signature_relation(key):
    return Relation([G, key], 1, [([(1, 1)], [(0, 0, 1)])])


def trustee_key_relation(commitments):
    return Relation([G, *commitments], len(commitments),
                    [([(k + 1, 1)], [(k, 0, 1)]) for k in range(len(commitments))])


def contest_relation(key, cells, form):
    """`cells` are α_0, β_0, α_1, …"""
    equations = []
    for i in range(form.cells):
        alpha, beta = 2 + 2 * i, 3 + 2 * i
        b, r, s = 3 * i, 3 * i + 1, 3 * i + 2
        equations += [([(alpha, 1)], [(r, 0, 1)]),
                      ([(beta, 1)], [(b, 0, 1), (r, 1, 1)]),
                      ([(alpha, 1)], [(b, alpha, 1), (s, 0, 1)]),
                      ([(beta, 1)], [(b, beta, 1), (s, 1, 1)])]
    for total in form.sums:
        equations.append(([(3 + 2 * j, w) for j, w in total.cells] + [(0, -total.value)],
                          [(3 * j + 1, 1, w) for j, w in total.cells]))
    return Relation([G, key, *cells], 3 * form.cells, equations)


def partial_decryption_relation(key, pairs):
    """`pairs` are A_c, M_c of every output whose A_c is not the identity."""
    equations = [([(1, 1)], [(0, 0, 1)])] + [([(3 + 2 * c, 1)], [(0, 2 + 2 * c, 1)]) for c in range(len(pairs))]
    return Relation([G, key, *(e for pair in pairs for e in pair)], 1, equations)


def signature_claim(key, proof, election, kind, by, payload_hash):
    if key is None:
        return None
    return proof_claim(signature_relation(key), proof, tag_of("signature", election, kind, by, payload_hash))
