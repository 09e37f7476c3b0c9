import { type Codec, DecodeError } from '@cista/board'

/** Steps from the root of a source to one of its values: keys of maps, positions in lists. */
export type SourcePath = readonly (string | number)[]

/** What is wrong in a source. `path` may go deeper than the source does: its deepest existing part is meant. */
export interface SourceFault {
  readonly path: SourcePath
  readonly why: string
  /** The key itself is wrong, not the value behind it. */
  readonly key?: true
  /** The field that is missing there. */
  readonly field?: string
}

/** A value in a source that people write, read field by field; every fault is noted and reading goes on. */
export class Place {
  readonly value: unknown
  readonly path: SourcePath
  readonly #faults: SourceFault[]

  constructor(value: unknown, path: SourcePath, faults: SourceFault[]) {
    this.value = value
    this.path = path
    this.#faults = faults
  }

  fault(why: string): undefined {
    this.#faults.push({ path: this.path, why })
  }

  get isList(): boolean {
    return Array.isArray(this.value)
  }
  get isMap(): boolean {
    return typeof this.value === 'object' && this.value !== null && !this.isList
  }

  /** The value, if the codec lets it pass. */
  take<T>(codec: Codec<T>): T | undefined {
    try {
      return codec.decode(this.value, '')
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      const hint =
        error.why === 'not a string' && (typeof this.value === 'number' || typeof this.value === 'boolean')
          ? `: put it in quotes, "${this.value}"`
          : ''
      return this.fault(`${error.why}${hint}`)
    }
  }

  /** The field, where it is there and not null. */
  field(name: string): Place | undefined {
    if (!this.isMap) return undefined
    const source = this.value as Record<string, unknown>
    const value = Object.hasOwn(source, name) ? source[name] : undefined
    return value === undefined || value === null ? undefined : this.#at(name, value)
  }

  /** As `field`, and a fault where it is missing. @param what it is for, ends the sentence. */
  required(name: string, what: string): Place | undefined {
    const place = this.field(name)
    if (place === undefined) this.lacks(name, what)
    return place
  }

  lacks(field: string, what: string): void {
    this.#faults.push({ path: this.path, why: `“${field}” is missing: ${what}`, field })
  }

  /** Items of a list; a fault and none where it is no list, or an empty one. */
  items(): Place[] {
    if (!Array.isArray(this.value)) this.fault('a list is needed here')
    else if (this.value.length === 0) this.fault('an empty list')
    else return this.value.map((item: unknown, i) => this.#at(i, item))
    return []
  }

  /** Fields of a map, by key. */
  fields(): [string, Place][] {
    return Object.entries(this.value as Record<string, unknown>).map(([key, value]) => [
      key,
      this.#at(key, value),
    ])
  }

  /** Whether this is a map; a fault where not, and for every key that is not among `known`. */
  knows(...known: readonly string[]): boolean {
    if (!this.isMap) {
      this.fault('a map of fields is needed here')
      return false
    }
    for (const key of Object.keys(this.value as object))
      if (!known.includes(key)) this.keyFault(key, `unknown field “${key}”; known are ${known.join(', ')}`)
    return true
  }

  keyFault(key: string, why: string): void {
    this.#faults.push({ path: [...this.path, key], why, key: true })
  }

  #at(step: string | number, value: unknown): Place {
    return new Place(value, [...this.path, step], this.#faults)
  }
}
