import {
  DecodeError,
  encodeDocument,
  equalBytes,
  fromTimestamp,
  timestamp,
  toTimestamp,
  utf8,
} from '@cista/board'
import {
  type Payload,
  credentialOf,
  decodeManifest,
  decodePayload,
  decodeSubmission,
  defineElection,
  encodePayload,
  encodeSubmission,
  entryKinds,
  identifier,
  language,
  lookAlikeKey,
  manifestCodec,
  manifestFaults,
  nameText,
  parseCode,
  signerKey,
  signers,
  submission,
} from '@cista/protocol'
import { type Simulation, testCode } from '@cista/testkit'
import { checkSubmission } from '@cista/verifier'
import { proseText, reasonText } from '../../../packages/protocol/src/texts.js'
import { coursesOf } from '../election.js'
import { type Target, holds, parser } from '../target.js'

const lenient = new TextDecoder()

/** Every kind of payload: decoded strictly, encoded again to the same bytes, and judged where the original stood. */
function payloads(done: Simulation, aborted: Simulation): Target<Uint8Array>[] {
  const before = new Map([done, aborted].map((s) => [s, coursesOf(s)]))
  return entryKinds.map((kind) => {
    const s = kind === 'aborted' ? aborted : done
    const { codecs } = s.definition
    const placed = s.log.flatMap((logged, index) => (logged.kind === kind ? [{ ...logged, index }] : []))
    const courses = before.get(s)!
    return parser(
      `payload ${kind}`,
      'json',
      placed.map((l) => l.bytes),
      (input, sample) => {
        const value = decodePayload(codecs, kind, input)
        holds(
          equalBytes(encodePayload(codecs, kind, value as never), input),
          'other bytes read as the same payload',
        )
        const { index, entry } = placed.find((l) => l.bytes === sample)!
        const payload = { kind, value } as Payload
        courses[index]!.judge({
          payload,
          index,
          batchTime: entry.batchTime,
          hash: submission(kind, input, []).hash,
        })
        return true
      },
    )
  })
}

function manifests(done: Simulation): Target<Uint8Array>[] {
  const samples = [done.manifest]
  return [
    parser('manifest', 'json', samples, (input) => {
      const manifest = decodeManifest(input)
      holds(
        equalBytes(encodeDocument(manifestCodec, manifest), input),
        'other bytes read as the same manifest',
      )
      const faults = manifestFaults(manifest)
      if (faults.length > 0) return false
      const { forms, units } = defineElection(input)
      holds(forms.length === manifest.contests.length && units.length > 0, 'a contest without a form')
      return true
    }),
    parser('faulty manifest', 'json', samples, (input) => defineElection(input).id !== ''),
  ]
}

/** What is posted to a board, judged as servers and co-signers do. */
function submissions(done: Simulation): Target<Uint8Array>[] {
  const courses = coursesOf(done)
  const { log } = done
  const { context } = done.ballotElection
  const signed = log.flatMap(({ kind, bytes, entry }, index) => {
    if (index === 0) return []
    const posted = encodeSubmission(submission(kind, bytes, entry.signatures))
    return [{ kind, course: courses[index]!, bytes: posted }]
  })
  const samples = signed.map(({ bytes }) => bytes)
  return [
    parser('submission', 'json', samples, (input) => {
      holds(
        equalBytes(encodeSubmission(decodeSubmission(input)), input),
        'other bytes read as the same submission',
      )
      return true
    }),
    parser('checked submission', 'json', samples, (input, sample) => {
      const { course, kind } = signed.find(({ bytes }) => bytes === sample)!
      const posted = decodeSubmission(input)
      const accepted = 'payload' in checkSubmission(course, posted, context)
      const unsigned = signers[posted.kind] === 'derived'
      holds(
        !accepted || unsigned || samples.some((s) => equalBytes(s, input)),
        `a changed ${kind} is accepted`,
      )
      return accepted
    }),
  ]
}

function texts({ definition, keys }: Simulation): Target<Uint8Array>[] {
  const { id } = definition
  const codes = [testCode(id, 0), testCode(id, 1).toLowerCase().replaceAll('-', ' ')]
  const written = [
    'Łódź',
    'Skate park, Ülemiste',
    'en',
    'zh-Hant',
    'a-b_c',
    'Two\nlines',
    '2026-01-05T09:00:00Z',
  ]
  const codecs = { nameText, proseText, reasonText, identifier, language, timestamp }
  const signer = ['administrator-1', 'registrar-2', 'trustee-3']
  return [
    parser('voter’s code', 'text', codes.map(utf8), (input) => {
      const parsed = parseCode(id, lenient.decode(input))
      if ('fault' in parsed) return false
      holds('code' in parseCode(id, parsed.code), 'a code that is not read again')
      return credentialOf(id, parsed.code).key.length === 64
    }),
    parser('texts', 'text', written.map(utf8), (input) => {
      const text = lenient.decode(input)
      const taken = Object.values(codecs).filter((codec) =>
        accepts(() => codec.decode(text, 'text') === text),
      )
      holds(lookAlikeKey(lookAlikeKey(text)) === lookAlikeKey(text), 'a key that looks like another')
      if (taken.includes(timestamp)) holds(toTimestamp(fromTimestamp(text)) === text, 'another time')
      return taken.length > 0
    }),
    parser('signer', 'text', signer.map(utf8), (input) => {
      const key = signerKey(definition.manifest, lenient.decode(input))
      const all = [...keys.administrators, ...keys.registrars, ...keys.trustees].map((k) => k.key)
      holds(key === undefined || all.includes(key), 'a key that the manifest does not name')
      return key !== undefined
    }),
  ]
}

function accepts(read: () => boolean): boolean {
  try {
    return read()
  } catch (error) {
    if (error instanceof DecodeError) return false
    throw error
  }
}

export const protocolTargets = (done: Simulation, aborted: Simulation): Target<Uint8Array>[] => [
  ...manifests(done),
  ...payloads(done, aborted),
  ...submissions(done),
  ...texts(done),
]
