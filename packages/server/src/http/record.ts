import { fromUtf8 } from '@cista/board'
import { type Response, Router } from 'express'
import { Problem } from '../problem.js'
import type { Records } from '../record.js'
import { named } from './observed.js'

const isHash = /^[0-9a-f]{64}$/

/** The record as static files, `<election>/<path>`, and every payload by its hash. */
export function recordRouter(records: Records): Router {
  const router = Router()
  // Everything here is named by hashes: other names, with a zero byte for one, are no business of the database.
  for (const name of ['election', 'hash'])
    router.param(name, (_request, _response, next, value: string) =>
      next(
        isHash.test(value) ? undefined : new Problem('not-found', 'nothing on this server has such a name'),
      ),
    )
  router.get(
    '/:election/checkpoint',
    named('/elections/{election}/checkpoint'),
    async ({ params }, response) => {
      const note = await file(params.election, 'checkpoint')
      response.setHeader('Cache-Control', 'no-cache')
      response.type('text/plain; charset=utf-8').send(fromUtf8(note))
    },
  )
  router.get(
    '/:election/payload/:hash',
    named('/elections/{election}/payload/{hash}'),
    async ({ params }, response) => {
      const payload = await records.payload(params.election, params.hash)
      if (payload === undefined) throw new Problem('not-found', 'no payload on this board has this hash')
      send(response.type('application/json'), payload)
    },
  )
  router.get('/:election/*path', named('/elections/{election}/{path}'), async ({ params }, response) => {
    const bytes = await file(params.election, (params.path as unknown as string[]).join('/'))
    send(response.type('application/octet-stream'), bytes)
  })
  return router

  async function file(election: string, path: string): Promise<Uint8Array> {
    const bytes = await records.file(election, path)
    if (bytes === undefined)
      throw new Problem('not-found', 'the record as it is published now has no such file')
    return bytes
  }
}

/** What has such a name never changes. */
function send(response: Response, bytes: Uint8Array): void {
  response.setHeader('Cache-Control', 'public, max-age=31536000, immutable')
  response.send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
}
