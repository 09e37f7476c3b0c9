import { Command } from 'commander'
import pg from 'pg'
import { type CommandLine, ConfigError, readConfig } from './config.js'
import { isDatabaseAway } from './database.js'
import { ExportError } from './export.js'
import { addExport } from './exportCommand.js'
import { startServer } from './server.js'

/** Milliseconds after which a process that was asked to end does so, whatever still hangs. */
const end = 30_000

const program = new Command('cista-server')
  .description('Accepts ballots and runs the board; with a command it does something else.')
  .option('--data <folder>', 'folder of board secret and embedded database (CISTA_DATA, usually .cista)')
  .option('--host <address>', 'address to listen on (CISTA_HOST, usually 127.0.0.1)')
  .option('--port <number>', 'port to listen on, 0 for any (CISTA_PORT, usually 8080)')
  .option(
    '--pages <folder>',
    'folder of the pages for voters, or “none” (CISTA_PAGES, usually those that were built with this server)',
  )
  // Options of a command are its own, also where the program has one of that name.
  .enablePositionalOptions()
  .addHelpText(
    'after',
    `
Environment:
  DATABASE_URL             postgresql://user:password@host/database; without it an embedded database in the data folder
  DATABASE_URL_FILE        file that holds it, so that no list of processes or containers shows the password
  CISTA_ORGANISERS         public keys of those who may create elections, or a file with one a line
  CISTA_BOARD_SECRET_FILE  master secret of the boards' keys (usually board-secret in the data folder): back it up
  CISTA_WITNESSES          file with a line for each witness that can be asked to cosign: its key and its address
  CISTA_WORKERS            threads that verify ballots (usually one less than processors)
  CISTA_RATE_LIMIT         requests a minute and address, 0 for no limit (usually 6000)
  CISTA_TRUST_PROXY        number of proxies in front whose X-Forwarded-For is believed (usually 0)
  CISTA_LOG_LEVEL          fatal, error, warn, info, debug, trace or silent (usually info)

SIGTERM ends it: what is under way is answered first, within half a minute.
Exit status: 0 ended as asked, 1 failed, 2 called or configured wrongly.`,
  )
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'cista-server: ')) })
  .action(run)
addExport(program)

async function run(options: CommandLine): Promise<void> {
  // From the first moment: the first process of a container is not ended by a signal that it does not listen for.
  const asked = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve())
  })
  const server = await startServer(readConfig(process.env, options))
  console.log(server.description)
  console.log(`cista-server listening on ${server.url}`)
  await asked
  setTimeout(() => {
    console.error(`cista-server: something still hung after ${end / 1000} seconds`)
    process.exit(1)
  }, end).unref()
  await server.close()
}

/** In a line what to do about it, where that is known; else the error as it is. */
function explain(error: unknown): unknown {
  if (error instanceof ConfigError || error instanceof ExportError) return `cista-server: ${error.message}`
  const { code, syscall, message } = error as NodeJS.ErrnoException
  if (code === 'EADDRINUSE') return 'cista-server: the port is taken: choose another with --port'
  if (code === 'EADDRNOTAVAIL')
    return `cista-server: this machine has no such address: choose another with --host (${message})`
  // What the system refused says enough by itself: no space, no permission, no such folder.
  if (code !== undefined && syscall !== undefined && !['connect', 'getaddrinfo'].includes(syscall))
    return `cista-server: ${message}`
  if (isDatabaseAway(error))
    return `cista-server: the database cannot be reached (${message || code}): is DATABASE_URL right, and PostgreSQL running?`
  if (error instanceof pg.DatabaseError)
    return `cista-server: the database says “${message}” (${code}): are user, password and database in DATABASE_URL right?`
  return error
}

try {
  await program.parseAsync()
  process.exit(0)
} catch (error) {
  console.error(explain(error))
  process.exit(error instanceof ConfigError ? 2 : 1)
}
