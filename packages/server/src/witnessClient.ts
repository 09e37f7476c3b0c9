// Specification: 05 Witnesses
import {
  DecodeError,
  formatAddCheckpoint,
  keepSignatures,
  openCheckpoint,
  parseTreeSize,
  parseVerifierKey,
  treeSizeType,
} from '@cista/board'
import type { Log } from './log.js'
import type { Metrics } from './metrics.js'
import type { HeadToWitness } from './witnesses.js'

export interface WitnessPorts {
  readonly fetch: typeof globalThis.fetch
  /** Milliseconds since 1970. */
  readonly clock: () => number
  readonly log: Log
  readonly metrics: Metrics
  /** For all that one witness is asked about one head. */
  readonly timeoutMs: number
}

export type WitnessAnswer =
  | { readonly kind: 'cosigned'; readonly line: string }
  | { readonly kind: 'conflict'; readonly witness: string; readonly size: number }
  /** `early`: cosigned before the head's `notBefore`. `behind`: it knows another size whenever it is asked. `lied`: not by the protocol. `failed`: not reached, or no proof. */
  | { readonly kind: 'early' | 'behind' | 'refused' | 'lied' | 'failed' | 'timeout' | 'superseded' }

/** It has cosigned a tree of another size, no larger than ours. */
interface Elsewhere {
  readonly kind: 'elsewhere'
  readonly size: number
}
interface Reply {
  readonly status: number
  readonly type: string
  readonly text: string
}

/** Bytes of an answer that are read; a cosignature takes some hundred, one with ML-DSA some thousand. */
const answerBytes = 16_384

/** One witness, as one server asks it. */
export class WitnessClient {
  readonly #name: string
  readonly #vkey: string
  readonly #url: string
  readonly #ports: WitnessPorts
  /** By election, the size of the tree that it cosigned last, as far as we know. */
  readonly #sizes = new Map<string, number>()
  readonly #asking = new Map<string, AbortController>()

  /** @param url submission prefix, without `/add-checkpoint`. */
  constructor(vkey: string, url: string, ports: WitnessPorts) {
    this.#name = parseVerifierKey(vkey).name
    this.#vkey = vkey
    this.#url = `${url.replace(/\/+$/, '')}/add-checkpoint`
    this.#ports = ports
  }

  /** Never rejects. Gives up what it has asked before about this election and is not answered yet. */
  async ask(head: HeadToWitness): Promise<WitnessAnswer> {
    const { metrics, timeoutMs } = this.#ports
    const { election } = head
    this.#asking.get(election)?.abort('superseded')
    const controller = new AbortController()
    this.#asking.set(election, controller)
    const timer = setTimeout(() => controller.abort('timeout'), timeoutMs)
    const answer = await this.#askOrGiveUp(head, controller.signal)
    clearTimeout(timer)
    if (this.#asking.get(election) === controller) this.#asking.delete(election)
    metrics.witness(this.#name, answer.kind)
    return answer
  }

  async #askOrGiveUp(head: HeadToWitness, signal: AbortSignal): Promise<WitnessAnswer> {
    const { log } = this.#ports
    const about = { election: head.election, witness: this.#name }
    const givenUp = new Promise<never>((_, reject) =>
      signal.addEventListener('abort', () => reject(new Error('given up')), { once: true }),
    )
    try {
      return await Promise.race([this.#negotiate(head, signal), givenUp])
    } catch (error) {
      if (signal.reason === 'superseded') return { kind: 'superseded' }
      const kind = signal.aborted ? 'timeout' : 'failed'
      log.warn({ ...about, ...(signal.aborted ? {} : { err: error }) }, `witness: ${kind}`)
      return { kind }
    }
  }

  /** From the size that it had last; if it has another, once more from that. */
  async #negotiate(head: HeadToWitness, signal: AbortSignal): Promise<WitnessAnswer> {
    const { election, size } = head
    const remembered = this.#sizes.get(election) ?? 0
    // What is larger than the board comes from a board that has lost entries; asked from nothing, the witness will say so.
    const old = remembered <= size ? remembered : 0
    const first = await this.#ask(head, old, signal)
    if (first.kind !== 'elsewhere') return first
    this.#sizes.set(election, first.size)
    const second = await this.#ask(head, first.size, signal)
    return second.kind === 'elsewhere' ? { kind: 'behind' } : second
  }

  async #ask(head: HeadToWitness, old: number, signal: AbortSignal): Promise<WitnessAnswer | Elsewhere> {
    const { size, note } = head
    const proof = old === 0 || old === size ? [] : await head.prove(old)
    const reply = await this.#post(formatAddCheckpoint({ old, proof, note }), signal)
    if (reply === undefined) return this.#alarm(head, 'answers more than a witness can have to say')
    const { status, type, text } = reply
    if (status === 200) return this.#take(head, text)
    // Our proof is right, so that it must know another beginning.
    if (status === 422 && old > 0) return this.#conflict(head, old)
    if (status === 409) {
      const known = type === treeSizeType ? sizeOf(text) : undefined
      if (known === undefined) return this.#alarm(head, 'answers 409 without a size')
      if (known > size || (known === size && known === old)) return this.#conflict(head, known)
      if (known === old) return this.#alarm(head, 'has another size than the one it has')
      return { kind: 'elsewhere', size: known }
    }
    const about = { election: head.election, witness: this.#name, status, text: text.slice(0, 200) }
    this.#ports.log.warn(about, 'witness: refused')
    return { kind: 'refused' }
  }

  /** A line by this witness; those of other keys are not looked at, as tlog-witness says. */
  #take(head: HeadToWitness, text: string): WitnessAnswer {
    const { board } = head.policy
    const policy = { board, witnesses: [this.#vkey], quorum: 1 }
    let note
    let time
    try {
      note = keepSignatures(head.note + text, [board, this.#vkey])
      const { checkpoint, cosignatures } = openCheckpoint(note, policy)
      time = cosignatures[0]!.time
      if (!note.startsWith(head.note) || checkpoint.size !== head.size)
        throw new DecodeError('answer', 'not lines behind the note')
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      return this.#alarm(head, `answers without its cosignature: ${error.message}`)
    }
    this.#sizes.set(head.election, head.size)
    this.#ports.metrics.witnessClock(this.#name, time - this.#ports.clock() / 1000)
    if (head.notBefore === undefined || time >= head.notBefore)
      return { kind: 'cosigned', line: note.slice(head.note.length) }
    const { notBefore, election } = head
    this.#ports.log.warn({ election, witness: this.#name, time, notBefore }, 'witness: cosigned too early')
    return { kind: 'early' }
  }

  #conflict({ election, size }: HeadToWitness, known: number): WitnessAnswer {
    const about = { election, witness: this.#name, size, known }
    this.#ports.log.error(about, 'witness: says that it knows a tree which this board does not continue')
    return { kind: 'conflict', witness: this.#name, size: known }
  }

  #alarm({ election }: HeadToWitness, why: string): WitnessAnswer {
    this.#ports.log.error({ election, witness: this.#name }, `witness: ${why}`)
    return { kind: 'lied' }
  }

  /** @returns undefined for an answer that is too long. */
  async #post(body: string, signal: AbortSignal): Promise<Reply | undefined> {
    const response = await this.#ports.fetch(this.#url, {
      method: 'POST',
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body,
      signal,
      redirect: 'error',
    })
    const parts: Uint8Array[] = []
    let length = 0
    for await (const part of response.body ?? []) {
      length += part.length
      // Leaving the loop cancels the rest.
      if (length > answerBytes) return undefined
      parts.push(part)
    }
    const type = response.headers.get('content-type') ?? ''
    return { status: response.status, type, text: Buffer.concat(parts).toString('utf8') }
  }
}

function sizeOf(text: string): number | undefined {
  try {
    return parseTreeSize(text)
  } catch (error) {
    if (error instanceof DecodeError) return undefined
    throw error
  }
}
