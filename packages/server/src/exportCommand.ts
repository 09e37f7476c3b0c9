import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { recordPaths } from '@cista/board'
import { type Command, InvalidArgumentError } from 'commander'
import { ConfigError, readConfig } from './config.js'
import { type OpenDatabase, openDatabase } from './database.js'
import { type RecordFile, headToExport, recordFiles } from './export.js'
import { writeExport } from './exportTo.js'
import { sqlStore } from './sqlStore.js'

interface ExportOptions {
  readonly election: string
  readonly out: string
  readonly data?: string
}

/** Adds `cista-server export`. */
export function addExport(program: Command): void {
  program
    .command('export')
    .description('write the published record of an election as static files')
    .requiredOption('--election <id>', 'the election id (required)', electionId)
    .requiredOption('--out <name>', 'folder to make, or archive if the name ends in .zip (required)')
    .option('--data <folder>', 'folder of the embedded database (CISTA_DATA, usually .cista)')
    .addHelpText(
      'after',
      `
Reads the database that DATABASE_URL names, also while servers run on it; or the embedded one, which a running server keeps to itself.
The same record gives the same archive, byte for byte. Any server of static files can offer the folder.
Exit status: 0 written, 1 could not be exported, 2 called or configured wrongly.

Examples:
  cista-server export --election 2f0c… --out record
  cista-server export --election 2f0c… --out record.zip`,
    )
    .action(exportElection)
}

async function exportElection({ election, out, data }: ExportOptions): Promise<void> {
  const database = await openExisting(data)
  try {
    const store = sqlStore(database.db)
    const head = await headToExport(store, election)
    const total = recordPaths(head.size).length
    await writeExport(out, head.size, counted(recordFiles(store, election, head), total))
    console.log(`${out}: ${head.size} entries, ${total} files`)
    console.log(`Verify it: cista-verify ${out.endsWith('.zip') ? 'FOLDER' : out} --election ${election}`)
  } finally {
    await database.close()
  }
}

async function openExisting(data: string | undefined): Promise<OpenDatabase> {
  const config = readConfig(process.env, data === undefined ? {} : { data })
  const embedded = config.databaseUrl === undefined
  if (embedded && !existsSync(join(config.data, 'database')))
    throw new ConfigError(
      `there is no database in ${resolve(config.data)}: name its folder with --data, or set DATABASE_URL`,
    )
  try {
    return await openDatabase(config)
  } catch (error) {
    if (!(error instanceof ConfigError) || !embedded) throw error
    throw new ConfigError(
      `${error.message}\nThe record of a running server is copied from its address instead: cista-verify mirror ADDRESS/elections/ID FOLDER`,
    )
  }
}

/** Says on standard error how far it is, once a second, if it takes that long. */
async function* counted(files: AsyncIterable<RecordFile>, total: number): AsyncGenerator<RecordFile> {
  let [done, shown] = [0, performance.now()]
  for await (const file of files) {
    yield file
    done += 1
    if (performance.now() - shown < 1_000 || done === total) continue
    shown = performance.now()
    console.error(`${done} of ${total} files`)
  }
}

function electionId(value: string): string {
  if (!/^[0-9a-f]{64}$/.test(value))
    throw new InvalidArgumentError('An election id is 64 small hexadecimal digits.')
  return value
}
