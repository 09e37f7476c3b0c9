import { judge } from '../engine/judge.js'
import { type Border, answerCalls } from '../worker/call.js'
import { showResults } from './readResults.js'

const calls = { show: showResults }
export type ResultsCalls = typeof calls
answerCalls(globalThis as unknown as Border, calls, judge)
