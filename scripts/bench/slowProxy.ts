import { once } from 'node:events'
import { type AddressInfo, type Socket, connect, createServer } from 'node:net'

export interface Line {
  /** Milliseconds from asking to the first byte of the answer, beside what the server takes. */
  readonly roundTrip: number
  /** Of all connections together, each way. */
  readonly bytesPerSecond: number
}
export interface SlowProxy {
  readonly url: string
  /** Bytes that have come from the server so far, headers included. */
  readonly received: () => number
  close(): Promise<void>
}

/** A slow line in front of a server: every connection waits a round trip to be made, every byte half of one, and all share the rate. */
export async function slowProxy(target: string, { roundTrip, bytesPerSecond }: Line): Promise<SlowProxy> {
  let received = 0
  const free = { up: 0, down: 0 }
  const sockets = new Set<Socket>()

  function pipe(from: Socket, to: Socket, way: keyof typeof free): void {
    from.on('data', (data: Buffer) => {
      if (way === 'down') received += data.length
      const now = performance.now()
      const begins = Math.max(now, free[way])
      free[way] = begins + (data.length / bytesPerSecond) * 1000
      setTimeout(() => to.write(data), free[way] - now + roundTrip / 2)
    })
    from.on('end', () =>
      setTimeout(() => to.end(), Math.max(0, free[way] - performance.now()) + roundTrip / 2),
    )
    from.on('error', () => to.destroy())
  }

  const { hostname, port } = new URL(target)
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('close', () => sockets.delete(socket))
    }
    // The handshake of TCP is made here already: what follows waits for as long as it would have taken.
    client.pause()
    setTimeout(() => client.resume(), roundTrip)
    pipe(client, upstream, 'up')
    pipe(upstream, client, 'down')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received: () => received,
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
