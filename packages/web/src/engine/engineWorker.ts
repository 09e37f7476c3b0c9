import { type Border, answerCalls } from '../worker/call.js'
import { Engine } from './engine.js'
import { judge } from './judge.js'
import type { EngineCalls } from './start.js'

const engine = new Engine()
const calls: EngineCalls = {
  open: (server, id) => engine.open(server, id),
  identify: (typed) => engine.identify(typed),
  seal: (choices) => engine.seal(choices),
  cast: (file) => engine.cast(file),
  trackerOfFile: (file) => engine.trackerOfFile(file),
  recall: (receipt) => engine.recall(receipt),
  reveal: () => engine.reveal(),
}
answerCalls(globalThis as unknown as Border, calls, judge)
