import { sha256, toHex } from '@cista/board'
import { inTurn } from './inTurn.js'
import type { Fetched, PageFetch } from './pageFetch.js'
import { namesIn } from './pageNames.js'

/** What a server sends at the address of a file; `different` also where nobody could say what it is. */
export interface ComparedFile {
  /** As the organisers list it; empty for the folder itself, where a browser is sent `index.html`. */
  readonly path: string
  readonly outcome: 'same' | 'different' | 'missing' | 'no-answer'
  readonly why: string
}
/** What a page names and the organisers do not list. */
export interface Unlisted {
  /** The page. */
  readonly path: string
  /** Below the folder; else as a whole address. */
  readonly names: string
  readonly loads: boolean
}
export interface ComparedPage {
  readonly files: readonly ComparedFile[]
  readonly unlisted: readonly Unlisted[]
}

/**
 * Every file that is listed, got from below `base` and hashed, and what its HTML names beside.
 * @param files SHA-256, hex, by path. @param base ends in a slash.
 */
export async function comparePage(
  files: Readonly<Record<string, string>>,
  base: URL,
  server: Pick<PageFetch, 'get'>,
  step: (done: number, total: number) => void,
): Promise<ComparedPage> {
  const wanted = Object.entries(files)
  const index = files['index.html']
  if (index !== undefined) wanted.unshift(['', index])
  const compared: ComparedFile[] = []
  const unlisted = new Map<string, Unlisted>()
  let done = 0
  await inTurn(wanted.length, async (n) => {
    const [path, expected] = wanted[n]!
    compared[n] = { path, ...(await compareFile(path, expected)) }
    step(++done, wanted.length)
  })
  return { files: compared, unlisted: [...unlisted.values()] }

  async function compareFile(path: string, expected: string): Promise<Omit<ComparedFile, 'path'>> {
    const url = new URL(path, base)
    // Such a path leads out of the folder, or to no file: whoever listed it has made a mistake.
    if (url.href !== `${base.href}${path}`)
      return { outcome: 'missing', why: 'no server can show a file of this name' }
    const fetched = await server.get(url)
    if (fetched.kind === 'file' && /(?:^|\.html?)$/i.test(path)) lookInto(path, url, fetched.bytes)
    return judge(fetched, expected)
  }

  function lookInto(path: string, url: URL, bytes: Uint8Array): void {
    for (const { address, loads } of namesIn(new TextDecoder().decode(bytes))) {
      const names = placeOf(address, url.href)
      if (names === undefined || Object.hasOwn(files, names)) continue
      // A way that leads elsewhere takes nobody by surprise; what is loaded from there is run.
      if (!loads && /^https?:/.test(names)) continue
      const key = `${loads} ${names}`
      if (!unlisted.has(key)) unlisted.set(key, { path, names, loads })
    }
  }

  /** As a path of a list, or as a whole address where it is not below the folder; undefined where nothing is asked of a server. */
  function placeOf(address: string, from: string): string | undefined {
    if (!URL.canParse(address, from)) return undefined
    const { protocol, origin, pathname } = new URL(address, from)
    if (protocol !== 'http:' && protocol !== 'https:') return undefined
    if (origin !== base.origin || !pathname.startsWith(base.pathname)) return `${origin}${pathname}`
    return pathname.slice(base.pathname.length) || 'index.html'
  }
}

function judge(fetched: Fetched, expected: string): Omit<ComparedFile, 'path'> {
  if (fetched.kind === 'missing' || fetched.kind === 'no-answer')
    return { outcome: fetched.kind, why: fetched.why }
  if (fetched.kind !== 'file') return { outcome: 'different', why: fetched.why }
  const hash = toHex(sha256(fetched.bytes))
  return hash === expected
    ? { outcome: 'same', why: '' }
    : { outcome: 'different', why: `listed ${expected}, sent ${hash}` }
}
