import {
  MemoryRecord,
  type Signature,
  emptyFrontier,
  extend,
  fromBase64url,
  frontierRoot,
  parseVerifierKey,
  payloadHash,
  signCheckpoint,
  signNote,
  toBase64url,
  utf8,
  verifierKey,
  witnessKey,
  writeRecord,
} from '@cista/board'
import { type Scalar, sign } from '@cista/crypto'
import { type Manifest, signatureTag } from '@cista/protocol'
import type { FindingCode } from '@cista/verifier'
import { manifestBytes, testKeys, testManifest } from '../manifest.js'
import { testWitness } from '../simulation.js'
import { type Attack, type Exhibit, attack } from './attack.js'

const keys = testKeys('simulation')
const honest = testManifest(keys)
const origin = 'elections.example/test'

interface Forged {
  readonly manifest?: Partial<Manifest>
  /** The manifest's bytes, from the canonical text. */
  readonly text?: (canonical: string) => string
  readonly kind?: string
  readonly signatures?: (id: string) => readonly Signature[]
  readonly entries?: number
}

const signed = (by: string, secret: Scalar, id: string): Signature => ({
  by,
  proof: toBase64url(sign(secret, signatureTag(id, 'manifest', by, id))),
})
const byFirst = (id: string) => [signed('administrator-1', keys.administrators[0]!.secret, id)]

/** A board with nothing but a manifest, signed and logged as it is. */
async function manifestOnly(forged: Forged = {}): Promise<Exhibit> {
  const { manifest, text = (t) => t, kind = 'manifest', signatures = byFirst, entries = 1 } = forged
  const canonical = JSON.stringify(sortKeys({ ...honest, ...manifest }))
  const bytes = utf8(text(canonical))
  const id = payloadHash(bytes)
  const drafts = [{ kind, payload: id, signatures: signatures(id), size: bytes.length }].slice(0, entries)
  const { frontier, entries: placed } = extend(emptyFrontier(origin, id), drafts, '2026-01-05T08:00:00Z')
  const checkpoint = { origin, size: placed.length, root: frontierRoot(frontier) }
  const record = new MemoryRecord()
  await writeRecord(record, {
    entries: placed.map((p) => p.bytes),
    payloads: placed.map(() => bytes),
    checkpoint: signCheckpoint(checkpoint, keys.board, origin),
  })
  return { record }
}

/** RFC 8785 for manifests, of which not all would be encoded. */
function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys)
  if (typeof value !== 'object' || value === null) return value
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(fields.map(([key, v]) => [key, sortKeys(v)]))
}

const forge = (code: FindingCode, name: string, forged: Forged): Attack =>
  attack(code, name, control, () => manifestOnly(forged))
const control = () => manifestOnly()
const damage = (code: FindingCode, name: string, act: (record: MemoryRecord) => Promise<void>): Attack =>
  attack(code, name, control, async () => {
    const { record } = await manifestOnly()
    await act(record as MemoryRecord)
    return { record }
  })

const [question] = honest.contests
if (question?.kind !== 'selection') throw new Error('the test election asks one question')
const option = (id: string, title: string) => ({ id, title: { en: title } })
const ask = (change: Partial<typeof question>): Forged => ({
  manifest: { contests: [{ ...question, ...change }] },
})
const [first, second] = honest.administrators.keys as [Manifest['trustees'][0], Manifest['trustees'][0]]
const administrators = (list: Manifest['trustees'], quorum = 1): Partial<Manifest> => ({
  administrators: { keys: list, quorum },
})
/** The neutral point of Ed25519, RFC 8032 §5.1.2. */
const smallOrder = Uint8Array.from({ length: 32 }, (_, i) => (i === 0 ? 1 : 0))
const payloads = 'payloads/000.p/1'
const witness = (i: number, name = testWitness(i).name) => witnessKey(testWitness(i).seed, name)
const inner = (title: string) => ask({ options: [option('yes', 'Yes'), option('no', title)] })

export const manifestAttacks: readonly Attack[] = [
  forge('MANIFEST_MISSING', 'a checkpoint of an empty board', { entries: 0 }),
  damage('MANIFEST_MISSING', 'no payload beside the manifest’s entry', async (record) => {
    record.delete(payloads)
  }),
  damage('MANIFEST_MISSING', 'a checkpoint with a line more than three', async (record) => {
    const note = new TextDecoder().decode(await record.read('checkpoint'))
    const [body] = note.split('\n\n')
    await record.write(
      'checkpoint',
      utf8(signNote(`${body}\nwinner yes\n`, { name: origin, secret: keys.board })),
    )
  }),
  damage('MANIFEST_MISSING', 'a checkpoint that is no note', (record) =>
    record.write('checkpoint', Uint8Array.of(0xff, 0xfe)),
  ),
  forge('MANIFEST_ENCODING', 'a key twice', {
    text: (t) => t.replace('"threshold":2', '"threshold":1,"threshold":2'),
  }),
  forge('MANIFEST_ENCODING', 'a key that nobody knows', { text: (t) => t.replace('{', '{"aaa":1,') }),
  forge('MANIFEST_ENCODING', 'a space between tokens', { text: (t) => t.replace(':', ': ') }),
  forge('MANIFEST_ENCODING', 'a number in another notation', {
    text: (t) => t.replace('"tolerance":60', '"tolerance":6e1'),
  }),
  forge('MANIFEST_ENCODING', 'voting opens before 1970', {
    text: (t) => t.replace(`"opens":"${honest.schedule.opens}"`, '"opens":"0000-01-01T00:00:00Z"'),
  }),
  forge('MANIFEST_ENCODING', 'an origin with a letter that is not ASCII', {
    text: (t) => t.replace(`"${origin}+`, '"elections.example/t\u0435st+'),
  }),
  forge('MANIFEST_ENCODING', 'a key id in capitals', {
    text: (t) => t.replace(/(?<="board":"[^+]+\+)[0-9a-f]{8}/, (id) => id.toUpperCase()),
  }),
  forge('MANIFEST_ENCODING', 'a byte order mark', { text: (t) => `\ufeff${t}` }),
  forge('MANIFEST_ENCODING', 'a suite that nobody pinned', {
    manifest: { suite: 'P-192' as Manifest['suite'] },
  }),
  forge('MANIFEST_ENCODING', 'a name that changes its direction', inner('\u202eseY')),
  forge('MANIFEST_ENCODING', 'a name with a soft hyphen that shows nothing', inner('Y\u00ades')),
  forge('MANIFEST_ENCODING', 'a name that is a blank', inner('\u3164')),
  forge('MANIFEST_ENCODING', 'a name not in normal form C', inner('Re\u0301sume\u0301')),
  forge('MANIFEST_ENCODING', 'a name with half a character', inner('\ud800')),
  attack('MANIFEST_ID', 'a wholly forged election in place of the published one', control, async () => ({
    ...(await manifestOnly({ manifest: { title: { en: 'Another election' } } })),
    options: { election: payloadHash(manifestBytes(honest)) },
  })),
  forge('MANIFEST_ID', 'another kind of entry in the manifest’s place', { kind: 'notice' }),
  damage('MANIFEST_ID', 'another manifest beside the entry of the signed one', async (record) => {
    const bytes = (await record.read(payloads))!
    await record.write(
      payloads,
      bytes.map((b, i) => (i === bytes.lastIndexOf(0x41) ? 0x42 : b)),
    )
  }),
  forge('MANIFEST_TEXT', 'two options that look alike', inner('YES')),
  forge('MANIFEST_TEXT', 'two options that differ in a variation selector', inner('Yes\ufe0f')),
  forge('MANIFEST_TEXT', 'an option without a name in one language', {
    manifest: { languages: ['en', 'fr'] },
  }),
  forge(
    'MANIFEST_REFERENCE',
    'two options with one id',
    ask({ options: [option('yes', 'Yes'), option('yes', 'No')] }),
  ),
  forge('MANIFEST_REFERENCE', 'a style without a tally unit', {
    manifest: { styles: [...honest.styles, { contests: ['question'], id: 'abroad' }] },
  }),
  forge('MANIFEST_REFERENCE', 'a style in two units of a contest', {
    manifest: { units: [...honest.units, { contest: 'question', id: 'again', styles: ['all'] }] },
  }),
  forge('MANIFEST_REFERENCE', 'a ballot with a contest that is none', {
    manifest: { styles: [{ contests: ['question', 'other'], id: 'all' }] },
  }),
  forge('MANIFEST_KEY', 'one key for two administrators', {
    manifest: administrators([first, { ...first, name: 'Another' }]),
  }),
  forge('MANIFEST_KEY', 'an administrator who is a trustee too', {
    manifest: administrators([first, { ...second, key: honest.trustees[0]!.key }]),
  }),
  forge('MANIFEST_KEY', 'a key with which anybody can sign', {
    manifest: administrators([first, { ...second, key: '00'.repeat(32) }]),
  }),
  forge('MANIFEST_KEY', 'more trustees needed than there are', { manifest: { threshold: 4 } }),
  forge('MANIFEST_KEY', 'without witnesses, two halves of the trustees', { manifest: { threshold: 1 } }),
  forge('MANIFEST_KEY', 'more signatures needed than there are keys', {
    manifest: administrators([first, second], 3),
    signatures: (id) => keys.administrators.map((k, i) => signed(`administrator-${i + 1}`, k.secret, id)),
  }),
  forge('MANIFEST_KEY', 'two halves of the witnesses', {
    manifest: { witnesses: { keys: [0, 1].map((i) => witness(i)), quorum: 1 } },
  }),
  forge('MANIFEST_KEY', 'one witness under two names', {
    manifest: { witnesses: { keys: [witness(0), witness(0, 'witness.example/other')], quorum: 2 } },
  }),
  forge('MANIFEST_KEY', 'a trustee’s key that is no element', {
    manifest: { trustees: [{ ...honest.trustees[0]!, key: 'ff'.repeat(32) }, ...honest.trustees.slice(1)] },
  }),
  forge('MANIFEST_KEY', 'a registrar’s key with which anybody can sign', {
    manifest: {
      registrars: {
        keys: [honest.registrars.keys[0]!, { ...honest.registrars.keys[1]!, key: '00'.repeat(32) }],
        quorum: 1,
      },
    },
  }),
  forge('MANIFEST_KEY', 'a board key of small order: anybody can sign', {
    manifest: { board: verifierKey(origin, smallOrder, 1) },
  }),
  forge('MANIFEST_KEY', 'a witness’s key of small order', {
    manifest: {
      witnesses: { keys: [witness(0), verifierKey('witness.example/2', smallOrder, 4)], quorum: 2 },
    },
  }),
  forge('MANIFEST_KEY', 'a board key that is a witness’s', {
    manifest: { board: verifierKey(origin, parseVerifierKey(witness(0)).key, 4) },
  }),
  forge('MANIFEST_KEY', 'two trustees whose names look alike', {
    manifest: {
      trustees: honest.trustees.map((t, i) => (i === 1 ? { ...t, name: 'TRUSTEE\u00a01' } : t)),
    },
  }),
  forge('MANIFEST_RULE', 'more choices than options', ask({ max: 3 })),
  forge('MANIFEST_RULE', 'closing before opening', {
    manifest: { schedule: { closes: honest.schedule.opens, opens: honest.schedule.closes } },
  }),
  forge('MANIFEST_LIMIT', 'totals that nobody could decode', {
    manifest: {
      contests: [
        { id: 'question', kind: 'score', maximum: 2, options: question.options, title: question.title },
      ],
      maximumWeight: 1_000_000_000,
    },
  }),
  forge('MANIFEST_LIMIT', 'a contest of too many encrypted bits', {
    manifest: {
      contests: [
        {
          id: 'question',
          kind: 'ranking',
          max: 65,
          min: 0,
          options: Array.from({ length: 65 }, (_, i) => option(`o${i}`, `Option ${i}`)),
          points: Array.from({ length: 65 }, () => 1),
          title: question.title,
        },
      ],
    },
  }),
  forge('MANIFEST_SIGNATURE', 'nobody’s signature', { signatures: () => [] }),
  forge('MANIFEST_SIGNATURE', 'a registrar’s signature', {
    signatures: (id) => [signed('registrar-1', keys.registrars[0]!.secret, id)],
  }),
  forge('MANIFEST_SIGNATURE', 'another’s key in an administrator’s name', {
    signatures: (id) => [signed('administrator-1', keys.registrars[0]!.secret, id)],
  }),
  forge('MANIFEST_SIGNATURE', 'a signature for another kind of entry', {
    signatures: (id) => {
      const [by, secret] = ['administrator-1', keys.administrators[0]!.secret]
      return [{ by, proof: toBase64url(sign(secret, signatureTag(id, 'notice', by, id))) }]
    },
  }),
  forge('MANIFEST_SIGNATURE', 'a signature whose commitment is the identity', {
    signatures: (id) =>
      byFirst(id).map(({ by, proof }) => ({ by, proof: toBase64url(fromBase64url(proof).fill(0, 0, 32)) })),
  }),
  forge('MANIFEST_SIGNATURE', 'a signature on another manifest', {
    signatures: () => byFirst(payloadHash(manifestBytes(honest))),
    manifest: { title: { en: 'Another election' } },
  }),
  forge('MANIFEST_SIGNATURE', 'one signature twice where two are needed', {
    manifest: administrators([first, second], 2),
    signatures: (id) => [...byFirst(id), ...byFirst(id)],
  }),
]
