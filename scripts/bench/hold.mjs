// Holds a process and its children to a share of one processor: `node hold.mjs PID SHARE`, until it is ended itself.
import { readFileSync, readdirSync } from 'node:fs'

const [pid = 0, share = 1] = process.argv.slice(2).map(Number)
/** Milliseconds in which they run and wait once. */
const period = 24
const pause = new Int32Array(new SharedArrayBuffer(4))
/** @param {number} ms */
const wait = (ms) => Atomics.wait(pause, 0, 0, ms)

/** @param {number} root */
function family(root) {
  const parents = new Map()
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]))
    } catch {
      // It has just ended.
    }
  }
  const found = [root]
  for (const one of found) for (const [child, parent] of parents) if (parent === one) found.push(child)
  return found
}

/** @param {number[]} pids @param {NodeJS.Signals} name */
const signal = (pids, name) => {
  for (const one of pids)
    try {
      process.kill(one, name)
    } catch {
      // It has ended.
    }
}

let pids = family(pid)
let ending = false
process.on('SIGTERM', () => (ending = true))
for (let round = 0; !ending; round++) {
  if (round % 10 === 0) pids = family(pid)
  signal(pids, 'SIGCONT')
  wait(period * share)
  signal(pids, 'SIGSTOP')
  wait(period * (1 - share))
  // Signals to this process are seen between two rounds only.
  if (round % 20 === 0) await new Promise((next) => setImmediate(next))
}
signal(family(pid), 'SIGCONT')
