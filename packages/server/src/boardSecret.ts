import { hkdfSync, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { boardKey, fromHex, signCheckpoint, toHex, type Checkpoint } from '@cista/board'
import { ConfigError } from './config.js'
import { writeNewFile } from './files.js'

/** Signs the checkpoints of every board of this server. */
export interface BoardSigner {
  /** The verifier key of a board. @throws {RangeError} unless the origin can name a key. */
  keyFor(origin: string): string
  sign(checkpoint: Checkpoint): string
}

/** One Ed25519 seed per origin: HKDF-SHA-256(master secret, info = "cista/v1 board key\n" ‖ origin). */
export function boardSigner(master: Uint8Array): BoardSigner {
  const seedOf = (origin: string) =>
    new Uint8Array(hkdfSync('sha256', master, new Uint8Array(), `cista/v1 board key\n${origin}`, 32))
  return {
    keyFor: (origin) => boardKey(seedOf(origin), origin),
    sign: (checkpoint) => signCheckpoint(checkpoint, seedOf(checkpoint.origin), checkpoint.origin),
  }
}

/**
 * Reads the master secret, 32 bytes in hex; makes it, readable by its owner only, where there is no such file.
 * @param made is told when it was made.
 */
export function loadBoardSecret(file: string, made: () => void = () => undefined): Uint8Array {
  // One that is there may be where nothing can be written, as secrets of containers are.
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    writeNewFile(file, `${toHex(randomBytes(32))}\n`)
    made()
  }
  const text = readFileSync(file, 'utf8').trim()
  if (!/^[0-9a-f]{64}$/.test(text))
    throw new ConfigError(
      `${file} is no board secret: it must hold 64 small hexadecimal digits. Restore it from your backup; a new one cannot continue the boards of old elections`,
    )
  return fromHex(text)
}
