import { Command } from 'commander'
import { describe, expect, it, vi } from 'vitest'
import {
  harmless,
  help,
  hex64,
  integerBetween,
  withElection,
  withPassphrase,
  workFactorOption,
} from '../src/index.js'

const election = '0123456789abcdef'.repeat(4)

/** What a command with all options makes of these arguments. */
function optionsOf(...args: string[]): unknown {
  const command = withElection(withPassphrase(new Command('example').addOption(workFactorOption())))
  command.exitOverride().configureOutput({ writeOut: () => {}, writeErr: () => {} })
  return command.parse(args, { from: 'user' }).opts()
}
const on = ['--server', 'https://vote.example.org', '--election', election]

describe('the options', () => {
  it('are read', () => {
    expect(optionsOf(...on, '--passphrase-fd', '0', '--work-factor', '2')).toEqual({
      server: 'https://vote.example.org',
      election,
      passphraseFd: 0,
      workFactor: 2,
    })
  })

  it('come from the environment where they are not given', () => {
    vi.stubEnv('CISTA_SERVER', 'http://127.0.0.1:1')
    vi.stubEnv('CISTA_ELECTION', election)
    vi.stubEnv('CISTA_WORK_FACTOR', '3')
    expect(optionsOf()).toEqual({ server: 'http://127.0.0.1:1', election, workFactor: 3 })
    vi.unstubAllEnvs()
    expect(optionsOf(...on)).toMatchObject({ workFactor: 18 })
  })

  it.each([
    ['--server', 'vote.example.org'],
    ['--server', 'ftp://vote.example.org'],
    ['--election', election.toUpperCase()],
    ['--election', election.slice(1)],
    ['--passphrase-fd', '-1'],
    ['--passphrase-fd', '1001'],
    ['--work-factor', '0'],
    ['--work-factor', '21'],
  ])('refuse %s %s', (option, value) => {
    expect(() => optionsOf(...on, option, value)).toThrow(`argument '${value}' is invalid`)
  })

  it('must be given, server and election, and help says so', () => {
    expect(() => optionsOf(...on.slice(0, 2))).toThrow('--election')
    expect(() => optionsOf(...on.slice(2))).toThrow('--server')
    const text = withElection(withPassphrase(new Command('example').configureHelp(help))).helpInformation()
    const lines = text.replaceAll(/\s+/g, ' ')
    expect(lines).toMatch(/the ballot server \(env: CISTA_SERVER\) \(required\)/)
    expect(lines).toMatch(/id of the election \(env: CISTA_ELECTION\) \(required\)/)
    expect(lines.match(/\(required\)/g)).toHaveLength(2)
  })
})

describe('integerBetween', () => {
  it.each(['1', '07', '20'])('reads %j', (text) => expect(integerBetween(1, 20)(text)).toBe(Number(text)))
  it.each(['', ' 1', '1.0', '1e1', '0x2', '+1', '-1', '0', '21', '9'.repeat(400)])('refuses %j', (text) =>
    expect(() => integerBetween(1, 20)(text)).toThrow('A number from 1 to 20 is needed.'),
  )
})

describe('hex64', () => {
  it('names what has the digits', () => {
    expect(hex64('A tally')(election)).toBe(election)
    expect(() => hex64('A tally')(`${election}\n`)).toThrow('A tally has 64 hexadecimal digits.')
  })
})

describe('harmless', () => {
  it('leaves no control character but the end of a line', () => {
    const controls = Array.from({ length: 0xa0 }, (_, code) => String.fromCharCode(code)).filter((c) =>
      /\p{Cc}/u.test(c),
    )
    expect(controls).toHaveLength(65)
    for (const c of controls) expect(harmless(`a${c}b`)).toBe(c === '\n' ? 'a\nb' : 'a\ufffdb')
    expect(harmless('Grabówka “7” 🔑')).toBe('Grabówka “7” 🔑')
  })
})
