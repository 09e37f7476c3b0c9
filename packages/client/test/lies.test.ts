import { DecodeError, formatReceipt, proveInclusion, toHex, utf8 } from '@cista/board'
import {
  type Connection,
  castBallot,
  checkReceipt,
  identifyVoter,
  openElection,
  trackBallot,
} from '@cista/client'
import { publicKey } from '@cista/crypto'
import { Simulation, type SimulationPlan, memoryConnection } from '@cista/testkit'
import { beforeAll, describe, expect, it } from 'vitest'
import { codeOf, identified, lying, no, sealed, yes } from './support.js'

const refusesToOpen = (connection: Connection, id: string, why: RegExp) =>
  expect(openElection(connection, id)).rejects.toThrow(expectDecodeError(why))
/** Matches a DecodeError whose message does. */
const expectDecodeError = (why: RegExp) =>
  expect.toSatisfy((error: unknown) => error instanceof DecodeError && why.test(error.message)) as Error

const bent = (edit: NonNullable<SimulationPlan['edit']>) => new Simulation({ edit }).setUp()
const indexOf = (s: Simulation, kind: string) => s.log.findIndex((l) => l.kind === kind)

let simulation: Simulation
let honest: Connection
let id: string

beforeAll(() => {
  simulation = new Simulation().setUp()
  honest = memoryConnection(simulation)
  id = simulation.definition.id
})

describe('a server that lies on opening', () => {
  it('cannot show another election', async () => {
    const other = new Simulation({ manifest: { title: { en: 'Another election' } } }).setUp()
    await refusesToOpen(memoryConnection(other), id, /another election/)
    const manifest = async () => other.manifest
    const read: Parameters<typeof lying>[1]['read'] = async (path, record) =>
      path === `payload/${id}` ? manifest() : record.read(path)
    await refusesToOpen(lying(honest, { read }), id, /other bytes than named/)
  })

  it('cannot replace the election key, even with all of the board made anew', async () => {
    const key = toHex(publicKey(5n))
    const swapped = bent((p) => (p.kind === 'opened' ? { ...p, value: { ...p.value, key } } : undefined))
    expect(swapped.definition.id).toBe(id)
    await refusesToOpen(memoryConnection(swapped), id, /not the key that the trustees made/)
  })

  it('cannot replace a dealing, or leave out a confirmation', async () => {
    const forged = bent((p, s) =>
      p.kind === 'trustee-dealt' && p.value.index === 2
        ? { ...p, value: { ...p.value, commitments: s.dealing(1).commitments } }
        : undefined,
    )
    await refusesToOpen(memoryConnection(forged), id, /other commitments than announced/)
    const { ceremony, opened } = await honest.hints.setup()
    for (const left of ceremony) {
      const setup = async () => ({ ceremony: ceremony.filter((i) => i !== left), opened })
      await expect(openElection(lying(honest, { hints: { setup } }), id)).rejects.toBeInstanceOf(DecodeError)
    }
  })

  it('cannot sign for a trustee', async () => {
    const forged = new Simulation({
      resign: (p, _, s) =>
        p.kind === 'trustee-confirmed'
          ? [{ by: `trustee-${p.value.index}`, proof: s.log[1]!.entry.signatures[0]!.proof }]
          : undefined,
    }).setUp()
    await refusesToOpen(memoryConnection(forged), id, /signature that does not fit/)
  })

  it('cannot point at other entries', async () => {
    const { ceremony, opened } = await honest.hints.setup()
    const lies = [
      { ceremony, opened: indexOf(simulation, 'roll') },
      { ceremony, opened: null },
      { ceremony, opened: 10_000 },
      { ceremony: [...ceremony, indexOf(simulation, 'roll')], opened },
      { ceremony: [...ceremony, 0], opened },
      { ceremony: [], opened },
    ]
    for (const hints of lies)
      await expect(
        openElection(lying(honest, { hints: { setup: async () => hints } }), id),
      ).rejects.toBeInstanceOf(DecodeError)
  })

  it('cannot keep a client busy with entries named again and again', async () => {
    const { ceremony, opened } = await honest.hints.setup()
    const setup = async () => ({ ceremony: new Array<number>(100_000).fill(ceremony[0]!), opened })
    await refusesToOpen(lying(honest, { hints: { setup } }), id, /^ceremony: 100000 entries/)

    const s = new Simulation().setUp()
    s.post('roll-changed', {
      added: [],
      reason: 'shares were sold',
      rekeyed: [],
      removed: [],
      restyled: [],
      reweighted: [{ key: s.credential(0).key, weight: 2 }],
    })
    const changed = s.size - 1
    let reads = 0
    const connection = lying(memoryConnection(s), {
      read: async (path, record) => {
        reads += 1
        return record.read(path)
      },
      hints: {
        credential: async (key) => ({
          ...(await memoryConnection(s).hints.credential(key)),
          changes: new Array<number>(1_000).fill(changed),
        }),
      },
    })
    const voter = await identified(connection, await openElection(connection, s.definition.id), codeOf(s, 0))
    expect(voter.weight).toBe(2)
    expect(reads).toBeLessThan(200)
  })

  it('cannot show entries or hashes that its checkpoint does not include', async () => {
    for (const start of ['checkpoint', 'tile/entries/', 'tile/0/']) {
      const read: Parameters<typeof lying>[1]['read'] = async (path, record) => {
        const bytes = await record.read(path)
        if (bytes !== undefined && path.startsWith(start)) bytes[Math.floor(bytes.length / 2)]! ^= 1
        return bytes
      }
      await expect(openElection(lying(honest, { read }), id)).rejects.toBeInstanceOf(DecodeError)
    }
  })

  it('cannot show a checkpoint that is no text', async () => {
    const read: Parameters<typeof lying>[1]['read'] = async (path, record) =>
      path === 'checkpoint' ? Uint8Array.of(0xff) : record.read(path)
    await refusesToOpen(lying(honest, { read }), id, /^checkpoint: not UTF-8/)
    const election = await openElection(honest, id)
    const hints = { ballot: async () => 0 }
    await expect(trackBallot(lying(honest, { read, hints }), election, id)).rejects.toThrow(
      expectDecodeError(/^checkpoint: not UTF-8/),
    )
  })

  it('cannot do with fewer witnesses than the manifest wants', async () => {
    const witnessed = new Simulation({ witnesses: 3 }).setUp()
    const alone: Parameters<typeof lying>[1]['read'] = async (path, record) => {
      const bytes = await record.read(path)
      if (path !== 'checkpoint') return bytes
      return utf8(new TextDecoder().decode(bytes).split('\n').slice(0, -3).join('\n').concat('\n'))
    }
    await refusesToOpen(
      lying(memoryConnection(witnessed), { read: alone }),
      witnessed.definition.id,
      /cosigned by/,
    )
  })
})

describe('a server that lies about a voter', () => {
  const withHints = (hints: Partial<Awaited<ReturnType<Connection['hints']['credential']>>>) =>
    lying(honest, {
      hints: { credential: async (key) => ({ ...(await honest.hints.credential(key)), ...hints }) },
    })

  it('cannot pass off another chunk of the roll, another change or another voter’s ballot', async () => {
    const election = await openElection(honest, id)
    const code = codeOf(simulation, 0)
    const key = simulation.credential(0).key
    const chunks = simulation.log.flatMap(({ kind, bytes }, i) =>
      kind === 'roll' && !new TextDecoder().decode(bytes).includes(key) ? [i] : [],
    )
    expect(chunks).toHaveLength(1)
    for (const hints of [
      { roll: chunks[0]! },
      { roll: 0 },
      { changes: [chunks[0]!] },
      { roll: 10_000 },
      { ballot: 0 },
    ])
      await expect(identifyVoter(withHints(hints), election, code)).rejects.toBeInstanceOf(DecodeError)
    const voting = new Simulation({ seed: 'voting' }).setUp().cast(1, { question: yes })
    const connection = memoryConnection(voting)
    const open = await openElection(connection, voting.definition.id)
    const liar = lying(connection, {
      hints: {
        credential: async (k) => ({ ...(await connection.hints.credential(k)), ballot: voting.size - 1 }),
      },
    })
    await expect(identifyVoter(liar, open, codeOf(voting, 0))).rejects.toThrow(
      'not a ballot of this credential',
    )
  })

  it('cannot cancel a voter by pointing elsewhere', async () => {
    const election = await openElection(honest, id)
    const outcome = await identifyVoter(withHints({ cancelled: 1 }), election, codeOf(simulation, 0))
    expect(outcome).toHaveProperty('voter')
  })
})

describe('a server that lies about a ballot', () => {
  /** Two voters of one election; the first has cast yes. */
  const begin = async () => {
    const s = new Simulation().setUp()
    const connection = memoryConnection(s)
    const election = await openElection(connection, s.definition.id)
    const [a, b] = [
      await identified(connection, election, codeOf(s, 0)),
      await identified(connection, election, codeOf(s, 1)),
    ]
    const ballot = sealed(election, a, yes)
    const cast = await castBallot(connection, election, a, ballot)
    if (cast.kind !== 'cast') throw new Error(cast.problem.detail)
    return { s, connection, election, a, b, ballot, receipt: cast.receipt }
  }

  it('cannot give the receipt of another ballot, or of another kind of entry', async () => {
    const { s, connection, election, b, ballot } = await begin()
    const answer = async (index: number) => ({
      kind: 'logged' as const,
      entry: s.log[index]!.entryBytes,
      receipt: formatReceipt({
        index,
        proof: await proveInclusion(await s.record(), index, s.size),
        checkpoint: s.checkpoint(),
      }),
    })
    const mine = sealed(election, b, no)
    for (const index of [s.log.findIndex((l) => l.entry.payload === ballot.tracker), 0])
      await expect(
        castBallot(lying(connection, { post: () => answer(index) }), election, b, mine),
      ).rejects.toThrow('receipt: of another ballot')
  })

  it('cannot give a receipt that is none', async () => {
    const { election, ballot, receipt } = await begin()
    const { entry, proof } = receipt
    const broken = [
      { entry: `${entry}\ud800`, proof },
      { entry: `\ufeff${entry}`, proof },
      { entry, proof: proof.replace(/index (\d+)/, (_, n) => `index ${Number(n) + 1}`) },
      {
        entry,
        proof: proof.replace(/\n(\w)/, (line) => line.replace(/\w$/, (c) => (c === 'i' ? 'j' : 'A'))),
      },
      { entry, proof: proof.slice(0, proof.lastIndexOf('\n', proof.length - 2) + 1) },
      { entry: entry.replace('"batchTime":"2026', '"batchTime":"2027'), proof },
      { entry: entry.replace(':', ': '), proof },
      { entry, proof: proof.replace(/\n\n/, '\nextra aGVsbG8=\n\n') },
    ]
    expect(checkReceipt(election, receipt, ballot.tracker).payload).toBe(ballot.tracker)
    for (const bad of broken) expect(() => checkReceipt(election, bad, ballot.tracker)).toThrow(DecodeError)
    expect(() => checkReceipt(election, receipt, 'ab'.repeat(32))).toThrow(DecodeError)
  })

  it('cannot track another entry, or forget a ballot by rewriting the board', async () => {
    const { s, connection, election, ballot } = await begin()
    for (const index of [0, s.size - 2])
      await expect(
        trackBallot(lying(connection, { hints: { ballot: async () => index } }), election, ballot.tracker),
      ).rejects.toBeInstanceOf(DecodeError)
    const rewritten = new Simulation().setUp().cast(1, { question: no }).cast(2, { question: no })
    expect(rewritten.definition.id).toBe(s.definition.id)
    const liar = lying(connection, {
      read: (path) => memoryConnection(rewritten).record.read(path),
      hints: { ballot: async () => rewritten.size - 1 },
    })
    await expect(trackBallot(liar, election, ballot.tracker)).rejects.toThrow('another history than before')
  })

  it('cannot cast into another history than the one that was shown on opening', async () => {
    const { connection, election, b } = await begin()
    const fork = new Simulation().setUp().cast(1, { question: no }).cast(2, { question: no })
    const liar = lying(connection, {
      read: (path) => memoryConnection(fork).record.read(path),
      post: async ({ payload, signatures }) => {
        const index = fork.size
        fork.append('ballot', payload, signatures)
        const proof = await proveInclusion(await fork.record(), index, fork.size)
        const receipt = formatReceipt({ index, proof, checkpoint: fork.checkpoint() })
        return { kind: 'logged', entry: fork.log[index]!.entryBytes, receipt }
      },
    })
    const ballot = sealed(election, b, yes)
    await expect(castBallot(liar, election, b, ballot)).rejects.toThrow('another history than before')
  })

  it('cannot make the board shorter', async () => {
    const { connection, election, ballot } = await begin()
    const shorter = memoryConnection(new Simulation().ceremony())
    const liar = lying(connection, { read: (path) => shorter.record.read(path) })
    await expect(trackBallot(liar, election, ballot.tracker)).rejects.toThrow('shorter')
  })
})
