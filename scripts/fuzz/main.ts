import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Campaign, campaign, growth, mayGrow } from './campaign.js'
import { type FuzzOptions, UsageError, readOptions, usage } from './options.js'
import { Failed, type Tally, runCase } from './run.js'
import { type Target, makeInput } from './target.js'
import { seeded } from './random.js'
import { makeTargets } from './targets/index.js'
import { watchOver } from './watch.js'

/** A case that takes longer is a hang. */
const hang = 60

let options: FuzzOptions | undefined
try {
  options = readOptions(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  process.stderr.write(`${error.message}\n\n${usage}`)
  process.exit(2)
}
if (options === undefined) {
  process.stdout.write(usage)
  process.exit(0)
}
const { seed, target, only } = options
const say = (line: string) => process.stderr.write(`${line}\n`)
say(`seed ${seed}`)
const all = await makeTargets()
const exact = all.filter(({ name }) => name === target)
const chosen = exact.length > 0 ? exact : all.filter(({ name }) => name.includes(target ?? ''))
let status = 0
// Work that nobody awaits, as in a server, has no other way to be seen.
for (const event of ['unhandledRejection', 'uncaughtException'] as const)
  process.on(event, (error: unknown) => {
    say(`${event}: ${error instanceof Error ? error.stack : String(error)}`)
    process.exit(1)
  })
try {
  if (chosen.length === 0)
    throw new UsageError(`no target “${target}”; there are ${all.map((t) => t.name).join(', ')}`)
  if (only === undefined) await many(chosen)
  else await one(chosen[0]!, only)
} catch (error) {
  status = 1
  if (error instanceof Failed) report(error)
  else say(error instanceof UsageError ? error.message : String((error as Error).stack))
}
for (const { close } of all) await close?.()
process.exit(status)

async function many(targets: readonly Target[]): Promise<void> {
  const watch = watchOver(
    targets.map(({ name }) => name),
    hang,
    seed,
  )
  const done = await campaign(targets, seed, options!, watch, say)
  await watch.close()
  print(done)
  if (growth(done.memory) <= mayGrow) return
  say(`memory has grown by ${growth(done.memory).toFixed()} MB, more than ${mayGrow}`)
  status = 1
}

/** The input is written before it is tried: it may be one that never ends. */
async function one(only: Target, index: number): Promise<void> {
  const { input } = makeInput(only, seeded(seed, only.name, index))
  say(`input: ${written(only.name, index, only.show(input))}`)
  const { accepted, took } = await runCase(only, seed, index)
  say(`${accepted ? 'accepted' : 'refused'} in ${took.toFixed(1)} ms`)
}

function written(name: string, index: number, input: Uint8Array): string {
  const file = join(tmpdir(), `cista-fuzz-${name.replace(/\W+/g, '-')}-${index}`)
  writeFileSync(file, input)
  return file
}

function report({ crash, index }: Failed): void {
  say(`\nFAILED ${crash.message}`)
  say(`input: ${written(crash.target, index, crash.input)}`)
  say(`again: npm run fuzz -- --seed ${seed} --target '${crash.target}' --case ${index}`)
}

function print({ tallies, memory, seconds }: Campaign): void {
  const count = (n: number) => n.toLocaleString('en')
  const row = (cells: readonly string[]) =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(32) : cell.padStart(11))).join('')
  const lines = tallies.map(({ target: { name }, next, accepted, refused, spent, slowest }: Tally) =>
    row([
      name,
      count(next),
      count(accepted),
      count(refused),
      count(Math.round((1000 * next) / spent)),
      `${slowest.took.toFixed(1)} ms`,
    ]),
  )
  const total = (of: (t: Tally) => number) => count(tallies.reduce((sum, t) => sum + of(t), 0))
  process.stdout.write(
    `${row(['target', 'cases', 'accepted', 'refused', 'per second', 'slowest'])}\n${lines.join('\n')}\n` +
      `${row(['all', total((t) => t.next), total((t) => t.accepted), total((t) => t.refused)])}\n\n` +
      `seed ${seed}, ${seconds.toFixed()} s, memory after collecting: ` +
      `${memory.map((m) => `${(m.heap + m.outside).toFixed()}`).join(', ')} MB\n`,
  )
}
