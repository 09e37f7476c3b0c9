import decodeQR from 'qr/decode.js'
import { type Border, answerCalls } from '../worker/call.js'
import type { QrReader } from './start.js'

const reader: QrReader = {
  read(width, height, data) {
    try {
      return Promise.resolve(decodeQR({ width, height, data: new Uint8ClampedArray(data) }))
    } catch {
      // Most pictures from a camera show no code.
      return Promise.resolve(undefined)
    }
  },
}
answerCalls(globalThis as unknown as Border, reader)
