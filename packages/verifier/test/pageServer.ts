import { createHash } from 'node:crypto'
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Answer = string | ((request: IncomingMessage, response: ServerResponse) => void)

/** A server of pages that a test may change at any time, and what it was asked for. */
export async function servePages(answers: Map<string, Answer>) {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url!)
    const answer = answers.get(request.url!)
    if (answer === undefined) response.writeHead(404).end('<p>nothing here')
    else if (typeof answer === 'string') response.end(answer)
    else answer(request, response)
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    stop: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')

/** A page as it was published: three files, and the address where browsers begin. */
export const published: Readonly<Record<string, string>> = {
  'assets/vote.js': 'const vote = 1\n',
  'index.html':
    '<!doctype html><script type=module src="assets/vote.js"></script><a href="texts/vi.json">vi</a>',
  'texts/vi.json': '{}',
}
export const publishedHashes = Object.fromEntries(
  Object.entries(published).map(([path, text]) => [path, hashOf(text)]),
)
export const answersOf = (files: Readonly<Record<string, string>>, base = '/'): Map<string, Answer> =>
  new Map([
    ...Object.entries(files).map(([path, text]): [string, Answer] => [`${base}${path}`, text]),
    ...(files['index.html'] === undefined ? [] : [[base, files['index.html']] as [string, Answer]]),
  ])
