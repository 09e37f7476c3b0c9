import { type Machine, restartDatabase } from './machine.js'

/** What may happen, with how often of a hundred. */
const kinds = [
  ['kill a server', 34],
  ['freeze a server', 24],
  ['kill all servers', 5],
  ['stop a server in good order', 8],
  ['kill a witness', 10],
  ['freeze a witness', 9],
  ['crash the database', 5],
  ['restart the database', 5],
] as const
type Kind = (typeof kinds)[number][0]

/** Reproducible numbers below a bound (mulberry32): which faults come is no secret. */
export function numbers(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
}

export interface Victims {
  readonly servers: readonly Machine[]
  readonly witnesses: readonly Machine[]
  readonly databaseFolder: string
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** Faults one after the other, each while the last ones may still be being mended. @returns how often each kind came. */
export async function strike(
  { servers, witnesses, databaseFolder }: Victims,
  seed: number,
  faults: number,
  said: (fault: string, number: number) => void,
  acknowledged: () => number,
): Promise<Map<Kind, number>> {
  const next = numbers(seed)
  const counts = new Map<Kind, number>()
  const mending = new Set<Promise<void>>()
  let database: Promise<void> = Promise.resolve()
  for (let done = 0; done < faults; ) {
    await sleep(100 + next(500))
    // Faults that leave no time to answer in would show nothing: often, but not always, something succeeds in between.
    const before = acknowledged()
    for (let i = 0; i < 20 * next(4) && acknowledged() === before; i++) await sleep(100)
    const kind = chosen(next(100))
    const victims = kind.includes('witness') ? witnesses : servers
    const victim = victims[next(Math.max(1, victims.length))]
    const long = next(8) === 0 ? 12_000 + next(4_000) : next(3_000)
    if (victim === undefined || (!kind.includes('database') && !victim.isUp)) continue
    done += 1
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
    said(kind.includes('database') || kind.includes('all') ? kind : `${kind}: ${victim.name}`, done)
    const mended = act(kind, victim, long).finally(() => mending.delete(mended))
    mending.add(mended)
    // One replica at least is left alone for a while, now and then: otherwise nothing would ever be cast.
    if (mending.size >= servers.length + witnesses.length - 1) await Promise.race(mending)
  }
  await Promise.all(mending)
  return counts

  async function act(kind: Kind, victim: Machine, pause: number): Promise<void> {
    switch (kind) {
      case 'kill a server':
      case 'kill a witness':
        await victim.end('SIGKILL')
        await sleep(pause)
        return victim.start()
      case 'kill all servers': {
        const up = servers.filter((server) => server.isUp)
        await Promise.all(up.map((server) => server.end('SIGKILL')))
        await Promise.all(up.map((server) => server.start()))
        return
      }
      case 'stop a server in good order':
        await victim.end('SIGTERM')
        return victim.start()
      case 'freeze a server':
      case 'freeze a witness':
        victim.freeze()
        await sleep(pause)
        return victim.thaw()
      case 'crash the database':
      case 'restart the database': {
        // It is one: whoever comes second waits until it is up.
        const mode = kind === 'crash the database' ? 'immediate' : 'fast'
        database = database.then(() => restartDatabase(databaseFolder, mode))
        return database
      }
    }
  }
}

function chosen(percent: number): Kind {
  let from = 0
  for (const [kind, share] of kinds) {
    from += share
    if (percent < from) return kind
  }
  return kinds[0][0]
}
