import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { sha256, utf8 } from '@cista/board'
import { type Manifest, makeCode } from '@cista/protocol'
import { testTimes } from '@cista/testkit'
import { databases } from '../../../server/test/databases.js'
import { Party } from '../../../server/test/party.js'
import { type TestServer, startTestServer } from '../../../server/test/running.js'

export const builtPages = fileURLToPath(new URL('../../dist/pages', import.meta.url))

const texts = (en: string, et?: string) => (et === undefined ? { en } : { en, et })
const option = (id: string, en: string, et?: string) => ({ id, title: texts(en, et) })

/** One contest of each kind, in two languages. */
export const everyKind: Partial<Manifest> = {
  contests: [
    {
      id: 'park',
      kind: 'selection',
      min: 0,
      max: 2,
      title: texts('What shall the park get?', 'Mida park saab?'),
      description: texts('Two things at most.', 'Kõige rohkem kaks asja.'),
      options: [
        option('pond', 'A pond', 'Tiik'),
        option('bench', 'Benches', 'Pingid'),
        option('trees', 'More trees', 'Rohkem puid'),
      ],
    },
    {
      id: 'money',
      kind: 'score',
      maximum: 4,
      budget: 5,
      title: texts('Where shall the money go?', 'Kuhu läheb raha?'),
      options: [option('path', 'A path', 'Rada'), option('lights', 'Lights', 'Valgustus')],
    },
    {
      id: 'colour',
      kind: 'ranking',
      min: 1,
      max: 3,
      points: [3, 2, 1],
      title: texts('Which colour, best first?', 'Mis värv, parim esimesena?'),
      options: [
        option('red', 'Red', 'Punane'),
        option('green', 'Green', 'Roheline'),
        option('blue', 'Blue', 'Sinine'),
      ],
    },
  ],
  languages: ['en', 'et'],
  title: texts('The park', 'Park'),
  styles: [{ id: 'all', contests: ['park', 'money', 'colour'] }],
  units: ['park', 'money', 'colour'].map((id) => ({ id, contest: id, styles: ['all'] })),
}

/** An election on a real server that shows the built pages. */
export interface OpenPages {
  readonly server: TestServer
  readonly party: Party
  /** The code of each voter. */
  readonly code: (voter: number) => string
  /** Address of a page for this election. */
  readonly page: (name: string) => string
  end(): Promise<void>
}

/** @param voters how many are on the roll. */
export async function openPages(
  change: Partial<Manifest> = everyKind,
  voters = 8,
  stage: 'setup' | 'open' = 'open',
): Promise<OpenPages> {
  if (!existsSync(`${builtPages}/index.html`)) throw new Error('the pages are not built: npm run build')
  const database = await databases.at(-1)!.create()
  const server = await startTestServer(database, { CISTA_PAGES: builtPages })
  const party = await Party.create(server.url, change)
  await party.roll(voters)
  await party.ceremony()
  if (stage === 'open') {
    server.clock.set(testTimes.opens)
    await party.reached('open')
  }
  return {
    server,
    party,
    code: (voter) => makeCode(party.id, sha256(utf8(`server test code ${voter}`))),
    page: (name) => `${server.url}/${name}.html?election=${party.id}`,
    async end() {
      await server.close()
      await database.remove()
    },
  }
}
