/** Requests at once. */
const requests = 6

/** `work(0)` … `work(count − 1)`, a few at once. No more are begun once one has failed. */
export async function inTurn(count: number, work: (n: number) => Promise<void>): Promise<void> {
  let next = 0
  const worker = async () => {
    try {
      while (next < count) await work(next++)
    } catch (error) {
      next = count
      throw error
    }
  }
  const ended = await Promise.allSettled(Array.from({ length: requests }, worker))
  const failed = ended.find((result) => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}
