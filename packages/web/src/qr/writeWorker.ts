import encodeQR from 'qr'
import { type Border, answerCalls } from '../worker/call.js'
import type { QrWriter } from './start.js'

/** Modules of quiet zone around a code (ISO/IEC 18004). */
const border = 4

const writer: QrWriter = {
  draw(text) {
    const rows = encodeQR(text, 'raw', { ecc: 'low', border })
    const path = rows.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('')
    return Promise.resolve({ path, size: rows.length })
  },
}
answerCalls(globalThis as unknown as Border, writer)
