import { type MemoryRecord, equalBytes, toHex, utf8 } from '@cista/board'
import type { Payload } from '@cista/protocol'
import type { LogRow, Simulation } from '@cista/testkit'
import { mutateBytes } from './bytes.js'
import { mutateJson } from './json.js'
import { type Random, chance, oneOf } from './random.js'
import { numbers, oddities } from './text.js'

/** The files of a record, by path. */
export type Files = ReadonlyMap<string, Uint8Array>

export async function filesOf(record: MemoryRecord): Promise<Files> {
  return new Map(
    await Promise.all(record.paths().map(async (path) => [path, (await record.read(path))!] as const)),
  )
}

export const sameFiles = (a: Files, b: Files): boolean =>
  a.size === b.size && [...a].every(([path, bytes]) => equalBytes(bytes, b.get(path) ?? utf8('missing')))

export const showFiles = (files: Files): Uint8Array =>
  utf8(JSON.stringify(Object.fromEntries([...files].map(([path, bytes]) => [path, toHex(bytes)]))))

/** Files changed, dropped, swapped, added. */
export function mutateFiles(files: Files, random: Random): Files {
  const mutated = new Map(files)
  const [path, bytes] = oneOf(random, [...files])
  const [otherPath, other] = oneOf(random, [...files])
  switch (random.below(10)) {
    case 0:
      mutated.delete(path)
      break
    case 1:
      mutated.set(path, other).set(otherPath, bytes)
      break
    case 2:
      mutated.set(path + oneOf(random, ['.p/1', '/000', '~', ...oddities, ...numbers]), bytes)
      break
    case 3:
      mutated.set(path, other)
      break
    default:
      mutated.set(path, mutateBytes(bytes, random, other))
  }
  return mutated
}

export interface Row extends LogRow {
  /** Whether its signers have signed the changed payload. */
  readonly signed?: true
}

export const showRows = (rows: readonly Row[]): Uint8Array =>
  utf8(JSON.stringify(rows.map(({ payload, ...row }) => ({ ...row, payload: toHex(payload) }))))

/** Apart from times, in which the operator of a board is free within the rules. */
export const sameRows = (a: readonly Row[], b: readonly Row[]): boolean =>
  a.length === b.length &&
  a.every(
    ({ kind, payload, signatures }, i) =>
      kind === b[i]!.kind &&
      equalBytes(payload, b[i]!.payload) &&
      JSON.stringify(signatures) === JSON.stringify(b[i]!.signatures),
  )

/** Entries and payloads changed, left out, doubled, moved; sometimes signed anew by those whose entry it is. */
export function mutateRows(s: Simulation, rows: readonly Row[], random: Random): Row[] {
  const mutated = [...rows]
  const at = random.below(rows.length)
  const row = rows[at]!
  const other = oneOf(random, rows)
  switch (random.below(12)) {
    case 0:
      mutated.splice(at, 1)
      break
    case 1:
      mutated.splice(random.below(rows.length), 0, row)
      break
    case 2:
      mutated.splice(random.below(rows.length), 0, ...mutated.splice(at, 1))
      break
    case 3:
      mutated[at] = { ...row, batchTime: other.batchTime }
      break
    case 4:
      mutated[at] = { ...row, kind: other.kind }
      break
    case 5:
      mutated[at] = {
        ...row,
        signatures: oneOf(random, [[], other.signatures, [...row.signatures, ...other.signatures]]),
      }
      break
    default: {
      const payload = mutateJson(row.payload, random, chance(random, 2) ? row.payload : other.payload)
      mutated[at] = chance(random, 3) ? { ...row, payload } : resigned(s, { ...row, payload })
    }
  }
  return mutated
}

function resigned(s: Simulation, row: Row): Row {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(row.payload))
    return { ...row, signatures: s.sign({ kind: row.kind, value } as Payload, row.payload), signed: true }
  } catch {
    return row
  }
}
