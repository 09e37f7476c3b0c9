import { availableParallelism, cpus } from 'node:os'
import { benchElections, measureBallots } from './ballots.js'
import { measureCasting } from './cast.js'
import { table, writeReadme } from './table.js'

const usage = `Measures what a ballot costs: bytes, making it, verifying it alone and in a batch, and casting it over HTTP.

  npm run bench [-- --write]
  npm run bench -- cast --help              # the board and casting on PostgreSQL
  npm run bench -- page --help              # the page for voting in a browser, on a slow line and device

  --write    put the tables into README.md
`
const [option, ...more] = process.argv.slice(2)
if (more.length > 0 || (option !== undefined && option !== '--write')) {
  process.stdout.write(usage)
  process.exit(option === '--help' ? 0 : 2)
}

const ms = (n: number) => `${n.toFixed(1)} ms`
const elections = await benchElections()

const ballots = elections.map((election) => {
  process.stderr.write(`measuring ballots: ${election.name} …\n`)
  return measureBallots(election)
})
const costs = table(
  [
    'ballot',
    'encrypted bits',
    'bytes',
    'encrypt and prove',
    'verify one by one',
    'verify in a batch',
    'ratio',
  ],
  ballots.map((b) => [
    b.name,
    `${b.cells}`,
    b.bytes.toLocaleString('en'),
    ms(b.seal),
    ms(b.oneByOne),
    ms(b.batched),
    `${(b.oneByOne / b.batched).toFixed(1)}×`,
  ]),
)

const casts = []
for (const { name, manifest, contest, choices } of elections.slice(0, 2)) {
  process.stderr.write(`measuring the server: ${name} …\n`)
  const definition = manifest.contests!.find((c) => c.id === contest)!
  casts.push(await measureCasting(name, definition, choices[0]!, 200))
}
const rates = table(
  ['cast over HTTP, embedded database', 'ballots', 'accepted per second', 'median', 'slowest'],
  casts.map((c) => [c.name, `${c.ballots}`, c.perSecond.toFixed(0), ms(c.median), ms(c.slowest)]),
)

const machine = `Measured by \`npm run bench\` on ${availableParallelism()} cores (${cpus()[0]!.model.trim()}), Node ${process.versions.node}; one thread except the server.`
const text = `${costs}\n\n${rates}\n\n${machine}`
process.stdout.write(`\n${text}\n`)
if (option === '--write') writeReadme('bench', text)
