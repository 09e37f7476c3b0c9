import { toTimestamp } from '@cista/board'
import type { Manifest } from '@cista/protocol'
import type { Place } from './place.js'

/** @param now seconds since 1970, where voting must not have ended by then. */
export function readSchedule(root: Place, now: number | undefined): Manifest['schedule'] {
  const place = root.required('schedule', '“opens” and “closes”')
  if (place?.knows('opens', 'closes') !== true) return { closes: '', opens: '' }
  const time = (name: string, what: string) => {
    const at = place.required(name, what)
    return (typeof at?.value === 'string' ? utcTime(at.value) : undefined) ?? at?.fault(timeForm) ?? ''
  }
  const closes = time('closes', 'when voting ends')
  if (closes !== '' && now !== undefined && closes <= toTimestamp(now))
    place.field('closes')?.fault('this time has passed: voting could never open')
  return { closes, opens: time('opens', 'when voting begins') }
}

const timeForm = 'not a time with date and zone, like 2027-03-01T09:00:00+01:00'
const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d))?([Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/

/** A time of RFC 3339 with any offset, seconds optional and never broken, in UTC; undefined where it is no real time. */
export function utcTime(written: string): string | undefined {
  const parts = rfc3339.exec(written)
  if (parts === null) return undefined
  const [, year, month, day, hour, minute, second = '00', zone = ''] = parts
  const local = `${year}-${month}-${day}T${hour}:${minute}:${second}`
  const milliseconds = Date.parse(`${local}Z`)
  // Date.parse lets the 30th of February pass as the 2nd of March, and 24:00 as the next day.
  if (Number.isNaN(milliseconds) || toTimestamp(milliseconds / 1000) !== `${local}Z`) return undefined
  const [, sign, hours = '0', minutes = '0'] = /^([+-])(\d\d):(\d\d)$/.exec(zone) ?? []
  const offset = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -60 : 60)
  return toTimestamp(milliseconds / 1000 - offset)
}
