import { boardKey, encodeDocument, sha256, toHex, utf8 } from '@cista/board'
import { type Scalar, publicKey, ristretto255 } from '@cista/crypto'
import { type Manifest, manifestCodec, suite } from '@cista/protocol'

/** A key of a test election: the same name gives the same key. Never for real elections. */
export interface TestKey {
  readonly secret: Scalar
  readonly key: string
}

export function testKey(name: string): TestKey {
  const half = (part: string) => sha256(utf8(`test key ${part} ${name}`))
  const secret = ristretto255.scalarFromUniform(Uint8Array.of(...half('a'), ...half('b')))
  return { secret, key: toHex(publicKey(secret)) }
}

export interface TestKeys {
  readonly administrators: readonly TestKey[]
  readonly registrars: readonly TestKey[]
  readonly trustees: readonly TestKey[]
  /** Ed25519 seed of the board. */
  readonly board: Uint8Array
}

export function testKeys(seed: string, trustees = 3): TestKeys {
  const keys = (role: string, n: number) =>
    Array.from({ length: n }, (_, i) => testKey(`${seed} ${role} ${i + 1}`))
  return {
    administrators: keys('administrator', 2),
    registrars: keys('registrar', 2),
    trustees: keys('trustee', trustees),
    board: sha256(utf8(`test board ${seed}`)),
  }
}

export const testTimes = {
  start: '2026-01-05T08:00:00Z',
  opens: '2026-01-05T09:00:00Z',
  closes: '2026-01-05T17:00:00Z',
} as const

const named = (role: string) => (k: TestKey, i: number) => ({ key: k.key, name: `${role} ${i + 1}` })

/** A small election: one question with yes and no, three trustees of whom two decrypt; `change` makes others of it. */
export function testManifest(keys: TestKeys, change: Partial<Manifest> = {}): Manifest {
  const origin = 'elections.example/test'
  return {
    administrators: { keys: keys.administrators.map(named('Administrator')), quorum: 1 },
    board: boardKey(keys.board, origin),
    closeOnRequest: true,
    contests: [
      {
        id: 'question',
        kind: 'selection',
        max: 1,
        min: 0,
        options: [
          { id: 'yes', title: { en: 'Yes' } },
          { id: 'no', title: { en: 'No' } },
        ],
        title: { en: 'Shall it be?' },
      },
    ],
    languages: ['en'],
    maximumWeight: 1000,
    minimumBallots: 1,
    page: {},
    paper: false,
    registrars: { keys: keys.registrars.map(named('Registrar')), quorum: 1 },
    revisions: 3,
    schedule: { closes: testTimes.closes, opens: testTimes.opens },
    styles: [{ contests: ['question'], id: 'all' }],
    suite,
    threshold: 2,
    title: { en: 'A test election' },
    tolerance: 60,
    trustees: keys.trustees.map(named('Trustee')),
    units: [{ contest: 'question', id: 'question', styles: ['all'] }],
    version: 1,
    witnesses: { keys: [], quorum: 0 },
    ...change,
  }
}

export const manifestBytes = (manifest: Manifest): Uint8Array => encodeDocument(manifestCodec, manifest)
