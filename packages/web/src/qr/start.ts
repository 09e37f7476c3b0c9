import { startWorker } from '../worker/start.js'

export interface QrWriter {
  /** A text as the path of an SVG of `size` × `size` modules, quiet zone included. Rejects where it is too long for a QR code. */
  draw(text: string): Promise<{ readonly path: string; readonly size: number }>
}
export interface QrReader {
  /** The text of a QR code in a picture, RGBA; undefined where there is none that can be read. */
  read(width: number, height: number, data: ArrayBuffer): Promise<string | undefined>
}

let writer: QrWriter | undefined
let reader: QrReader | undefined
/** What draws and reads is loaded when it is first wanted. */
export const qrWriter = (): QrWriter => (writer ??= startWorker<QrWriter>('qrWrite'))
export const qrReader = (): QrReader => (reader ??= startWorker<QrReader>('qrRead'))
