// Specification: 02 Limits
import { limits as board } from '@cista/board'

/** Every bound of the election's words, in one place. Sizes in bytes unless said otherwise. */
export const limits = {
  /** Largest canonical payload of each kind of entry. */
  payloadBytes: {
    manifest: 1_048_576,
    'trustee-joined': 2_048,
    'trustee-dealt': 131_072,
    'trustee-confirmed': 1_024,
    'trustee-complained': 2_048,
    'ceremony-restarted': 8_192,
    roll: 65_536,
    'roll-sealed': 4_096,
    opened: 131_072,
    ballot: 262_144,
    'roll-changed': 262_144,
    cancelled: 8_192,
    extended: 8_192,
    'close-requested': 8_192,
    closed: 131_072,
    reconciled: 1_024,
    tallied: 4_194_304,
    decrypted: 4_194_304,
    result: 4_194_304,
    aborted: 8_192,
    notice: 16_384,
    'page-changed': 131_072,
  },
  trustees: 64,
  keys: 32,
  witnesses: 32,
  languages: 16,
  contests: 256,
  options: 1_024,
  styles: 1_024,
  units: 4_096,
  /** Encrypted bits of one contest. */
  cells: 4_096,
  /** Longest title or name, and longest description. */
  nameBytes: 400,
  textBytes: 16_384,
  reasonBytes: 4_096,
  pageFiles: 512,
  /** Credentials in one payload `roll`, and items of each list in `roll-changed`. */
  rollChunk: 256,
  /** Points per option, places of a ranking and budgets. */
  points: 1_000_000,
  /** Re-votes of one credential, at most; the usual number is `usualRevisions`. */
  revisions: 1_000,
  usualRevisions: 16,
  /** Largest total that can be read back from a group element (baby steps, giant steps). */
  total: 1_000_000_000,
  attempts: 1_000,
  /** Seconds by which a ballot may be late. */
  toleranceSeconds: 86_400,
  sequence: 1_000_000_000,
  entries: board.entries,
} as const
