import type { Choice } from '@cista/protocol'
import {
  type Cell,
  PabulibError,
  type Position,
  type Row,
  type Section,
  readSections,
} from './pabulibText.js'

export type PabulibKind = 'approval' | 'ordinal' | 'cumulative'
export interface PabulibProject {
  readonly id: string
  /** The project's id as an id of our manifests: `p-196`. */
  readonly option: string
  readonly name: string
  /** Published: how many ballots name it. */
  readonly votes?: number
  /** Published: its points. */
  readonly score?: number
}
export interface PabulibBallot {
  readonly voter: string
  readonly choice: Choice
}
export interface PabulibRules {
  /** How many projects a ballot may name. */
  readonly minLength: number
  readonly maxLength: number
  /** Cumulative only: points for one project, and on one ballot. */
  readonly points?: {
    readonly min: number
    readonly max: number
    readonly minSum: number
    readonly maxSum: number
  }
}
export interface Pabulib {
  readonly file: string
  readonly kind: PabulibKind
  readonly meta: ReadonlyMap<string, string>
  readonly rules: PabulibRules
  readonly projects: readonly PabulibProject[]
  readonly ballots: readonly PabulibBallot[]
}

const needed = {
  META: ['key', 'value'],
  PROJECTS: ['project_id', 'cost', 'name'],
  VOTES: ['voter_id', 'vote'],
}
const kinds: readonly PabulibKind[] = ['approval', 'ordinal', 'cumulative']

/**
 * Reads a file of Pabulib (pabulib.org/format) and holds every ballot against the file's own rules.
 * @param file its name, for errors.
 * @throws {PabulibError} at the first line that is wrong.
 */
export function parsePabulib(bytes: Uint8Array, file: string): Pabulib {
  const { META, PROJECTS, VOTES } = readSections(bytes, file, needed)
  const fail = (at: Position, why: string): never => {
    throw new PabulibError(file, at, why)
  }
  const meta = readMeta(META)
  const kind = readKind()
  const projects = readProjects(PROJECTS)
  const byId = new Map(projects.map((project) => [project.id, project]))
  const rules = readRules()
  const ballots = readBallots(VOTES)
  checkNumber('num_projects', projects.length)
  checkNumber('num_votes', ballots.length)
  const plain = new Map([...meta].map(([key, { text }]) => [key, text]))
  return { file, kind, meta: plain, rules, projects, ballots }

  function readMeta({ rows }: Section): Map<string, Cell> {
    const found = new Map<string, Cell>()
    for (const row of rows) {
      const key = row.cell('key')!
      if (found.has(key.text)) fail(key.at, `“${key.text}” is there twice`)
      found.set(key.text, row.cell('value')!)
    }
    return found
  }

  function metaCell(key: string): Cell {
    return meta.get(key) ?? fail(META.at, `field “${key}” is missing`)
  }

  function metaNumber(key: string, absent: number): number {
    const cell = meta.get(key)
    return cell === undefined ? absent : readInteger(cell)
  }

  function readInteger({ text, at }: Cell): number {
    const value = /^(0|[1-9]\d*)$/.test(text) ? Number(text) : NaN
    return Number.isSafeInteger(value) ? value : fail(at, `“${text}” is not a whole number`)
  }

  function checkNumber(key: string, there: number): void {
    const cell = metaCell(key)
    if (readInteger(cell) !== there) fail(cell.at, `${key} is ${cell.text}, but the file has ${there}`)
  }

  function readKind(): PabulibKind {
    const { text, at } = metaCell('vote_type')
    return (
      kinds.find((known) => known === text) ??
      fail(at, `vote type “${text}” is not supported; supported are ${kinds.join(', ')}`)
    )
  }

  function readProjects({ rows, at }: Section): PabulibProject[] {
    if (rows.length === 0) fail(at, 'there are no projects')
    const ids = new Set<string>()
    const options = new Set<string>()
    return rows.map((row) => {
      const id = row.cell('project_id')!
      if (id.text === '') fail(id.at, 'a project without an id')
      if (ids.has(id.text)) fail(id.at, `project ${id.text} is there twice`)
      ids.add(id.text)
      const cost = row.cell('cost')!
      if (!/^\d+([.,]\d+)?$/.test(cost.text)) fail(cost.at, `“${cost.text}” is not a number`)
      const option = optionId(id.text, options)
      options.add(option)
      const name = row.cell('name')!.text
      const votes = row.cell('votes')
      const score = row.cell('score')
      return {
        id: id.text,
        option,
        name,
        ...(votes && { votes: readInteger(votes) }),
        ...(score && { score: readInteger(score) }),
      }
    })
  }

  function readRules(): PabulibRules {
    const minLength = metaNumber('min_length', kind === 'cumulative' ? 0 : 1)
    const maxLength = Math.min(metaNumber('max_length', projects.length), projects.length)
    if (minLength > maxLength)
      fail(metaCell('min_length').at, `min_length ${minLength} is more than ${maxLength} projects`)
    if (kind !== 'cumulative') return { minLength, maxLength }
    const maxSum = readInteger(metaCell('max_sum_points'))
    const points = {
      min: metaNumber('min_points', 0),
      max: Math.min(metaNumber('max_points', maxSum), maxSum),
      minSum: metaNumber('min_sum_points', 0),
      maxSum,
    }
    return { minLength, maxLength, points }
  }

  function readBallots({ rows, header }: Section): PabulibBallot[] {
    const voters = new Set<string>()
    if (kind === 'cumulative' && rows[0] !== undefined && rows[0].cell('points') === undefined)
      fail(header, 'section VOTES has no column “points”')
    return rows.map((row) => {
      const voter = row.cell('voter_id')!
      if (voter.text === '') fail(voter.at, 'a ballot without a voter')
      if (voters.has(voter.text)) fail(voter.at, `voter ${voter.text} is there twice`)
      voters.add(voter.text)
      return { voter: voter.text, choice: readChoice(row) }
    })
  }

  function readChoice(row: Row): Choice {
    const vote = row.cell('vote')!
    const named = readNamed(vote)
    if (kind === 'approval') return { kind: 'selection', selected: named }
    return kind === 'ordinal'
      ? { kind: 'ranking', ranked: named }
      : { kind: 'score', points: readPoints(row.cell('points')!, named) }
  }

  function readNamed(vote: Cell): string[] {
    const items = splitList(vote)
    const seen = new Set<string>()
    const named = items.map(({ text, at }) => {
      if (seen.has(text)) fail(at, `project ${text} is twice on one ballot`)
      seen.add(text)
      return byId.get(text)?.option ?? fail(at, `unknown project “${text}”`)
    })
    const { minLength, maxLength } = rules
    if (named.length > maxLength) fail(vote.at, `${named.length} projects, at most ${maxLength} are allowed`)
    if (named.length < minLength) fail(vote.at, `${named.length} projects, at least ${minLength} are needed`)
    return named
  }

  function readPoints(cell: Cell, named: readonly string[]): Record<string, number> {
    const { min, max, minSum, maxSum } = rules.points!
    const items = splitList(cell)
    if (items.length !== named.length)
      fail(cell.at, `${items.length} numbers of points for ${named.length} projects`)
    let sum = 0
    const points = items.map((item, i): [string, number] => {
      const given = readInteger(item)
      if (given < min || given > max) fail(item.at, `${given} points for a project, ${min} to ${max} allowed`)
      sum += given
      return [named[i]!, given]
    })
    if (sum > maxSum) fail(cell.at, `${sum} points in all, at most ${maxSum} are allowed`)
    if (sum < minSum) fail(cell.at, `${sum} points in all, at least ${minSum} are needed`)
    return Object.fromEntries(points)
  }
}

/** The items between the commas of a cell, each with its own place; none of an empty cell. */
function splitList({ text, at }: Cell): Cell[] {
  if (text === '') return []
  let column = at.column
  return text.split(',').map((item) => {
    const place = { line: at.line, column }
    column += item.length + 1
    return { text: item, at: place }
  })
}

/** Other characters become dashes; what then is taken gets a number. */
function optionId(project: string, taken: ReadonlySet<string>): string {
  const plain = project
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 48)
    .replace(/^-+|-+$/g, '')
  const id = plain === '' ? 'p' : `p-${plain}`
  for (let n = 1; ; n++) {
    const numbered = n === 1 ? id : `${id}-${n}`
    if (!taken.has(numbered)) return numbered
  }
}
