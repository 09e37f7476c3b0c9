import { decodeEntry, fromTimestamp, fromUtf8, toBase64url, utf8 } from '@cista/board'
import { sealBallot } from '@cista/client'
import {
  type Course,
  type EntryKind,
  credentialOf,
  encodeSubmission,
  noReplaced,
  submission,
} from '@cista/protocol'
import { type Attack, attacks, storedExhibit, testCode } from '@cista/testkit'
import { decodeKey, followRecord, httpRecord, signSubmission, verifyRecord } from '@cista/verifier'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type TestDatabase, databases } from './databases.js'
import { type Answer, request, yes } from './party.js'
import { PlayedServer, type Row, isDerived, rowsOf } from './playing.js'

// The door that is open to everybody. What an attacker of testkit has put on a board is posted to a server whose board is, to the byte,
// what that board was before; the server must see what the verifier sees.

/** The server looks at some things sooner, and has other words for them. */
const alias: Readonly<Record<string, readonly string[]>> = {
  ENTRY_KIND: ['ENCODING'],
  ENTRY_PAYLOAD: ['ENCODING'],
  MANIFEST_ENCODING: ['ENCODING'],
  MANIFEST_SIGNATURE: ['SIGNATURE_SIGNERS', 'SIGNATURE_INVALID'],
  TIME: ['PHASE'],
}
/** Only whoever runs the board can do it: what is posted is right, and logged under a false time. */
const operators = 'an entry older than the one before it'

const submitted = attacks.filter(
  ({ trips, name }) => ['V3', 'V4', 'V5', 'V6', 'V9'].includes(trips) && name !== operators,
)
const defined = attacks.filter(
  ({ trips, code }) => trips === 'V1' && code !== 'MANIFEST_MISSING' && code !== 'MANIFEST_ID',
)
const labelled = (some: readonly Attack[]) =>
  some.map((attack) => [`${attack.code}: ${attack.name}`, attack] as const)

let folder: TestDatabase
let server: PlayedServer

beforeAll(async () => {
  folder = await databases.at(-1)!.create()
  server = await PlayedServer.start(folder)
})
afterAll(async () => {
  await server.close()
  await folder.remove()
})
beforeEach(() => server.renew())

describe('creating an election', () => {
  it.each(labelled(defined))('refuses %s', async (_, attack) => {
    const [{ entry, payload }] = (await rowsOf(storedExhibit(attack).record)) as [Row]
    const answer = await server.create(submission('manifest', payload, entry.signatures))
    expectRefusal(answer, [attack.code])
    expect(await server.store.boards()).toEqual([])
  })
})

describe('submitting', () => {
  const doors = { refused: 0, known: 0, derived: 0, witnessed: 0 }

  it.each(labelled(submitted))('refuses %s', async (_, attack) => {
    const { record, options } = storedExhibit(attack)
    const rows = await rowsOf(record)
    const [{ entry: manifest, payload }] = rows as [Row]
    const created = await server.create(submission('manifest', payload, manifest.signatures))
    if (/"witnesses":\{"keys":\["/.test(fromUtf8(payload))) {
      expectRefusal(created, ['MANIFEST_KEY'])
      doors.witnessed += 1
      return
    }
    expect(created.status).toBe(201)
    const id = manifest.payload
    const { at, codes } = firstFault((await verifyRecord(record, options)).checks.flatMap((c) => c.findings))
    const wrong = rows[at]!
    // Who decrypts last would be late for a result that is due already: of decryptions a false one comes first.
    const early = wrong.entry.kind === 'decrypted' && codes.some((code) => code.startsWith('DECRYPTION'))
    const end = early ? rows.findIndex(({ entry }) => entry.kind === 'tallied') + 1 : at
    await server.play(id, rows, end)
    if (!isDerived(wrong)) server.clock.set(wrong.entry.batchTime)

    const answer = await server.post(id, bodyOf(wrong))
    if (answer.status === 200) {
      // Played again, or made by the server itself: the answer is that of the first time.
      expect(decodeEntry(utf8(answer.json.entry), 'entry').index).toBeLessThanOrEqual(at)
      doors.known += 1
    } else {
      expectRefusal(answer, isDerived(wrong) ? [] : codes)
      expect(await server.store.place(id, wrong.entry.payload)).toBeUndefined()
      if (isDerived(wrong)) {
        expect(answer.json.type).toBe('urn:cista:problem:derived')
        doors.derived += 1
      } else doors.refused += 1
    }
    expect((await request(`${server.url}/readyz`)).status).toBe(200)
    await castHonestly(id, payload)
  })

  it('was tried where it matters', () => {
    expect(doors.refused).toBeGreaterThan(130)
    expect(doors.known).toBeGreaterThan(5)
  })
})

function expectRefusal({ status, json }: Answer, codes: readonly string[]): void {
  expect(status).toBeGreaterThanOrEqual(400)
  expect(status).toBeLessThan(500)
  expect(json.type).toMatch(/^urn:cista:problem:/)
  const wanted = codes.flatMap((code) => [code, ...(alias[code] ?? [])])
  if (codes.length > 0) expect(wanted).toContain(json.findings[0].code)
}

/** The first entry with which something is wrong, and what. */
function firstFault(findings: readonly { at: string; code: string }[]): { at: number; codes: string[] } {
  const indexOf = (at: string) => Number(/^entry (\d+)/.exec(at)?.[1] ?? Infinity)
  const at = Math.min(...findings.map((f) => indexOf(f.at)))
  return { at, codes: findings.filter((f) => indexOf(f.at) === at).map((f) => f.code) }
}

/** Also of what no codec would encode. */
const bodyOf = ({ entry, payload }: Row): string =>
  JSON.stringify({ kind: entry.kind, payload: toBase64url(payload), signatures: entry.signatures })

/** While voting is open, whoever of the roll may vote still can. */
async function castHonestly(id: string, manifest: Uint8Array): Promise<void> {
  const course: Course = await followRecord(httpRecord(`${server.url}/elections/${id}`, fetch), id)
  const { stage, opened, closes } = course.phase
  if (stage !== 'open' || server.clock() >= fromTimestamp(closes) * 1000) return
  if (!course.definition.styles.has('all')) return
  const credential = [0, 1]
    .map((i) => credentialOf(id, testCode(id, i)))
    .find(
      ({ key }) =>
        course.roll.get(key) !== undefined &&
        course.box.last(key) === undefined &&
        !course.roll.isCancelled(key),
    )
  if (credential === undefined) return
  const { value, leaf } = opened!
  const election = {
    definition: course.definition,
    key: decodeKey(value.key),
    context: { manifest, key: value.key, opening: leaf },
  }
  const voter = { credential, replaces: noReplaced, style: 'all', weight: 1 }
  const composed = sealBallot(election, voter, yes)
  if ('faults' in composed) throw new Error('not a vote')
  const signed = signSubmission(id, 'ballot' satisfies EntryKind, composed.ballot.payload, [
    { by: 'credential', secret: credential.secret },
  ])
  expect((await server.post(id, encodeSubmission(signed))).status).toBe(201)
}
