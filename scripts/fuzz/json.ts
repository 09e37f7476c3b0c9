import { fromBase64url, toBase64url } from '@cista/board'
import { mutateBytes } from './bytes.js'
import { type Random, chance, oneOf } from './random.js'
import { encodeLoosely, mutateString, numbers, oddities } from './text.js'

/** A JSON text that can hold what no JSON value can: a key twice, 1e400, a number with leading zeros. */
type Tree =
  | { kind: 'object'; entries: [key: string, value: Tree][] }
  | { kind: 'list'; items: Tree[] }
  | { kind: 'string'; text: string }
  | { kind: 'raw'; text: string }

const raw = (text: string): Tree => ({ kind: 'raw', text })
const text = new TextDecoder()

function fromValue(value: unknown): Tree {
  if (typeof value === 'string') return { kind: 'string', text: value }
  if (typeof value !== 'object' || value === null) return raw(JSON.stringify(value))
  if (Array.isArray(value)) return { kind: 'list', items: value.map(fromValue) }
  return { kind: 'object', entries: Object.entries(value).map(([key, item]) => [key, fromValue(item)]) }
}

function write(tree: Tree, sorted: boolean): string {
  switch (tree.kind) {
    case 'raw':
      return tree.text
    case 'string':
      return JSON.stringify(tree.text)
    case 'list':
      return `[${tree.items.map((item) => write(item, sorted)).join(',')}]`
    case 'object': {
      const entries = sorted ? tree.entries.toSorted(([a], [b]) => (a < b ? -1 : 1)) : tree.entries
      return `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${write(value, sorted)}`).join(',')}}`
    }
  }
}

/** Somewhere in a tree, and how to put something else there. */
interface Spot {
  readonly tree: Tree
  set(to: Tree): void
}

function spots(root: { tree: Tree }): Spot[] {
  const found: Spot[] = []
  const visit = (tree: Tree, set: Spot['set']): void => {
    found.push({ tree, set })
    if (tree.kind === 'list') tree.items.forEach((item, i) => visit(item, (to) => void (tree.items[i] = to)))
    else if (tree.kind === 'object')
      for (const entry of tree.entries) visit(entry[1], (to) => void (entry[1] = to))
  }
  visit(root.tree, (to) => void (root.tree = to))
  return found
}

function otherType(random: Random): Tree {
  const nested = (open: string, middle: string, close: string) => {
    const depth = 1 + random.below(chance(random, 40) ? 50_000 : 40)
    return raw(open.repeat(depth) + middle + close.repeat(depth))
  }
  switch (random.below(6)) {
    case 0:
      return raw(oneOf(random, ['null', 'true', 'false', '""', '{}', '[]', '[null]', '{"":0}']))
    case 1:
      return raw(oneOf(random, numbers))
    case 2:
      return nested('[', '', ']')
    case 3:
      return nested('{"a":', '0', '}')
    case 4:
      return raw('"\\ud800"')
    default:
      return { kind: 'string', text: oneOf(random, oddities) }
  }
}

function mutateObject(tree: Extract<Tree, { kind: 'object' }>, random: Random, elsewhere: Tree): void {
  const { entries } = tree
  const at = random.below(Math.max(1, entries.length))
  const entry = entries[at]
  const key = () => oneOf(random, ['__proto__', 'constructor', 'toString', 'length', '', ...oddities])
  if (entry === undefined) entries.push([key(), elsewhere])
  else
    switch (random.below(6)) {
      case 0:
        entries.splice(at, 1)
        break
      case 1:
        entries.splice(random.below(entries.length), 0, structuredClone(entry))
        break
      case 2:
        entry[0] = chance(random, 2) ? key() : mutateString(entry[0], random)
        break
      case 3:
        entries.push([key(), elsewhere])
        break
      case 4:
        entries.reverse()
        break
      default:
        entry[1] = elsewhere
    }
}

function mutateList(tree: Extract<Tree, { kind: 'list' }>, random: Random, elsewhere: Tree): void {
  const { items } = tree
  const at = random.below(items.length + 1)
  const item = items[at] ?? elsewhere
  const many = chance(random, 30) ? 1 + Math.min(3_000, Math.floor(300_000 / write(item, false).length)) : 3
  const edit = random.below(4)
  if (edit === 0) items.splice(at, 1)
  else if (edit === 1)
    items.splice(at, 0, ...Array.from({ length: 1 + random.below(many) }, () => structuredClone(item)))
  else if (edit === 2) items.reverse()
  else items.splice(at, 1, elsewhere)
}

function mutateScalar({ tree, set }: Spot, random: Random, elsewhere: Tree): void {
  if (tree.kind === 'string') {
    const inner = chance(random, 2) ? undefined : embedded(tree.text, random)
    const other = elsewhere.kind === 'string' ? elsewhere.text : tree.text
    set({ kind: 'string', text: inner ?? mutateString(tree.text, random, other) })
  } else if (tree.kind === 'raw') {
    const near = Number(tree.text) + oneOf(random, [-1, 1, 2, 256])
    set(raw(Number.isFinite(near) && chance(random, 2) ? String(near) : oneOf(random, numbers)))
  }
}

/** A document inside a string, as a submission holds its payload. */
function embedded(encoded: string, random: Random): string | undefined {
  if (!encoded.startsWith('eyJ')) return undefined
  try {
    return toBase64url(mutateJson(fromBase64url(encoded), random))
  } catch {
    return undefined
  }
}

/**
 * Mutates the tree of a JSON document. Most results are canonical again, so that they come past the first wall; some have spaces,
 * escapes, unsorted or repeated keys, and some are bytes that are no JSON at all.
 */
export function mutateJson(bytes: Uint8Array, random: Random, other: Uint8Array = bytes): Uint8Array {
  if (chance(random, 8)) return mutateBytes(bytes, random, other)
  const root = { tree: fromValue(JSON.parse(text.decode(bytes))) }
  const donors = spots({ tree: fromValue(JSON.parse(text.decode(other))) })
  for (let left = 1 + (chance(random, 3) ? random.below(3) : 0); left > 0; left--) {
    const spot = oneOf(random, spots(root))
    const elsewhere = structuredClone(oneOf(random, chance(random, 2) ? spots(root) : donors).tree)
    if (chance(random, 8)) spot.set(chance(random, 3) ? elsewhere : otherType(random))
    else if (spot.tree.kind === 'object') mutateObject(spot.tree, random, elsewhere)
    else if (spot.tree.kind === 'list') mutateList(spot.tree, random, elsewhere)
    else mutateScalar(spot, random, elsewhere)
  }
  const written = write(root.tree, !chance(random, 6))
  return encodeLoosely(chance(random, 12) ? loosened(written, random) : written)
}

/** The same value for a lenient reader. */
function loosened(json: string, random: Random): string {
  const way = random.below(5)
  if (way === 0) return json.replaceAll(',', ', ')
  if (way === 1) return json.replace(/[a-z]/, (c) => `\\u00${c.charCodeAt(0).toString(16)}`)
  if (way === 2) return json.replace(/\b\d+\b/, (n) => `${n}e0`)
  return way === 3 ? `\ufeff${json}` : `${json}\n`
}
