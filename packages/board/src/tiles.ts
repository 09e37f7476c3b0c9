// Specification: 05 Files
// C2SP tlog-tiles: the tree as static files, 256 hashes wide.
import { concat, readU16, readU32, u16, u32 } from './bytes.js'
import { DecodeError } from './codec.js'
import { limits } from './limits.js'
import { rootOf } from './tree.js'

export const tileWidth = 256
export const checkpointPath = 'checkpoint'

export interface Tile {
  readonly level: number
  readonly index: number
  /** 1…256 hashes of 32 bytes, concatenated. */
  readonly hashes: Uint8Array
}

/** `width` is the number of hashes; 256 is a full tile. */
export const tilePath = (level: number, n: number, width = tileWidth): string =>
  `tile/${level}/${numbered(n, width)}`
export const entriesPath = (n: number, width = tileWidth): string => `tile/entries/${numbered(n, width)}`
export const payloadsPath = (n: number, width = tileWidth): string => `payloads/${numbered(n, width)}`

function numbered(n: number, width: number): string {
  if (!Number.isSafeInteger(n) || n < 0 || !Number.isInteger(width) || width < 1 || width > tileWidth)
    throw new RangeError(`no tile ${n} of width ${width}`)
  const digits = String(n)
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/.../g)!
  const path = groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join('/')
  return width === tileWidth ? path : `${path}.p/${width}`
}

export type RecordPath =
  | { readonly kind: 'checkpoint' }
  | { readonly kind: 'tile'; readonly level: number; readonly index: number; readonly width: number }
  | { readonly kind: 'entries' | 'payloads'; readonly index: number; readonly width: number }

/** What a path of a record names; undefined for any other path, also for one that is not written canonically. */
export function parseRecordPath(path: string): RecordPath | undefined {
  if (path === checkpointPath) return { kind: 'checkpoint' }
  const match = /^(tile\/(?:entries|\d{1,2})|payloads)\/((?:x\d{3}\/){0,4}\d{3})(?:\.p\/(\d{1,3}))?$/.exec(
    path,
  )
  if (match === null) return undefined
  const [, folder, number, partial] = match
  const index = Number(number!.replaceAll(/[x/]/g, ''))
  const width = partial === undefined ? tileWidth : Number(partial)
  if (width < 1 || width > tileWidth) return undefined
  const level = Number(folder!.slice('tile/'.length))
  const [parsed, canonical]: [RecordPath, string] =
    folder === 'payloads'
      ? [{ kind: 'payloads', index, width }, payloadsPath(index, width)]
      : folder === 'tile/entries'
        ? [{ kind: 'entries', index, width }, entriesPath(index, width)]
        : [{ kind: 'tile', level, index, width }, tilePath(level, index, width)]
  return canonical === path ? parsed : undefined
}

/** How many hashes tile `index` of `level` holds in a tree of `size` entries, 0…256; with level 0, also for bundles. */
export function widthOf(level: number, index: number, size: number): number {
  const hashes = Math.floor(size / tileWidth ** level)
  return Math.max(0, Math.min(tileWidth, hashes - index * tileWidth))
}

/** Every tile of a tree of `size` entries, by level, then index. */
export function tilesOf(size: number): { level: number; index: number; width: number }[] {
  const tiles = []
  for (let level = 0, count = size; count > 0; level++, count = Math.floor(count / tileWidth))
    for (let index = 0; index * tileWidth < count; index++)
      tiles.push({ level, index, width: widthOf(level, index, size) })
  return tiles
}

/** Every path that a record of `size` entries has, and no other. */
export function recordPaths(size: number): string[] {
  const paths = [checkpointPath]
  for (const { level, index, width } of tilesOf(size)) {
    paths.push(tilePath(level, index, width))
    if (level === 0) paths.push(entriesPath(index, width), payloadsPath(index, width))
  }
  return paths
}

/** All hash tiles over these leaf hashes, by level, then index. */
export function hashTiles(leaves: readonly Uint8Array[]): Tile[] {
  const tiles: Tile[] = []
  for (let level = 0, row = leaves; row.length > 0; level++) {
    const above: Uint8Array[] = []
    for (let index = 0; index * tileWidth < row.length; index++) {
      const hashes = row.slice(index * tileWidth, (index + 1) * tileWidth)
      tiles.push({ level, index, hashes: concat(...hashes) })
      if (hashes.length === tileWidth) above.push(rootOf(hashes))
    }
    row = above
  }
  return tiles
}

/** The hashes of a tile one by one. @throws {DecodeError} unless there are `width` of them. */
export function decodeTile(bytes: Uint8Array, width: number, name: string): Uint8Array[] {
  if (bytes.length !== 32 * width)
    throw new DecodeError(name, `${bytes.length} bytes instead of ${32 * width}`)
  return Array.from({ length: width }, (_, i) => bytes.subarray(32 * i, 32 * (i + 1)))
}

export const encodeEntryBundle = (entries: readonly Uint8Array[]): Uint8Array =>
  concat(...entries.flatMap((entry) => [u16(entry.length), entry]))

export const encodePayloadBundle = (payloads: readonly Uint8Array[]): Uint8Array =>
  concat(...payloads.flatMap((payload) => [u32(payload.length), payload]))

/** Views, not copies. @throws {DecodeError} unless the bytes are exactly `count` entries. */
export const decodeEntryBundle = (bytes: Uint8Array, count: number, name: string): Uint8Array[] =>
  unframe(bytes, count, name, 2, limits.entryBytes)

/** Views, not copies. @throws {DecodeError} unless the bytes are exactly `count` payloads. */
export const decodePayloadBundle = (bytes: Uint8Array, count: number, name: string): Uint8Array[] =>
  unframe(bytes, count, name, 4, limits.payloadBytes)

function unframe(bytes: Uint8Array, count: number, name: string, prefix: 2 | 4, max: number): Uint8Array[] {
  const items: Uint8Array[] = []
  let at = 0
  while (items.length < count) {
    if (at + prefix > bytes.length)
      throw new DecodeError(name, `ends after ${items.length} of ${count} items`)
    const length = prefix === 2 ? readU16(bytes, at) : readU32(bytes, at)
    const end = at + prefix + length
    if (length > max || end > bytes.length)
      throw new DecodeError(`${name}[${items.length}]`, `${length} bytes announced`)
    items.push(bytes.subarray(at + prefix, end))
    at = end
  }
  if (at !== bytes.length)
    throw new DecodeError(name, `${bytes.length - at} bytes after the last of ${count} items`)
  return items
}
