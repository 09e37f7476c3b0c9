import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Fetch } from '@cista/verifier'
import { afterEach, describe, expect, it } from 'vitest'
import { patientFetch } from '../cli/patience.js'
import { begin, election, good, inSetup, useCommand } from './command.js'

useCommand()

const away = 'waiting: the server does not answer'

describe('with --wait, a server that is away', () => {
  it('is waited for from the first contact on, and said once each time', async () => {
    const t = inSetup()
    const { server, url, args } = await election(t)
    const port = Number(new URL(url).port)
    await server.stop()
    const ceremony = begin(args(1, 'ceremony', '--wait'))
    await ceremony.says(away)
    // Long enough for a second try.
    await new Promise((resume) => setTimeout(resume, 1_500))
    await server.start(port)
    await ceremony.says('waiting: 1 of 3 trustees have joined')
    await server.stop()
    await ceremony.says(away)
    await server.start(port)
    await Promise.all([2, 3].map((i) => good(...args(i, 'ceremony', '--wait'))))
    const { code, err } = await ceremony.outcome
    expect(code).toBe(0)
    expect(err.split(away)).toHaveLength(3)
    expect(t.simulation.course.phase.ceremonyDone).toBe(true)
  })

  it('is waited for before a decryption', async () => {
    const t = await inSetup().vote()
    const { server, url, args } = await election(t)
    await server.stop()
    const decryption = begin(args(1, 'decrypt', '--wait'))
    await decryption.says(away)
    await t.simulation.post('close-requested', { reason: 'all have voted' }).close().tally()
    await server.start(Number(new URL(url).port))
    expect(await decryption.outcome).toMatchObject({ code: 0 })
    expect(t.simulation.course.phase.decrypted).toEqual(new Set([1]))
  })
})

describe('patientFetch', () => {
  let server: Server | undefined
  afterEach(() => server?.close())

  /** A server that gives these answers in turn; `undefined` breaks the connection off. */
  async function answering(...answers: (readonly [status: number, body: string] | undefined)[]) {
    server = createServer((_, response) => {
      const answer = answers.shift()
      if (answer === undefined) response.destroy()
      else response.writeHead(answer[0]).end(answer[1])
    })
    await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  }
  const said: string[] = []
  const ask = async (url: string) => {
    said.length = 0
    const response = await patientFetch(fetch as Fetch, (line) => said.push(line))(url)
    return [response.status, new TextDecoder().decode(await response.arrayBuffer())]
  }

  it('goes on once a proxy has its server back, and one that has too much to do has time', async () => {
    const url = await answering([502, 'Bad Gateway'], undefined, [429, '{}'], [200, 'here'])
    expect(await ask(url)).toEqual([200, 'here'])
    expect(said).toEqual(['waiting: the server does not answer (status 502)'])
  })

  it('does not wait for a board that has halted, nor where the answer is no', async () => {
    const halted = '{"type":"urn:cista:problem:halted","status":503}'
    const url = await answering([503, halted], [404, ''], [500, ''])
    expect(await ask(url)).toEqual([503, halted])
    expect(await ask(url)).toEqual([404, ''])
    expect(await ask(url)).toEqual([500, ''])
    expect(said).toEqual([])
  })
})
