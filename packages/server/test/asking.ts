import { once } from 'node:events'
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'

/** What comes back on a request of Node's own, which tells more of connections than `fetch`. */
export async function answerTo(request: ClientRequest): Promise<{
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}> {
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  return { status: response.statusCode!, headers: response.headers, text: await text(response) }
}
