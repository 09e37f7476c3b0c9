interface Mutant {
  readonly status: string
  readonly replacement?: string
  readonly location: { readonly start: Position; readonly end: Position }
}
interface Position {
  readonly line: number
  readonly column: number
}
/** What Stryker's JSON reporter writes, as far as it is read here (mutation-testing-report-schema). */
export interface MutationReport {
  readonly files: Readonly<Record<string, { readonly source: string; readonly mutants: readonly Mutant[] }>>
}

export interface FileScore {
  readonly path: string
  readonly killed: number
  /** Mutants that ran and failed no test, as `original → replacement`, with the lines they start on and Stryker's range. */
  readonly survivors: readonly { readonly line: number; readonly place: string; readonly change: string }[]
  readonly ignored: number
}

/** Mutants that make an endless loop count as killed: the test would never have passed. */
export function scoresOf(report: MutationReport): FileScore[] {
  return Object.entries(report.files).map(([path, { source, mutants }]) => {
    const having = (...statuses: string[]) => mutants.filter(({ status }) => statuses.includes(status))
    return {
      path,
      killed: having('Killed', 'Timeout').length,
      survivors: having('Survived', 'NoCoverage').map((mutant) => ({
        line: mutant.location.start.line,
        place: placeOf(mutant),
        change: changeOf(source, mutant),
      })),
      ignored: having('Ignored').length,
    }
  })
}

/** In per cent, rounded down: 100 means that nothing survived. */
export function percent(files: readonly FileScore[]): string {
  const killed = files.reduce((sum, file) => sum + file.killed, 0)
  const survived = files.reduce((sum, file) => sum + file.survivors.length, 0)
  return killed + survived === 0 ? '–' : (Math.floor((1000 * killed) / (killed + survived)) / 10).toFixed(1)
}

/** As `mutate` takes it, which counts lines from 1 and columns from 0; the report counts both from 1. */
const placeOf = ({ location: { start, end } }: Mutant) =>
  `${start.line}:${start.column - 1}-${end.line}:${end.column - 1}`

/** Long changes are cut, so that they fit into a table. */
const longest = 70

function changeOf(source: string, { location: { start, end }, replacement = '' }: Mutant): string {
  const lines = source.split('\n').slice(start.line - 1, end.line)
  const last = lines.length - 1
  const original = lines
    .map((line, i) => line.slice(i === 0 ? start.column - 1 : 0, i === last ? end.column - 1 : undefined))
    .join('\n')
  return `${short(original)} → ${short(replacement)}`
}

const short = (code: string): string => {
  const line = code.replace(/\s+/g, ' ').trim()
  return line.length > longest ? `${line.slice(0, longest)}…` : line
}

/** As it stands in a cell of a table in docs/mutation.md. */
export const cell = (change: string): string => `\`${change.replaceAll('`', '´').replaceAll('|', '\\|')}\``

/** The survivors that a page's tables (file, mutant, why) do not name. */
export function unexplained(files: readonly FileScore[], page: string): string[] {
  const rows = new Set(
    page.split('\n').flatMap((line) => {
      const match = /^\| `([^`]+)` \| (`.*`) \| \S/.exec(line)
      return match === null ? [] : [`${match[1]} ${match[2]}`]
    }),
  )
  return files.flatMap(({ path, survivors }) =>
    survivors
      .filter(({ change }) => !rows.has(`${path.replace(/^packages\//, '')} ${cell(change)}`))
      .map(({ line, change }) => `${path}:${line} ${cell(change)}`),
  )
}
