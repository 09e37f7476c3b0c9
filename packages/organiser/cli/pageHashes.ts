import { createHash } from 'node:crypto'
import type { Dirent } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { limits } from '@cista/protocol'
import { Failure } from '@cista/terminal'
import { read } from './files.js'

/** As a manifest takes them, and as a server shows them: nothing hidden. */
const isPath = (path: string): boolean => path.length <= 200 && /^\w[\w.-]*(?:\/\w[\w.-]*)*$/.test(path)

/**
 * SHA-256 of every file below a folder, hex, by path with slashes, sorted.
 * @throws {Failure} naming what no manifest could list, a link for one: what it leads to may change behind its hash.
 */
export async function pageHashes(folder: string): Promise<Record<string, string>> {
  const paths = (await pathsBelow(folder)).sort()
  if (paths.length === 0) throw new Failure(`${folder} has no files`)
  if (paths.length > limits.pageFiles)
    throw new Failure(
      `${folder} has ${paths.length} files: a manifest lists at most ${limits.pageFiles}. Is it the folder of the built page?`,
    )
  const hashes: [string, string][] = []
  for (const path of paths)
    hashes.push([
      path,
      createHash('sha256')
        .update(await read(join(folder, path)))
        .digest('hex'),
    ])
  return Object.fromEntries(hashes)
}

async function pathsBelow(folder: string, prefix = ''): Promise<string[]> {
  const paths: string[] = []
  for (const item of await itemsIn(join(folder, prefix))) {
    const path = `${prefix}${item.name}`
    const at = join(folder, path)
    if (!isPath(path))
      throw new Failure(
        `${at} cannot be listed: names hold letters without accents, digits, “_”, “.” and “-”, no dot first, 200 in all. Take it away, or rename it`,
      )
    if (item.isDirectory()) paths.push(...(await pathsBelow(folder, `${path}/`)))
    else if (item.isFile()) paths.push(path)
    else throw new Failure(`${at} is neither a file nor a folder: links are not followed`)
    // Enough to know that there are too many, in a folder that nobody meant.
    if (paths.length > 100 * limits.pageFiles) break
  }
  return paths
}

async function itemsIn(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true })
  } catch (error) {
    throw new Failure(`${folder} cannot be read: ${(error as Error).message}`)
  }
}

/** The lines for a readable manifest. In quotes, since YAML would take a hash of digits for a number. */
export const pageYaml = (hashes: Readonly<Record<string, string>>): string =>
  ['page:', ...Object.entries(hashes).map(([path, hash]) => `  "${path}": "${hash}"`)].join('\n')
