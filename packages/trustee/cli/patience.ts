import { setTimeout as sleep } from 'node:timers/promises'
import type { Fetch } from '@cista/verifier'

const pauseMilliseconds = 1_000
/** What a proxy says for a server that is away, and what the server says when it has too much to do. */
const away = new Set([429, 502, 503, 504])

/**
 * A fetch that outlasts a server that is away: it asks again every second until there is an answer. Sending a submission again does no harm: the
 * same bytes get the same receipt.
 * @param say is told once each time that the server goes away.
 */
export function patientFetch(fetch: Fetch, say: (line: string) => void): Fetch {
  return async (url, init) => {
    for (let said = false; ; await sleep(pauseMilliseconds)) {
      const answer = await attempt(fetch, url, init)
      if (typeof answer !== 'string') return answer
      if (!said) say(`waiting: the server does not answer (${answer})`)
      said = true
    }
  }
}

/** The answer, read to its end; or why there is none. */
async function attempt(
  fetch: Fetch,
  ...request: Parameters<Fetch>
): Promise<Awaited<ReturnType<Fetch>> | string> {
  try {
    const response = await fetch(...request)
    const body = await response.arrayBuffer()
    // A board that has halted waits for its operator, who is told by people, not by asking again.
    if (away.has(response.status) && !new TextDecoder().decode(body).includes('urn:cista:problem:halted'))
      return `status ${response.status}`
    return { status: response.status, arrayBuffer: async () => body }
  } catch (error) {
    if (!(error instanceof Error)) return String(error)
    return error.cause instanceof Error ? error.cause.message : error.message
  }
}
