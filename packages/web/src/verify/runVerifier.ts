import { fetchWorker, startWorker } from '../worker/start.js'
import type { ProgressView, VerifierCalls, Verified } from './verifierWorker.js'

/** How many workers for proofs make sense: as many as there are cores, within what a phone's memory bears. */
const threads = () => Math.max(1, Math.min(8, navigator.hardwareConcurrency || 2))

/** Verifies a whole record on this device. @param told is called now and then. Rejects with a `CallFailure`. */
export async function runVerifier(
  server: string,
  id: string,
  told: (progress: ProgressView) => void,
): Promise<Verified> {
  const workers = await Promise.all(Array.from({ length: threads() }, () => fetchWorker('proofs')))
  const progress = new MessageChannel()
  progress.port1.onmessage = ({ data }) => told(data as ProgressView)
  const ports = workers.map((worker) => {
    const { port1, port2 } = new MessageChannel()
    worker.postMessage(port1, [port1])
    return port2
  })
  try {
    return await startWorker<VerifierCalls>('verifier').verify(server, id, ports, progress.port2)
  } finally {
    for (const worker of workers) worker.terminate()
    progress.port1.close()
  }
}
