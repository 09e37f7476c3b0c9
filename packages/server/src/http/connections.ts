import { once } from 'node:events'
import { type RequestListener, type Server, createServer } from 'node:http'
import type { Socket } from 'node:net'

/** What clients may take of this server, and for how long. Milliseconds. */
export const connectionLimits = {
  /** In which the head of a request must have come. */
  headersTimeout: 10_000,
  /** In which the whole of a request must have come: some 100 KB a second for the largest. */
  requestTimeout: 60_000,
  /** Longer than a proxy keeps its connections, so that it never sends into one that ends. */
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: 16_384,
} as const
/** Open at once; more are refused until some end. Behind a proxy there are few. */
const mostConnections = 4_096
/** After which whoever hangs is cut off when the server ends. */
const lastAnswers = 15_000

export interface HttpServer {
  readonly server: Server
  /** Takes nothing new, answers what is under way for up to `patience` milliseconds, then closes every connection. */
  close(patience?: number): Promise<void>
}

export function httpServer(listener: RequestListener): HttpServer {
  const server = createServer(connectionLimits, listener)
  server.maxConnections = mostConnections
  // How many answers are under way on each connection; Node's own idea of an idle one leaves out those that never asked for anything.
  const underWay = new Map<Socket, number>()
  let closing = false
  server.on('connection', (socket) => {
    underWay.set(socket, 0)
    socket.once('close', () => underWay.delete(socket))
  })
  server.prependListener('request', ({ socket }, response) => {
    underWay.set(socket, (underWay.get(socket) ?? 0) + 1)
    if (closing) response.setHeader('Connection', 'close')
    response.once('close', () => {
      if (underWay.has(socket)) underWay.set(socket, underWay.get(socket)! - 1)
    })
  })
  return {
    server,
    async close(patience = lastAnswers) {
      if (!server.listening) return
      closing = true
      const closed = once(server, 'close')
      const sweep = () => {
        for (const [socket, answers] of underWay) if (answers === 0) socket.end()
      }
      server.close()
      sweep()
      const sweeping = setInterval(sweep, 50)
      const end = setTimeout(() => server.closeAllConnections(), patience)
      await closed
      clearInterval(sweeping)
      clearTimeout(end)
    },
  }
}
