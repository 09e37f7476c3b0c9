import { cosign, fromTimestamp, leafHash, rootOf, signCheckpoint } from '@cista/board'
import { type Simulation, testWitness } from '../simulation.js'

/** Root of the board when it had `size` entries. */
export const rootAt = (s: Simulation, size: number): Uint8Array =>
  rootOf(s.log.slice(0, size).map((l) => leafHash(l.entryBytes)))

/** A checkpoint of anything, by the board's key if not by another of its name. */
export const noted = (s: Simulation, size: number, root = rootAt(s, size), seed = s.keys.board): string =>
  signCheckpoint({ origin: s.definition.origin, size, root }, seed, s.definition.origin)

/** The note, cosigned by test witnesses, or by their keys under other names. */
export const cosignedBy = (
  s: Simulation,
  note: string,
  witnesses: readonly (number | { readonly seed: Uint8Array; readonly name: string })[],
  time = s.now,
): string =>
  witnesses
    .map((w) => (typeof w === 'number' ? testWitness(w) : w))
    .reduce((cosigned, { seed, name }) => cosign(cosigned, seed, name, fromTimestamp(time)), note)
