import { once } from 'node:events'
import { type RequestListener, type Server, type ServerResponse, createServer } from 'node:http'
import type { Socket } from 'node:net'

/** What clients may take of this server, and for how long. Milliseconds. */
export interface ConnectionLimits {
  readonly headersTimeout: number
  readonly requestTimeout: number
  readonly keepAliveTimeout: number
  readonly connectionsCheckingInterval: number
  /** Bytes. */
  readonly maxHeaderSize: number
  /** Open at once; more are refused until some end. Behind a proxy there are few. */
  readonly maxConnections: number
}
export const connectionLimits: ConnectionLimits = {
  /** In which the head of a request must have come. */
  headersTimeout: 10_000,
  /** In which the whole of a request must have come: some 100 KB a second for the largest. */
  requestTimeout: 60_000,
  /** Longer than a proxy keeps its connections, so that it never sends into one that ends. */
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: 16_384,
  maxConnections: 4_096,
}
/** After which whoever hangs is cut off when the server ends. */
const lastAnswers = 15_000

export interface HttpServer {
  readonly server: Server
  /** Takes nothing new, answers what is under way for up to `patience` milliseconds, then closes every connection. */
  close(patience?: number): Promise<void>
}

export function httpServer(
  listener: RequestListener,
  { maxConnections, ...timeouts }: ConnectionLimits = connectionLimits,
): HttpServer {
  const server = createServer(timeouts, listener)
  server.maxConnections = maxConnections
  // The answers under way on each connection; Node's own idea of an idle one leaves out those that never asked for anything.
  const underWay = new Map<Socket, Set<ServerResponse>>()
  let closing = false
  const lastOne = (response: ServerResponse) => {
    if (!response.headersSent) response.setHeader('Connection', 'close')
  }
  server.on('connection', (socket) => {
    underWay.set(socket, new Set())
    socket.once('close', () => underWay.delete(socket))
  })
  server.prependListener('request', ({ socket }, response) => {
    underWay.get(socket)?.add(response)
    if (closing) lastOne(response)
    response.once('close', () => underWay.get(socket)?.delete(response))
  })
  return {
    server,
    async close(patience = lastAnswers) {
      if (!server.listening) return
      closing = true
      const closed = once(server, 'close')
      const sweep = () => {
        for (const [socket, { size }] of underWay) if (size === 0) socket.destroySoon()
      }
      server.close()
      for (const responses of underWay.values()) for (const response of responses) lastOne(response)
      sweep()
      const sweeping = setInterval(sweep, 50)
      const end = setTimeout(() => server.closeAllConnections(), patience)
      await closed
      clearInterval(sweeping)
      clearTimeout(end)
    },
  }
}
