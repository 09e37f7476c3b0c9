import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

const notOurs = new Set(['node_modules', 'dist', '.git', '.turbo', 'coverage', '.cista', 'demo-record'])

/** Paths of all files below a folder of the repository, relative to its root, without what is installed or built. */
export function filesBelow(folder: string): string[] {
  return readdirSync(`${root}${folder}`, { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (notOurs.has(entry.name)) return []
    if (entry.isDirectory()) return filesBelow(path)
    return entry.isFile() ? [path] : []
  })
}

export const read = (path: string): string => readFileSync(`${root}${path}`, 'utf8')
export const folders = (path: string): string[] =>
  readdirSync(`${root}${path}`, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [entry.name] : [],
  )
export const isSource = (path: string): boolean => /\.(ts|tsx|mts|js|mjs)$/.test(path)
