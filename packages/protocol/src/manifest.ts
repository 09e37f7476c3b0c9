// Specification: 06 Fields
import {
  type Of,
  boolean,
  hex,
  integer,
  list,
  literal,
  object,
  optional,
  pattern,
  record,
  tagged,
  timestamp,
} from '@cista/board'
import { limits } from './limits.js'
import { identifier, language, nameText, proseText } from './texts.js'

export const formatVersion = 1
export const suite = 'sigma-proofs_Shake128_ristretto255'

const localName = record(language, nameText, { min: 1, max: limits.languages })
const localProse = record(language, proseText, { min: 1, max: limits.languages })
const key = object({ key: hex(32), name: nameText })
const option = object({ description: optional(localProse), id: identifier, title: localName })
const options = list(option, { min: 1, max: limits.options })
const contestTexts = { description: optional(localProse), id: identifier, options, title: localName }

/** What kinds of contest there are; each compiles to a ballot form (`forms/`). */
const contest = tagged('kind', {
  /** Choose min…max of the options. */
  selection: object({
    ...contestTexts,
    max: integer(1, limits.options),
    min: integer(0, limits.options),
  }),
  /** 0…maximum points per option, at most `budget` in all where there is one. */
  score: object({
    ...contestTexts,
    budget: optional(integer(1, limits.points)),
    maximum: integer(1, limits.points),
  }),
  /** Rank min…max options; `points[p]` is what place p+1 is worth. */
  ranking: object({
    ...contestTexts,
    max: integer(1, limits.options),
    min: integer(0, limits.options),
    points: list(integer(0, limits.points), { min: 1, max: limits.options }),
  }),
})

const keySet = object({ keys: list(key, { min: 1, max: limits.keys }), quorum: integer(1, limits.keys) })
const verifierKey = pattern(
  /[!-*,-~]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]+=*/,
  'a verifier key of a signed note',
  512,
)

/** The definition of an election, payload of entry 0. Its SHA-256 is the election id. */
export const manifestCodec = object({
  administrators: keySet,
  /** Verifier key of the board's checkpoints; its name is the origin. */
  board: verifierKey,
  /** Whether administrators may close before the scheduled time. */
  closeOnRequest: boolean,
  contests: list(contest, { min: 1, max: limits.contests }),
  description: optional(localProse),
  /** Every text of the manifest is given in each of these; the first is the default. */
  languages: list(language, { min: 1, max: limits.languages }),
  /** Largest sum of the weights of all credentials, after every change of the roll. */
  maximumWeight: integer(1, limits.total),
  /** Units with fewer counted ballots are withheld. */
  minimumBallots: integer(1, limits.total),
  /** SHA-256 of each file of the voter's page, by path. */
  page: record(pattern(/[\w.-]+(?:\/[\w.-]+)*/, 'a path', 200), hex(32), { max: limits.pageFiles }),
  /** Whether votes on paper cancel credentials. */
  paper: boolean,
  registrars: keySet,
  /** How often one credential may replace its ballot; 0 forbids re-voting. */
  revisions: integer(0, limits.revisions),
  schedule: object({ closes: timestamp, opens: timestamp }),
  styles: list(object({ contests: list(identifier, { min: 1, max: limits.contests }), id: identifier }), {
    min: 1,
    max: limits.styles,
  }),
  suite: literal(suite),
  threshold: integer(1, limits.trustees),
  title: localName,
  /** Seconds after the closing time at which a batch may still hold ballots. */
  tolerance: integer(0, limits.toleranceSeconds),
  trustees: list(key, { min: 1, max: limits.trustees }),
  units: list(
    object({ contest: identifier, id: identifier, styles: list(identifier, { min: 1, max: limits.styles }) }),
    { min: 1, max: limits.units },
  ),
  version: literal(formatVersion),
  witnesses: object({
    keys: list(verifierKey, { max: limits.witnesses }),
    quorum: integer(0, limits.witnesses),
  }),
})
export type Manifest = Of<typeof manifestCodec>
export type Contest = Manifest['contests'][number]
export type ContestOf<K extends Contest['kind']> = Extract<Contest, { kind: K }>
export type BallotStyle = Manifest['styles'][number]
export type TallyUnit = Manifest['units'][number]
export type LocalText = Readonly<Record<string, string>>
