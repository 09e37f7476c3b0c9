import { type IncomingMessage, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What happens to a ballot that is posted: its answer is lost, it does not arrive, another server in between is busy, or changes the answer. */
type Fate = 'lost' | 'dropped' | 'busy' | 'lie'
export interface Between {
  readonly url: string
  /** Of the next posts; those after them go through. */
  readonly fates: Fate[]
  stop(): Promise<void>
}

/** A server between a client and `target`, which passes everything on but what it is told to spoil. */
export async function between(target: string): Promise<Between> {
  const fates: Fate[] = []
  const server = createServer((request, response) => {
    void (async () => {
      const body = await bodyOf(request)
      const fate = request.method === 'POST' ? fates.shift() : undefined
      if (fate === 'dropped') return request.socket.destroy()
      if (fate === 'busy') return response.writeHead(503).end('{"detail":"come back later"}')
      const posted = { method: 'POST', body, headers: { 'content-type': 'application/json' } }
      const answer = await fetch(`${target}${request.url}`, request.method === 'POST' ? posted : {})
      const bytes = Buffer.from(await answer.arrayBuffer())
      if (fate === 'lost') return request.socket.destroy()
      const lie = fate === 'lie' && bytes.toString().replace(/\\nindex \d+\\n/, '\\nindex 0\\n')
      return response.writeHead(answer.status).end(lie || bytes)
    })().catch(() => request.socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fates,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return new Uint8Array(Buffer.concat(parts))
}
