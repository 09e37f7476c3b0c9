import { Stryker } from '@stryker-mutator/core'
import { existsSync, readFileSync } from 'node:fs'
import { strykerPlugins as ignorers } from './messages.mjs'
import { strykerPlugins as runners } from './runner.mjs'
import { type MutationReport, percent, scoresOf, unexplained } from './survivors.js'

// Mutates one package's sources and runs that package's tests on every mutant; `--report` only reads the last run, and
// `--survivors` tries again what survived it: Stryker takes over such results of mutants that act while a module loads.
const words = process.argv.slice(2)
const onlyReport = words.includes('--report')
const onlySurvivors = words.includes('--survivors')
const [name = '', ...files] = words.filter((word) => !word.startsWith('--'))
if (!/^[a-z]+$/.test(name) || !existsSync(`packages/${name}/src`)) {
  console.error(
    'usage: npm run mutation -- crypto|protocol|board|verifier [--report | --survivors] [file[:from-to] …]',
  )
  process.exit(2)
}
const folder = '.cista/mutation'
const fileName = `${folder}/${name}.json`

const lastScores = () => scoresOf(JSON.parse(readFileSync(fileName, 'utf8')) as MutationReport)
if (onlySurvivors)
  files.push(
    ...lastScores().flatMap(({ path, survivors }) => survivors.map(({ place }) => `${path}:${place}`)),
  )

if (!onlyReport) {
  const stryker = new Stryker({
    plugins: [
      '@stryker-mutator/vitest-runner',
      './scripts/mutation/runner.mjs',
      './scripts/mutation/messages.mjs',
    ],
    ignorers: ignorers.map((plugin) => plugin.name),
    mutate: files.length > 0 ? files : [`packages/${name}/src/**/*.ts`],
    testRunner: runners[0]!.name,
    vitest: { configFile: 'scripts/mutation/vitest.config.ts', dir: `packages/${name}/test`, related: false },
    coverageAnalysis: 'perTest',
    incremental: true,
    force: onlySurvivors,
    incrementalFile: `${folder}/${name}.incremental.json`,
    reporters: ['progress-append-only', 'json'],
    jsonReporter: { fileName },
    ignorePatterns: ['/.cista', '/demo-record', 'dist', '/.turbo'],
    tempDirName: `${folder}/tmp-${name}`,
    concurrency: Number(process.env.CISTA_MUTATION_CONCURRENCY ?? 1),
    timeoutMS: 3000,
    timeoutFactor: 2,
    dryRunTimeoutMinutes: 10,
  })
  await stryker.runMutationTest()
}

const scores = lastScores()
console.log('| file | killed | survived | not mutated: text | score |\n|---|--:|--:|--:|--:|')
for (const file of scores)
  console.log(
    `| ${file.path} | ${file.killed} | ${file.survivors.length} | ${file.ignored} | ${percent([file])} |`,
  )
console.log(`| ${name} | | | | **${percent(scores)}** |`)
const open = unexplained(
  scores,
  existsSync('docs/mutation.md') ? readFileSync('docs/mutation.md', 'utf8') : '',
)
console.log(`\n${open.length} survivors that docs/mutation.md does not explain`)
for (const line of open) console.log(line)
process.exitCode = open.length === 0 ? 0 : 1
