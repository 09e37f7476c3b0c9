import { fromUtf8 } from '@cista/board'
import type { z } from 'zod'
import type { LiveElection } from '../live.js'
import { Problem } from '../problem.js'
import { type SubmitPorts, createElection, readSubmission, submit, unknownElection } from '../submit.js'
import * as schema from './schemas.js'

/** One address of the API: validated, answered and documented from this declaration. */
export interface Route {
  readonly method: 'get' | 'post'
  /** Below `/api`, in OpenAPI's notation. */
  readonly path: string
  readonly summary: string
  readonly parameters: z.ZodObject
  readonly query: z.ZodObject
  readonly body?: z.ZodType
  readonly answers: Readonly<Record<number, z.ZodType>>
  handle(request: ApiRequest): Promise<ApiAnswer>
}
export interface ApiRequest {
  readonly parameters: unknown
  readonly query: unknown
  readonly body: Uint8Array
}
export interface ApiAnswer {
  readonly status: number
  readonly json: object
  readonly location?: string
}

/** A route whose handler sees its parameters as declared, and whose answer must be what is declared for status 200. */
function route<P extends z.ZodObject, Q extends z.ZodObject>(
  declared: Omit<Route, 'handle' | 'parameters' | 'query'> & { readonly parameters: P; readonly query: Q },
  handle: (request: { parameters: z.infer<P>; query: z.infer<Q>; body: Uint8Array }) => Promise<ApiAnswer>,
): Route {
  return { ...declared, handle: (request) => handle(request as Parameters<typeof handle>[0]) }
}

export function apiRoutes(ports: SubmitPorts): Route[] {
  const { sequencer, signer, store, records } = ports
  const none = { parameters: schema.noParameters, query: schema.noParameters }

  async function read<T>(election: string, work: (live: LiveElection) => T): Promise<T> {
    const found = await sequencer.read(election, (live) =>
      live.size === 0 ? undefined : { value: work(live) },
    )
    if (found === undefined) throw unknownElection(election)
    return found.value
  }

  return [
    route(
      {
        method: 'get',
        path: '/board-key',
        summary: 'The board key for an origin, to be named by a new manifest',
        parameters: schema.noParameters,
        query: schema.boardKeyQuery,
        answers: { 200: schema.boardKeyAnswer },
      },
      async ({ query: { origin } }) => {
        const json = { key: keyFor(origin), taken: await store.isTaken(origin) }
        return { status: 200, json: json satisfies z.infer<typeof schema.boardKeyAnswer> }
      },
    ),
    route(
      {
        method: 'get',
        path: '/elections',
        summary: 'All elections of this server',
        ...none,
        answers: { 200: schema.listAnswer },
      },
      async () => {
        const elections = []
        for (const { election } of await store.boards()) {
          const item = await sequencer.read(election, listItem).catch(() => undefined)
          if (item !== undefined) elections.push(item)
        }
        return { status: 200, json: { elections } satisfies z.infer<typeof schema.listAnswer> }
      },
    ),
    route(
      {
        method: 'post',
        path: '/elections',
        summary:
          'Creates an election of a manifest signed by enough administrators, one of them an organiser here',
        ...none,
        body: schema.submission,
        answers: { 200: schema.createdAnswer, 201: schema.createdAnswer },
      },
      async ({ body }) => {
        const { known, election, entry, receipt } = await createElection(ports, readSubmission(body))
        const json = { election, entry: fromUtf8(entry), receipt }
        return { status: known ? 200 : 201, json, location: `/api/elections/${election}` }
      },
    ),
    route(
      {
        method: 'get',
        path: '/elections/{election}',
        summary: 'How far an election is',
        parameters: schema.electionParameters,
        query: schema.noParameters,
        answers: { 200: schema.statusAnswer },
      },
      async ({ parameters: { election } }) => ({ status: 200, json: await read(election, statusOf) }),
    ),
    route(
      {
        method: 'post',
        path: '/elections/{election}/entries',
        summary:
          'Puts a ballot, or a signed payload of an authority, on the board; answers when its checkpoint is public',
        parameters: schema.electionParameters,
        query: schema.noParameters,
        body: schema.submission,
        answers: { 200: schema.loggedAnswer, 201: schema.loggedAnswer },
      },
      async ({ parameters: { election }, body }) => {
        const { known, entry, receipt } = await submit(ports, election, readSubmission(body))
        return { status: known ? 200 : 201, json: { entry: fromUtf8(entry), receipt } }
      },
    ),
    route(
      {
        method: 'get',
        path: '/elections/{election}/credentials/{credential}',
        summary: 'Which entries concern a credential',
        parameters: schema.credentialParameters,
        query: schema.noParameters,
        answers: { 200: schema.credentialAnswer },
      },
      async ({ parameters: { election, credential } }) => ({
        status: 200,
        json: await read(election, (live) => credentialOf(live, credential)),
      }),
    ),
    route(
      {
        method: 'get',
        path: '/elections/{election}/ballots/{tracker}',
        summary: 'The receipt of a ballot on the board',
        parameters: schema.ballotParameters,
        query: schema.noParameters,
        answers: { 200: schema.ballotAnswer },
      },
      async ({ parameters: { election, tracker } }) => {
        const place = await store.place(election, tracker)
        const index = place?.kind === 'ballot' ? place.index : null
        const logged = index === null ? undefined : await records.receipt(election, index)
        if (index === null || logged === undefined)
          throw new Problem('not-found', 'there is no ballot with this tracker on the board')
        return { status: 200, json: { entry: fromUtf8(logged.entry), index, receipt: logged.receipt } }
      },
    ),
  ]

  function keyFor(origin: string): string {
    try {
      return signer.keyFor(origin)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      throw new Problem('malformed', 'the origin must be a name without spaces and plus signs', [
        { code: 'PARAMETER', at: 'origin', why: error.message },
      ])
    }
  }
}

function listItem({ definition, course }: LiveElection) {
  const { stage, closes } = course.phase
  if (stage === 'empty') return undefined
  const { title, schedule } = definition.manifest
  return { id: definition.id, title, stage, opens: schedule.opens, closes }
}

function statusOf({ definition, course, size, setup, announced }: LiveElection) {
  const { phase, roll } = course
  const { attempt, stage } = phase
  const { complaint } = attempt
  const sorted = (trustees: Iterable<number>) => [...trustees].sort((a, b) => a - b)
  return {
    id: definition.id,
    origin: definition.origin,
    stage: stage === 'empty' ? 'setup' : stage,
    attempt: attempt.number,
    joined: sorted(attempt.joined.keys()),
    dealt: sorted(attempt.dealt.keys()),
    confirmed: sorted(attempt.confirmed),
    complaint: complaint === undefined ? null : { by: complaint.index, accused: complaint.accused },
    rollChunks: roll.chunks,
    credentials: roll.size,
    sealed: phase.sealed,
    opens: definition.manifest.schedule.opens,
    closes: phase.closes,
    ballots: phase.ballots,
    cancellations: phase.cancellations,
    decrypted: sorted(phase.decrypted),
    ended: phase.ended ?? null,
    size,
    setup: [...setup],
    opened: phase.opened?.index ?? null,
    announced,
  } satisfies z.infer<typeof schema.statusAnswer>
}

function credentialOf(live: LiveElection, credential: string): z.infer<typeof schema.credentialAnswer> {
  const { roll, changes, cancelled } = live.trace(credential)
  const last = live.course.box.last(credential)
  const ballot = last === undefined ? null : { index: last.index, tracker: last.tracker }
  return { roll, changes: [...changes], cancelled, ballot }
}
