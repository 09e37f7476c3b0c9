import { type IncomingMessage, type Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Socket } from 'node:net'
import { type Problem, problemDocument } from '../problem.js'

/**
 * A server that listens for upgrades gets every request that offers one, though most are asked for something that it need not take: a client
 * in Java offers HTTP/2 with each. Such a request goes back to the server without its offer, and is answered as any other; its connection
 * ends with that.
 */
export function declineUpgrade(server: Server, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`]
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    const [name, value] = request.rawHeaders.slice(i, i + 2)
    if (!/^(?:connection|upgrade|http2-settings)$/i.test(name!)) lines.push(`${name}: ${value}`)
  }
  // Node reads the bytes of a head as these characters.
  const again = Buffer.from([...lines, 'Connection: close', '', ''].join('\r\n'), 'latin1')
  socket.unshift(Buffer.concat([again, head]))
  server.emit('connection', socket)
}

/** In place of an upgrade, the answer that a route would give; the connection ends with it. */
export function refuseUpgrade(request: IncomingMessage, socket: Duplex, problem: Problem): void {
  const document = problemDocument(problem)
  const response = new ServerResponse(request)
  response.shouldKeepAlive = false
  // Upgrades come on the sockets of connections, whatever their type says.
  response.assignSocket(socket as Socket)
  response.once('finish', () => (socket as Socket).destroySoon())
  response.writeHead(document.status, {
    'Content-Type': 'application/problem+json; charset=utf-8',
    ...(document.status === 503 && { 'Retry-After': '5' }),
    ...(document.status === 405 && { Allow: 'GET' }),
    // RFC 6455, 4.4: what is spoken here, for whoever speaks another version.
    ...(document.status === 400 && { 'Sec-WebSocket-Version': '13' }),
  })
  response.end(JSON.stringify(document))
}
