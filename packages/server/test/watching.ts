import { once } from 'node:events'
import type { ClientOptions } from 'ws'
import { WebSocket } from 'ws'

export interface LiveNumbers {
  readonly ballots: number
  readonly size: number
  readonly stage: string
  readonly closes: string
  readonly announced: readonly number[]
}

/** A client of `/api/elections/{election}/live`, and all that it has heard. */
export class Watcher {
  readonly socket: WebSocket
  readonly texts: string[] = []
  /** The code with which it ended. */
  readonly closed: Promise<number>

  private constructor(socket: WebSocket) {
    this.socket = socket
    this.closed = new Promise((resolve) => socket.once('close', resolve))
    socket.on('message', (data: Buffer) => this.texts.push(data.toString()))
    socket.on('error', () => undefined)
  }

  /** @throws {Error} “Unexpected server response: 404” */
  static async open(url: string, election: string, options: ClientOptions = {}, protocols: string[] = []) {
    const address = `${url.replace(/^http/, 'ws')}/api/elections/${election}/live`
    const watcher = new Watcher(new WebSocket(address, protocols, options))
    await once(watcher.socket, 'open')
    return watcher
  }

  get last(): LiveNumbers | undefined {
    const text = this.texts.at(-1)
    return text === undefined ? undefined : (JSON.parse(text) as LiveNumbers)
  }

  /** Waits for numbers that are so, ten seconds at most. */
  async until(so: (numbers: LiveNumbers) => boolean): Promise<LiveNumbers> {
    for (let i = 0; i < 500; i++) {
      const { last } = this
      if (last !== undefined && so(last)) return last
      await new Promise((soon) => setTimeout(soon, 20))
    }
    throw new Error(`heard only ${this.texts.join(' ')}`)
  }

  /** Without a word. */
  leave(): void {
    this.socket.terminate()
  }
}
