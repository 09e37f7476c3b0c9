import { Worker } from 'node:worker_threads'

/** Ends the process where one case never ends, and says which. */
export interface Watch {
  start(target: string, index: number): void
  stop(): void
  close(): Promise<void>
}

// Another thread, since an endless loop leaves no turn to any timer of its own. Plain JavaScript: it must run without a loader.
const script = `
const { workerData: { shared, names, seconds, seed }, parentPort } = require('node:worker_threads')
const { writeSync } = require('node:fs')
const state = new Float64Array(shared)
setInterval(() => {
  const [running, since, name, index] = state
  if (running === 0 || Date.now() - since < seconds * 1000) return
  writeSync(2, '\\nhangs: ' + names[name] + ', case ' + index + ', for ' + seconds + ' s\\n' +
    'again: npm run fuzz -- --seed ' + seed + " --target '" + names[name] + "' --case " + index + '\\n')
  process.kill(process.pid, 'SIGKILL')
}, 1000)
`

export function watchOver(names: readonly string[], seconds: number, seed: number): Watch {
  const shared = new SharedArrayBuffer(32)
  const state = new Float64Array(shared)
  const worker = new Worker(script, {
    eval: true,
    execArgv: [],
    workerData: { shared, names, seconds, seed },
  })
  const position = new Map(names.map((name, i) => [name, i]))
  return {
    start(target, index) {
      state.set([1, Date.now(), position.get(target)!, index])
    },
    stop() {
      state[0] = 0
    },
    close: async () => void (await worker.terminate()),
  }
}
