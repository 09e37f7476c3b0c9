// Specification: 07 Payloads
import type { Payload } from './payloads.js'

/** What the administrators tell everybody: a notice, or their reason for what they do. */
export interface Announcement {
  readonly kind: 'notice' | 'extended' | 'close-requested' | 'page-changed'
  readonly text: string
  /** Closing time from now on, RFC 3339, where it is another than before. */
  readonly closes?: string
}

/** With its place on the board. */
export interface PlacedAnnouncement extends Announcement {
  readonly index: number
  /** Batch time of its entry, RFC 3339. */
  readonly at: string
}

/** Undefined where an entry tells the public nothing that must be read. */
export function announcementOf({ kind, value }: Payload): Announcement | undefined {
  switch (kind) {
    case 'notice':
      return { kind, text: value.text }
    case 'extended':
      return { kind, text: value.reason, closes: value.closes }
    case 'close-requested':
    case 'page-changed':
      return { kind, text: value.reason }
    default:
      return undefined
  }
}
