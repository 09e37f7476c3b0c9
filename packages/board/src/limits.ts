// Specification: 02 Limits
/** What the formats of the board can hold at most; kinds of payload have tighter limits of their own. */
export const limits = {
  /** An entry's canonical bytes: bundles frame entries with 16 bits (C2SP tlog-tiles). */
  entryBytes: 65_535,
  payloadBytes: 2 ** 24,
  entries: 2 ** 40,
  signatures: 256,
  proofBytes: 128,
  /** A checkpoint's note, with every witness's line. */
  noteBytes: 2 ** 16,
  /** Signature lines on one note. */
  noteSignatures: 128,
  originBytes: 255,
  /** Hashes of a consistency proof that is sent to a witness (C2SP tlog-witness): the path in any tree of less than 2^63 leaves. */
  consistencyHashes: 63,
} as const
