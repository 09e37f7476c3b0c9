// Specification: 06 What is refused · 06 Ballot styles and units
import { DecodeError, limits as board, fromHex, parseVerifierKey, toHex, utf8 } from '@cista/board'
import { proofLength, ristretto255 } from '@cista/crypto'
import type { BallotForm } from './forms/form.js'
import { ballotForm } from './forms/index.js'
import { limits } from './limits.js'
import type { BallotStyle, Contest, LocalText, Manifest } from './manifest.js'
import { lookAlikeKey } from './texts.js'

/** What a manifest lacks to work later. `path` as in `contests[2].options[0].title.en`. */
export interface ManifestFault {
  readonly code: 'MANIFEST_TEXT' | 'MANIFEST_REFERENCE' | 'MANIFEST_KEY' | 'MANIFEST_RULE' | 'MANIFEST_LIMIT'
  readonly path: string
  readonly why: string
}

/** All that a well-formed manifest must not say, in its order; empty where the election can work. */
export function manifestFaults(manifest: Manifest): ManifestFault[] {
  const faults: ManifestFault[] = []
  const fault = (code: ManifestFault['code'], path: string, why: string) => faults.push({ code, path, why })

  const languages = new Set(manifest.languages)
  if (languages.size !== manifest.languages.length) fault('MANIFEST_TEXT', 'languages', 'a language twice')
  checkLanguages(manifest.title, 'title')
  if (manifest.description) checkLanguages(manifest.description, 'description')
  checkDistinct(
    manifest.contests.map((c) => c.id),
    'contests',
    'id',
  )
  manifest.contests.forEach((c, i) => checkContest(c, `contests[${i}]`))
  checkStyles(manifest.styles)
  checkUnits()
  checkKeys()
  checkTime()
  checkTotals()
  return faults

  function checkLanguages(text: LocalText, path: string): void {
    for (const lang of manifest.languages)
      if (!Object.hasOwn(text, lang)) fault('MANIFEST_TEXT', path, `no text in language ${lang}`)
    for (const lang of Object.keys(text))
      if (!languages.has(lang))
        fault('MANIFEST_TEXT', `${path}.${lang}`, 'a language that the election does not have')
  }

  function checkDistinct(ids: readonly string[], path: string, field: string): void {
    ids.forEach((id, i) => {
      if (ids.indexOf(id) < i) fault('MANIFEST_REFERENCE', `${path}[${i}].${field}`, `“${id}” is there twice`)
    })
  }

  function checkContest(contest: Contest, path: string): void {
    checkLanguages(contest.title, `${path}.title`)
    if (contest.description) checkLanguages(contest.description, `${path}.description`)
    checkDistinct(
      contest.options.map((o) => o.id),
      `${path}.options`,
      'id',
    )
    contest.options.forEach((option, i) => {
      checkLanguages(option.title, `${path}.options[${i}].title`)
      if (option.description) checkLanguages(option.description, `${path}.options[${i}].description`)
    })
    for (const lang of languages) {
      const seen = new Map<string, number>()
      contest.options.forEach((option, i) => {
        const name = lookAlikeKey(option.title[lang] ?? `missing ${i}`)
        const other = seen.get(name)
        if (other === undefined) seen.set(name, i)
        else
          fault(
            'MANIFEST_TEXT',
            `${path}.options[${i}].title.${lang}`,
            `looks like the name of option ${other + 1}`,
          )
      })
    }
    const rule = (why: string) => fault('MANIFEST_RULE', path, why)
    if (contest.kind === 'score') {
      if (contest.budget !== undefined && contest.budget < contest.maximum)
        rule(`the budget ${contest.budget} is less than the ${contest.maximum} points one option may get`)
    } else {
      if (contest.min > contest.max) rule(`min ${contest.min} is more than max ${contest.max}`)
      if (contest.max > contest.options.length) rule(`max ${contest.max} is more than there are options`)
      if (contest.max === 0) rule('nothing can be chosen')
    }
    if (contest.kind === 'ranking') {
      if (contest.points.length !== contest.max)
        rule(`${contest.points.length} points for ${contest.max} places: one number for each place is needed`)
      if (contest.points.some((p, i) => i > 0 && p > (contest.points[i - 1] ?? 0)))
        rule('a lower place is worth more points than a higher one')
    }
  }

  function checkStyles(styles: readonly BallotStyle[]): void {
    checkDistinct(
      styles.map((s) => s.id),
      'styles',
      'id',
    )
    const shown = new Set(styles.flatMap((s) => s.contests))
    manifest.contests.forEach(({ id }, i) => {
      if (!shown.has(id)) fault('MANIFEST_REFERENCE', `contests[${i}]`, 'on no ballot style')
    })
    styles.forEach((style, i) => {
      style.contests.forEach((id, c) => {
        if (!manifest.contests.some((contest) => contest.id === id))
          fault('MANIFEST_REFERENCE', `styles[${i}].contests[${c}]`, `no contest “${id}”`)
        if (style.contests.indexOf(id) < c)
          fault('MANIFEST_REFERENCE', `styles[${i}].contests[${c}]`, `contest “${id}” is there twice`)
      })
    })
  }

  function checkUnits(): void {
    checkDistinct(
      manifest.units.map((u) => u.id),
      'units',
      'id',
    )
    manifest.units.forEach((unit, i) => {
      if (!manifest.contests.some((contest) => contest.id === unit.contest))
        fault('MANIFEST_REFERENCE', `units[${i}].contest`, `no contest “${unit.contest}”`)
    })
    // The units of a contest partition the styles that show it.
    for (const contest of manifest.contests) {
      const wanted = new Set(manifest.styles.filter((s) => s.contests.includes(contest.id)).map((s) => s.id))
      const given = new Map<string, number>()
      for (const unit of manifest.units)
        if (unit.contest === contest.id)
          for (const style of unit.styles) given.set(style, (given.get(style) ?? 0) + 1)
      for (const style of wanted)
        if (given.get(style) !== 1)
          fault(
            'MANIFEST_REFERENCE',
            'units',
            `style “${style}” is not in exactly one unit of contest “${contest.id}”`,
          )
      for (const style of given.keys())
        if (!wanted.has(style))
          fault('MANIFEST_REFERENCE', 'units', `style “${style}” does not show contest “${contest.id}”`)
    }
  }

  function checkKeys(): void {
    const { trustees, threshold, administrators, registrars, witnesses } = manifest
    if (threshold > trustees.length)
      fault('MANIFEST_KEY', 'threshold', `${threshold} of ${trustees.length} trustees can never decrypt`)
    for (const [name, set] of [
      ['administrators', administrators],
      ['registrars', registrars],
    ] as const)
      if (set.quorum > set.keys.length)
        fault('MANIFEST_KEY', `${name}.quorum`, `${set.quorum} of ${set.keys.length} keys can never sign`)
    const all = [
      ...trustees.map((t, i) => ({ key: t.key, path: `trustees[${i}].key` })),
      ...administrators.keys.map((t, i) => ({ key: t.key, path: `administrators.keys[${i}].key` })),
      ...registrars.keys.map((t, i) => ({ key: t.key, path: `registrars.keys[${i}].key` })),
    ]
    for (const { key, path } of all)
      if (!isPublicKey(key)) fault('MANIFEST_KEY', path, 'not a public key: nobody could sign with it')
    for (const [vkey, path, algorithm] of [
      [manifest.board, 'board', 1] as const,
      ...witnesses.keys.map((w, i) => [w, `witnesses.keys[${i}]`, 4] as const),
    ]) {
      try {
        const parsed = parseVerifierKey(vkey, path)
        if (parsed.algorithm !== algorithm) fault('MANIFEST_KEY', path, 'a key for another purpose')
        // Its checkpoints could be signed, and read by nobody.
        if (path === 'board' && utf8(parsed.name).length > board.originBytes)
          fault('MANIFEST_KEY', path, `an origin longer than ${board.originBytes} bytes`)
        all.push({ key: toHex(parsed.key), path })
      } catch (error) {
        fault('MANIFEST_KEY', path, error instanceof DecodeError ? error.why : 'not a verifier key')
      }
    }
    const first = new Map<string, string>()
    for (const { key, path } of all) {
      const other = first.get(key)
      if (other === undefined) first.set(key, path)
      else fault('MANIFEST_KEY', path, `the same key as ${other}`)
    }
    for (const [path, people] of [
      ['trustees', trustees],
      ['administrators.keys', administrators.keys],
      ['registrars.keys', registrars.keys],
    ] as const)
      people.forEach(({ name }, i) => {
        if (people.findIndex((p) => lookAlikeKey(p.name) === lookAlikeKey(name)) < i)
          fault('MANIFEST_KEY', `${path}[${i}].name`, `“${name}” is there twice`)
      })
    const { keys, quorum } = witnesses
    // Without a majority of witnesses, or of trustees, two boards could both be decrypted.
    if (keys.length > 0 && (quorum * 2 <= keys.length || quorum > keys.length))
      fault(
        'MANIFEST_KEY',
        'witnesses.quorum',
        'more than half of the witnesses are needed, and not more than there are',
      )
    if (keys.length === 0 && quorum !== 0) fault('MANIFEST_KEY', 'witnesses.quorum', 'there are no witnesses')
    if (keys.length === 0 && threshold * 2 <= trustees.length)
      fault('MANIFEST_KEY', 'threshold', 'without witnesses, more than half of the trustees are needed')
  }

  function checkTime(): void {
    if (manifest.schedule.opens >= manifest.schedule.closes)
      fault('MANIFEST_RULE', 'schedule.closes', 'not after the opening')
  }

  function checkTotals(): void {
    // A form is made only of rules that can work: others may ask for more cells and sums than memory holds.
    const broken = new Set(faults.filter(({ code }) => code === 'MANIFEST_RULE').map(({ path }) => path))
    const forms = manifest.contests.map((contest, i) => {
      if (broken.has(`contests[${i}]`)) return undefined
      const cells = roughCells(contest)
      if (cells <= limits.cells) return ballotForm(contest)
      fault(
        'MANIFEST_LIMIT',
        `contests[${i}]`,
        `${cells} encrypted bits, at most ${limits.cells} are possible`,
      )
      return undefined
    })
    forms.forEach((form, i) => {
      if (form === undefined) return
      if (form.cells > limits.cells)
        fault(
          'MANIFEST_LIMIT',
          `contests[${i}]`,
          `${form.cells} encrypted bits, at most ${limits.cells} are possible`,
        )
      const most = Math.max(...form.outputs.map((o) => o.maximum)) * manifest.maximumWeight
      if (most > limits.total)
        fault(
          'MANIFEST_LIMIT',
          'maximumWeight',
          `a total of contest ${i + 1} could be ${most}, more than ${limits.total} that can be decrypted`,
        )
    })
    const byId = new Map(manifest.contests.map((c, i) => [c.id, forms[i]]))
    const tallied = manifest.units.reduce(
      (sum, { contest }) => sum + unitBytes(byId.get(contest)?.outputs.length ?? 0),
      1_024,
    )
    if (tallied > limits.payloadBytes.tallied)
      fault(
        'MANIFEST_LIMIT',
        'units',
        `the tally would have ${tallied} bytes, at most ${limits.payloadBytes.tallied} are possible`,
      )
    manifest.styles.forEach((style, i) => {
      const bytes = style.contests.reduce((sum, id) => {
        const form = byId.get(id)
        return sum + (form ? ballotContestBytes(form) : 0)
      }, 1_024)
      if (bytes > limits.payloadBytes.ballot)
        fault(
          'MANIFEST_LIMIT',
          `styles[${i}]`,
          `a ballot would have ${bytes} bytes, at most ${limits.payloadBytes.ballot} are possible`,
        )
    })
  }
}

/** Enough to refuse an absurd contest before its form is built. */
function roughCells(contest: Contest): number {
  const m = contest.options.length
  if (contest.kind === 'selection') return m
  if (contest.kind === 'score') return m * Math.ceil(Math.log2(contest.maximum + 1))
  return m * contest.max
}

function isPublicKey(hex: string): boolean {
  try {
    ristretto255.decode(fromHex(hex))
    return true
  } catch {
    return false
  }
}

const base64Length = (bytes: number): number => Math.ceil((bytes * 4) / 3)
const ballotContestBytes = (form: BallotForm): number =>
  64 + base64Length(64 * form.cells) + base64Length(proofLength(form))
/** Of a unit in `tallied`; `decrypted` and `result` need less. */
const unitBytes = (outputs: number): number => 256 + base64Length(64 * outputs)
