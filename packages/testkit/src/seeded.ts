import { utf8 } from '@cista/board'
import { shake256 } from '@cista/crypto'

/**
 * Runs `work` with the platform's random numbers replaced by a stream that follows from `seed`, so that what it makes can be made again.
 * Only for records that are published as test data: nothing else may run meanwhile.
 */
export async function seeded<T>(seed: string, work: () => Promise<T>): Promise<T> {
  let drawn = 0
  const getRandomValues = <A extends ArrayBufferView>(array: A): A => {
    const label = utf8(`cista test randomness\n${seed}\n${drawn++}`)
    new Uint8Array(array.buffer, array.byteOffset, array.byteLength).set(shake256(label, array.byteLength))
    return array
  }
  Object.defineProperty(globalThis.crypto, 'getRandomValues', { value: getRandomValues, configurable: true })
  try {
    return await work()
  } finally {
    // The platform's own stands on the prototype.
    Reflect.deleteProperty(globalThis.crypto, 'getRandomValues')
  }
}
