import { readFileSync } from 'node:fs'
import { fromBase64url, fromHex, toBase64url, toHex, verifierKey } from '@cista/board'
import { ristretto255 as g, partialDecrypt } from '@cista/crypto'
import {
  type EntryKind,
  type Payload,
  type PayloadOf,
  decryptionTag,
  encodePayload,
  manifestFaults,
  submission,
} from '@cista/protocol'
import { Simulation, testKeys, testManifest } from '@cista/testkit'
import { checkSubmission, talliedSums } from '@cista/verifier'
import { beforeAll, describe, expect, it } from 'vitest'
import { jsonFields } from './jsonFields.js'

// Every field in which an element or a scalar stands, with everything that is none. Records of one for each field are among the attacks.

/** The 29 strings that RFC 9496 §A.3 wants refused, and the identity. */
const { refused } = JSON.parse(
  readFileSync(new URL('../../crypto/test/vectors/ristretto255.json', import.meta.url), 'utf8'),
) as { refused: Record<string, string[]> }
const notElements = [...Object.values(refused).flat(), '00'.repeat(32)].map(fromHex)
const littleEndian = (n: bigint) =>
  Uint8Array.from({ length: 32 }, (_, i) => Number((n >> BigInt(8 * i)) & 255n))
const numberOf = (bytes: Uint8Array) => bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
/** The order, the same number with the order added, the largest that 32 bytes hold. */
const notScalars = (honest: Uint8Array) =>
  [g.order, numberOf(honest) + g.order, 2n ** 256n - 1n].map(littleEndian)

type Put = (honest: string) => string
/** 32 bytes of a base64url string, counted from its end if negative. */
const at =
  (position: number, to: (honest: Uint8Array) => Uint8Array): Put =>
  (text) => {
    const bytes = fromBase64url(text)
    const from = position < 0 ? bytes.length + position : position
    bytes.set(to(bytes.slice(from, from + 32)), from)
    return toBase64url(bytes)
  }

const yes = { question: { kind: 'selection', selected: ['yes'] } } as const
/** An election just before the submission that is tried. */
const stages = { joined: () => joined, setUp: () => setUp, open: () => open, tallied: () => tallied }
let joined: Simulation
let setUp: Simulation
let open: Simulation
let tallied: Simulation
let dealing: PayloadOf<'trustee-dealt'>
let ballot: PayloadOf<'ballot'>
let decryption: PayloadOf<'decrypted'>

beforeAll(async () => {
  joined = new Simulation().join(1).join(2).join(3)
  setUp = new Simulation().ceremony()
  open = new Simulation().setUp()
  tallied = await new Simulation().setUp().cast(0, yes).close().tally()
  dealing = { ...joined.dealing(1), sequence: 1 }
  ballot = JSON.parse(new TextDecoder().decode(open.seal(0, yes).payload)) as PayloadOf<'ballot'>
  const { leaf, value } = tallied.course.phase.tallied!
  const { shares, proof } = partialDecrypt(
    tallied.share(1),
    talliedSums(value).alphas,
    decryptionTag(leaf, 1),
  )
  decryption = { index: 1, proof: toBase64url(proof), sequence: 3, shares: toBase64url(shares) }
})

/** What a verifier finds in a payload that its author has signed; `resign` changes the first signature. */
function found<K extends EntryKind>(
  stage: keyof typeof stages,
  kind: K,
  value: PayloadOf<K>,
  resign: Put = (proof) => proof,
): string[] {
  const s = stages[stage]()
  const bytes = encodePayload(s.definition.codecs, kind, value)
  const [first, ...others] = s.sign({ kind, value } as unknown as Payload, bytes)
  const signatures = [{ ...first!, proof: resign(first!.proof) }, ...others]
  const context = kind === 'ballot' ? s.ballotElection.context : undefined
  const checked = checkSubmission(s.course, submission(kind, bytes, signatures), context)
  return 'findings' in checked ? checked.findings.map((f) => f.code) : []
}
const registrars = () => setUp.course.phase.nextSequence('registrar')
const rolled = (key: string) => ({ key, style: 'all', weight: 1 })
const unchanged = { added: [], reason: 'a mistake', rekeyed: [], removed: [], restyled: [], reweighted: [] }
const notice = (put: Put) => found('open', 'notice', { sequence: 0, text: 'Polls are busy.' }, put)
const dealt = (field: 'commitments' | 'proof') => (put: Put) =>
  found('joined', 'trustee-dealt', { ...dealing, [field]: put(dealing[field]) })
const cast = (field: 'ciphertexts' | 'proof') => (put: Put) =>
  found('open', 'ballot', {
    ...ballot,
    contests: ballot.contests.map((c) => ({ ...c, [field]: put(c[field]) })),
  })
const decrypted = (field: 'shares' | 'proof') => (put: Put) =>
  found('tallied', 'decrypted', { ...decryption, [field]: put(decryption[field]) })

/** Where 32 bytes stand in a long string, and what a verifier says to others: of which field, first and last of their sort. */
type Place = readonly [
  field: string,
  positions: readonly number[],
  code: string,
  verify: (put: Put) => string[],
]
// A ballot of the test election has three cells and one sum: 13 commitments and 9 scalars.
const elements: readonly Place[] = [
  ['trustee-dealt.commitments', [0, -32], 'DEALING_PROOF', dealt('commitments')],
  ['trustee-dealt.proof', [0, 32], 'DEALING_PROOF', dealt('proof')],
  ['ballot.contests[].ciphertexts', [0, 32, -64, -32], 'BALLOT_ENCODING', cast('ciphertexts')],
  ['ballot.contests[].proof', [0, 32 * 12], 'BALLOT_PROOF', cast('proof')],
  ['decrypted.shares', [0, -32], 'DECRYPTION_PROOF', decrypted('shares')],
  ['decrypted.proof', [0, -64], 'DECRYPTION_PROOF', decrypted('proof')],
  ['signature of an authority', [0], 'SIGNATURE_INVALID', notice],
  ['signature of a voter', [0], 'BALLOT_SIGNATURE', (put) => found('open', 'ballot', ballot, put)],
]
const scalars: readonly Place[] = [
  ['trustee-dealt.proof', [64, -32], 'DEALING_PROOF', dealt('proof')],
  ['ballot.contests[].proof', [32 * 13, -32], 'BALLOT_PROOF', cast('proof')],
  ['decrypted.proof', [-32], 'DECRYPTION_PROOF', decrypted('proof')],
  ['signature of an authority', [32], 'SIGNATURE_INVALID', notice],
  ['signature of a voter', [32], 'BALLOT_SIGNATURE', (put) => found('open', 'ballot', ballot, put)],
]
const manifest = testManifest(testKeys('simulation'))
const [trustee, ...trustees] = manifest.trustees
const manifestCodes = (change: Partial<typeof manifest>) =>
  manifestFaults({ ...manifest, ...change }).map((f) => f.code)
const replaced = ({ keys: [first, ...others], quorum }: typeof manifest.registrars, key: string) => ({
  keys: [{ ...first!, key }, ...others],
  quorum,
})
const keys: readonly (readonly [field: string, code: string, verify: (key: string) => string[]])[] = [
  [
    'manifest.trustees[].key',
    'MANIFEST_KEY',
    (key) => manifestCodes({ trustees: [{ ...trustee!, key }, ...trustees] }),
  ],
  [
    'manifest.administrators.keys[].key',
    'MANIFEST_KEY',
    (key) => manifestCodes({ administrators: replaced(manifest.administrators, key) }),
  ],
  [
    'manifest.registrars.keys[].key',
    'MANIFEST_KEY',
    (key) => manifestCodes({ registrars: replaced(manifest.registrars, key) }),
  ],
  [
    'roll.credentials[].key',
    'ROLL_KEY',
    (key) => found('setUp', 'roll', { credentials: [rolled(key)], sequence: registrars() }),
  ],
  [
    'roll-changed.added[].key',
    'ROLL_KEY',
    (key) => found('setUp', 'roll-changed', { ...unchanged, added: [rolled(key)], sequence: registrars() }),
  ],
  [
    'roll-changed.rekeyed[].to',
    'ROLL_KEY',
    (to) =>
      found('setUp', 'roll-changed', {
        ...unchanged,
        rekeyed: [{ from: 'ab'.repeat(32), to }],
        sequence: registrars(),
      }),
  ],
]

describe('what is no element is refused', () => {
  it.each(elements)('in %s', (_, positions, code, verify) => {
    expect(verify((honest) => honest)).toEqual([])
    for (const position of positions)
      for (const bytes of notElements)
        expect(verify(at(position, () => bytes)), `${position}: ${toHex(bytes)}`).toContain(code)
  })

  it.each(keys)('in %s', (_, code, verify) => {
    expect(verify(toHex(g.encode(g.mulPublic(g.base, 7n))))).toEqual([])
    for (const bytes of notElements) expect(verify(toHex(bytes)), `${toHex(bytes)}`).toContain(code)
  })

  // Small order (RFC 8032 points of order 1, 2, 4, 8), y not below the prime, and no point at all.
  it.each([
    '0100000000000000000000000000000000000000000000000000000000000000',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    '0000000000000000000000000000000000000000000000000000000000000000',
    '0000000000000000000000000000000000000000000000000000000000000080',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
    'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
    '0200000000000000000000000000000000000000000000000000000000000000',
  ])('in keys of board and witnesses: %s', (hex) => {
    const [board, witness] = [1, 4].map((algorithm) =>
      verifierKey('elections.example/test', fromHex(hex), algorithm as 1 | 4),
    )
    expect(manifestCodes({ board: board! })).toContain('MANIFEST_KEY')
    expect(manifestCodes({ witnesses: { keys: [witness!], quorum: 1 } })).toContain('MANIFEST_KEY')
  })
})

describe('what is no scalar is refused', () => {
  it.each(scalars)('in %s', (_, positions, code, verify) => {
    for (const position of positions) {
      let honest: Uint8Array = new Uint8Array(32)
      verify(at(position, (bytes) => (honest = bytes)))
      for (const bytes of notScalars(honest))
        expect(verify(at(position, () => bytes)), `${position}: ${toHex(bytes)}`).toContain(code)
    }
  })
})

/** Strings of 32 bytes and more in which no element stands of its own. */
const others: Readonly<Record<string, string>> = {
  'trustee-joined.commitment': 'a hash',
  'trustee-joined.recipient': 'an age recipient',
  'trustee-confirmed.dealt': 'a hash',
  'trustee-dealt.shares[]': 'an age file',
  'ballot.election': 'a hash',
  'ballot.replaces': 'a hash',
  'tallied.root': 'a hash',
  'page-changed.page.index.html': 'a hash',
  // Attacks KEY_ELECTION, KEY_TRUSTEE and TALLY_SUMS: recomputed, and compared byte for byte.
  'opened.key': 'recomputed',
  'opened.trustees[]': 'recomputed',
  'tallied.units[].sums': 'recomputed',
  // A name of somebody on the roll, whose keys were looked at when they came onto it.
  'ballot.credential': 'on the roll',
  'cancelled.credential': 'on the roll',
  'roll-changed.rekeyed[].from': 'on the roll',
  'roll-changed.removed[]': 'on the roll',
  'roll-changed.restyled[].key': 'on the roll',
  'roll-changed.reweighted[].key': 'on the roll',
}

it('knows every field that could hold one', async () => {
  const s = new Simulation({ manifest: { paper: true }, voters: [{}, {}, {}, {}, {}] }).setUp()
  const key = (i: number) => s.credential(i).key
  s.cast(0, yes)
    .cast(4, yes)
    .post('page-changed', { page: { 'index.html': 'ab'.repeat(32) }, reason: 'new' })
    .post('cancelled', { credential: key(0), reason: 'on paper' })
    .post('roll-changed', {
      added: [rolled(key(8))],
      reason: 'moved',
      rekeyed: [{ from: key(1), to: key(9) }],
      removed: [key(2)],
      restyled: [{ key: key(3), style: 'all' }],
      reweighted: [{ key: key(4), weight: 2 }],
    })
  await s.finish()
  const long = new Set<string>()
  for (const { kind, bytes } of s.log)
    for (const { path, from, to } of jsonFields(bytes))
      if (/^"[\w-]{43,}"$/.test(new TextDecoder().decode(bytes.subarray(from, to))))
        long.add(`${kind}${path}`)
  const known = [...elements, ...keys].map(([field]) => field).filter((field) => !field.includes(' '))
  expect([...long].sort()).toEqual([...new Set([...known, ...Object.keys(others)])].sort())
})
