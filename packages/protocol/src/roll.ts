// Specification: 07 When an entry is legal
import type { Definition } from './definition.js'
import type { PayloadOf, RolledCredential } from './payloads.js'
import { type Refusal, refuse } from './refusal.js'

export interface Eligible {
  readonly style: string
  readonly weight: number
}
type RollPayload =
  | { readonly kind: 'roll'; readonly value: PayloadOf<'roll'> }
  | { readonly kind: 'roll-sealed'; readonly value: PayloadOf<'roll-sealed'> }
  | { readonly kind: 'roll-changed'; readonly value: PayloadOf<'roll-changed'> }
  | { readonly kind: 'cancelled'; readonly value: PayloadOf<'cancelled'> }

/** Who may vote, on which ballot style and with which weight, as the entries so far say. */
export class Roll {
  readonly #definition: Definition
  readonly #credentials = new Map<string, Eligible>()
  readonly #cancelled = new Set<string>()
  #chunks = 0
  #last = ''
  #weight = 0

  constructor(definition: Definition) {
    this.#definition = definition
  }

  get size(): number {
    return this.#credentials.size
  }
  get chunks(): number {
    return this.#chunks
  }
  /** Sum of the weights of all credentials. */
  get weight(): number {
    return this.#weight
  }
  get(credential: string): Eligible | undefined {
    return this.#credentials.get(credential)
  }
  isCancelled(credential: string): boolean {
    return this.#cancelled.has(credential)
  }

  judge({ kind, value }: RollPayload): Refusal | undefined {
    switch (kind) {
      case 'roll':
        return this.#judgeChunk(value.credentials)
      case 'roll-sealed':
        return this.#judgeSealed(value)
      case 'roll-changed':
        return this.#judgeChange(value)
      case 'cancelled':
        if (this.#cancelled.has(value.credential))
          return refuse('ROLL', 'a credential that is cancelled already')
        return this.#credentials.has(value.credential)
          ? undefined
          : refuse('ROLL', 'a credential that is not on the roll')
    }
  }

  /** Takes a payload that `judge` let pass. */
  apply({ kind, value }: RollPayload): void {
    switch (kind) {
      case 'roll':
        this.#chunks += 1
        for (const item of value.credentials) this.#add(item)
        this.#last = value.credentials.at(-1)!.key
        return
      case 'roll-changed':
        for (const key of value.removed) this.#remove(key)
        for (const { from, to } of value.rekeyed) {
          const eligible = this.#credentials.get(from)!
          this.#remove(from)
          this.#add({ key: to, ...eligible })
        }
        for (const { key, weight } of value.reweighted) {
          const { style } = this.#credentials.get(key)!
          this.#remove(key)
          this.#add({ key, style, weight })
        }
        for (const { key, style } of value.restyled) {
          const { weight } = this.#credentials.get(key)!
          this.#credentials.set(key, { style, weight })
        }
        for (const item of value.added) this.#add(item)
        return
      case 'cancelled':
        this.#cancelled.add(value.credential)
        return
      case 'roll-sealed':
        return
    }
  }

  #judgeChunk(credentials: readonly RolledCredential[]): Refusal | undefined {
    let last = this.#last
    let weight = this.#weight
    for (const { key, style, weight: w } of credentials) {
      if (key <= last) return refuse('ROLL', `credential ${key} does not come after ${last}`)
      if (!this.#definition.styles.has(style)) return refuse('ROLL', `no ballot style “${style}”`)
      last = key
      weight += w
    }
    return this.#judgeWeight(weight)
  }

  #judgeWeight(weight: number): Refusal | undefined {
    const max = this.#definition.manifest.maximumWeight
    return weight <= max
      ? undefined
      : refuse('ROLL_WEIGHT', `a total weight of ${weight}, at most ${max} allowed`)
  }

  #judgeSealed({ chunks, credentials, weight }: PayloadOf<'roll-sealed'>): Refusal | undefined {
    if (chunks !== this.#chunks)
      return refuse('ROLL', `${chunks} chunks sealed, ${this.#chunks} are on the board`)
    if (credentials !== this.size)
      return refuse('ROLL', `${credentials} credentials sealed, ${this.size} are on the board`)
    return weight === this.#weight
      ? undefined
      : refuse('ROLL', `a weight of ${weight} sealed, ${this.#weight} is on the board`)
  }

  /** Every credential occurs once in a change at most, so that the order of its parts cannot matter. */
  #judgeChange(change: PayloadOf<'roll-changed'>): Refusal | undefined {
    const { added, removed, rekeyed, reweighted, restyled } = change
    const present = [
      ...removed,
      ...rekeyed.map((r) => r.from),
      ...reweighted.map((r) => r.key),
      ...restyled.map((r) => r.key),
    ]
    const fresh = [...added.map((a) => a.key), ...rekeyed.map((r) => r.to)]
    if (present.length + fresh.length === 0) return refuse('ROLL', 'a change that changes nothing')
    if (new Set([...present, ...fresh]).size !== present.length + fresh.length)
      return refuse('ROLL', 'one credential in two places of a change')
    for (const key of present)
      if (!this.#credentials.has(key)) return refuse('ROLL', `credential ${key} is not on the roll`)
    for (const key of fresh)
      if (this.#credentials.has(key)) return refuse('ROLL', `credential ${key} is on the roll already`)
    for (const key of [...present, ...fresh])
      if (this.#cancelled.has(key)) return refuse('ROLL', `credential ${key} is cancelled for good`)
    for (const { style } of [...added, ...restyled])
      if (!this.#definition.styles.has(style)) return refuse('ROLL', `no ballot style “${style}”`)
    const gone = removed.reduce((sum, key) => sum + this.#credentials.get(key)!.weight, 0)
    const came = added.reduce((sum, { weight }) => sum + weight, 0)
    const shifted = reweighted.reduce(
      (sum, { key, weight }) => sum + weight - this.#credentials.get(key)!.weight,
      0,
    )
    return this.#judgeWeight(this.#weight - gone + came + shifted)
  }

  #add({ key, style, weight }: RolledCredential): void {
    this.#credentials.set(key, { style, weight })
    this.#weight += weight
  }

  #remove(key: string): void {
    this.#weight -= this.#credentials.get(key)!.weight
    this.#credentials.delete(key)
  }
}
