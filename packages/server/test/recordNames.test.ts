import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, startTestServer } from './running.js'

let server: TestServer
const data = mkdtempSync(join(tmpdir(), 'cista-names-'))
beforeAll(async () => {
  server = await startTestServer({ data } as Parameters<typeof startTestServer>[0])
})
afterAll(async () => {
  await server.close()
  rmSync(data, { recursive: true })
})

const some = '0'.repeat(64)
test.each([
  '/elections/%00/checkpoint',
  '/elections/%00/tile/0/000',
  '/elections/%00/payload/%00',
  `/elections/${some}/payload/%00`,
  `/elections/${some}/payload/${some}`,
  `/elections/${some}/checkpoint`,
])('%s is not there, and no fault of the server', async (path) => {
  const response = await fetch(server.url + path)
  expect(response.status).toBe(404)
  expect(await response.json()).toMatchObject({ type: 'urn:cista:problem:not-found' })
})
