import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { DecodeError } from '@cista/board'
import { Witness, verifierKeyOf } from '@cista/witness'
import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { ElectionsFile } from './electionsFile.js'
import { Failure, codeOf } from './failure.js'
import { keyFromFile, makeKeyFile } from './keyFile.js'
import { witnessServer } from './server.js'
import { stateFolder } from './stateFolder.js'

interface RunOptions {
  readonly file: string
  readonly state: string
  readonly elections: string
  readonly host: string
  readonly port: number
  readonly timeout: number
}

const log = (line: string) => console.error(`${new Date().toISOString()} ${line}`)

const numberBetween = (min: number, max: number) => (text: string) => {
  const value = Number(text)
  if (!/^[0-9]{1,10}$/.test(text) || value < min || value > max)
    throw new InvalidArgumentError(`A number from ${min} to ${max} is needed.`)
  return value
}

const program = new Command('cista-witness')
  .description('Cosigns the checkpoints of boards, as long as each shows everybody one growing history.')
  .version('0.1.0')
  .exitOverride()
  .configureHelp({ sortSubcommands: false })
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'cista-witness: ')) })
  .addHelpText(
    'after',
    `
First “key new”, whose line goes to the organisers; then “run”, with the keys of boards that they publish.
Exit status: 0 done, 1 refused or failed, 2 called wrongly.`,
  )

const key = program.command('key').description('the key of this witness')
key
  .command('new')
  .description('make a key, and print what the organisers need of it')
  .requiredOption('--file <path>', 'where the secret key goes; never overwritten (required)')
  .requiredOption('--name <name>', 'name of the witness, such as witness.example/ada (required)')
  .action(async ({ file, name }: { file: string; name: string }) => {
    console.log(await makeKeyFile(file, name))
    console.error(
      `Give this line to the organisers. ${file} is secret, and belongs to one witness with one state folder.`,
    )
  })
key
  .command('show')
  .description('print it again')
  .requiredOption('--file <path>', 'the secret key (required)')
  .action(async ({ file }: { file: string }) => console.log(verifierKeyOf(await keyFromFile(file))))

program
  .command('run')
  .description(
    'answer boards until SIGTERM; SIGHUP reads the list of elections again, as does a change of it',
  )
  .requiredOption('--file <path>', 'the secret key (required)')
  .requiredOption(
    '--state <folder>',
    'what was cosigned; made if it is not there, never to be restored from a backup (required)',
  )
  .requiredOption('--elections <file>', 'keys of the boards, one a line, # for comments (required)')
  .option('--host <address>', 'address to listen on', '127.0.0.1')
  .option('--port <number>', 'port to listen on, 0 for any', numberBetween(0, 65_535), 8090)
  .option('--timeout <seconds>', 'time in which a request must have come', numberBetween(1, 600), 10)
  .action(run)

async function run(options: RunOptions): Promise<void> {
  const secret = await keyFromFile(options.file)
  const list = new ElectionsFile(options.elections)
  const boards = await list.load()
  const folder = await stateFolder(options.state, secret)
  try {
    const witness = new Witness(secret, folder.last, { store: folder, clock: Date.now })
    let reading = Promise.resolve()
    setBoards(boards)
    if (folder.fresh)
      log(`made the folder ${options.state}: no board was ever cosigned with this key, or all is lost`)
    const server = witnessServer({ witness, refresh, log, timeout: options.timeout })
    process.on('SIGHUP', () => void reload())
    server.listen(options.port, options.host)
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const host = options.host.includes(':') ? `[${options.host}]` : options.host
    console.log(`cista-witness ${verifierKeyOf(secret)}`)
    console.log(`cista-witness listening on http://${host}:${port}`)
    await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')])
    const closed = once(server, 'close')
    server.close()
    // Connections that are kept alive go as soon as their last answer is out.
    const sweep = setInterval(() => server.closeIdleConnections(), 50)
    await closed
    clearInterval(sweep)
    await witness.settled()

    function setBoards(next: typeof boards): void {
      witness.setBoards(next)
      for (const origin of next.keys()) {
        const last = witness.last(origin)
        log(
          `witnessing ${origin}, ${last === undefined ? 'never cosigned' : `cosigned at size ${last.checkpoint.size}`}`,
        )
      }
    }
    async function refresh(): Promise<void> {
      if (await list.changed()) await reload(true)
    }
    /** One after the other: of two at once, the one that was read first might be taken up last. */
    function reload(onlyChanged = false): Promise<void> {
      const done = reading.then(async () => {
        if (!onlyChanged || (await list.changed())) await takeUp()
      })
      reading = done.catch(() => undefined)
      return done
    }
    /** A list at fault is not taken up: those before go on. */
    async function takeUp(): Promise<void> {
      try {
        setBoards(await list.load())
      } catch (error) {
        if (!(error instanceof Failure) && !(error instanceof DecodeError)) throw error
        log(`ALARM: the list of elections stays as it was: ${error.message}`)
      }
    }
  } finally {
    await folder.release()
  }
}

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = report(error)
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  if (error instanceof Failure || error instanceof DecodeError)
    console.error(`cista-witness: ${error.message}`)
  else if (codeOf(error) === 'EADDRINUSE')
    console.error('cista-witness: the port is taken: choose another with --port')
  else throw error
  return 1
}
