import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildPages } from './pages.js'

// Writes dist/pages. Names carry no hashes, because an election's manifest lists a hash for each name.

const out = fileURLToPath(new URL('../dist/pages', import.meta.url))
const files = await buildPages()
await rm(out, { recursive: true, force: true })
for (const [path, content] of files) {
  await mkdir(dirname(join(out, path)), { recursive: true })
  await writeFile(join(out, path), content)
}
