import { namesIn } from '../../../packages/verifier/cli/pageNames.js'
import {
  DecodeError,
  MemoryRecord,
  equalBytes,
  formatReceipt,
  fromUtf8,
  leafHash,
  parseNote,
  proveInclusion,
  rootOf,
  signCheckpoint,
  utf8,
  writeRecord,
} from '@cista/board'
import { decodeSubmission, encodeSubmission, submission } from '@cista/protocol'
import { type Simulation, logRows, relogged } from '@cista/testkit'
import {
  type Fetch,
  RecordUnavailable,
  Unreachable,
  Watch,
  checkBallots,
  followRecord,
  getJson,
  httpRecord,
  isAlarm,
  judgeDispute,
  postSubmission,
  receiptFile,
  verifyReceiptFile,
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

/** A voter's receipt from the time when the ballot was the last entry, and what stands under it: an election, and others' boards of it. */
async function receipts(done: Simulation, files: Files): Promise<Target[]> {
  const { definition, keys, log, manifest } = done
  const { id: election, origin } = definition
  const size = log.findIndex(({ kind }) => kind === 'ballot') + 1
  const own = log.slice(0, size)
  const root = rootOf(own.map(({ entryBytes }) => leafHash(entryBytes)))
  const early = done.cosign(signCheckpoint({ origin, size, root }, keys.board, origin))
  const record = new MemoryRecord()
  const entries = own.map(({ entryBytes }) => entryBytes)
  await writeRecord(record, { entries, payloads: own.map(({ bytes }) => bytes), checkpoint: early })
  const proof = formatReceipt({
    index: size - 1,
    proof: await proveInclusion(record, size - 1, size),
    checkpoint: early,
  })
  const kept = receiptFile(manifest, { entry: fromUtf8(entries.at(-1)!), proof })

  const file = parser('receipt file', 'json', [kept], (input) => {
    const { entryBytes } = verifyReceiptFile(input, election)
    holds(equalBytes(entryBytes, entries.at(-1)!), 'a receipt of another ballot')
    return true
  })
  const ofFiles = (name: string, run: (record: MemoryRecord) => Promise<boolean>): Target<Files> => ({
    name,
    least: 2_000,
    samples: [files],
    mutate: (sample, random) => mutateFiles(sample, random),
    refusals: unavailable,
    show: showFiles,
    run: (input) => run(new MemoryRecord(input)),
  })
  const disputed = ofFiles('disputed record', async (shown) => {
    const { kind } = await judgeDispute(kept, shown, [], election)
    holds(kind !== 'receipt-invalid', 'a good receipt is refused')
    holds(kind !== 'server-forked', 'a server is accused of what it has not signed')
    return kind === 'on-board'
  })
  const watched = ofFiles('watched record', async (shown) => {
    const watch = new Watch({ election, clock: () => 0, stall: 1e12, kept: early })
    // A server lists no files, so that strays are no business of who follows it.
    const source = { read: (path: string) => shown.read(path) }
    const events = await watch.step(source)
    const wrong = events.filter((event) => isAlarm(event) || event.kind === 'unreachable')
    holds(!wrong.some(({ kind }) => kind === 'forked'), 'a board is accused of what it has not signed')
    const examined = events.find((event) => event.kind === 'examined')
    const clean = wrong.length === 0 && examined !== undefined
    const verified = examined?.report.verdict === 'verified'
    holds(clean === verified, 'who follows a record and who verifies it disagree')
    return clean
  })
  return [file, disputed, watched] as Target[]
}

/** HTML that the server of a voter's page sends. */
function pageNames(): Target<Uint8Array>[] {
  const html =
    '<!doctype html><link href="a.css"><!-- x --><script src=b.js>1 < 2</script><a href="c?x=1&amp;y=2">c</a>'
  const names = (text: string) => namesIn(text).map(({ address }) => address)
  const sample = names(html)
  return [
    parser('names in HTML', 'text', [utf8(html)], (input) => {
      const text = new TextDecoder().decode(input)
      const found = names(text)
      const all = text.replaceAll('&amp;', '&')
      holds(
        found.every((name) => all.includes(name)),
        'a name that is not there',
      )
      return found.join() === sample.join()
    }),
  ]
}

export const verifierTargets = async (done: Simulation, files: Files): Promise<Target[]> => [
  ...(answers(done) as Target[]),
  ...(ballots(done) as Target[]),
  ...records(done, files),
  ...(await receipts(done, files)),
  ...(pageNames() as Target[]),
]
