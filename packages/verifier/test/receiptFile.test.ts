import { DecodeError, fromUtf8, parseReceipt, toBase64url, utf8 } from '@cista/board'
import { Simulation } from '@cista/testkit'
import { beforeAll, describe, expect, it } from 'vitest'
import { receiptFile, verifyReceiptFile } from '../src/index.js'
import { receiptFileOf, receiptOf, yes } from './support.js'

const s = new Simulation({ witnesses: 3 }).setUp().cast(0, yes)
const { id } = s.definition
let file: Uint8Array
let fields: Record<string, unknown>
beforeAll(async () => {
  file = await receiptFileOf(s)
  fields = JSON.parse(fromUtf8(file))
})

const refused = (at: RegExp) =>
  expect.toSatisfy((error: unknown) => error instanceof DecodeError && at.test(error.message)) as Error
const verifying =
  (bytes: Uint8Array, ...election: string[]) =>
  () =>
    verifyReceiptFile(bytes, ...election)
/** The file with other fields, in canonical form: keys stay sorted. */
const changed = (change: Record<string, unknown>) => utf8(JSON.stringify({ ...fields, ...change }))

describe('a receipt file', () => {
  it('says what the board has taken, when, and who has seen it, from its own bytes alone', () => {
    const { definition, entry, entryBytes, proof, note, checkpoint, cosignatures } = verifyReceiptFile(file)
    const { entry: logged, entryBytes: bytes } = s.log.at(-1)!
    expect(definition.id).toBe(id)
    expect(definition.manifest).toEqual(s.definition.manifest)
    expect(entry).toEqual(logged)
    expect(entryBytes).toEqual(bytes)
    expect(note).toBe(s.checkpoint())
    expect(parseReceipt(proof)).toMatchObject({ index: s.size - 1, checkpoint: note })
    expect(checkpoint).toMatchObject({ origin: s.definition.origin, size: s.size })
    expect(cosignatures.map(({ name }) => name)).toEqual([1, 2, 3].map((i) => `witness.example/${i}`))
    expect(verifyReceiptFile(file, id).entry).toEqual(logged)
  })

  it('is canonical JSON with five fields, of which none tells a choice', async () => {
    expect(Object.keys(fields)).toEqual(['election', 'entry', 'manifest', 'proof', 'version'])
    expect(fields).toEqual({
      election: id,
      manifest: toBase64url(s.manifest),
      version: 1,
      ...(await receiptOf(s, s.size - 1)),
    })
  })

  it('is refused for any other election than the one asked for, and says so', () => {
    const other = 'ab'.repeat(32)
    expect(verifying(file, other)).toThrow(refused(/^election: a receipt of election .*, not of abab/))
    expect(verifying(file, other)).toThrow(id)
  })

  it('is refused with the manifest of another election, whichever id it names', () => {
    const other = new Simulation({ seed: 'another' })
    const manifest = toBase64url(other.manifest)
    expect(verifying(changed({ manifest }))).toThrow(refused(/^receipt file\.manifest: not the manifest/))
    expect(verifying(changed({ manifest, election: other.definition.id }))).toThrow(
      refused(/^checkpoint: no valid signature of the board/),
    )
  })

  it('is refused where its manifest could define no election', () => {
    const manifest = utf8('{}')
    const broken = receiptFile(manifest, { entry: 'e', proof: 'p' })
    expect(verifying(broken)).toThrow(refused(/^manifest/))
  })

  it('is refused of anything but a ballot', async () => {
    const opened = receiptFile(s.manifest, await receiptOf(s, s.size - 2))
    expect(verifying(opened)).toThrow(refused(/^entry\.kind: “opened”/))
  })

  it('is refused with an entry or a proof that is not its own', async () => {
    const other = await receiptOf(s, 3)
    expect(verifying(changed({ entry: other.entry }))).toThrow(refused(/^receipt index: /))
    expect(verifying(changed({ proof: other.proof }))).toThrow(refused(/^receipt index: /))
    const forged = (fields['entry'] as string).replace(/"size":\d+/, '"size":1')
    expect(verifying(changed({ entry: forged }))).toThrow(refused(/^receipt: the proof does not lead/))
    const uncosigned = (fields['proof'] as string).split('— witness.example/2')[0]!
    expect(verifying(changed({ proof: uncosigned }))).toThrow(refused(/^checkpoint: cosigned by 1 /))
  })

  it.each([
    ['no JSON', () => utf8('receipt')],
    ['another version', () => changed({ version: 2 })],
    ['an unknown field', () => changed({ zeal: 1 })],
    ['a space', () => utf8(`${fromUtf8(file)} `)],
    ['another order', () => utf8(JSON.stringify({ version: 1, ...fields }))],
    ['an empty entry', () => changed({ entry: '' })],
    ['an empty proof', () => changed({ proof: '' })],
    ['an empty manifest', () => changed({ manifest: '' })],
    ['no hexadecimal id', () => changed({ election: id.toUpperCase() })],
    ['an entry too long', () => changed({ entry: 'e'.repeat(65_536) })],
    ['a proof too long', () => changed({ proof: 'p'.repeat(131_073) })],
    ['a manifest too long', () => changed({ manifest: 'A'.repeat(1_398_104) })],
  ])('is refused with %s', (_, bytes) => {
    expect(verifying(bytes())).toThrow(refused(/^receipt file/))
  })

  it('of any length is refused before it is read', () => {
    const most = 2 * (65_535 + 131_072) + 2 * 1_048_576
    expect(verifying(new Uint8Array(most + 1))).toThrow(refused(/^receipt file: longer than/))
    expect(verifying(new Uint8Array(most))).toThrow(refused(/^receipt file: not JSON/))
  })

  it('is not made of what it could not be read from', () => {
    const { entry, proof } = fields as { entry: string; proof: string }
    expect(receiptFile(s.manifest, { entry, proof })).toEqual(file)
    expect(() => receiptFile(s.manifest, { entry: '', proof })).toThrow(refused(/^document\.entry: /))
    expect(() => receiptFile(s.manifest, { entry, proof: '\ud800' })).toThrow(refused(/^document\.proof: /))
  })
})
