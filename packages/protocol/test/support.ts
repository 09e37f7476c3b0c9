import { boardKey, encodeDocument, payloadHash, toHex, utf8, witnessKey } from '@cista/board'
import { publicKey } from '@cista/crypto'
import {
  type BallotForm,
  Course,
  type Contest,
  type Definition,
  type EntryKind,
  type Manifest,
  type Payload,
  type PayloadOf,
  type Refusal,
  defineElection,
  manifestCodec,
  noReplaced,
  shareFileBytes,
  suite,
} from '@cista/protocol'

/** A public key, hex; distinct for distinct numbers. */
export const key = (n: number): string => toHex(publicKey(BigInt(n)))
/** 32 bytes, hex. */
export const hash = (name: string): string => payloadHash(utf8(name))
/** base64url of so many zero bytes. */
export const zeros = (bytes: number): string => 'A'.repeat(Math.ceil((bytes * 4) / 3))
const seed = (n: number) => new Uint8Array(32).fill(n)

export const opens = '2026-11-01T08:00:00Z'
export const closes = '2026-11-08T18:00:00Z'
const names = (en: string, vi = `${en} (vi)`) => ({ en, vi })
const option = (id: string) => ({ id, title: names(id.toUpperCase()) })
const people = (name: string, from: number, n: number) =>
  Array.from({ length: n }, (_, i) => ({ key: key(from + i), name: `${name} ${i + 1}` }))

export const contests: readonly Contest[] = [
  {
    kind: 'selection',
    id: 'chair',
    title: names('Chair'),
    options: ['ann', 'bea', 'cyd'].map(option),
    min: 0,
    max: 2,
  },
  {
    kind: 'score',
    id: 'budget',
    title: names('Budget'),
    options: ['park', 'pool'].map(option),
    maximum: 5,
    budget: 6,
  },
  {
    kind: 'ranking',
    id: 'order',
    title: names('Order'),
    options: ['a', 'b', 'c'].map(option),
    min: 1,
    max: 2,
    points: [2, 1],
  },
]

/** Three contests of all kinds, two styles, three trustees (two decrypt), paper voting, a witness. */
export function manifest(changes: Partial<Manifest> = {}): Manifest {
  return {
    administrators: { keys: people('Administrator', 1, 2), quorum: 2 },
    board: boardKey(seed(1), 'vote.example/2026'),
    closeOnRequest: true,
    contests: [...contests],
    languages: ['en', 'vi'],
    maximumWeight: 1_000,
    minimumBallots: 1,
    page: { 'index.html': hash('page') },
    paper: true,
    registrars: { keys: people('Registrar', 11, 2), quorum: 1 },
    revisions: 2,
    schedule: { closes, opens },
    styles: [
      { contests: ['chair', 'budget', 'order'], id: 'full' },
      { contests: ['chair'], id: 'short' },
    ],
    suite,
    threshold: 2,
    title: names('General meeting'),
    tolerance: 60,
    trustees: people('Trustee', 21, 3),
    units: [
      { contest: 'chair', id: 'chair-full', styles: ['full'] },
      { contest: 'chair', id: 'chair-short', styles: ['short'] },
      { contest: 'budget', id: 'budget', styles: ['full'] },
      { contest: 'order', id: 'order', styles: ['full'] },
    ],
    version: 1,
    witnesses: { keys: [witnessKey(seed(2), 'witness.example/w')], quorum: 1 },
    ...changes,
  }
}

/** The smallest manifest around one contest. */
export function manifestOf(contest: Contest): Manifest {
  return manifest({
    contests: [contest],
    styles: [{ contests: [contest.id], id: 'all' }],
    units: [{ contest: contest.id, id: 'all', styles: ['all'] }],
  })
}

export const encodeManifest = (m: Manifest): Uint8Array => encodeDocument(manifestCodec, m)
export const define = (m: Manifest = manifest()): Definition => defineElection(encodeManifest(m))

/** Distinct credentials as they stand on a roll, ascending. */
export const credentials = Array.from({ length: 8 }, (_, i) => hash(`credential ${i}`)).sort()

export const contestParts = (forms: readonly BallotForm[]) =>
  forms.map(({ cells, sums }) => ({
    ciphertexts: zeros(64 * cells),
    proof: zeros(224 * cells + 32 * sums.length),
  }))

const bech32 = 'q'.repeat(58)
type Makers = { readonly [K in EntryKind]: (course: Course, trustee: number) => PayloadOf<K> }

/** For each kind the payload that would come next, as far as there is one. */
const makers: Makers = {
  manifest: ({ definition }) => definition.manifest,
  'trustee-joined': ({ phase }, index) => ({
    attempt: phase.attempt.number,
    commitment: hash(`commitment ${phase.attempt.number} ${index}`),
    index,
    recipient: `age1${bech32.slice(0, 56)}${'qpz'[phase.attempt.number % 3]}${'acdefghj'[index]}`,
    sequence: phase.nextSequence('trustee', index),
  }),
  'trustee-dealt': ({ phase, definition: { manifest: m } }, index) => ({
    attempt: phase.attempt.number,
    commitments: zeros(32 * m.threshold),
    index,
    proof: zeros(64 * m.threshold),
    sequence: phase.nextSequence('trustee', index),
    shares: m.trustees.map(() => zeros(shareFileBytes)),
  }),
  'trustee-confirmed': ({ phase }, index) => ({
    attempt: phase.attempt.number,
    dealt: phase.attempt.lastDealt,
    index,
    sequence: phase.nextSequence('trustee', index),
  }),
  'trustee-complained': ({ phase }, index) => ({
    accused: 2,
    attempt: phase.attempt.number,
    identity: `AGE-SECRET-KEY-1${bech32.toUpperCase()}`,
    index,
    sequence: phase.nextSequence('trustee', index),
  }),
  'ceremony-restarted': (course) => ({ attempt: course.phase.attempt.number + 1, ...administrative(course) }),
  roll: ({ phase }) => ({
    credentials: credentials
      .slice(0, 6)
      .map((c, i) => ({ key: c, style: i < 4 ? 'full' : 'short', weight: i + 1 })),
    sequence: phase.nextSequence('registrar'),
  }),
  'roll-sealed': ({ phase, roll }) => ({
    chunks: roll.chunks,
    credentials: roll.size,
    sequence: phase.nextSequence('registrar'),
    weight: roll.weight,
  }),
  opened: ({ definition }) => ({
    checkpoint: 'a checkpoint\n',
    key: key(99),
    trustees: definition.manifest.trustees.map((_, i) => key(31 + i)),
  }),
  ballot: ({ definition, box }) => ({
    contests: contestParts(definition.forms),
    credential: credentials[0]!,
    election: definition.id,
    replaces: box.last(credentials[0]!)?.tracker ?? noReplaced,
    style: definition.manifest.styles[0]!.id,
  }),
  'roll-changed': ({ phase }) => ({
    added: [],
    reason: 'moved away',
    rekeyed: [],
    removed: [credentials[5]!],
    restyled: [],
    reweighted: [],
    sequence: phase.nextSequence('registrar'),
  }),
  cancelled: ({ phase }) => ({
    credential: credentials[1]!,
    reason: 'votes on paper',
    sequence: phase.nextSequence('registrar'),
  }),
  extended: (course) => ({ closes: '2026-11-09T18:00:00Z', ...administrative(course) }),
  'close-requested': (course) => administrative(course),
  closed: ({ phase }) => ({ ballots: phase.ballots, checkpoint: 'a checkpoint\n', entries: 0 }),
  reconciled: ({ phase }) => ({
    cancellations: phase.cancellations,
    sequence: phase.nextSequence('registrar'),
  }),
  tallied: ({ definition }) => ({
    root: hash('root'),
    units: definition.units.map(({ id, contest }) => ({
      cancelled: 0,
      counted: 1,
      sums: zeros(64 * definition.forms[contest]!.outputs.length),
      superseded: 0,
      unit: id,
      void: 0,
      withheld: false,
    })),
  }),
  decrypted: ({ definition, phase }, index) => {
    const outputs = definition.units.reduce((n, u) => n + definition.forms[u.contest]!.outputs.length, 0)
    return {
      index,
      proof: zeros(32 * (outputs + 2)),
      sequence: phase.nextSequence('trustee', index),
      shares: zeros(32 * outputs),
    }
  },
  result: ({ definition }) => ({
    units: definition.units.map(({ id, contest }) => ({
      totals: definition.forms[contest]!.outputs.map(() => 0),
      unit: id,
      withheld: false,
    })),
  }),
  aborted: (course) => administrative(course),
  notice: ({ phase }) => ({ sequence: phase.nextSequence('administrator'), text: 'Hall B is open' }),
  'page-changed': (course) => ({ page: { 'index.html': hash('new page') }, ...administrative(course) }),
}
const administrative = ({ phase }: Course) => ({
  reason: 'a reason',
  sequence: phase.nextSequence('administrator'),
})

export type Changes<K extends EntryKind> = Partial<PayloadOf<K>> & { readonly trustee?: number }

/** An election as it grows, with what each next entry would be. */
export class Growing {
  readonly course: Course
  index = 0
  time = '2026-10-01T00:00:00Z'

  constructor(m: Manifest = manifest()) {
    this.course = new Course(define(m))
  }

  next<K extends EntryKind>(kind: K, changes: Changes<K> = {}): Payload {
    const { trustee = 1, ...values } = changes
    const made = makers[kind](this.course, trustee)
    const counted = kind === 'closed' ? { entries: this.index } : {}
    return { kind, value: { ...made, ...counted, ...values } } as unknown as Payload
  }

  candidate(payload: Payload, batchTime = this.time) {
    return { payload, index: this.index, batchTime, hash: hash(`payload ${this.index}`) }
  }

  judge<K extends EntryKind>(kind: K, changes: Changes<K> = {}, time = this.time): Refusal | undefined {
    return this.course.judge(this.candidate(this.next(kind, changes), time))
  }

  /** Adds an entry; throws if it is not legal. @returns the hash of its payload. */
  add<K extends EntryKind>(kind: K, changes: Changes<K> = {}, time = this.time): string {
    const candidate = this.candidate(this.next(kind, changes), time)
    const refusal = this.course.judge(candidate)
    if (refusal !== undefined) throw new Error(`${kind}: ${refusal.why}`)
    this.course.apply({ ...candidate, leaf: hash(`leaf ${this.index}`) })
    this.index += 1
    this.time = time
    return candidate.hash
  }

  /** One such entry of each trustee. */
  each(kind: 'trustee-joined' | 'trustee-dealt' | 'trustee-confirmed'): this {
    this.course.definition.manifest.trustees.forEach((_, i) => this.add(kind, { trustee: i + 1 }))
    return this
  }
}

/** States that an election passes, in order; each step leads to the state it is named after. */
const steps = {
  created: (g: Growing) => g.add('manifest'),
  joined: (g: Growing) => g.each('trustee-joined'),
  dealt: (g: Growing) => g.each('trustee-dealt'),
  confirmed: (g: Growing) => g.each('trustee-confirmed'),
  ready: (g: Growing) => {
    g.add('roll')
    g.add('roll-sealed')
  },
  open: (g: Growing) => g.add('opened', {}, opens),
  voted: (g: Growing) => g.add('ballot'),
  requested: (g: Growing) => g.add('close-requested'),
  closed: (g: Growing) => g.add('closed'),
  reconciled: (g: Growing) => {
    if (g.course.definition.manifest.paper) g.add('reconciled')
  },
  tallied: (g: Growing) => g.add('tallied'),
  decrypted: (g: Growing) => [1, 2].map((trustee) => g.add('decrypted', { trustee })),
  result: (g: Growing) => g.add('result'),
} satisfies Record<string, (g: Growing) => unknown>
export type State = keyof typeof steps

/** An election that has come as far as `state`. */
export function grown(state: State, m?: Manifest): Growing {
  const growing = new Growing(m)
  for (const [name, step] of Object.entries(steps)) {
    step(growing)
    if (name === state) break
  }
  return growing
}
