import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { concat, utf8 } from '@cista/board'
import { mutateJson } from './json.js'
import { type Random, chance, oneOf } from './random.js'
import { mutateString, oddities } from './text.js'

export interface Call {
  readonly method: string
  /** With its query, as it goes over the wire. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}
export interface Reply {
  readonly status: number
  readonly type: string | undefined
  readonly body: Uint8Array
}

const methods = ['GET', 'POST', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH', 'TRACE', 'PROPFIND', 'QUERY']
const strangeHeaders: readonly (readonly [string, string])[] = [
  ['content-encoding', 'gzip'],
  ['content-encoding', 'identity'],
  ['content-type', 'multipart/form-data; boundary=x'],
  ['content-type', 'application/json; charset=utf-16'],
  ['content-type', ';;;'],
  ['accept', 'text/html'],
  ['accept-encoding', 'gzip, br'],
  ['range', 'bytes=0-1,5-'],
  ['if-none-match', '*'],
  ['if-modified-since', 'Thu, 01 Jan 1970 00:00:00 GMT'],
  ['origin', 'null'],
  ['host', 'a:b:c'],
  ['x-forwarded-for', '::1, 10.0.0.1, x'],
  ['x-http-method-override', 'DELETE'],
  ['cookie', '__proto__=1'],
  ['expect', '200-ok'],
  ['upgrade', 'websocket'],
  ['transfer-encoding', 'chunked'],
]

/** Characters that cannot stand in a request line, as percent signs; some that could, too. */
const sendable = (path: string): string =>
  path.replace(/[^\x21-\x7e]/gu, (c) => (/[\ud800-\udfff]/u.test(c) ? '%ed%a0%80' : encodeURIComponent(c)))

function mutatePath(path: string, random: Random, other: string): string {
  const parts = path.split(/(?=[/?&=])/)
  const at = random.below(parts.length)
  const strange = [
    '/..',
    '/.',
    '//',
    '/%2e%2e',
    '/%00',
    '/%ff',
    '/%',
    '?',
    '?a',
    '?origin[]=1',
    '&&',
    ';',
    '#x',
    '/*',
  ]
  switch (random.below(7)) {
    case 0:
      parts.splice(at, 1)
      break
    case 1:
      parts.splice(at, 0, oneOf(random, [...strange, ...oddities]))
      break
    case 2:
      parts[at] = oneOf(random, other.split(/(?=[/?&=])/))
      break
    case 3:
      parts[at] = parts[at]!.toUpperCase()
      break
    case 4:
      return sendable(`/${mutateString(path.slice(1), random, other)}`)
    default:
      parts[at] = `${parts[at]![0] ?? '/'}${mutateString(parts[at]!.slice(1), random, other.slice(1))}`
  }
  const mutated = sendable(parts.join(''))
  return mutated.startsWith('/') ? mutated : `/${mutated}`
}

/** Another method, address, header or body. @param resign puts a changed payload under a right signature. */
export function mutateCall(
  call: Call,
  random: Random,
  other: Call,
  resign: (call: Call, random: Random) => Uint8Array,
): Call {
  const edit = random.below(call.body.length > 0 ? 10 : 5)
  if (edit === 0) return { ...call, method: oneOf(random, methods) }
  if (edit === 1) {
    const [name, value] = oneOf(random, strangeHeaders)
    return { ...call, headers: { ...call.headers, [name]: value } }
  }
  if (edit < 5) return { ...call, path: mutatePath(call.path, random, other.path) }
  if (edit < 7) return { ...call, body: resign(call, random) }
  if (chance(random, 40)) return { ...call, body: new Uint8Array(7_000_000).fill(0x20) }
  return { ...call, body: mutateJson(call.body, random, other.body.length > 0 ? other.body : call.body) }
}

/** The bytes of a request. */
export function wireOf({ method, path, headers, body }: Call): Uint8Array {
  const lines = { host: 'localhost', connection: 'close', 'content-length': String(body.length), ...headers }
  const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`)
  return concat(utf8(`${method} ${path} HTTP/1.1\r\n${head.join('')}\r\n`), body)
}

const agent = new Agent({ keepAlive: true, maxSockets: 1 })
export const hangUp = (): void => agent.destroy()

/** A connection that was kept may end just as it is used again; then a new one is tried, as every browser does. */
export async function send(server: string, call: Call): Promise<Reply> {
  try {
    return await sendOver(agent, server, call)
  } catch (error) {
    if (!(error instanceof Ended)) throw error
    return sendOver(false, server, call)
  }
}

class Ended extends Error {}

function sendOver(
  over: Agent | false,
  server: string,
  { method, path, headers, body }: Call,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(server)
    const options = { agent: over, hostname, port, method, path, headers, timeout: 10_000 }
    const sent = request(options, (response) => {
      const parts: Uint8Array[] = []
      response.on('data', (part: Uint8Array) => parts.push(part))
      response.on('error', reject)
      response.on('end', () => {
        const { statusCode: status = 0, headers } = response
        resolve({ status, type: headers['content-type'], body: concat(...parts) })
      })
    })
    // What is said there is for its own tests.
    sent.on('upgrade', ({ statusCode: status = 0 }, socket) => {
      socket.destroy()
      resolve({ status, type: undefined, body: new Uint8Array() })
    })
    sent.on('timeout', () => sent.destroy(new Error('no answer in ten seconds')))
    sent.on('error', (error) => {
      if (over !== false && sent.reusedSocket) reject(new Ended())
      // The server has answered and gone before it was sent all of what is too large.
      else if (body.length > 6_000_000) resolve({ status: 413, type: undefined, body: new Uint8Array() })
      else reject(error)
    })
    sent.end(body.length > 0 ? body : undefined)
  })
}

/** All that a server says to these bytes until it hangs up, or falls silent. @param patience milliseconds for the first word: it may wait for more. */
export function sendBytes(server: string, bytes: Uint8Array, patience: number): Promise<string> {
  return new Promise((resolve) => {
    const { hostname, port } = new URL(server)
    const socket = connect(Number(port), hostname)
    let text = ''
    let timer = setTimeout(done, patience)
    socket.on('data', (part) => {
      text += part.toString('latin1')
      clearTimeout(timer)
      timer = setTimeout(done, 20)
    })
    socket.on('error', done)
    socket.on('close', done)
    socket.write(bytes)

    function done(): void {
      clearTimeout(timer)
      socket.destroy()
      resolve(text)
    }
  })
}
