import { DecodeError } from '@cista/board'
import type { Connection, OpenElection } from '@cista/client'
import { type OptionTotal, type PayloadOf, optionTotals } from '@cista/protocol'
import { openView } from '../engine/openView.js'
import type { ElectionView } from '../engine/views.js'

/** The result as its entry says, on a board that is signed; whether it is right, verifiers compute. */
export interface ResultsView {
  readonly units: readonly UnitView[]
  /** Credentials on the roll when it was sealed; undefined where the entry was not found. */
  readonly credentials: number | undefined
}
export interface UnitView {
  readonly unit: string
  readonly contest: string
  readonly counted: number
  readonly superseded: number
  readonly cancelled: number
  readonly void: number
  /** Null where the unit is withheld, because too few voted. */
  readonly totals: readonly OptionTotal[] | null
}
export interface Shown {
  readonly election: ElectionView
  /** Undefined until there is a result. */
  readonly results: ResultsView | undefined
}

export async function showResults(server: string, id: string): Promise<Shown> {
  const { connection, view, election } = await openView(server, id)
  if (view.phase !== 'result' || election === undefined) return { election: view, results: undefined }
  return { election: view, results: await resultsOf(connection, election) }
}

/** Reads backwards from the result, which is the last entry: before it are the trustees' decryptions, and before them what was tallied. */
async function resultsOf(connection: Connection, { reader, definition }: OpenElection): Promise<ResultsView> {
  const last = reader.checkpoint.size - 1
  const result = await payloadBefore('result', last, 1)
  const tallied = await payloadBefore('tallied', last - 1, definition.manifest.trustees.length + 1)
  const credentials = await credentialsOf()
  const { contests } = definition.manifest
  const units = definition.units.map(({ id, contest }, i) => {
    const { counted, superseded, cancelled, void: invalid } = tallied.units[i]!
    const { withheld, totals } = result.units[i]!
    const shown = contests[contest]!
    return {
      unit: id,
      contest: shown.id,
      counted,
      superseded,
      cancelled,
      void: invalid,
      totals: withheld ? null : optionTotals(shown, totals),
    }
  })
  return { units, credentials }

  async function payloadBefore<K extends 'result' | 'tallied'>(
    kind: K,
    from: number,
    most: number,
  ): Promise<PayloadOf<K>> {
    for (let index = from; index > from - most && index >= 0; index--) {
      const { payload } = await reader.read(index)
      if (payload.kind === kind) return payload.value as PayloadOf<K>
    }
    throw new DecodeError(`entry ${from}`, `no ${kind} where it should be`)
  }

  /** `roll-sealed` stands before `opened`, with entries of the key ceremony and remarks between them. */
  async function credentialsOf(): Promise<number | undefined> {
    const { opened } = await connection.hints.setup()
    for (let index = (opened ?? 0) - 1; index >= 0 && index >= (opened ?? 0) - farthest; index--) {
      const { payload } = await reader.read(index)
      if (payload.kind === 'roll-sealed') return payload.value.credentials
    }
    return undefined
  }
}

/** How many entries are read to find the number of those who may vote. */
const farthest = 500
