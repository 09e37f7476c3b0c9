"""03 Group: edwards25519 in extended coordinates, ristretto255 (RFC 9496) on top of it, Ed25519 (RFC 8032)."""

import hashlib
import secrets
from collections import Counter, namedtuple


P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
D2 = 2 * D % P
SQRT_M1 = pow(2, (P - 1) // 4, P)
ZERO = (0, 1, 1, 0)


def add(p, q):
    x1, y1, z1, t1 = p
    x2, y2, z2, t2 = q
    a = (y1 - x1) * (y2 - x2)
    b = (y1 + x1) * (y2 + x2)
    c = D2 * t1 % P * t2
    d = 2 * z1 * z2
    e, f, g, h = (b - a) % P, (d - c) % P, (d + c) % P, (b + a) % P
    return e * f % P, g * h % P, f * g % P, e * h % P


def double(p):
    x, y, z, _ = p
    a, b = x * x, y * y
    h = (a + b) % P
    e = (h - (x + y) * (x + y)) % P
    g = (a - b) % P
    f = (2 * z * z + g) % P
    return e * f % P, g * h % P, f * g % P, e * h % P


def negate(p):
    return P - p[0], p[1], p[2], P - p[3]


def weighted_sum(pairs):
    """Sum of weight · point, for small weights that may be negative."""
    pairs = [(weight, point) if weight > 0 else (-weight, negate(point)) for weight, point in pairs if weight]
    total = ZERO
    for bit in reversed(range(max((weight.bit_length() for weight, _ in pairs), default=0))):
        total = double(total)
        for weight, point in pairs:
            if weight >> bit & 1:
                total = add(total, point)
    return total


def multi_scalar(pairs):
    """Sum of scalar · point, for scalars of any size below 2**256, by buckets (Pippenger)."""
    pairs = [(scalar, point) for scalar, point in pairs if scalar]
    width = max(2, min(12, len(pairs).bit_length() - 2))
    mask = (1 << width) - 1
    top = max((scalar.bit_length() for scalar, _ in pairs), default=0)
    total = ZERO
    for shift in reversed(range(0, top, width)):
        for _ in range(width):
            total = double(total)
        buckets = [None] * (mask + 1)
        for scalar, point in pairs:
            digit = scalar >> shift & mask
            if digit:
                buckets[digit] = point if buckets[digit] is None else add(buckets[digit], point)
        running = part = ZERO
        for bucket in reversed(buckets[1:]):
            if bucket is not None:
                running = add(running, bucket)
            if running is not ZERO:
                part = add(part, running)
        total = add(total, part)
    return total


def sqrt_ratio(u, v):
    """RFC 9496 §4.2: whether u/v is a square, and the non-negative root of u/v or of i·u/v."""
    v3 = v * v % P * v % P
    r = u * v3 % P * pow(u * v3 % P * v3 % P * v % P, (P - 5) // 8, P) % P
    check = v * r % P * r % P
    correct, flipped = check == u % P, check == -u % P
    if flipped or check == -u * SQRT_M1 % P:
        r = r * SQRT_M1 % P
    return correct or flipped, P - r if r & 1 else r


def decode_point(data):
    """RFC 9496 §4.3.1, or None."""
    s = int.from_bytes(data, "little")
    if len(data) != 32 or s >= P or s & 1:
        return None
    ss = s * s % P
    u1, u2 = (1 - ss) % P, (1 + ss) % P
    v = (-D * u1 * u1 - u2 * u2) % P
    square, inverse = sqrt_ratio(1, v * u2 % P * u2 % P)
    x = 2 * s * inverse % P * u2 % P
    x = P - x if x & 1 else x
    y = u1 * inverse % P * inverse % P * u2 % P * v % P
    t = x * y % P
    return None if not square or t & 1 or y == 0 else (x, y, 1, t)


def encode_point(point):
    """RFC 9496 §4.3.2."""
    x, y, z, t = point
    u1, u2 = (z + y) * (z - y) % P, x * y % P
    _, inverse = sqrt_ratio(1, u1 * u2 % P * u2 % P)
    den1, den2 = inverse * u1 % P, inverse * u2 % P
    z_inverse = den1 * den2 % P * t % P
    if t * z_inverse % P & 1:
        x, y, den = y * SQRT_M1 % P, x * SQRT_M1 % P, den1 * sqrt_ratio(1, (-1 - D) % P)[1] % P
    else:
        den = den2
    if x * z_inverse % P & 1:
        y = -y
    s = den * (z - y) % P
    return (P - s if s & 1 else s).to_bytes(32, "little")


def is_identity(point):
    """Of ristretto255: the identity of the curve up to a point of order 4."""
    return point[0] % P == 0 or point[1] % P == 0


def base_point():
    y = 4 * pow(5, P - 2, P) % P
    _, x = sqrt_ratio((y * y - 1) % P, (D * y * y + 1) % P)
    return x, y, 1, x * y % P


Element = namedtuple("Element", "encoding point")  # of ristretto255
IDENTITY = Element(bytes(32), ZERO)
G = Element(bytes.fromhex("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76"), base_point())


def element(data):
    """The element that 32 bytes encode. None for the identity too, which is refused wherever an element is read."""
    point = decode_point(data)
    return None if point is None or is_identity(point) else Element(data, point)


def element_of_hex(digits):
    return element(bytes.fromhex(digits))


def to_element(point):
    return Element(encode_point(point), point)


def chunks_of_32(data):
    return [data[start:start + 32] for start in range(0, len(data), 32)]


# Equations Σ scalar · element = 0. A claim is a list of equations: a proof, or a total.

LARGEST_BATCH = 20000  # terms


def holding(claims):
    """For each claim, whether all its equations hold. A claim that is None does not."""
    answers = [False] * len(claims)
    batch, terms = [], 0
    for position, claim in enumerate(claims):
        if claim is None:
            continue
        batch.append(position)
        terms += sum(map(len, claim))
        if terms > LARGEST_BATCH:
            _settle(claims, batch, answers)
            batch, terms = [], 0
    _settle(claims, batch, answers)
    return answers


def _settle(claims, positions, answers):
    """All at once if they hold, otherwise by halves."""
    if not positions:
        return
    if _all_hold([claims[position] for position in positions]):
        for position in positions:
            answers[position] = True
    elif len(positions) > 1:
        middle = len(positions) // 2
        _settle(claims, positions[:middle], answers)
        _settle(claims, positions[middle:], answers)


def _all_hold(claims):
    """One multi-scalar multiplication, each equation with a random coefficient: wrong with probability 2**-128."""
    scalars, points = Counter(), {}
    for claim in claims:
        for equation in claim:
            weight = secrets.randbits(128) or 1
            for scalar, (encoding, point) in equation:
                scalars[encoding] = (scalars[encoding] + weight * scalar) % Q
                points[encoding] = point
    return is_identity(multi_scalar([(scalar, points[encoding]) for encoding, scalar in scalars.items()]))


# 05 Ed25519 (RFC 8032 §5.1.7): cofactored, canonical encodings only, no key of small order

def ed25519_point(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if len(data) != 32 or y >= P:
        return None
    square, x = sqrt_ratio((y * y - 1) % P, (D * y * y + 1) % P)
    if not square or x == 0 and sign:
        return None
    x = P - x if sign else x
    return x, y, 1, x * y % P


def times_8_is_zero(point):
    for _ in range(3):
        point = double(point)
    return point[0] == 0 and (point[1] - point[2]) % P == 0


def ed25519_holds(key, message, signature):
    a, r, s = ed25519_point(key), ed25519_point(signature[:32]), int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or a is None or r is None or s >= Q or times_8_is_zero(a):
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % Q
    return times_8_is_zero(multi_scalar([(s, G.point), (1, negate(r)), (k, negate(a))]))
