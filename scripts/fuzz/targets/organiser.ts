import { DecodeError, concat, equalBytes, timestamp, utf8 } from '@cista/board'
import {
  coSign,
  decodeRoll,
  draftFault,
  encodeRoll,
  issueCredentials,
  lockKey,
  newKey,
  originOf,
  prepareAct,
  readManifest,
  rollMismatch,
  rollOf,
  unlockKey,
  utcTime,
} from '@cista/organiser'
import {
  decodeManifest,
  decodeSubmission,
  encodeSubmission,
  manifestFaults,
  submission,
} from '@cista/protocol'
import { Failure } from '@cista/terminal'
import type { Simulation } from '@cista/testkit'
import { ownerOf, parseCodes, writeCodes } from '../../../packages/organiser/cli/codes.js'
import { readPeople } from '../../../packages/organiser/cli/people.js'
import { parseSource } from '../../../packages/organiser/cli/source.js'
import * as readable from '../../../packages/organiser/test/support.js'
import { mutateBytes } from '../bytes.js'
import { coursesOf } from '../election.js'
import { type Random, chance } from '../random.js'
import { type Target, holds, parser } from '../target.js'
import { mutateLines } from '../text.js'

const lenient = new TextDecoder()
const passphrase = 'correct horse'

/** An age file: its header is lines of text, its body bytes. */
export function mutateAge(bytes: Uint8Array, random: Random, other: Uint8Array): Uint8Array {
  if (chance(random, 2)) return mutateBytes(bytes, random, other)
  const latin = (some: Uint8Array) => Array.from(some, (byte) => String.fromCharCode(byte)).join('')
  const text = latin(bytes)
  const end = text.indexOf('\n', text.indexOf('\n---') + 1) + 1
  return concat(
    utf8(mutateLines(text.slice(0, end), random).replace(/\P{ASCII}/gu, '?')),
    bytes.subarray(end),
  )
}

/** A passphrase's work factor may be 20, which costs seconds and a gigabyte by design: that is not looked for here. */
export const isCostly = (file: Uint8Array): boolean =>
  /^-> scrypt \S* *0*(?:1[0-9]|20)\b/m.test(lenient.decode(file.subarray(0, 2_000)))

function sources(): Target<Uint8Array>[] {
  const json = JSON.stringify(parseSource(readable.source, 'e.yaml').tree)
  const run = (input: Uint8Array): boolean => {
    const file = parseSource(lenient.decode(input), 'e.yaml')
    originOf(file.tree)
    const made = readManifest(file.tree, readable.vkey)
    if ('faults' in made) {
      holds(file.report(made.faults).length === made.faults.length, 'a fault that is not reported')
      return false
    }
    holds(manifestFaults(decodeManifest(made.bytes)).length === 0, 'a manifest that cannot work')
    return true
  }
  return [
    parser('election in YAML', 'text', [utf8(readable.source)], run, [Failure]),
    parser('election in JSON', 'json', [utf8(json)], run, [Failure]),
    parser(
      'time with zone',
      'text',
      ['2027-03-01T09:00:00+01:00', '2027-03-08T20:00Z'].map(utf8),
      (input) => {
        const time = utcTime(lenient.decode(input))
        if (time === undefined) return false
        holds(timestamp.decode(time, 'time') === time, 'no time of a record')
        return true
      },
    ),
  ]
}

function rolls(open: Simulation): Target<Uint8Array>[] {
  const { definition, course } = open
  const csv = 'name,id,style,weight\n"Lee, Ann",1,north,1\nBo,2,south,3\n"Ed ""Ted"" O",3,north,1\n'
  const people = readPeople(csv, 'p.csv', definition)
  const issued = issueCredentials(definition, people)
  const roll = encodeRoll(rollOf(definition, issued))
  return [
    parser(
      'file of codes',
      'text',
      [utf8(writeCodes(issued))],
      (input) => {
        const file = parseCodes(lenient.decode(input), 'c.csv')
        return ['Bo', '1', 'Ed "Ted" O', ''].some((person) => ownerOf(file, person) !== undefined)
      },
      [Failure],
    ),
    parser(
      'people in CSV',
      'text',
      [utf8(csv), utf8(`\ufeff${csv.replaceAll('\n', '\r\n')}`)],
      (input) => {
        const read = readPeople(lenient.decode(input), 'p.csv', definition)
        holds(
          read.every((p) => p.name !== '' && definition.styles.has(p.style) && p.weight > 0),
          'nobody',
        )
        return true
      },
      [Failure],
    ),
    parser('roll file', 'json', [roll], (input) => {
      const read = decodeRoll(input)
      rollMismatch(course, read.credentials)
      holds(equalBytes(encodeRoll(read), input), 'other bytes read as the same roll')
      return true
    }),
  ]
}

/** A change of the roll as a registrar writes it, against the state before the one that the election has. */
function changes(open: Simulation): Target<Uint8Array>[] {
  const { definition, keys, log } = open
  const at = log.findIndex(({ kind }) => kind === 'roll-changed')
  const { sequence: _, reason, ...lists } = JSON.parse(lenient.decode(log[at]!.bytes))
  const { secret, key } = keys.registrars[0]!
  const registrar = { name: 'Registrar 1', role: 'registrar', secret, key } as const
  let course = coursesOf(open)[at]!
  return [
    parser(
      'change of the roll',
      'json',
      [utf8(JSON.stringify(lists))],
      (input) => {
        const { tree } = parseSource(lenient.decode(input), 'c.yaml')
        if (typeof tree !== 'object' || tree === null || Array.isArray(tree)) return false
        // As the command does: every list may be left out, and nothing of it is known to be a list.
        const absent = { added: [], rekeyed: [], removed: [], restyled: [], reweighted: [] }
        const act = { ...absent, ...tree, reason } as Parameters<typeof prepareAct<'roll-changed'>>[2]
        const prepared = prepareAct(course, 'roll-changed', act, registrar, open.now)
        if ('refusal' in prepared) return false
        // It was taken into the course.
        course = coursesOf(open)[at]!
        return prepared.submission.signatures.length === 1
      },
      [Failure, DecodeError],
    ),
    parser('draft to co-sign', 'json', drafts(open), (input) => {
      const draft = decodeSubmission(input)
      const signed = coSign(definition, draft, registrar)
      return draftFault(definition, draft) === undefined || 'submission' in signed
    }),
  ]
}

const drafts = ({ log }: Simulation): Uint8Array[] =>
  log
    .filter(({ kind }) => kind === 'roll' || kind === 'roll-changed')
    .map(({ kind, bytes, entry }) => encodeSubmission(submission(kind, bytes, entry.signatures)))

async function keyFiles(): Promise<Target<Uint8Array>[]> {
  const key = newKey('registrar', 'Rita Example')
  const file = await lockKey(key, passphrase, 2)
  return [
    parser('organiser’s key file', mutateAge, [file], async (input) => {
      if (isCostly(input)) return false
      const unlocked = await unlockKey(input, passphrase)
      holds('why' in unlocked || unlocked.key.secret === key.secret, 'another key')
      return 'key' in unlocked
    }),
  ]
}

export const organiserTargets = async (open: Simulation): Promise<Target<Uint8Array>[]> => [
  ...sources(),
  ...rolls(open),
  ...changes(open),
  ...(await keyFiles()),
]
