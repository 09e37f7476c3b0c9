import {
  type Entry,
  type Frontier,
  MemoryRecord,
  type Signature,
  cosign,
  emptyFrontier,
  extend,
  frontierRoot,
  fromBase64url,
  fromTimestamp,
  payloadHash,
  sha256,
  signCheckpoint,
  toBase64url,
  toHex,
  toTimestamp,
  utf8,
  witnessKey,
  writeRecord,
} from '@cista/board'
import { type BallotElection, type Choices, type SealedBallot, type Voter, sealBallot } from '@cista/client'
import {
  type Scalar,
  commitPolynomial,
  evaluatePolynomial,
  partialDecrypt,
  provePolynomial,
  ristretto255,
  samplePolynomial,
} from '@cista/crypto'
import {
  Course,
  type Credential,
  type Definition,
  type EntryKind,
  type Payload,
  type PayloadOf,
  type Refusal,
  credentialOf,
  decryptionTag,
  defineElection,
  encodePayload,
  makeCode,
  noReplaced,
  shareFileBytes,
  signerName,
  signers,
  submission,
  trusteeTag,
} from '@cista/protocol'
import {
  decodeKey,
  deriveOpened,
  deriveResult,
  deriveTallied,
  localPool,
  signSubmission,
} from '@cista/verifier'
import { type TestKeys, testManifest, testKeys, testTimes, manifestBytes } from './manifest.js'

export interface SimulationPlan {
  /** Names all keys; the same seed gives the same keys, not the same ballots. */
  readonly seed?: string
  readonly manifest?: Parameters<typeof testManifest>[1]
  readonly trustees?: number
  /** One credential each. */
  readonly voters?: readonly { readonly style?: string; readonly weight?: number }[]
  /**
   * An attacker who holds all keys and the board: changes a payload before it is signed and logged. What is changed is not judged.
   */
  readonly edit?: ((payload: Payload, simulation: Simulation) => Payload | undefined) | undefined
  /** Signatures in place of those that a payload needs; undefined leaves them. */
  readonly resign?:
    | ((payload: Payload, bytes: Uint8Array, simulation: Simulation) => readonly Signature[] | undefined)
    | undefined
  /** Called after each payload that was logged, to put more behind it. */
  readonly after?: ((payload: Payload, simulation: Simulation) => void) | undefined
  /** Witnesses of the board, of whom more than half must cosign. */
  readonly witnesses?: number
}

/** The code of the i-th voter of a test election. */
export const testCode = (electionId: string, i: number): string =>
  makeCode(electionId, sha256(utf8(`test code ${i}`)))

/** Name and Ed25519 seed of a witness of test boards. */
export const testWitness = (i: number) => ({
  name: `witness.example/${i + 1}`,
  seed: sha256(utf8(`test witness ${i + 1}`)),
})

interface Logged {
  readonly kind: EntryKind
  readonly bytes: Uint8Array
  readonly entry: Entry
  readonly entryBytes: Uint8Array
}

/** A whole election in memory, entry after entry, by the functions that server, trustees and client use, and with time as told. */
export class Simulation {
  readonly keys: TestKeys
  readonly definition: Definition
  readonly course: Course
  readonly manifest: Uint8Array
  readonly log: Logged[] = []
  readonly voters: readonly Voter[]
  now: string = testTimes.start
  /** Each trustee's secret polynomial of the last attempt. */
  readonly polynomials = new Map<number, Scalar[]>()
  #frontier: Frontier
  readonly #edit: SimulationPlan['edit']
  readonly #resign: SimulationPlan['resign']
  readonly #after: SimulationPlan['after']
  readonly #witnesses: readonly ReturnType<typeof testWitness>[]

  constructor(plan: SimulationPlan = {}) {
    this.keys = testKeys(plan.seed ?? 'simulation', plan.trustees ?? 3)
    this.#witnesses = Array.from({ length: plan.witnesses ?? 0 }, (_, i) => testWitness(i))
    const witnesses = {
      keys: this.#witnesses.map(({ seed, name }) => witnessKey(seed, name)),
      quorum: this.#witnesses.length === 0 ? 0 : Math.floor(this.#witnesses.length / 2) + 1,
    }
    this.manifest = manifestBytes(testManifest(this.keys, { witnesses, ...plan.manifest }))
    this.definition = defineElection(this.manifest)
    this.course = new Course(this.definition)
    this.#edit = plan.edit
    this.#resign = plan.resign
    this.#after = plan.after
    this.#frontier = emptyFrontier(this.definition.origin, this.definition.id)
    const style = this.definition.manifest.styles[0]!.id
    this.voters = (plan.voters ?? [{}, {}, {}]).map((v, i) => ({
      credential: this.credential(i),
      replaces: noReplaced,
      style: v.style ?? style,
      weight: v.weight ?? 1,
    }))
    this.#append({ kind: 'manifest', value: this.definition.manifest }, this.manifest)
  }

  /** The i-th credential of the test roll. */
  credential(i: number): Credential {
    return credentialOf(this.definition.id, testCode(this.definition.id, i))
  }

  get size(): number {
    return this.log.length
  }

  /** Seconds later. */
  pass(seconds: number): this {
    this.now = toTimestamp(fromTimestamp(this.now) + seconds)
    return this
  }
  at(time: string): this {
    this.now = time
    return this
  }

  /** Signs as whoever signs this kind, and logs. */
  post<K extends EntryKind>(kind: K, value: Omit<PayloadOf<K>, 'sequence'>): this {
    const role = signers[kind]
    if (role === 'credential' || role === 'derived') throw new Error(`${kind} is not posted by an authority`)
    const sequence = this.course.phase.nextSequence(role, (value as { index?: number }).index)
    this.#log({ kind, value: { ...value, sequence } } as unknown as Payload)
    return this
  }

  /** Logs an entry that follows from the record. */
  derive<K extends EntryKind>(kind: K, value: PayloadOf<K>): this {
    this.#log({ kind, value } as Payload)
    return this
  }

  join(trustee: number): this {
    const polynomial = samplePolynomial(this.definition.manifest.threshold)
    this.polynomials.set(trustee, polynomial)
    return this.post('trustee-joined', {
      attempt: this.course.phase.attempt.number,
      commitment: toHex(sha256(commitPolynomial(polynomial))),
      index: trustee,
      recipient: `age1${recipientPart(trustee, this.course.phase.attempt.number)}`,
    })
  }

  /** What a trustee deals. */
  dealing(trustee: number): Omit<PayloadOf<'trustee-dealt'>, 'sequence'> {
    const { attempt } = this.course.phase
    const polynomial = this.polynomials.get(trustee)!
    return {
      attempt: attempt.number,
      commitments: toBase64url(commitPolynomial(polynomial)),
      index: trustee,
      proof: toBase64url(
        provePolynomial(polynomial, trusteeTag(this.definition.id, attempt.number, trustee)),
      ),
      // The verifier does not open shares: bytes of the right length stand for age files here.
      shares: this.#trustees().map(() => toBase64url(new Uint8Array(shareFileBytes))),
    }
  }

  deal(trustee: number): this {
    return this.post('trustee-dealt', this.dealing(trustee))
  }

  confirm(trustee: number): this {
    const { attempt } = this.course.phase
    return this.post('trustee-confirmed', {
      attempt: attempt.number,
      dealt: attempt.lastDealt,
      index: trustee,
    })
  }

  ceremony(): this {
    for (const i of this.#trustees()) this.join(i)
    for (const i of this.#trustees()) this.deal(i)
    for (const i of this.#trustees()) this.confirm(i)
    return this
  }

  roll(chunk = 2): this {
    const rolled = this.voters
      .map(({ credential, style, weight }) => ({ key: credential.key, style, weight }))
      .sort((a, b) => (a.key < b.key ? -1 : 1))
    for (let i = 0; i < rolled.length; i += chunk)
      this.post('roll', { credentials: rolled.slice(i, i + chunk) })
    const { roll } = this.course
    return this.post('roll-sealed', { chunks: roll.chunks, credentials: roll.size, weight: roll.weight })
  }

  open(): this {
    this.at(testTimes.opens)
    const keys = deriveOpened(this.course)!
    return this.derive('opened', {
      checkpoint: this.checkpoint(),
      key: keys.key,
      trustees: [...keys.trustees],
    })
  }

  /** Manifest to `opened`. */
  setUp(): this {
    return this.ceremony().roll().open()
  }

  get ballotElection(): BallotElection {
    const { value, leaf } = this.course.phase.opened!
    return {
      definition: this.definition,
      key: decodeKey(value.key),
      context: { manifest: this.manifest, key: value.key, opening: leaf },
    }
  }

  seal(voter: number, choices: Choices): SealedBallot {
    const { credential, ...rest } = this.voters[voter]!
    const style = this.course.roll.get(credential.key)?.style ?? rest.style
    const replaces = this.course.box.last(credential.key)?.tracker ?? noReplaced
    const composed = sealBallot(this.ballotElection, { ...rest, credential, style, replaces }, choices)
    if ('faults' in composed) throw new Error(composed.faults.map((f) => f.why).join('; '))
    return composed.ballot
  }

  cast(voter: number, choices: Choices): this {
    const ballot = this.seal(voter, choices)
    const { codecs } = this.definition
    const value = JSON.parse(new TextDecoder().decode(ballot.payload)) as PayloadOf<'ballot'>
    encodePayload(codecs, 'ballot', value)
    return this.derive('ballot', value)
  }

  close(): this {
    const { ballots, closes, closeRequested } = this.course.phase
    if (!closeRequested && this.now < closes) this.at(closes)
    return this.derive('closed', { ballots, checkpoint: this.checkpoint(), entries: this.size })
  }

  reconcile(): this {
    return this.post('reconciled', { cancellations: this.course.phase.cancellations })
  }

  async tally(): Promise<this> {
    const payload = async (index: number) => this.log[index]!.bytes
    return this.derive('tallied', await deriveTallied(this.course, this.manifest, payload, localPool))
  }

  /** The share x_j of a trustee in the opened attempt. */
  share(trustee: number): Scalar {
    return [...this.polynomials.values()].reduce(
      (sum, polynomial) => (sum + evaluatePolynomial(polynomial, trustee)) % ristretto255.order,
      0n,
    )
  }

  decrypt(trustee: number): this {
    const { value, leaf } = this.course.phase.tallied!
    const alphas = value.units.flatMap(({ sums }) =>
      splitEvery(fromBase64url(sums), 64).map((c) => ristretto255.decodeOrIdentity(c.subarray(0, 32))),
    )
    const { shares, proof } = partialDecrypt(this.share(trustee), alphas, decryptionTag(leaf, trustee))
    return this.post('decrypted', { index: trustee, proof: toBase64url(proof), shares: toBase64url(shares) })
  }

  result(): this {
    const decryptions = this.log.flatMap(({ kind, bytes }) =>
      kind === 'decrypted' ? [JSON.parse(new TextDecoder().decode(bytes)) as PayloadOf<'decrypted'>] : [],
    )
    return this.derive('result', deriveResult(this.course, decryptions))
  }

  /** `closed` to `result`, by the first t trustees. */
  async finish(trustees = this.#trustees().slice(0, this.definition.manifest.threshold)): Promise<this> {
    this.close()
    if (this.definition.manifest.paper) this.reconcile()
    await this.tally()
    if (this.course.phase.published !== 0) for (const i of trustees) this.decrypt(i)
    return this.result()
  }

  /** Signed note of the board as it is, cosigned now by all witnesses. */
  checkpoint(): string {
    const { origin } = this.definition
    const note = signCheckpoint(
      { origin, size: this.size, root: frontierRoot(this.#frontier) },
      this.keys.board,
      origin,
    )
    return this.cosign(note)
  }

  /** The note with a line of each witness, who has seen it now. */
  cosign(note: string): string {
    const time = fromTimestamp(this.now)
    return this.#witnesses.reduce((cosigned, { seed, name }) => cosign(cosigned, seed, name, time), note)
  }

  async record(): Promise<MemoryRecord> {
    const record = new MemoryRecord()
    await writeRecord(record, {
      entries: this.log.map((l) => l.entryBytes),
      payloads: this.log.map((l) => l.bytes),
      checkpoint: this.checkpoint(),
    })
    return record
  }

  #trustees(): number[] {
    return this.definition.manifest.trustees.map((_, i) => i + 1)
  }

  #log(honest: Payload): void {
    const payload = this.#edit?.(honest, this) ?? honest
    if (payload === honest) {
      const bytes = encodePayload(this.definition.codecs, payload.kind, payload.value as never)
      const refusal = this.submit(payload, bytes, this.sign(payload, bytes))
      if (refusal !== undefined) throw new Error(`${payload.kind}: ${refusal.code} ${refusal.why}`)
    } else this.forge(payload)
    this.#after?.(payload, this)
  }

  /** Logs what its author has signed if it would be legal, else says why not; signatures and mathematics are not looked at. */
  submit(payload: Payload, bytes: Uint8Array, signatures: readonly Signature[]): Refusal | undefined {
    const candidate = { payload, hash: payloadHash(bytes), index: this.size, batchTime: this.now }
    const refusal = this.course.judge(candidate)
    if (refusal === undefined) this.#append(payload, bytes, signatures)
    return refusal
  }

  /** Logs a payload that nobody has judged, signed by its author if not told otherwise. */
  forge(payload: Payload, signatures?: readonly Signature[]): this {
    const bytes = encodePayload(this.definition.codecs, payload.kind, payload.value as never)
    this.#append(payload, bytes, signatures)
    return this
  }

  #append(payload: Payload, bytes: Uint8Array, signatures = this.sign(payload, bytes)): void {
    const candidate = { payload, hash: payloadHash(bytes), index: this.size, batchTime: this.now }
    const leaf = this.append(payload.kind, bytes, signatures)
    this.course.apply({ ...candidate, leaf })
  }

  /** Logs bytes as they are, judged by nobody, and leaves the course alone. @returns the leaf hash, hex. */
  append(kind: string, bytes: Uint8Array, signatures: readonly Signature[]): string {
    const draft = { kind, payload: payloadHash(bytes), signatures, size: bytes.length }
    const { frontier, entries } = extend(this.#frontier, [draft], this.now)
    this.#frontier = frontier
    const { entry, bytes: entryBytes, leaf } = entries[0]!
    this.log.push({ kind: kind as EntryKind, bytes, entry, entryBytes })
    return toHex(leaf)
  }

  /** The signatures that a payload of this kind needs, by the first keys. */
  sign(payload: Payload, bytes: Uint8Array): readonly Signature[] {
    return this.#resign?.(payload, bytes, this) ?? this.#sign(payload, bytes)
  }

  #sign(payload: Payload, bytes: Uint8Array): readonly Signature[] {
    const { kind, value } = payload
    const role = signers[kind]
    const { manifest, id } = this.definition
    const by = (name: string, secret: Scalar) => ({ by: name, secret })
    switch (role) {
      case 'derived':
        return submission(kind, bytes, []).signatures
      case 'credential': {
        const { credential } = value as PayloadOf<'ballot'>
        const owner = this.voters.find((v) => v.credential.key === credential)?.credential
        return owner === undefined
          ? []
          : signSubmission(id, kind, bytes, [by('credential', owner.secret)]).signatures
      }
      case 'trustee': {
        const { index } = value as { index: number }
        return signSubmission(id, kind, bytes, [
          by(signerName(role, index), this.keys.trustees[index - 1]!.secret),
        ]).signatures
      }
      case 'administrator':
      case 'registrar': {
        const [set, keys] =
          role === 'administrator'
            ? [manifest.administrators, this.keys.administrators]
            : [manifest.registrars, this.keys.registrars]
        const some = keys.slice(0, set.quorum).map((k, i) => by(signerName(role, i + 1), k.secret))
        return signSubmission(id, kind, bytes, some).signatures
      }
    }
  }
}

const alphabet = '023456789acdefghjklmnpqrstuvwxyz'
const recipientPart = (trustee: number, attempt: number): string =>
  Array.from(sha256(utf8(`recipient ${trustee} ${attempt}`)), (b) => alphabet[b & 31]! + alphabet[b >> 3]!)
    .join('')
    .slice(0, 58)

function splitEvery(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: bytes.length / size }, (_, i) => bytes.subarray(size * i, size * (i + 1)))
}
