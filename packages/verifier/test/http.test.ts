import { utf8 } from '@cista/board'
import { submission } from '@cista/protocol'
import { type Fetch, Unreachable, postSubmission } from '@cista/verifier'
import { expect, it } from 'vitest'

const answering =
  (json: string): Fetch =>
  async () => ({ status: 201, arrayBuffer: async () => new Uint8Array(utf8(json)).buffer })
const notice = submission('notice', utf8('{}'), [])
const post = (json: string) =>
  postSubmission('https://elections.example/api/elections', notice, answering(json))

it('gives back what a server says it has logged', async () => {
  const outcome = await post('{"entry":"e","receipt":"r"}')
  expect(outcome).toEqual({ kind: 'logged', entry: utf8('e'), receipt: 'r' })
})

it.each([
  '{}',
  '[]',
  '{"entry":"e"}',
  '{"entry":1,"receipt":"r"}',
  String.raw`{"entry":"\ud800","receipt":"r"}`,
])('takes %s for the answer of no server of elections', (json) =>
  expect(post(json)).rejects.toBeInstanceOf(Unreachable),
)
