import { Command } from 'commander'
import { ConfigError, readConfig } from './config.js'
import { startServer } from './server.js'

const program = new Command('cista-server')
  .description('Accepts ballots and runs the board.')
  .option('--data <folder>', 'folder of board secret and embedded database (CISTA_DATA, usually .cista)')
  .option('--host <address>', 'address to listen on (CISTA_HOST, usually 127.0.0.1)')
  .option('--port <number>', 'port to listen on, 0 for any (CISTA_PORT, usually 8080)')
  .addHelpText(
    'after',
    `
Environment:
  DATABASE_URL             postgresql://user:password@host/database; without it an embedded database in the data folder
  CISTA_ORGANISERS         public keys of those who may create elections, or a file with one a line
  CISTA_BOARD_SECRET_FILE  master secret of the boards' keys (usually board-secret in the data folder): back it up
  CISTA_WORKERS            threads that verify ballots (usually one less than processors)
  CISTA_RATE_LIMIT         requests a minute and address, 0 for no limit (usually 6000)
  CISTA_TRUST_PROXY        number of proxies in front whose X-Forwarded-For is believed (usually 0)
  CISTA_LOG_LEVEL          fatal, error, warn, info, debug, trace or silent (usually info)`,
  )
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'cista-server: ')) })
  .parse()

try {
  const server = await startServer(readConfig(process.env, program.opts()))
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => {
      server.close().then(
        () => process.exit(0),
        (error: unknown) => {
          console.error(error)
          process.exit(1)
        },
      )
    })
  console.log(server.description)
  console.log(`cista-server listening on ${server.url}`)
} catch (error) {
  const { code } = error as NodeJS.ErrnoException
  if (error instanceof ConfigError) console.error(`cista-server: ${error.message}`)
  else if (code === 'EADDRINUSE') console.error('cista-server: the port is taken: choose another with --port')
  else if (code === 'ECONNREFUSED' || code === 'ENOTFOUND')
    console.error(
      `cista-server: the database cannot be reached (${code}): is DATABASE_URL right, and PostgreSQL running?`,
    )
  else console.error(error)
  process.exit(error instanceof ConfigError ? 2 : 1)
}
