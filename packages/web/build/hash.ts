import { createHash } from 'node:crypto'

/** SHA-256, base64, as it stands behind `sha256-` in an `integrity` attribute (W3C Subresource Integrity). */
export const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64')
