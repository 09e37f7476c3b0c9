import { createHash } from 'node:crypto'
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { limits } from '@cista/protocol'
import { ConfigError } from './config.js'

/** One file of the pages, as it is sent. */
export interface PageFile {
  /** Content-Type. */
  readonly type: string
  /** The first that a client takes is sent; the last is the plain one, which everybody takes. */
  readonly forms: readonly PageForm[]
}
/** The bytes in one content coding (RFC 9110, 8.4.1). */
export interface PageForm {
  readonly coding: 'br' | 'gzip' | 'identity'
  readonly bytes: Buffer
  /** Strong, so another for each coding: SHA-256 of the plain bytes, and the coding. */
  readonly etag: string
}
/** By path below `/`: `index.html`, `assets/vote.js`. */
export type Pages = ReadonlyMap<string, PageFile>

/** All of it stays in memory. A manifest can name no more files. */
export const pageLimits = { files: limits.pageFiles, bytes: 16 * 2 ** 20 } as const

/** What a browser is told that a file is; other files are none of a page. */
const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
}

/** As in a manifest, without what starts with a dot; no such name has to be written in an address otherwise. */
const isPath = (path: string): boolean => path.length <= 200 && /^\w[\w.-]*(?:\/\w[\w.-]*)*$/.test(path)
/** Addresses that the server answers itself, whoever writes them in capitals included. */
const isReserved = (path: string): boolean =>
  /^(?:(?:api|elections)(?:\/|$)|(?:healthz|readyz|metrics)$)/i.test(path)

/**
 * Every file below a folder, as it is at this moment.
 * @throws {ConfigError} naming the file that cannot be a page's.
 */
export async function readPages(folder: string): Promise<Pages> {
  const paths = pathsBelow(folder)
  if (!paths.includes('index.html'))
    throw new ConfigError(
      `${folder} has no index.html: name the folder of the built pages with --pages or CISTA_PAGES, or “none”`,
    )
  if (paths.length > pageLimits.files)
    throw new ConfigError(`${folder} has ${paths.length} files: pages are at most ${pageLimits.files}`)
  let bytes = 0
  for (const path of paths) bytes += statSync(join(folder, path)).size
  if (bytes > pageLimits.bytes)
    throw new ConfigError(
      `the files in ${folder} have ${bytes} bytes: pages have at most ${pageLimits.bytes}`,
    )
  return new Map(await Promise.all(paths.map(async (path) => [path, await pageFile(folder, path)] as const)))
}

/** Sorted, with slashes. */
function pathsBelow(folder: string, prefix = ''): string[] {
  return filesIn(join(folder, prefix))
    .flatMap((item) => {
      const path = `${prefix}${item.name}`
      const at = join(folder, path)
      if (!isPath(path))
        throw new ConfigError(
          `${at} cannot be a page: names hold letters without accents, digits, “_”, “.” and “-”, no dot first`,
        )
      if (isReserved(path))
        throw new ConfigError(`${at} cannot be a page: the server answers /${path} itself`)
      if (item.isDirectory()) return pathsBelow(folder, `${path}/`)
      // A link may lead to what nobody meant to show.
      if (!item.isFile()) throw new ConfigError(`${at} is neither a file nor a folder`)
      if (types[extname(path)] === undefined)
        throw new ConfigError(`${at} cannot be a page: its name must end in ${Object.keys(types).join(', ')}`)
      return [path]
    })
    .sort()
}

function filesIn(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch (error) {
    throw new ConfigError(`the folder of pages cannot be read: ${(error as Error).message}`)
  }
}

async function pageFile(folder: string, path: string): Promise<PageFile> {
  const bytes = readFileSync(join(folder, path))
  const hash = createHash('sha256').update(bytes).digest('base64url')
  // The best is a tenth smaller and takes twenty times as long; a server that was killed should be back soon.
  const br = await promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } })
  const packed = [
    { coding: 'br' as const, bytes: br },
    { coding: 'gzip' as const, bytes: await promisify(gzip)(bytes, { level: 9 }) },
  ].filter((form) => form.bytes.length < bytes.length)
  return {
    type: types[extname(path)]!,
    forms: [
      ...packed.map((form) => ({ ...form, etag: `"${hash}-${form.coding}"` })),
      { coding: 'identity', bytes, etag: `"${hash}"` },
    ],
  }
}
