import { availableParallelism, cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { FilledBoard, quantile } from './board.js'
import { measureReplicas, startReplicas } from './replicas.js'
import { table, writeReadme } from './table.js'

const usage = `Measures the board and casting on PostgreSQL, with its data safe on the disk.

  npm run bench -- cast [--ballots 384] [--largest 1000000] [--write]

  --ballots   cast over HTTP for each row
  --largest   entries of the largest board; the others have a thousand and a hundred thousand
  --write     put the tables into README.md
`
const { CISTA_BENCH_DATABASE_URL: databaseUrl } = process.env
const { values } = parseArgs({
  options: {
    ballots: { type: 'string' },
    largest: { type: 'string' },
    write: { type: 'boolean' },
    help: { type: 'boolean' },
  },
})
const ballots = Number(values.ballots ?? 384)
const largest = Number(values.largest ?? 1_000_000)
if (values.help === true || databaseUrl === undefined || !(ballots >= 64) || !(largest >= 1_000)) {
  process.stderr.write(usage)
  process.exit(2)
}
const ms = (n: number) => `${n < 10 ? n.toFixed(2) : n.toFixed(0)} ms`
const note = (text: string) => process.stderr.write(`${text} …\n`)
const thousands = (n: number) => n.toLocaleString('en')

/** Voters of ballots that mean something; those that fill the board are others. */
const real = 6 * ballots
const fillers = 4_000
const board = await FilledBoard.create(`bench-${Date.now()}`, fillers, real, databaseUrl)
const alone: string[][] = []
const overHttp: string[][] = []
let voter = 0
const someVoters = () => Array.from({ length: ballots }, () => fillers + voter++)

async function measureHttp(size: number, replicas: number): Promise<void> {
  note(`casting over HTTP: ${replicas} replicas, a board of ${thousands(size)}`)
  const started = performance.now()
  const servers = await startReplicas(board, replicas, databaseUrl!)
  try {
    const { perSecond, times } = await measureReplicas(board, servers, someVoters(), () => {
      note(`  ready after ${((performance.now() - started) / 1000).toFixed(0)} s`)
    })
    overHttp.push([
      `${replicas}`,
      thousands(size),
      perSecond.toFixed(0),
      ...[0.5, 0.95, 0.99].map((q) => ms(quantile(times, q))),
    ])
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
  }
}

try {
  let size = 0
  for (const wanted of [1_000, 100_000, 1_000_000].filter((n) => n <= largest)) {
    note(`filling the board up to ${thousands(wanted)} entries`)
    await board.inProcess(async (sequencer, records) => {
      size = (await sequencer.read(board.load.id, (live) => live.size))!
      if (wanted > size) await board.append(sequencer, wanted - size, 1_024)
      // Long enough for the database's own work in the background to come in between.
      const rates: number[] = []
      for (let part = 0; part < 5; part++) rates.push((await board.append(sequencer, 5_000, 1_024)).perSecond)
      const perSecond = rates.length / rates.reduce((seconds, rate) => seconds + 1 / rate, 0)
      const { times } = await board.append(sequencer, 50, 1)
      size = (await sequencer.read(board.load.id, (live) => live.size))!
      const receipts: number[] = []
      for (let i = 0; i < 200; i++) {
        const index = Math.floor((i / 200) * size)
        const from = performance.now()
        await records.receipt(board.load.id, index)
        receipts.push(performance.now() - from)
      }
      receipts.sort((a, b) => a - b)
      alone.push([
        thousands(wanted),
        thousands(Math.round(perSecond)),
        thousands(Math.round(Math.min(...rates))),
        ms(quantile(times, 0.5)),
        ms(quantile(receipts, 0.5)),
        ms(quantile(receipts, 0.99)),
      ])
    })
    if (wanted === 1_000) for (const replicas of [1, 2, 3]) await measureHttp(wanted, replicas)
    else await measureHttp(wanted, 1)
  }
} finally {
  await board.remove()
}
const machine = `Measured by \`npm run bench -- cast\` on ${availableParallelism()} cores (${cpus()[0]!.model.trim()}), Node ${process.versions.node}, PostgreSQL on the same machine with fsync.`
const heads = {
  alone: [
    'the board alone, of',
    '25,000 more, per second',
    'the slowest 5,000',
    'one alone, median',
    'receipt, median',
    'receipt, p99',
  ],
  overHttp: ['replicas', 'board of', 'ballots per second', 'p50', 'p95', 'p99'],
}
const text = `${table(heads.alone, alone)}\n\n${table(heads.overHttp, overHttp)}\n\n${machine}`
process.stdout.write(`\n${text}\n`)
if (values.write === true) writeReadme('bench-cast', text)
