import { DecodeError, MemoryRecord, equalBytes, fromUtf8, parseNote, utf8 } from '@cista/board'
import { decodeSubmission, encodeSubmission, submission } from '@cista/protocol'
import { type Simulation, logRows, relogged } from '@cista/testkit'
import {
  type Fetch,
  RecordUnavailable,
  Unreachable,
  checkBallots,
  followRecord,
  getJson,
  httpRecord,
  postSubmission,
  verifyRecord,
} from '@cista/verifier'
import {
  type Files,
  type Row,
  mutateFiles,
  mutateRows,
  sameFiles,
  sameRows,
  showFiles,
  showRows,
} from '../records.js'
import { type Target, holds, parser } from '../target.js'

const unavailable = [RecordUnavailable, Unreachable, DecodeError]

/** A server that answers every request with these bytes. */
const answering =
  (status: number, body: Uint8Array): Fetch =>
  async () => ({ status, arrayBuffer: async () => new Uint8Array(body).buffer })

const url = 'https://elections.example/api'

function answers({ log }: Simulation): Target<Uint8Array>[] {
  const problem = {
    type: 'urn:cista:problem:phase',
    title: 'No',
    status: 409,
    detail: 'Not now.',
    findings: [{ code: 'PHASE', at: 'notice', why: 'early' }],
  }
  const logged = { entry: fromUtf8(log[0]!.entryBytes), receipt: 'receipt' }
  const notice = submission('notice', utf8('{}'), [])
  const post = (status: number, input: Uint8Array) => postSubmission(url, notice, answering(status, input))
  const answer = (name: string, sample: object, run: Target<Uint8Array>['run']) =>
    parser(name, 'json', [utf8(JSON.stringify(sample))], run, [Unreachable])
  return [
    answer('answer to a question', { index: 3 }, async (input) => {
      const given = await getJson(url, answering(200, input))
      return given !== undefined && !Array.isArray(given)
    }),
    answer('answer with a problem', problem, async (input) => {
      const outcome = await post(409, input)
      if (outcome.kind === 'logged') return false
      const { detail, title, type, findings } = outcome.problem
      const texts = [detail, title, type, ...findings.flatMap((f) => [f.at, f.code, f.why])]
      holds(
        texts.every((text) => typeof text === 'string'),
        'a problem with something that is no text',
      )
      return true
    }),
    answer('answer with a receipt', logged, async (input) => {
      const outcome = await post(201, input)
      return outcome.kind === 'logged' && outcome.entry.length >= 0
    }),
  ]
}

/** Ballots as a server gives them to its workers, with their signatures. */
function ballots(done: Simulation): Target<Uint8Array>[] {
  const { context } = done.ballotElection
  const cast = done.log.filter(({ kind }) => kind === 'ballot')
  const samples = cast.map(({ bytes, entry }) =>
    encodeSubmission(submission('ballot', bytes, entry.signatures)),
  )
  return [
    parser('ballot', 'json', samples, (input) => {
      const [findings] = checkBallots(context, [decodeSubmission(input)])
      const accepted = findings!.length === 0
      holds(!accepted || samples.some((sample) => equalBytes(sample, input)), 'a changed ballot is valid')
      return accepted
    }),
  ]
}

/** Whole records: none verifies but the one that was made. */
function records(done: Simulation, files: Files): Target[] {
  const election = done.definition.id
  const note = done.checkpoint()
  const { body } = parseNote(note)
  const record = new MemoryRecord(files)
  const examine = async (source: MemoryRecord, earlier?: string) =>
    (await verifyRecord(source, { election, ...(earlier === undefined ? {} : { earlier }) })).verdict
  const changed: Target<Files> = {
    name: 'record',
    least: 4_000,
    samples: [files],
    mutate: (sample, random) => mutateFiles(sample, random),
    refusals: unavailable,
    show: showFiles,
    async run(input) {
      const verified = (await examine(new MemoryRecord(input))) === 'verified'
      holds(!verified || sameFiles(input, files), 'a changed record verifies')
      return verified
    },
  }
  const logged: Target<readonly Row[]> = {
    name: 're-logged record',
    least: 2_500,
    samples: [logRows(done)],
    mutate: (sample, random) => mutateRows(done, sample, random),
    refusals: [DecodeError],
    show: showRows,
    async run(input, sample) {
      const verified = (await examine(await relogged(done, input))) === 'verified'
      const forged = input.every((row) => row.signed === undefined)
      holds(!verified || !forged || sameRows(input, sample), 'an entry was changed without its signers')
      return verified
    },
  }
  const overHttp: Target<Files> = {
    name: 'record over HTTP',
    least: 2_000,
    samples: [files],
    mutate: (sample, random) => mutateFiles(sample, random),
    refusals: unavailable,
    show: showFiles,
    async run(input) {
      const fetch: Fetch = async (address) => {
        const bytes = input.get(address.slice(url.length + 1))
        return { status: bytes ? 200 : 404, arrayBuffer: async () => new Uint8Array(bytes ?? []).buffer }
      }
      return (await followRecord(httpRecord(url, fetch), election)).ballots.length > 0
    },
  }
  return [
    changed,
    logged,
    overHttp,
    parser('earlier checkpoint', 'text', [utf8(note)], async (input) => {
      const earlier = new TextDecoder().decode(input)
      const verified = (await examine(record, earlier)) === 'verified'
      holds(!verified || earlier.startsWith(body), 'another history is taken for an earlier one')
      return verified
    }),
  ] as Target[]
}

export const verifierTargets = (done: Simulation, files: Files): Target[] => [
  ...(answers(done) as Target[]),
  ...(ballots(done) as Target[]),
  ...records(done, files),
]
