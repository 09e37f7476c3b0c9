import { createWriteStream, lstatSync } from 'node:fs'
import { link, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { recordPaths } from '@cista/board'
import { ZipFile } from 'yazl'
import { ExportError, type RecordFile } from './export.js'

/** Every entry of an archive says the same about itself, so that the same record is the same bytes on any machine. */
const archived = {
  compress: false,
  // Archives hold the local time, of 1980 at the earliest.
  mtime: new Date(1980, 0, 1, 12),
  mode: 0o100644,
  forceDosTimestamp: true,
}

/**
 * Writes the files beside `out` first, and gives them its name when all are there. A name that ends in `.zip` makes an archive, any other a folder.
 * @throws {ExportError} if something has that name.
 */
export async function writeExport(
  out: string,
  size: number,
  files: AsyncIterable<RecordFile>,
): Promise<void> {
  if (lstatSync(out, { throwIfNoEntry: false }) !== undefined) throw taken(out)
  const draft = `${out}.partial-${process.pid}`
  try {
    if (out.endsWith('.zip')) {
      await writeArchive(draft, size, files)
      // Unlike a renaming, a link never replaces what has come there meanwhile.
      await link(draft, out).catch(refuseTaken(out))
    } else {
      await writeFolder(draft, files)
      await rename(draft, out).catch(refuseTaken(out))
    }
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

const taken = (out: string) => new ExportError(`${out} is there already: name another folder or archive`)

const refuseTaken = (out: string) => (error: NodeJS.ErrnoException) => {
  throw ['EEXIST', 'ENOTEMPTY', 'ENOTDIR'].includes(error.code ?? '') ? taken(out) : error
}

async function writeFolder(folder: string, files: AsyncIterable<RecordFile>): Promise<void> {
  await mkdir(folder)
  for await (const { path, bytes } of files) {
    const target = join(folder, path)
    await mkdir(dirname(target), { recursive: true })
    await writeFile(target, bytes, { flag: 'wx' })
  }
}

async function writeArchive(archive: string, size: number, files: AsyncIterable<RecordFile>): Promise<void> {
  const zip = new ZipFile()
  const output = zip.outputStream as Readable
  zip.on('error', (error: Error) => output.destroy(error))
  const reading = files[Symbol.asyncIterator]()
  // The archive asks for one file after the other, in this order, when it has written the one before.
  for (const path of recordPaths(size))
    zip.addReadStreamLazy(path, archived, (give) => {
      reading.next().then(
        ({ value }: IteratorResult<RecordFile>) => give(undefined, Readable.from([value.bytes])),
        (error: unknown) => give(error, Readable.from([])),
      )
    })
  zip.end()
  await pipeline(output, createWriteStream(archive, { flags: 'wx', flush: true }))
}
