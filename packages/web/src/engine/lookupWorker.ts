import { type Border, answerCalls } from '../worker/call.js'
import { judge } from './judge.js'
import { Lookup } from './lookup.js'
import type { LookupCalls } from './start.js'

const lookup = new Lookup()
const calls: LookupCalls = {
  open: (server, id) => lookup.open(server, id),
  announcements: (server, id) => lookup.announcements(server, id),
  track: (tracker) => lookup.track(tracker),
  trackerOf: (receipt) => lookup.trackerOf(receipt),
  audit: (test, typed) => lookup.audit(test, typed),
}
answerCalls(globalThis as unknown as Border, calls, judge)
