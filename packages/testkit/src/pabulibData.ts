import { readFile } from 'node:fs/promises'
import { type Pabulib, parsePabulib } from './pabulib.js'

/** The real votes in this package's folder `data`, by the kind of their ballots. */
export const pabulibFiles = {
  approval: 'poland_warszawa_2023_rembertow.pb',
  ordinal: 'poland_krakow_2018_swoszowice.pb',
  cumulative: 'poland_czestochowa_2020_grabowka.pb',
} as const

export async function loadPabulib(kind: keyof typeof pabulibFiles): Promise<Pabulib> {
  const file = pabulibFiles[kind]
  return parsePabulib(await readFile(new URL(`../data/${file}`, import.meta.url)), file)
}
