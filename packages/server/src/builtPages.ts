import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where the build of this repository puts the pages; undefined where it has made none. */
export function builtPages(): string | undefined {
  const folder = fileURLToPath(new URL('../../web/dist/pages', import.meta.url))
  return existsSync(join(folder, 'index.html')) ? folder : undefined
}
