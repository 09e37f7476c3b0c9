import { useEffect, useState } from 'preact/hooks'

/** What the server says of an election as it goes on. For the eye only. */
export interface Live {
  readonly ballots: number
  /** Closing time in force, RFC 3339. */
  readonly closes: string
  /** Entries by which the administrators tell the public something, the latest ones. */
  readonly announced: readonly unknown[]
  readonly stage: string
}

/** Milliseconds between two looks where there is no connection that tells by itself, and before one is tried again. */
const pause = 10_000

/**
 * How many ballots there are so far, by WebSocket, or by asking again and again where that is blocked.
 * @param paused keeps what was told last.
 */
export function useLive(server: string, id: string, paused: boolean): Live | undefined {
  const [live, setLive] = useState<Live>()
  useEffect(() => {
    if (paused) return
    let socket: WebSocket | undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    let wanted = true
    const path = `/api/elections/${id}`
    const take = (answer: unknown) => wanted && isLive(answer) && setLive(answer)

    const ask = async () => {
      try {
        take(await (await fetch(server + path)).json())
      } catch {
        // The next look may bring more.
      }
    }
    const connect = () => {
      socket = new WebSocket(`${server.replace(/^http/, 'ws')}${path}/live`)
      socket.onmessage = ({ data }) => {
        try {
          take(JSON.parse(String(data)))
        } catch {
          // Not what a server of elections says.
        }
      }
      socket.onclose = () => {
        if (!wanted) return
        void ask()
        timer = setTimeout(connect, pause)
      }
    }
    connect()
    return () => {
      wanted = false
      clearTimeout(timer)
      socket?.close()
    }
  }, [server, id, paused])
  return live
}

function isLive(value: unknown): value is Live {
  if (typeof value !== 'object' || value === null) return false
  const { ballots, stage, closes, announced } = value as Record<string, unknown>
  return (
    typeof ballots === 'number' &&
    typeof stage === 'string' &&
    typeof closes === 'string' &&
    Array.isArray(announced)
  )
}
