import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import type { Call } from '../scripts/fuzz/http.js'
import { taped } from '../scripts/fuzz/random.js'
import { acceptSamples } from '../scripts/fuzz/run.js'
import { judge, makeInput } from '../scripts/fuzz/target.js'
import { makeTargets } from '../scripts/fuzz/targets/index.js'
import { read } from './files.js'
import { countCalls, exportedFunctions } from './reached.js'

// `npm run fuzz` runs the same targets for longer. Here each has about the same short time.
const milliseconds = 100
const seed = Number(process.env['CISTA_FUZZ_SEED'] ?? crypto.getRandomValues(new Int32Array(1))[0])
console.log(`fuzzing with CISTA_FUZZ_SEED=${seed}`)

const targets = await makeTargets()
const stop = await countCalls()
afterAll(async () => {
  for (const { close } of targets) await close?.()
})

describe(`mutated inputs, CISTA_FUZZ_SEED=${seed}`, () => {
  it.each(targets)('$name: refused in a known way, or as good as valid', async (target) => {
    const started = performance.now()
    await acceptSamples(target)
    const each = (performance.now() - started) / target.samples.length
    const numRuns = Math.min(2_000, Math.max(5, Math.round(milliseconds / each)))
    const tape = fc.array(fc.noBias(fc.nat()), { minLength: 24, maxLength: 64, size: 'max' })
    let refused = 0
    const property = fc.asyncProperty(tape, async (decisions) => {
      const { input, sample } = makeInput(target, taped(decisions))
      if (!(await judge(target, input, sample))) refused += 1
    })
    await fc.assert(property, { seed, numRuns })
    // A target that refuses nothing is not mutated, or does not look.
    expect({ numRuns, refused }).toSatisfy(() => refused > 0 || numRuns < 50)
  })
})

/** Readers of nothing that strangers write, or of what another target reads already. */
const file = 'opens a file, and hands it to a reader that is reached'
const net = 'asks a server, and hands the answer to readers that are reached'
const terminal = 'reads what its user types'
const own = 'reads what lies in this repository'
const exceptions: Readonly<Record<string, string>> = {
  'organiser/cli/codes.ts readCodes': file,
  'organiser/cli/commands.ts readRoll': file,
  'organiser/cli/files.ts read': file,
  'organiser/cli/files.ts readDefinition': file,
  'organiser/cli/files.ts readDraft': file,
  'organiser/cli/files.ts readKey': file,
  'organiser/cli/files.ts readText': file,
  'organiser/cli/posting.ts unlock': file,
  'organiser/cli/session.ts follow': net,
  'organiser/cli/session.ts post': net,
  'organiser/cli/session.ts postOrDraft': net,
  'server/src/database.ts openDatabase': 'its own database, opened before calls are counted',
  'server/src/pages.ts readPages': 'shows the operator’s own files as they are',
  'server/src/http/openapi.ts openApiDocument': 'reads nothing',
  'terminal/src/passphrase.ts readPassphrase': terminal,
  'testkit/src/pabulibData.ts loadPabulib': own,
  'testkit/src/vectorFolder.ts loadVector': own,
  'trustee/cli/session.ts openSession': net,
  'web/src/engine/judge.ts judge': 'names an error',
  'web/src/engine/openView.ts openView': net,
  'trustee/cli/stateFile.ts readState': file,
}

it('reaches every function that reads, opens or verifies', async () => {
  const called = await stop()
  const readers = exportedFunctions(
    /^(?:check|decode|define|examine|follow|from|get|identify|judge|load|open|parse|post|read|track|unlock|verify)(?:[A-Z]|$)/,
  )
  expect(readers.length).toBeGreaterThan(80)
  const missed = readers.filter((reader) => !called.has(reader))
  expect(missed.filter((reader) => exceptions[reader] === undefined)).toEqual([])
  expect(Object.keys(exceptions).filter((reader) => !missed.includes(reader))).toEqual([])
  for (const name of ['decode', 'decodeOrIdentity', 'decodeScalar'])
    expect(called).toContain(`crypto/src/primeGroup.ts ${name}`)
})

it('asks every address of the server', () => {
  const calls = targets.find(({ name }) => name === 'HTTP request')!.samples as readonly Call[]
  const asked = calls.map(({ method, path }) => `${method.toLowerCase()} ${path.replace(/\?.*/, '')}`)
  const routes = [
    ...read('packages/server/src/http/routes.ts').matchAll(/method: '(\w+)',\s+path: '([^']+)'/g),
    ...read('packages/server/src/http/app.ts').matchAll(/\bapp\.(get|post)\(\s*'([^']+)'/g),
    ...read('packages/server/src/http/record.ts').matchAll(/\brouter\.(get|post)\(\s*'([^']+)'/g),
  ].map(
    ([, method, path = '']) => `${method} .*${path.replace(/\{\w+\}|:\w+/g, '[^/]+').replace('*path', '.+')}`,
  )
  expect(routes.length).toBeGreaterThan(12)
  expect(routes.filter((route) => !asked.some((call) => new RegExp(`^${route}$`).test(call)))).toEqual([])
})
