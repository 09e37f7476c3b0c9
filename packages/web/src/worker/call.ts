// Calls across the border of a worker, each answered once.

export type FailureKind = 'unreachable' | 'untrusted' | 'noElection' | 'bug'
/** Why a worker could not do what it was asked. `why` is for experts, in English. */
export interface FailureView {
  readonly kind: FailureKind
  readonly why: string
}

interface Call {
  readonly id: number
  readonly method: string
  readonly values: readonly unknown[]
}
type Answer = { readonly id: number } & ({ readonly value: unknown } | { readonly failure: FailureView })

/** As much of a `Worker`, or of the scope inside of one, as calls need. */
export interface Border {
  postMessage(message: unknown, transfer?: Transferable[]): void
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
}

/** Why a call was not answered with a value. */
export class CallFailure extends Error {
  override readonly name = 'CallFailure'
  readonly failure: FailureView

  constructor(failure: FailureView) {
    super(failure.why)
    this.failure = failure
  }
}

export const failureOf = (error: unknown): FailureView =>
  error instanceof CallFailure ? error.failure : { kind: 'bug', why: whyOf(error) }

export const whyOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Answers calls from the other side, inside the worker. @param judge what to tell of an error. */
export function answerCalls(
  border: Border,
  methods: object,
  judge: (error: unknown) => FailureView = failureOf,
): void {
  border.addEventListener('message', ({ data }) => {
    const { id, method, values } = data as Call
    const run = async () =>
      (methods as Readonly<Record<string, (...values: unknown[]) => unknown>>)[method]!(...values)
    run().then(
      (value) => border.postMessage({ id, value } satisfies Answer),
      (error: unknown) => border.postMessage({ id, failure: judge(error) } satisfies Answer),
    )
  })
}

/** A worker that runs. */
export interface Started {
  readonly border: Border
  /** Settles when it is no more. */
  readonly ended: Promise<FailureView>
}

/**
 * The worker's methods, as seen from the page. Each rejects with a `CallFailure`.
 * @param start is called with the first call, and again with the next one after a worker could not be had or has ended: a new one knows nothing
 * of what the old one was told.
 */
export function callsTo<M extends object>(start: () => Promise<Started>): M {
  let running: Promise<Border> | undefined
  const waiting = new Map<number, (answer: Answer) => void>()
  let last = 0

  function fail(failure: FailureView): void {
    running = undefined
    for (const [id, answer] of waiting) answer({ id, failure })
    waiting.clear()
  }

  async function run(): Promise<Border> {
    const { border, ended } = await start()
    void ended.then(fail)
    border.addEventListener('message', ({ data }) => {
      const answer = data as Answer
      waiting.get(answer.id)?.(answer)
      waiting.delete(answer.id)
    })
    return border
  }

  const call =
    (method: string) =>
    (...values: unknown[]) =>
      new Promise((resolve, reject) => {
        const id = ++last
        waiting.set(id, (answer) =>
          'failure' in answer ? reject(new CallFailure(answer.failure)) : resolve(answer.value),
        )
        running ??= run()
        // The ends of channels move to the worker.
        const ports = values.flat().filter((value) => value instanceof MessagePort)
        running
          .then((border) => border.postMessage({ id, method, values } satisfies Call, ports))
          .catch((error: unknown) => fail(failureOf(error)))
      })
  return new Proxy({} as M, { get: (_, method) => call(String(method)) })
}
