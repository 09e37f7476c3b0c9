import type { Request, RequestHandler, Response } from 'express'
import { limits } from '@cista/protocol'
import { Problem } from '../problem.js'

/** Bytes of a submission: its payload in base64url, and as many signatures as an entry can have. */
const submissionBytes = (payload: number): number => Math.ceil((payload * 4) / 3) + 65_536

/** How much of bodies is in memory at once, so that no number of senders can fill it. */
export interface BodyBudget {
  /** Bytes of the largest body. */
  readonly largest: number
  /** Bytes of the largest body that is small: a ballot's. */
  readonly smallest: number
  /** Bytes of all small bodies together. */
  readonly small: number
  /** Number of larger ones, which only authorities send. */
  readonly large: number
}
export const bodyBudget: BodyBudget = {
  largest: submissionBytes(Math.max(...Object.values(limits.payloadBytes))),
  smallest: submissionBytes(limits.payloadBytes.ballot),
  small: 64 * 2 ** 20,
  large: 4,
}

export interface BodyReader {
  /** Puts the whole body, as it is, into `request.body`. */
  readonly read: RequestHandler
  /** Bytes of bodies whose requests are not answered yet. */
  readonly held: () => number
}

export function bodyReader(budget: BodyBudget = bodyBudget): BodyReader {
  let [held, heldSmall, large] = [0, 0, 0]

  /** @throws {Problem} */
  async function body(request: Request, response: Response): Promise<Buffer> {
    if ((request.headers['content-encoding'] ?? 'identity') !== 'identity')
      throw new Problem('encoding', 'compressed bodies are not read')
    if (Number(request.headers['content-length'] ?? 0) > budget.largest) throw tooLarge()
    const parts: Buffer[] = []
    let [length, isLarge, answered] = [0, false, false]
    response.once('close', () => {
      answered = true
      held -= length
      if (isLarge) large -= 1
      else heldSmall -= length
    })
    for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      const next = length + part.length
      if (answered) break
      if (next > budget.largest) throw tooLarge()
      if (!isLarge && next > budget.smallest) {
        if (large >= budget.large) throw full()
        isLarge = true
        large += 1
        heldSmall -= length
      }
      if (!isLarge) {
        if (heldSmall + part.length > budget.small) throw full()
        heldSmall += part.length
      }
      held += part.length
      length = next
      parts.push(part)
    }
    return Buffer.concat(parts)
  }

  const tooLarge = () => new Problem('too-large', `more than ${budget.largest} bytes`)
  const full = () => new Problem('busy', 'too many requests are under way')

  return {
    held: () => held,
    read: async (request, response, next) => {
      try {
        request.body = await body(request, response)
      } catch (error) {
        // The rest goes nowhere, so that its sender gets to read the answer.
        request.resume()
        throw error instanceof Problem ? error : new Problem('malformed', 'the request is broken off')
      }
      next()
    },
  }
}
