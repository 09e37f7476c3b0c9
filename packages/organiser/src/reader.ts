/** Something wrong in a file that a person wrote; `path` as in `contests[0].title`, empty for the whole. */
export interface SourceFault {
  readonly path: string
  readonly why: string
}

type Tree = unknown

/** Reads a tree that a person wrote, collects all that is wrong, and gives fallbacks so that it can go on. */
export class TreeReader {
  readonly faults: SourceFault[] = []

  fault(path: string, why: string): void {
    this.faults.push({ path, why })
  }

  /** The fields of an object; any other field is a fault that names those there are. */
  fields(value: Tree, path: string, known: readonly string[]): Readonly<Record<string, Tree>> {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.fault(path, `needs fields (${known.join(', ')})`)
      return {}
    }
    for (const key of Object.keys(value))
      if (!known.includes(key)) this.fault(at(path, key), `no such field here; there are ${known.join(', ')}`)
    return value as Record<string, Tree>
  }

  list(value: Tree, path: string): readonly Tree[] {
    if (Array.isArray(value) && value.length > 0) return value
    this.fault(
      path,
      value === undefined ? 'missing: a list is needed' : 'needs a list with at least one item',
    )
    return []
  }

  text(value: Tree, path: string): string {
    if (typeof value === 'string' && value.trim() !== '') return value.normalize('NFC').trim()
    // YAML reads 2026 or yes as a number or a truth value.
    if (typeof value === 'number' || typeof value === 'boolean') return String(value)
    this.fault(path, value === undefined ? 'missing: a text is needed' : 'needs a text')
    return ''
  }

  integer(value: Tree, path: string, min: number, fallback?: number): number {
    if (value === undefined && fallback !== undefined) return fallback
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min) return value
    this.fault(
      path,
      value === undefined ? 'missing: a whole number is needed' : `needs a whole number from ${min}`,
    )
    return fallback ?? min
  }

  flag(value: Tree, path: string): boolean {
    if (value === undefined) return false
    if (typeof value === 'boolean') return value
    this.fault(path, 'needs true or false')
    return false
  }

  choice<const T extends string>(value: Tree, path: string, allowed: readonly T[]): T {
    const found = allowed.find((a) => a === value)
    if (found === undefined) this.fault(path, `needs one of ${allowed.join(', ')}`)
    return found ?? allowed[0]!
  }

  /** RFC 3339 with any offset, as the record has it: UTC, whole seconds. */
  time(value: Tree, path: string): string {
    const fallback = '1970-01-01T00:00:00Z'
    const form = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)$/
    const ms =
      typeof value === 'string' && form.test(value) ? Date.parse(value.replace(' ', 'T')) : Number.NaN
    if (!Number.isNaN(ms)) return `${new Date(ms).toISOString().slice(0, 19)}Z`
    this.fault(path, 'needs a time with its offset, like 2026-11-23T09:00:00+02:00')
    return fallback
  }
}

export const at = (path: string, key: string | number): string =>
  typeof key === 'number' ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`
