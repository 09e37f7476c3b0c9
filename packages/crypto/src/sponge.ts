// Specification: 03 The suite
import { shake128 } from '@noble/hashes/sha3.js'
import { ascii } from './bytes.js'

/** Bytes of SHAKE128's rate: the session identifier is padded to a whole block. */
const RATE = 168

type Shake = ReturnType<typeof shake128.create>

/**
 * The SHAKE128 duplex sponge of draft-irtf-cfrg-fiat-shamir: `squeeze` reads on in
 * SHAKE128(session ‖ zeros ‖ absorbed); absorbing something starts that stream anew.
 */
export class DuplexSponge {
  readonly #absorbed: Shake
  #reader: Shake | undefined

  /** @throws {RangeError} unless `session` has 32 bytes. */
  constructor(session: Uint8Array) {
    if (session.length !== 32) throw new RangeError('a session identifier has 32 bytes')
    const block = new Uint8Array(RATE)
    block.set(session)
    this.#absorbed = shake128.create({}).update(block)
  }

  absorb(bytes: Uint8Array): this {
    // Absorbing nothing must not restart the output (draft, "Duplex sponge").
    if (bytes.length === 0) return this
    this.#reader = undefined
    this.#absorbed.update(bytes)
    return this
  }

  squeeze(length: number): Uint8Array {
    this.#reader ??= this.#absorbed.clone()
    return this.#reader.xof(length)
  }
}

/** DeriveSessionID of draft-irtf-cfrg-fiat-shamir, 32 bytes. */
export function sessionId(tag: Uint8Array): Uint8Array {
  return new DuplexSponge(ascii('irtf-cfrg-fiat-shamir/session-id')).absorb(tag).squeeze(32)
}
