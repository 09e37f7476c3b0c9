// Specification: 07 Payloads
import type { Definition } from '@cista/protocol'
import type { Checked } from './findings.js'
import type { Entries } from './v3Entries.js'

/** What the organisers mean to serve to voters. */
export interface PageInForce {
  /** SHA-256 of each file, hex, by path. */
  readonly files: Readonly<Record<string, string>>
  /** The entry that says so; undefined for the manifest. */
  readonly since: { readonly index: number; readonly time: string; readonly reason: string } | undefined
}

/** The last `page-changed`, or what the manifest says where there is none. */
export function pageInForce({ manifest }: Definition, { placed }: Checked<Entries>): PageInForce {
  let page: PageInForce = { files: manifest.page, since: undefined }
  for (const { payload, index, batchTime } of placed)
    if (payload.kind === 'page-changed')
      page = { files: payload.value.page, since: { index, time: batchTime, reason: payload.value.reason } }
  return page
}
