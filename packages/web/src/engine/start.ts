import { startWorker } from '../worker/start.js'
import type { Engine } from './engine.js'
import type { Lookup } from './lookup.js'

/** What the page for voting may ask. */
export type EngineCalls = Pick<
  Engine,
  'open' | 'identify' | 'seal' | 'cast' | 'trackerOfFile' | 'recall' | 'reveal'
>
/** What the front page and the pages for checking and testing may ask. */
export type LookupCalls = Pick<Lookup, 'open' | 'announcements' | 'track' | 'trackerOf' | 'audit'>

export const startEngine = (): EngineCalls => startWorker<EngineCalls>('engine')
export const startLookup = (): LookupCalls => startWorker<LookupCalls>('lookup')
