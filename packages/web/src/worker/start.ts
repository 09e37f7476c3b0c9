import { type WorkerName, workers } from '../built.js'
import { fetchBuilt } from '../parts/fetchBuilt.js'
import { CallFailure, type FailureView, type Started, callsTo } from './call.js'
import { workerAddress } from './policy.js'

/**
 * A worker of this page's own, and what it can be asked. Its code is fetched at once, and runs only if it has the hash that the page was built
 * with.
 */
export function startWorker<M extends object>(name: WorkerName): M {
  let early: Promise<Worker> | undefined = fetchWorker(name)
  // Whoever calls is told.
  early.catch(() => undefined)
  return callsTo<M>(async (): Promise<Started> => {
    const fetched = early ?? fetchWorker(name)
    early = undefined
    const worker = await fetched
    const ended = new Promise<FailureView>((end) => {
      worker.addEventListener('error', ({ message }) =>
        end({ kind: 'bug', why: message || `${name} has failed` }),
      )
    })
    return { border: worker, ended }
  })
}

/** @throws {CallFailure} */
export async function fetchWorker(name: WorkerName): Promise<Worker> {
  const path = `assets/${name}-worker.js`
  // The browser compares the hash; from then on the bytes are in memory.
  const answer = await fetchBuilt(path, workers[name]!).catch(() => undefined)
  if (answer?.ok !== true) throw new CallFailure(await whyNot(path))
  const code = new Blob([await answer.arrayBuffer()], { type: 'text/javascript' })
  return new Worker(workerAddress(code))
}

/** A browser does not say whether nothing came or something else than it should. */
async function whyNot(path: string): Promise<FailureView> {
  const answer = await fetch(new URL(path, document.baseURI)).catch(() => undefined)
  return answer?.ok === true
    ? { kind: 'untrusted', why: `${path} is not the code that this page was built with` }
    : { kind: 'unreachable', why: `${path} could not be loaded` }
}
