/** What a server may send while its page is compared. Bytes and milliseconds. */
export interface PageLimits {
  /** Of one file, unpacked. */
  readonly file: number
  /** Of all files together. */
  readonly all: number
  /** For one file, to its last byte. */
  readonly patience: number
  /** Before one file. */
  readonly redirects: number
}
export const pageLimits: PageLimits = {
  file: 16 * 2 ** 20,
  all: 128 * 2 ** 20,
  patience: 60_000,
  redirects: 3,
}

export type Fetched =
  | { readonly kind: 'file'; readonly bytes: Uint8Array }
  | { readonly kind: 'missing'; readonly why: string }
  /** Sends on to another server, or too often: nothing of this page. */
  | { readonly kind: 'elsewhere'; readonly why: string }
  | { readonly kind: 'too-large'; readonly why: string }
  /** Nothing can be said of this file. */
  | { readonly kind: 'no-answer'; readonly why: string }

/** Asks for files of one server, as a browser would, and takes no more than the limits allow. */
export class PageFetch {
  readonly #limits: PageLimits
  #taken = 0

  constructor(limits: PageLimits = pageLimits) {
    this.#limits = limits
  }

  async get(url: URL): Promise<Fetched> {
    const signal = AbortSignal.timeout(this.#limits.patience)
    try {
      return await this.#follow(url, signal)
    } catch (error) {
      return { kind: 'no-answer', why: causeOf(error) }
    }
  }

  async #follow(first: URL, signal: AbortSignal): Promise<Fetched> {
    let url = first
    for (let redirects = 0; redirects <= this.#limits.redirects; redirects++) {
      // What a cache keeps is not what the server sends now.
      const response = await fetch(url, {
        redirect: 'manual',
        signal,
        headers: { 'cache-control': 'no-cache' },
      })
      const { status } = response
      if (status === 200) return this.#take(response)
      await response.body?.cancel()
      const location = status >= 300 && status < 400 ? response.headers.get('location') : null
      if (location === null)
        return status === 429 || status === 408 || status >= 500 || status < 400
          ? { kind: 'no-answer', why: `status ${status}` }
          : { kind: 'missing', why: `status ${status}` }
      const next = URL.canParse(location, url.href) ? new URL(location, url) : undefined
      if (next?.origin !== first.origin)
        return { kind: 'elsewhere', why: `sends on to ${location.slice(0, 200)}` }
      url = next
    }
    return { kind: 'elsewhere', why: `sends on more than ${this.#limits.redirects} times` }
  }

  async #take({ body }: Response): Promise<Fetched> {
    const parts: Uint8Array[] = []
    let size = 0
    // A body that is left half read is let go of.
    for await (const part of body ?? []) {
      size += part.length
      this.#taken += part.length
      if (size > this.#limits.file)
        return { kind: 'too-large', why: `more than ${this.#limits.file} bytes, not compared` }
      if (this.#taken > this.#limits.all)
        return {
          kind: 'too-large',
          why: `more than ${this.#limits.all} bytes with the files before, not compared`,
        }
      parts.push(part)
    }
    return { kind: 'file', bytes: Buffer.concat(parts) }
  }
}

function causeOf(error: unknown): string {
  const { name, message, cause } = error as Error
  if (name === 'TimeoutError') return 'too slow'
  return cause instanceof Error && cause.message !== '' ? cause.message : message
}
