import { randomBytes } from 'node:crypto'
import {
  type Entry,
  decodeEntry,
  encodeEntry,
  fromBase64url,
  fromTimestamp,
  fromUtf8,
  leafHash,
  parseCheckpoint,
  parseNote,
  sha256,
  toBase64url,
  toHex,
  utf8,
} from '@cista/board'
import { type Choices, type SealedBallot, sealBallot } from '@cista/client'
// oxlint-disable-next-line eslint/no-restricted-imports -- the tests play trustees and voters
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
  type Course,
  type Credential,
  type EntryKind,
  type Manifest,
  type PayloadOf,
  type Submission,
  credentialOf,
  decryptionTag,
  encodePayload,
  encodeSubmission,
  makeCode,
  noReplaced,
  shareFileBytes,
  signers,
  submission,
  trusteeTag,
} from '@cista/protocol'
import { type TestKeys, manifestBytes, testKeys, testManifest } from '@cista/testkit'
import { decodeKey, followRecord, httpRecord, signSubmission, toPayload } from '@cista/verifier'

type Role = 'administrator' | 'registrar' | 'trustee'

export interface Answer {
  readonly status: number
  readonly type: string
  // oxlint-disable-next-line typescript/no-explicit-any -- answers are looked at field by field
  readonly json: any
}

export async function request(url: string, init?: RequestInit): Promise<Answer> {
  const response = await fetch(url, init)
  const text = await response.text()
  const type = response.headers.get('content-type') ?? ''
  return { status: response.status, type, json: /json/.test(type) ? JSON.parse(text) : text }
}

export const postBytes = (url: string, body: Uint8Array | string): Promise<Answer> =>
  request(url, { method: 'POST', body: typeof body === 'string' ? body : new Uint8Array(body) })

export const keys: TestKeys = testKeys('server', 2)

/** A manifest for a board of this server, signed by the first administrator. */
export async function newManifest(url: string, change: Partial<Manifest> = {}): Promise<Submission> {
  const origin = `elections.example/${randomBytes(6).toString('hex')}`
  const { json } = await request(`${url}/api/board-key?origin=${encodeURIComponent(origin)}`)
  const payload = manifestBytes(testManifest(keys, { board: json.key, ...change }))
  const { hash } = submission('manifest', payload, [])
  return signSubmission(hash, 'manifest', payload, [
    { by: 'administrator-1', secret: keys.administrators[0]!.secret },
  ])
}

/** Everybody around one election of a running server: signs and posts over HTTP, and believes only the record. */
export class Party {
  /** Changes when the server moves. */
  url: string
  readonly id: string
  readonly manifest: Uint8Array
  readonly answers: Answer[] = []
  course!: Course
  #size = 0
  readonly #polynomials = new Map<number, Scalar[]>()

  private constructor(url: string, { hash, payload }: Submission) {
    this.url = url
    this.id = hash
    this.manifest = payload
  }

  /** @param defined before the manifest is posted, with its board's verifier key. */
  static async create(
    url: string,
    change: Partial<Manifest> = {},
    defined: (board: string) => Promise<void> = async () => undefined,
  ): Promise<Party> {
    const manifest = await newManifest(url, change)
    await defined((JSON.parse(fromUtf8(manifest.payload)) as Manifest).board)
    const party = new Party(url, manifest)
    party.#logged(await postBytes(`${url}/api/elections`, encodeSubmission(manifest)))
    return party.follow()
  }

  get record() {
    return httpRecord(`${this.url}/elections/${this.id}`, fetch)
  }

  /** Reads the record from its beginning. */
  async follow(): Promise<this> {
    const { json: note } = await request(`${this.url}/elections/${this.id}/checkpoint`)
    this.#size = parseCheckpoint(parseNote(note).body).size
    this.course = await followRecord(this.record, this.id)
    return this
  }

  async status() {
    return (await request(`${this.url}/api/elections/${this.id}`)).json
  }

  async reached(stage: string): Promise<this> {
    for (let i = 0; i < 200; i++) {
      if ((await this.status()).stage === stage) return this.follow()
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    throw new Error(`the election does not get to “${stage}”`)
  }

  /** Signed as its kind demands, with the next sequence number. */
  signed<K extends EntryKind>(kind: K, value: Omit<PayloadOf<K>, 'sequence'>): Submission {
    const role = signers[kind]
    if (role === 'derived' || role === 'credential') throw new Error('not by an authority')
    const index = (value as { index?: number }).index ?? 1
    const sequence = this.course.phase.nextSequence(role, role === 'trustee' ? index : 0)
    const payload = encodePayload(this.course.definition.codecs, kind, { ...value, sequence } as never)
    const { secret } = keys[`${role as Role}s`][index - 1]!
    return signSubmission(this.id, kind, payload, [{ by: `${role}-${index}`, secret }])
  }

  send(s: Submission): Promise<Answer> {
    return this.sendBytes(encodeSubmission(s))
  }

  sendBytes(body: Uint8Array | string): Promise<Answer> {
    return postBytes(`${this.url}/api/elections/${this.id}/entries`, body)
  }

  async post<K extends EntryKind>(kind: K, value: Omit<PayloadOf<K>, 'sequence'>): Promise<this> {
    const s = this.signed(kind, value)
    const entry = this.#logged(await this.send(s))
    // Only this one is new: no need to read all others again.
    if (entry.index !== this.#size) return this.follow()
    const payload = toPayload(this.course.definition, kind, s.payload)
    const { index, batchTime } = entry
    this.course.apply({ payload, index, batchTime, hash: s.hash, leaf: toHex(leafHash(encodeEntry(entry))) })
    this.#size += 1
    return this
  }

  credential(i: number): Credential {
    return credentialOf(this.id, makeCode(this.id, sha256(utf8(`server test code ${i}`))))
  }

  async roll(voters: number, chunk = 256): Promise<this> {
    const credentials = Array.from({ length: voters }, (_, i) => this.credential(i).key)
      .sort()
      .map((key) => ({ key, style: 'all', weight: 1 }))
    for (let i = 0; i < voters; i += chunk)
      await this.post('roll', { credentials: credentials.slice(i, i + chunk) })
    const { chunks, size, weight } = this.course.roll
    return this.post('roll-sealed', { chunks, credentials: size, weight })
  }

  async ceremony(): Promise<this> {
    const attempt = this.course.phase.attempt.number
    const threshold = this.course.definition.manifest.threshold
    for (const index of [1, 2]) {
      const polynomial = samplePolynomial(threshold)
      this.#polynomials.set(index, polynomial)
      await this.post('trustee-joined', {
        attempt,
        commitment: toHex(sha256(commitPolynomial(polynomial))),
        index,
        recipient: `age1${String(index + 1).repeat(58)}`,
      })
    }
    for (const index of [1, 2]) await this.post('trustee-dealt', this.dealing(index))
    for (const index of [1, 2])
      await this.post('trustee-confirmed', { attempt, dealt: this.course.phase.attempt.lastDealt, index })
    return this
  }

  dealing(
    index: number,
    polynomial = this.#polynomials.get(index)!,
  ): Omit<PayloadOf<'trustee-dealt'>, 'sequence'> {
    const attempt = this.course.phase.attempt.number
    const share = toBase64url(new Uint8Array(shareFileBytes))
    return {
      attempt,
      commitments: toBase64url(commitPolynomial(polynomial)),
      index,
      proof: toBase64url(provePolynomial(polynomial, trusteeTag(this.id, attempt, index))),
      shares: [share, share],
    }
  }

  seal(voter: number, choices: Choices, replaces = this.#last(voter), style = 'all'): SealedBallot {
    const { value, leaf } = this.course.phase.opened!
    const composed = sealBallot(
      {
        definition: this.course.definition,
        key: decodeKey(value.key),
        context: { manifest: this.manifest, key: value.key, opening: leaf },
      },
      { credential: this.credential(voter), replaces, style, weight: 1 },
      choices,
    )
    if ('faults' in composed) throw new Error('not a vote')
    return composed.ballot
  }

  ballot(voter: number, choices: Choices, replaces?: string): Submission {
    return this.signBallot(voter, this.seal(voter, choices, replaces).payload)
  }

  signBallot(voter: number, payload: Uint8Array): Submission {
    const { secret } = this.credential(voter)
    return signSubmission(this.id, 'ballot', payload, [{ by: 'credential', secret }])
  }

  async decrypt(index: number): Promise<this> {
    const { value, leaf } = this.course.phase.tallied!
    const alphas = value.units.flatMap(({ sums }) => {
      const bytes = fromBase64url(sums)
      return Array.from({ length: bytes.length / 64 }, (_, i) =>
        ristretto255.decodeOrIdentity(bytes.subarray(64 * i, 64 * i + 32)),
      )
    })
    const share = [...this.#polynomials.values()].reduce(
      (sum, polynomial) => (sum + evaluatePolynomial(polynomial, index)) % ristretto255.order,
      0n,
    )
    const { shares, proof } = partialDecrypt(share, alphas, decryptionTag(leaf, index))
    return this.post('decrypted', { index, proof: toBase64url(proof), shares: toBase64url(shares) })
  }

  #last(voter: number): string {
    return this.course.box.last(this.credential(voter).key)?.tracker ?? noReplaced
  }

  #logged(answer: Answer): Entry {
    this.answers.push(answer)
    if (answer.status !== 201) throw new Error(`not logged: ${JSON.stringify(answer.json)}`)
    return decodeEntry(utf8(answer.json.entry), 'entry')
  }
}

export const yes: Choices = { question: { kind: 'selection', selected: ['yes'] } }
export const no: Choices = { question: { kind: 'selection', selected: ['no'] } }

/** A clock that stands until it is told otherwise. */
export function standingClock(time: string) {
  let now = fromTimestamp(time) * 1000
  const clock = () => now
  return Object.assign(clock, {
    set(to: string) {
      now = fromTimestamp(to) * 1000
    },
    pass(milliseconds: number) {
      now += milliseconds
    },
  })
}
