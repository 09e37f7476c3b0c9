import { fileURLToPath } from 'node:url'
import { type Page, bundlePages, pages } from './bundle.js'
import { pageHtml } from './html.js'
import { textFiles } from './texts.js'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Every file of the pages, by its path below their folder: the same bytes from the same sources, wherever it runs. */
export async function buildPages(): Promise<Map<string, string>> {
  const { files, hashes } = textFiles(here('../src/text/messages'))
  const bundles = await bundlePages(here('../src'), hashes)
  for (const [path, content] of bundles) files.set(path, content)
  for (const page of Object.keys(pages) as Page[]) files.set(`${page}.html`, pageHtml(page, bundles))
  return files
}
