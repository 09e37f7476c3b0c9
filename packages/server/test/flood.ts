import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type Agent, type RequestOptions, request as ask } from 'node:http'
import { type Socket, connect } from 'node:net'
import { type Random, chance, oneOf, randomBytes } from '../../../scripts/fuzz/random.js'

/** One bad request by HTTP. */
export interface BadRequest {
  readonly method: string
  readonly path: string
  readonly body?: Uint8Array | string
  readonly headers?: Readonly<Record<string, string>>
}

/** A ballot that is almost good: bytes turned, cut, put in, doubled, another digit here or there. */
export function mutated(random: Random, good: Uint8Array): Uint8Array {
  for (;;) {
    const bad = mutation(random, good)
    if (Buffer.compare(bad, good) !== 0) return bad
  }
}

function mutation(random: Random, good: Uint8Array): Uint8Array {
  const bytes = Buffer.from(good)
  const at = random.below(bytes.length)
  switch (random.below(6)) {
    case 0:
      bytes[at]! ^= 1 << random.below(8)
      return bytes
    case 1:
      return bytes.subarray(0, at)
    case 2:
      return Buffer.concat([
        bytes.subarray(0, at),
        randomBytes(random, 1 + random.below(8)),
        bytes.subarray(at),
      ])
    case 3:
      return Buffer.concat([bytes, bytes.subarray(0, at)])
    case 4: {
      // Another digit of base64url or hex: still canonical JSON, and often a payload that decodes.
      const digits = 'abcdef0123456789'
      bytes.write(oneOf(random, [...digits]), at)
      return bytes
    }
    default:
      return Buffer.concat([
        bytes.subarray(0, at),
        bytes.subarray(Math.min(bytes.length, at + 1 + random.below(64))),
      ])
  }
}

export const badJson = (random: Random): string =>
  oneOf(random, [
    '{',
    'null',
    '[]',
    '""',
    '{}',
    '['.repeat(20_000),
    '{"a":'.repeat(5_000),
    '{"kind":"ballot","kind":"ballot","payload":"","signatures":[]}',
    '{"kind":"ballot","payload":"","signatures":[]}',
    `{"kind":"ballot","payload":"${'A'.repeat(300_000)}","signatures":[]}`,
    '{"kind":"ballot","payload":1e400,"signatures":[]}',
    '{"kind":"constructor","payload":"e30","signatures":[]}',
    '{"__proto__":{},"kind":"ballot","payload":"e30","signatures":[]}',
    `{"kind":"ballot","payload":"e30","signatures":[${'{"by":"credential","proof":""},'.repeat(2_000)}{}]}`,
    '"\\ud800"',
    '\ufeff{}',
  ])

const hex = (random: Random): string => Buffer.from(randomBytes(random, 32)).toString('hex')

export const wrongPath = (random: Random, election: string): BadRequest => {
  const path = oneOf(random, [
    '/',
    '/%',
    '/%00',
    '/..%2f..%2fetc/passwd',
    `/elections/${election}/../../board-secret`,
    `/elections/${election}/tile/0/x999/999`,
    `/elections/${election}/tile/99/000`,
    `/elections/${election}/payload/${hex(random)}`,
    `/elections/${hex(random)}/checkpoint`,
    `/elections/${election}/payloads/000.p/257`,
    `/api/elections/${hex(random)}`,
    `/api/elections/${election}/ballots/${hex(random)}`,
    `/api/elections/${election}/credentials/${hex(random)}`,
    `/api/elections/${election}?${hex(random)}=1`,
    '/api/board-key?origin=%ff',
    `/api/board-key?origin=${'a'.repeat(4_000)}`,
    `/${'a/'.repeat(3_000)}`,
    '/api/%c0%ae',
  ])
  return {
    path,
    method: oneOf(random, ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE']),
  }
}

/** What is no HTTP, or almost. */
export const noise = (random: Random): Uint8Array => {
  const texts = [
    'GET /healthz HTTP/9.9\r\n\r\n',
    `GET / HTTP/1.1\r\nHost: a\r\nX: ${'y'.repeat(64_000)}\r\n\r\n`,
    'POST /api/elections HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello',
    'POST /api/elections HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'POST /api/elections HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n',
    'GET /healthz HTTP/1.1\r\n\r\n',
    `${'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(50)}`,
    'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n',
    'GET /healthz HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
    '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001',
  ]
  return chance(random, 3) ? randomBytes(random, 1 + random.below(2_000)) : Buffer.from(oneOf(random, texts))
}

export interface Target {
  readonly host: string
  readonly port: number
}

/** Sends it, and reads the answer away. @returns its status; 0 where the connection was cut. */
export function send(
  target: Target,
  agent: Agent,
  { method, path, body, headers }: BadRequest,
): Promise<number> {
  const options: RequestOptions = { ...target, agent, method, path, headers, timeout: 60_000 }
  return new Promise((resolve) => {
    const request = ask(options, (response) => {
      response.on('error', () => resolve(0))
      response.resume().on('end', () => resolve(response.statusCode!))
    })
    request.on('error', () => resolve(0)).on('timeout', () => request.destroy())
    request.end(body)
  })
}

/** A connection on which something comes that is no request; left after half a second if the server has not closed it. */
export async function sendNoise(target: Target, bytes: Uint8Array): Promise<void> {
  const socket = await connection(target)
  socket.write(bytes)
  await Promise.race([once(socket, 'close'), new Promise((later) => setTimeout(later, 500))]).catch(
    () => undefined,
  )
  socket.destroy()
}

export async function connection(target: Target): Promise<Socket> {
  const socket = connect(target)
  socket.on('error', () => undefined)
  await once(socket, 'connect').catch(() => undefined)
  return socket.resume()
}

/** Many at once, `width` of them. */
export async function parallel<T>(
  jobs: readonly T[],
  width: number,
  work: (job: T) => Promise<void>,
): Promise<void> {
  let next = 0
  const worker = async () => {
    while (next < jobs.length) await work(jobs[next++]!)
  }
  await Promise.all(Array.from({ length: width }, worker))
}

/** Resident memory of a process, bytes (Linux: proc_pid_status(5)). */
export const residentMemory = (pid: number): number =>
  1024 * Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1])

/** Nearest rank. */
export const percentile = (values: readonly number[], p: number): number =>
  [...values].sort((a, b) => a - b)[Math.max(0, Math.ceil((p / 100) * values.length) - 1)]!
