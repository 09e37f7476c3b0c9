import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type MemoryRecord, fromUtf8, formatReceipt, proveInclusion } from '@cista/board'
import { decodeSubmission } from '@cista/protocol'
import type { Simulation } from '@cista/testkit'
import { post } from './support.js'

/** A ballot server over a simulation: as much of the API as trustees use. Every answer is made from the simulation as it is then. */
export class BoardServer {
  readonly #simulation: Simulation
  readonly #server: Server
  readonly #files = new Map<string, Uint8Array>()
  /** Changes what is answered to a submission, as a dishonest server would. */
  spoil: (answer: { entry: string; receipt: string }) => object = (answer) => answer

  constructor(simulation: Simulation) {
    this.#simulation = simulation
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        void this.#answer(request.url ?? '', Buffer.concat(chunks)).then(({ status, body }) => {
          response.writeHead(status).end(body)
        })
      })
    })
  }

  /** @param port of an earlier start, for a server that comes back. */
  async start(port = 0): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    this.#server.closeAllConnections()
    await closed
  }

  async #answer(url: string, body: Uint8Array): Promise<{ status: number; body: string | Uint8Array }> {
    const { id } = this.#simulation.definition
    const nothing = { status: 404, body: '' }
    if (url === `/api/elections/${id}`) return { status: 200, body: JSON.stringify(this.#status()) }
    if (url === `/api/elections/${id}/entries`) return this.#post(body)
    if (url === `/elections/${id}/payload/${id}`) return { status: 200, body: this.#simulation.manifest }
    if (!url.startsWith(`/elections/${id}/`)) return nothing
    await this.#publish()
    const file = this.#files.get(url.slice(`/elections/${id}/`.length))
    return file === undefined ? nothing : { status: 200, body: file }
  }

  /** Partial tiles of earlier sizes stay: who has just read a checkpoint still finds what belongs to it. */
  async #publish(): Promise<MemoryRecord> {
    const record = await this.#simulation.record()
    for (const path of record.paths()) this.#files.set(path, (await record.read(path))!)
    return record
  }

  #status(): object {
    const { phase } = this.#simulation.course
    const { number, joined, dealt, confirmed, complaint } = phase.attempt
    const indices = (set: Iterable<number>) => [...set].sort((a, b) => a - b)
    return {
      stage: phase.stage,
      attempt: number,
      joined: indices(joined.keys()),
      dealt: indices(dealt.keys()),
      confirmed: indices(confirmed),
      complaint: complaint?.index ?? null,
    }
  }

  async #post(body: Uint8Array): Promise<{ status: number; body: string }> {
    const simulation = this.#simulation
    const submission = decodeSubmission(body)
    let at = simulation.log.findIndex(({ entry }) => entry.payload === submission.hash)
    const known = at >= 0
    if (!known) {
      try {
        post(simulation, submission)
      } catch (error) {
        const problem = {
          type: 'urn:cista:problem:refused',
          title: 'Refused',
          status: 409,
          detail: (error as Error).message,
          findings: [{ code: 'PHASE', at: 'submission', why: 'a test' }],
        }
        return { status: 409, body: JSON.stringify(problem) }
      }
      at = simulation.size - 1
    }
    const [size, checkpoint] = [simulation.size, simulation.checkpoint()]
    const proof = await proveInclusion(await this.#publish(), at, size)
    const receipt = formatReceipt({ index: at, proof, checkpoint })
    const answer = { entry: fromUtf8(simulation.log[at]!.entryBytes), receipt }
    return { status: known ? 200 : 201, body: JSON.stringify(this.spoil(answer)) }
  }
}
