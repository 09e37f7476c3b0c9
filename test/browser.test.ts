import type * as board from '@cista/board'
import type * as client from '@cista/client'
import type * as verifier from '@cista/verifier'
import { checkBallots, signSubmission } from '@cista/verifier'
import { Simulation } from '@cista/testkit'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'
import { expect, it } from 'vitest'
import { recordFiles, testCode } from './browserRecord.js'

/** Set by scripts/test.sh, which says so where there is no browser. */
const executablePath = process.env['CISTA_TEST_BROWSER']
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run']
const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync']

/** The libraries as a page loads them: one script that needs nothing of Node. */
async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents:
        "export * from '@cista/client'; export { verifyRecord } from '@cista/verifier'; export { MemoryRecord } from '@cista/board'",
      resolveDir: process.cwd(),
    },
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'cista',
    platform: 'browser',
    conditions: ['@cista/source'],
    target: 'es2022',
  })
  return outputFiles[0]!.text
}

it.runIf(executablePath !== undefined)(
  'a browser opens an election, seals and tests a ballot, and verifies a record',
  async () => {
    const open = new Simulation().setUp().cast(0, { question: { kind: 'selection', selected: ['yes'] } })
    const code = testCode(open, 1)
    const browser = await chromium.launch({ executablePath: executablePath!, args: [...flags, ...quiet] })
    try {
      const page = await browser.newPage()
      await page.addScriptTag({ content: await bundle() })
      const sealed = await page.evaluate(
        async ({ files, id, hints, typed }) => {
          const { cista } = globalThis as unknown as {
            cista: typeof client & Pick<typeof board, 'MemoryRecord'>
          }
          const record = new cista.MemoryRecord(
            files.map(([path, bytes]) => [path, Uint8Array.from(bytes)] as const),
          )
          const connection = {
            record,
            hints: {
              setup: async () => ({ ceremony: hints.ceremony, opened: hints.opened }),
              phase: () => Promise.reject(new Error('nobody asks for words here')),
              credential: async () => ({ roll: hints.roll, changes: [], cancelled: null, ballot: null }),
              announced: () => Promise.reject(new Error('nobody asks for news here')),
              ballot: async () => undefined,
            },
            post: () => Promise.reject(new Error('nothing is posted here')),
          }
          const election = await cista.openElection(connection, id)
          const identified = await cista.identifyVoter(connection, election, typed)
          if ('fault' in identified) throw new Error(identified.why)
          const composed = cista.sealBallot(election, identified.voter, {
            question: { kind: 'selection', selected: ['no'] },
          })
          if ('faults' in composed) throw new Error('refused')
          const { payload, reveal, tracker } = composed.ballot
          return { payload: [...payload], tracker, audited: cista.auditBallot(election, reveal, tracker) }
        },
        { ...(await recordFiles(open, 1)), typed: code },
      )
      expect(sealed.audited).toBe(true)
      const payload = Uint8Array.from(sealed.payload)
      const { secret } = open.voters[1]!.credential
      const { signatures, hash } = signSubmission(open.definition.id, 'ballot', payload, [
        { by: 'credential', secret },
      ])
      expect(hash).toBe(sealed.tracker)
      expect(checkBallots(open.ballotElection.context, [{ payload, signatures }])).toEqual([[]])

      await open.finish()
      const { files, id } = await recordFiles(open, 1)
      const verdict = await page.evaluate(
        async ({ files: record, id: election }) => {
          const { cista } = globalThis as unknown as {
            cista: typeof verifier & Pick<typeof board, 'MemoryRecord'>
          }
          const source = new cista.MemoryRecord(
            record.map(([path, bytes]) => [path, Uint8Array.from(bytes)] as const),
          )
          return (await cista.verifyRecord(source, { election })).verdict
        },
        { files, id },
      )
      expect(verdict).toBe('verified')
    } finally {
      await browser.close()
    }
  },
  120_000,
)
