import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import { addCheckpointBytes } from '@cista/board'
import type { Witness } from '@cista/witness'
import { type Reply, lineOf, replyTo } from './answers.js'
import { messageOf } from './failure.js'
import { originHash } from './stateFolder.js'

export interface WitnessServerPorts {
  readonly witness: Witness
  /** Called before each request: takes up a changed list of elections. */
  readonly refresh: () => Promise<void>
  readonly log: (line: string) => void
  /** Seconds in which a whole request must have come. */
  readonly timeout: number
}
/** C2SP tlog-witness at `/add-checkpoint`, its monitoring prefix at `/<origin hash>/checkpoint`, and `/healthz`. */
export function witnessServer(ports: WitnessServerPorts): Server {
  const limits = {
    headersTimeout: ports.timeout * 1000,
    requestTimeout: ports.timeout * 1000,
    connectionsCheckingInterval: Math.min(1000, ports.timeout * 250),
    keepAliveTimeout: 65_000,
    maxHeaderSize: 8_192,
  }
  const server = createServer(limits, (request, response) => {
    reply(request, ports).then(
      (answer) => send(response, answer),
      (error: unknown) => {
        // A request that its sender gave up has nobody to answer to.
        if (request.destroyed && !request.complete) return
        ports.log(`failed: ${messageOf(error)}`)
        send(response, { status: 500, body: 'the witness has failed\n' })
      },
    )
  })
  server.maxConnections = 1_024
  return server
}

async function reply(request: IncomingMessage, ports: WitnessServerPorts): Promise<Reply> {
  const { witness } = ports
  const path = (request.url ?? '').replace(/\?.*$/s, '')
  const reads = request.method === 'GET' || request.method === 'HEAD'
  const [, hash] = /^\/([0-9a-f]{64})\/checkpoint$/.exec(path) ?? []
  if (path === '/add-checkpoint') {
    if (request.method !== 'POST') return { status: 405, body: 'only POST\n', allow: 'POST' }
    const body = await bodyOf(request)
    if (body === undefined) return { status: 413, body: `at most ${addCheckpointBytes} bytes\n` }
    await ports.refresh()
    const answer = await witness.addCheckpoint(body)
    ports.log(lineOf(answer))
    return replyTo(answer)
  }
  if (hash === undefined && path !== '/healthz') return { status: 404, body: 'nothing here\n' }
  if (!reads) return { status: 405, body: 'only GET\n', allow: 'GET, HEAD' }
  if (hash !== undefined) {
    const kept = witness.all().find(({ checkpoint }) => originHash(checkpoint.origin) === hash)
    return kept === undefined ? { status: 404, body: 'never cosigned\n' } : { status: 200, body: kept.note }
  }
  const { halted } = witness
  if (halted.length > 0) return { status: 503, body: `halted: ${halted.join(', ')}\n` }
  return { status: 200, body: 'ok\n' }
}

/** The whole body; undefined if it is longer than any request. */
async function bodyOf(request: IncomingMessage): Promise<Uint8Array | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > addCheckpointBytes) return undefined
  const parts: Buffer[] = []
  let length = 0
  // What is not read to its end must not be cut off before it is answered.
  for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += part.length
    if (length > addCheckpointBytes) return undefined
    parts.push(part)
  }
  return new Uint8Array(Buffer.concat(parts))
}

function send(response: ServerResponse, { status, body, type, allow }: Reply): void {
  if (allow !== undefined) response.setHeader('Allow', allow)
  // The rest of a body that nobody reads would stand before the next request.
  if (status === 413) response.setHeader('Connection', 'close')
  response.setHeader('Content-Type', type ?? 'text/plain; charset=utf-8')
  response.setHeader('Content-Length', Buffer.byteLength(body))
  response.writeHead(status)
  response.end(body)
}
