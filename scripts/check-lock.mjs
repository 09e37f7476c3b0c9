import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * @typedef {{ version?: string, integrity?: string, resolved?: string, link?: boolean,
 *   optionalDependencies?: Record<string, string> }} LockEntry
 */

/**
 * What keeps `npm ci` from working, or from meaning the same, on every machine. npm itself writes locks without
 * entries for platform binaries that a registry lacks, and then refuses them (npm/cli#9846).
 *
 * @param {{ lockfileVersion?: number, packages?: Record<string, LockEntry> }} lock
 * @returns {string[]} one sentence for each fault
 */
export function lockFaults({ lockfileVersion, packages = {} }) {
  const faults = lockfileVersion === 3 ? [] : ['lockfileVersion is not 3']
  if (packages[''] === undefined) faults.push('no entry for the root')

  for (const [path, entry] of Object.entries(packages)) {
    const at = path === '' ? 'the root' : path
    for (const name of Object.keys(entry.optionalDependencies ?? {})) {
      if (!resolves(packages, path, name)) faults.push(`${at}: optional dependency ${name} has no entry`)
    }
    if (entry.link === true) {
      if (!/^packages\/[a-z]+$/.test(entry.resolved ?? ''))
        faults.push(`${at}: links to a folder outside packages/`)
      continue
    }
    if (entry.version === undefined) faults.push(`${at}: no version`)
    if (entry.resolved !== undefined) faults.push(`${at}: names a download address`)
    const own = !path.includes('node_modules/')
    if (!own && !/^sha512-[A-Za-z0-9+/]{86}==$/.test(entry.integrity ?? ''))
      faults.push(`${at}: no SHA-512 integrity`)
  }
  return faults
}

/**
 * Node's resolution, on the lock: from the folder upwards.
 *
 * @param {Record<string, LockEntry>} packages
 * @param {string} from
 * @param {string} name
 */
function resolves(packages, from, name) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')))) {
    if (packages[`${folder === '' ? '' : `${folder}/`}node_modules/${name}`] !== undefined) return true
    if (folder === '') return false
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const lock = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'))
  const faults = lockFaults(lock)
  for (const fault of faults) console.error(fault)
  console.log(`${Object.keys(lock.packages).length} entries, ${faults.length} faults`)
  process.exitCode = faults.length === 0 ? 0 : 1
}
