import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { boardKey, sha256, utf8 } from '@cista/board'
import { limits } from '@cista/protocol'
import { testKeys, testManifest } from '@cista/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pageHashes, pageYaml } from '../cli/pageHashes.js'
import { parseSource } from '../cli/source.js'
import { readManifest } from '../src/index.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cista-page-hashes-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function filled(content: Readonly<Record<string, string>>): Promise<string> {
  const at = await mkdtemp(join(folder, 'page-'))
  for (const [path, text] of Object.entries(content)) {
    await mkdir(join(at, path, '..'), { recursive: true })
    await writeFile(join(at, path), text)
  }
  return at
}
const hex = (text: string): string => createHash('sha256').update(text).digest('hex')

describe('the hashes of a page', () => {
  const page = { 'vote.html': 'a page', 'assets/vote.js': 'a script', 'assets/texts/vi.json': '{}' }
  const hashes = Object.fromEntries(Object.entries(page).map(([path, text]) => [path, hex(text)]))

  it('are those of all its files, sorted by path', async () => {
    const found = await pageHashes(await filled(page))
    expect(found).toEqual(hashes)
    expect(Object.keys(found)).toEqual(Object.keys(page).sort())
  })

  it('are taken by a readable manifest as they are printed, those of digits only too', () => {
    const strange = { ...hashes, null: '1'.repeat(64), '1e3': `${'2'.repeat(30)}e${'3'.repeat(33)}` }
    const { page: _, board: __, version: ___, suite: ____, ...rest } = testManifest(testKeys('page'))
    const { tree } = parseSource(pageYaml(strange), 'page.yaml')
    const made = readManifest(
      { ...rest, origin: 'example.org/1', ...(tree as object) },
      boardKey(sha256(utf8('a board of tests')), 'example.org/1'),
    )
    expect(made).toMatchObject({ manifest: { page: strange } })
  })

  it.each<[string, Record<string, string>, string]>([
    ['without files', {}, 'has no files'],
    ['with a hidden file', { 'index.html': '', '.DS_Store': '' }, '.DS_Store cannot be listed'],
    ['with a blank in a name', { 'my page.html': '' }, 'my page.html cannot be listed'],
    ['with a letter that has an accent', { 'é/index.html': '' }, 'cannot be listed'],
    ['with a long name', { [`${'a'.repeat(98)}/${'b'.repeat(102)}`]: '' }, 'cannot be listed'],
    [
      'with too many files',
      Object.fromEntries(Array.from({ length: limits.pageFiles + 1 }, (_, i) => [`${i}.js`, ''])),
      `has ${limits.pageFiles + 1} files: a manifest lists at most ${limits.pageFiles}`,
    ],
  ])('are refused for a folder %s', async (_, content, why) => {
    await expect(pageHashes(await filled(content))).rejects.toThrow(why)
  })

  it('are refused where a link leads away, or no folder is there', async () => {
    for (const to of [join(await filled(page), 'vote.html'), await filled(page), 'nowhere']) {
      const at = await filled({ 'index.html': '' })
      await symlink(to, join(at, 'linked'))
      await expect(pageHashes(at)).rejects.toThrow(
        'linked is neither a file nor a folder: links are not followed',
      )
    }
    await expect(pageHashes(join(folder, 'nowhere'))).rejects.toThrow('cannot be read')
  })
})
