/** One file of an archive, with all that is said of it besides its name. */
export interface Archived {
  readonly bytes: Uint8Array
  readonly method: number
  /** MS-DOS time and date. */
  readonly time: number
  readonly attributes: number
}

/** The files of a small archive without compression, by its central directory (PKWARE APPNOTE 4.3.12), in its order. */
export function readArchive(archive: Uint8Array): Map<string, Archived> {
  const bytes = Buffer.from(archive)
  const end = bytes.lastIndexOf(Buffer.from('PK\u0005\u0006'))
  const files = new Map<string, Archived>()
  for (let at = bytes.readUInt32LE(end + 16), i = 0; i < bytes.readUInt16LE(end + 10); i++) {
    if (bytes.readUInt32LE(at) !== 0x02014b50) throw new Error(`no entry at ${at}`)
    const [nameLength, extra, comment] = [28, 30, 32].map((field) => bytes.readUInt16LE(at + field))
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength!)
    const local = bytes.readUInt32LE(at + 42)
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28)
    files.set(name, {
      bytes: new Uint8Array(bytes.subarray(start, start + bytes.readUInt32LE(at + 20))),
      method: bytes.readUInt16LE(at + 10),
      time: bytes.readUInt32LE(at + 12),
      attributes: bytes.readUInt32LE(at + 38),
    })
    at += 46 + nameLength! + extra! + comment!
  }
  return files
}
