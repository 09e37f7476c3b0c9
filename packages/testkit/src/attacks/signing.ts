import { type Signature, payloadHash, toBase64url } from '@cista/board'
import { type Scalar, sign } from '@cista/crypto'
import { signatureTag } from '@cista/protocol'
import type { Simulation } from '../simulation.js'

/** Signs as `by` with any secret, for any kind. */
export const signed = (
  s: Simulation,
  by: string,
  secret: Scalar,
  kind: string,
  bytes: Uint8Array,
  id = s.definition.id,
): Signature => ({
  by,
  proof: toBase64url(sign(secret, signatureTag(id, kind, by, payloadHash(bytes)))),
})
