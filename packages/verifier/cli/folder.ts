import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { RecordSource } from '@cista/board'

const absent = new Set(['ENOENT', 'ENOTDIR', 'EISDIR'])

/** A record in a folder. */
export function folderRecord(folder: string): RecordSource {
  return {
    async read(path) {
      try {
        return new Uint8Array(await readFile(join(folder, path)))
      } catch (error) {
        if (absent.has((error as NodeJS.ErrnoException).code ?? '')) return undefined
        throw error
      }
    },
    async list() {
      return (await filesBelow(folder, '')).sort()
    },
  }
}

/** Whatever is not a folder counts, links and devices too: none of them belongs to a record. */
async function filesBelow(folder: string, prefix: string): Promise<string[]> {
  const found = await readdir(join(folder, prefix), { withFileTypes: true })
  const nested = await Promise.all(
    found.map(async (item) =>
      item.isDirectory() ? filesBelow(folder, `${prefix}${item.name}/`) : [`${prefix}${item.name}`],
    ),
  )
  return nested.flat()
}
