import type { Fetch } from '@cista/verifier'

/** Milliseconds after which a server counts as silent. A ballot is answered when its checkpoint is public. */
const patience = { read: 30_000, send: 60_000 }

/** As `fetch`, but nothing is waited for for ever. */
export const patientFetch: Fetch = async (url, init) => {
  const control = new AbortController()
  const send = init?.method === 'POST'
  const timer = setTimeout(() => control.abort(), send ? patience.send : patience.read)
  try {
    const answer = await fetch(url, {
      ...init,
      signal: control.signal,
      credentials: 'omit',
      cache: send ? 'no-store' : 'default',
    })
    const body = await answer.arrayBuffer()
    return { status: answer.status, arrayBuffer: () => Promise.resolve(body) }
  } finally {
    clearTimeout(timer)
  }
}
