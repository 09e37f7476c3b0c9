import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { LiveFeed } from '../liveFeed.js'
import type { Log } from '../log.js'
import type { Metrics } from '../metrics.js'
import { Problem } from '../problem.js'
import { unknownElection } from '../submit.js'
import { toProblem } from './toProblem.js'
import { declineUpgrade, refuseUpgrade } from './upgrades.js'

/** What those who watch may take of this server. Milliseconds and bytes. */
export interface LiveLimits {
  /** At once, half of all connections: whoever votes needs some too. */
  readonly connections: number
  /** Between two pings, less than a proxy waits; who has not answered the one before is gone. */
  readonly ping: number
  /** For the other side to say goodbye. */
  readonly goodbye: number
  /** Of a message, though none is expected. */
  readonly message: number
  /** Waiting to be sent to one who does not read. */
  readonly waiting: number
}
export const liveLimits: LiveLimits = {
  connections: 2_048,
  ping: 20_000,
  goodbye: 1_000,
  message: 1_024,
  waiting: 16_384,
}

export interface LivePorts {
  readonly feed: LiveFeed
  readonly log: Log
  readonly metrics: Pick<Metrics, 'refused'>
  readonly limits?: LiveLimits
}

const address = /^\/api\/elections\/([0-9a-f]{64})\/live$/

/**
 * `GET /api/elections/{election}/live` as a WebSocket (RFC 6455), which pages of any origin may open: everything sent there is public, and
 * nothing depends on who asks.
 */
export class LiveSockets {
  readonly #ports: LivePorts
  readonly #limits: LiveLimits
  readonly #webSockets: WebSocketServer
  /** Those that are being opened, too. */
  readonly #connections = new Set<Duplex>()
  readonly #alive = new WeakSet<WebSocket>()
  readonly #pinging: NodeJS.Timeout
  #closing = false

  constructor(server: Server, ports: LivePorts) {
    this.#ports = ports
    this.#limits = ports.limits ?? liveLimits
    this.#webSockets = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      handleProtocols: () => false,
      maxPayload: this.#limits.message,
    })
    this.#pinging = setInterval(() => this.#ping(), this.#limits.ping)
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      // Node lets go of it: whoever goes away now is nobody's fault.
      socket.on('error', () => socket.destroy())
      if (!/^websocket$/i.test(request.headers.upgrade ?? ''))
        return declineUpgrade(server, request, socket, head)
      this.#open(request, socket, head).catch((error: unknown) => this.#refuse(error, request, socket))
    })
    this.#webSockets.on('wsClientError', ({ message }, socket, request) =>
      this.#refuse(new Problem('malformed', `no opening of a WebSocket: ${message}`), request, socket),
    )
  }

  /** Says goodbye to all. Those who do not answer are cut off. */
  async close(): Promise<void> {
    this.#closing = true
    clearInterval(this.#pinging)
    const { clients } = this.#webSockets
    const gone = [...clients].map((client) => new Promise((resolve) => client.once('close', resolve)))
    for (const client of clients) this.#end(client, 1001, 'the server ends')
    await Promise.all(gone)
  }

  async #open(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const { feed } = this.#ports
    const [, election] = address.exec(request.url ?? '') ?? []
    if (election === undefined) throw new Problem('not-found', 'there is no WebSocket at this address')
    if (request.method !== 'GET')
      throw new Problem('method-not-allowed', `${request.method} is not possible here`)
    if (this.#closing) throw new Problem('busy', 'the server ends')
    if (this.#connections.size >= this.#limits.connections) throw new Problem('busy', 'too many watch here')
    this.#connections.add(socket)
    socket.once('close', () => this.#connections.delete(socket))
    const found = await feed.now(election)
    if (found === undefined) throw unknownElection(election)
    if (this.#closing) throw new Problem('busy', 'the server ends')
    if (socket.destroyed) return
    this.#webSockets.handleUpgrade(request, socket, head, (client) =>
      this.#serve(client, election, found.text),
    )
  }

  #refuse(error: unknown, request: IncomingMessage, socket: Duplex): void {
    const problem = toProblem(error, request.method ?? '', this.#ports.log)
    this.#ports.metrics.refused(problem.problem)
    refuseUpgrade(request, socket, problem)
  }

  #serve(client: WebSocket, election: string, first: string | undefined): void {
    let last: string | undefined
    const send = (text: string) => {
      if (text === last) return
      last = text
      if (this.#isReading(client)) client.send(text)
    }
    const leave = this.#ports.feed.watch(election, send)
    client.once('close', leave)
    // ws closes the connection by itself.
    client.on('error', () => undefined)
    client.once('message', () => this.#end(client, 1008, 'nothing is to be said here'))
    client.on('ping', () => this.#isReading(client))
    client.on('pong', () => this.#alive.add(client))
    this.#alive.add(client)
    if (first !== undefined) send(first)
  }

  #ping(): void {
    for (const client of this.#webSockets.clients)
      if (this.#alive.delete(client)) client.ping()
      else client.terminate()
  }

  /** Who lets answers pile up is cut off. */
  #isReading(client: WebSocket): boolean {
    if (client.bufferedAmount <= this.#limits.waiting) return true
    client.terminate()
    return false
  }

  #end(client: WebSocket, code: number, why: string): void {
    client.close(code, why)
    const cut = setTimeout(() => client.terminate(), this.#limits.goodbye)
    client.once('close', () => clearTimeout(cut))
  }
}
