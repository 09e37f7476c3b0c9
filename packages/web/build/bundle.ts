import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BuildOptions, type Plugin, build } from 'esbuild'
import { minify } from 'terser'
import { hashOf } from './hash.js'
import type { WorkerName } from '../src/built.js'
import type { TextHashes } from './texts.js'

/** The pages, each with what runs beside it. */
export const pages = {
  index: { workers: ['lookup'] },
  vote: { workers: ['engine', 'qrWrite'] },
  check: { workers: ['lookup', 'qrRead', 'qrWrite'] },
  test: { workers: ['lookup', 'qrRead'] },
  results: { workers: ['results'] },
  verify: { workers: ['verifier', 'proofs'] },
} as const
export type Page = keyof typeof pages

const options: BuildOptions = {
  bundle: true,
  write: false,
  minify: true,
  legalComments: 'none',
  conditions: ['@cista/source'],
  // What these browsers lack is rewritten; BigInt and modules, which nothing can stand in for, they all have.
  target: ['chrome94', 'firefox93', 'safari15.4'],
  tsconfigRaw: {},
  charset: 'utf8',
}

/** Shorter than what the automatic runtime makes, by which TypeScript checks. */
const jsx: BuildOptions = {
  jsx: 'transform',
  jsxFactory: 'h',
  jsxFragment: 'Fragment',
  inject: [fileURLToPath(new URL('jsx.ts', import.meta.url))],
}

/** The page for voting has the first only. */
export const styles = ['style.css', 'more.css'] as const

/** Code beside the pages. The pages start it only if it has the hash that stands in the page. */
const workers: Readonly<Record<WorkerName, string>> = {
  engine: 'engine/engineWorker.ts',
  lookup: 'engine/lookupWorker.ts',
  qrWrite: 'qr/writeWorker.ts',
  qrRead: 'qr/readWorker.ts',
  results: 'results/resultsWorker.ts',
  verifier: 'verify/verifierWorker.ts',
  proofs: 'verify/proofWorker.ts',
}

const fileOf = (worker: string) => `${worker}-worker.js`

/**
 * One script a page. The hash in the page covers that script, and with it the hashes of all other code.
 * @returns the built files by their path below the pages' folder.
 */
export async function bundlePages(src: string, texts: TextHashes): Promise<Map<string, string>> {
  const files = new Map<string, string>()
  const add = async (name: string, entry: string, more: BuildOptions) => {
    const { outputFiles } = await build({ ...options, entryPoints: [join(src, entry)], ...more })
    const { text } = outputFiles![0]!
    if (files.has(`assets/${name}`)) throw new Error(`two files are named ${name}`)
    files.set(`assets/${name}`, name.endsWith('.js') ? await smaller(text) : text)
  }
  for (const [name, entry] of Object.entries(workers)) await add(fileOf(name), entry, { format: 'iife' })
  for (const name of styles) await add(name, `style/${name}`, {})
  for (const [page, { workers: names }] of Object.entries(pages)) {
    const started = Object.fromEntries(
      names.map((name) => [name, hashOf(files.get(`assets/${fileOf(name)}`)!)]),
    )
    const plugins = [
      built({ page, texts: texts[page]!, later: texts[`${page}-later`] ?? {}, workers: started }),
    ]
    await add(`${page}.js`, `${page}/main.tsx`, { ...jsx, format: 'esm', plugins })
  }
  return files
}

/** Terser makes some 4 % less of it than esbuild alone. */
async function smaller(code: string): Promise<string> {
  const { code: less } = await minify(code, { ecma: 2020, module: true, compress: { passes: 2 } })
  return `${less}\n`
}

/** Tells a page the hashes that the browser holds the files to that it fetches later. */
const built = (values: object): Plugin => ({
  name: 'cista-built-files',
  setup({ onLoad }) {
    const contents = Object.entries(values).map(
      ([name, value]) => `export const ${name} = ${JSON.stringify(value)}\n`,
    )
    onLoad({ filter: /[\\/]src[\\/]built\.ts$/ }, () => ({ contents: contents.join(''), loader: 'ts' }))
  },
})
