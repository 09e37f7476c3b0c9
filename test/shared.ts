import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder for what all suites of one run share, gone at its end. */
export default function shared(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'cista-test-shared-'))
  process.env['CISTA_TEST_SHARED'] = folder
  return () => rmSync(folder, { recursive: true, force: true })
}
