// Specification: 05 Files
import { type RecordSource, fromUtf8, hasLoneSurrogate, utf8 } from '@cista/board'
import { type Submission, encodeSubmission } from '@cista/protocol'

/** As much of WHATWG fetch as is used; `globalThis.fetch` fits. */
export type Fetch = (
  url: string,
  init?: {
    readonly method?: string
    readonly headers?: Record<string, string>
    readonly body?: Uint8Array<ArrayBuffer>
  },
) => Promise<{
  readonly status: number
  arrayBuffer(): Promise<ArrayBuffer>
}>

/** The server cannot be reached, or does not answer as a server of elections does. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable'
}

/** A record over HTTP, from a server or any host of static files. @param url of the record's folder. */
export function httpRecord(url: string, fetch: Fetch): RecordSource {
  const base = url.replace(/\/+$/, '')
  return {
    async read(path) {
      const { status, body } = await request(fetch, `${base}/${path}`)
      if (status === 404) return undefined
      if (status !== 200) throw new Unreachable(`${base}/${path} answers with status ${status}`)
      return body
    },
  }
}

/** RFC 9457. `type` is stable; `detail` says what to do. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly findings: readonly { readonly code: string; readonly at: string; readonly why: string }[]
}
export type SubmitOutcome =
  | { readonly kind: 'logged'; readonly entry: Uint8Array; readonly receipt: string }
  | { readonly kind: 'refused'; readonly problem: Problem }

/** Posts a submission. @param url of the API's endpoint, `…/api/elections` or `…/api/elections/<id>/entries`. @throws {Unreachable} */
export async function postSubmission(url: string, s: Submission, fetch: Fetch): Promise<SubmitOutcome> {
  const { status, body } = await request(fetch, url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: new Uint8Array(encodeSubmission(s)),
  })
  const answer = jsonOf(body, url, status)
  if (status === 200 || status === 201) {
    const { entry, receipt } = answer
    if (typeof entry !== 'string' || typeof receipt !== 'string' || hasLoneSurrogate(entry))
      throw new Unreachable(`${url} answers without entry and receipt`)
    return { kind: 'logged', entry: utf8(entry), receipt }
  }
  return { kind: 'refused', problem: problemOf(answer, status) }
}

/** A JSON answer of the API; undefined for status 404. @throws {Unreachable} on anything but an object with status 200. */
export async function getJson(
  url: string,
  fetch: Fetch,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const { status, body } = await request(fetch, url)
  if (status === 404) return undefined
  const answer = jsonOf(body, url, status)
  if (status !== 200) throw new Unreachable(`${url}: ${problemOf(answer, status).detail}`)
  return answer
}

async function request(fetch: Fetch, url: string, init?: Parameters<Fetch>[1]) {
  try {
    const response = await fetch(url, init)
    return { status: response.status, body: new Uint8Array(await response.arrayBuffer()) }
  } catch (error) {
    throw new Unreachable(`${url} cannot be reached: ${causeOf(error)}`)
  }
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}

function jsonOf(body: Uint8Array, url: string, status: number): Record<string, unknown> {
  try {
    const answer: unknown = JSON.parse(fromUtf8(body))
    if (typeof answer === 'object' && answer !== null && !Array.isArray(answer))
      return answer as Record<string, unknown>
  } catch (error) {
    // JSON says the one, UTF-8 the other.
    if (!(error instanceof SyntaxError) && !(error instanceof RangeError)) throw error
  }
  throw new Unreachable(`${url} answers with status ${status} and no JSON object`)
}

function problemOf(answer: Record<string, unknown>, status: number): Problem {
  const textOf = (key: string, fallback: string) => (typeof answer[key] === 'string' ? answer[key] : fallback)
  const findings = Array.isArray(answer['findings']) ? (answer['findings'] as unknown[]) : []
  return {
    type: textOf('type', 'about:blank'),
    title: textOf('title', `status ${status}`),
    status,
    detail: textOf('detail', `the server refused with status ${status}`),
    findings: findings.flatMap((f) => (isFinding(f) ? [f] : [])),
  }
}

function isFinding(value: unknown): value is Problem['findings'][number] {
  if (typeof value !== 'object' || value === null) return false
  const { code, at, why } = value as Record<string, unknown>
  return [code, at, why].every((v) => typeof v === 'string')
}
