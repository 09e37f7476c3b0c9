import type { SourceFault, SourcePath } from '@cista/organiser'
import { Failure } from '@cista/terminal'
import { LineCounter, isCollection, isNode, parseDocument, type Document } from 'yaml'

/** A YAML or JSON file that a person wrote: its value, and where in it each path stands. */
export interface SourceFile {
  readonly tree: unknown
  /** `file:line:column: path: why` for each, in the order of the file. */
  report(faults: readonly SourceFault[]): string[]
}

/** @throws {Failure} with every error of form, by line and column. */
export function parseSource(text: string, name: string): SourceFile {
  const lines = new LineCounter()
  const document = parsed(text, name, lines)
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return `${name}:${line}:${col}`
  }
  if (document.errors.length > 0)
    throw new Failure(
      `${name} is no YAML or JSON`,
      document.errors.map((error) => `${place(error.pos[0])}: ${error.message}`),
    )
  let tree: unknown
  try {
    tree = document.toJS({ maxAliasCount: 0 })
  } catch (error) {
    if (error instanceof RangeError) throw tooDeep(name)
    throw new Failure(`${name} uses aliases, which are not taken here: ${(error as Error).message}`)
  }
  return {
    tree,
    report: (faults) =>
      faults
        .map(({ path, why, key }) => ({
          offset: offsetOf(document, path, key === true),
          text: `${nameOf(path)}${why}`,
        }))
        .sort((a, b) => a.offset - b.offset)
        .map(({ offset, text }) => `${place(offset)}: ${text}`),
  }
}

function parsed(text: string, name: string, lineCounter: LineCounter): Document {
  try {
    return parseDocument(text, { lineCounter, prettyErrors: false, uniqueKeys: true })
  } catch (error) {
    // The parser calls itself for every level, until the stack is full.
    if (!(error instanceof RangeError)) throw error
    throw tooDeep(name)
  }
}

const tooDeep = (name: string): Failure => new Failure(`${name} is nested too deeply`)

const nameOf = (path: SourcePath): string => {
  const name = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('')
  return name === '' ? '' : `${name.replace(/^\./, '')}: `
}

/** Where a value stands, or its key, or the deepest part of its path that the file has: defaults have no place of their own. */
function offsetOf(document: Document, path: SourcePath, ofKey: boolean): number {
  let node: unknown = document.contents
  let offset = startOf(node)
  for (const [depth, key] of path.entries()) {
    if (!isCollection(node)) break
    const pair = node.items.find((item) => keyOf(item) === key) as
      | { key: unknown; value: unknown }
      | undefined
    const next = pair === undefined ? node.get(key, true) : pair.value
    if (pair === undefined && next === undefined) break
    const atKey = pair !== undefined && (!isNode(next) || (ofKey && depth === path.length - 1))
    offset = startOf(atKey ? pair.key : next)
    node = next
  }
  return offset
}

const keyOf = (item: unknown): unknown => (item as { key?: { value?: unknown } } | null)?.key?.value
const startOf = (node: unknown): number => (isNode(node) ? (node.range?.[0] ?? 0) : 0)
