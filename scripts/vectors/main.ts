import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeVector, vectors } from '@cista/testkit'

// Writes docs/spec/vectors anew. A test compares what stands there with what this would write.
const home = fileURLToPath(new URL('../../docs/spec/vectors/', import.meta.url))
for (const part of ['elections', 'attacks']) await rm(`${home}${part}`, { recursive: true, force: true })
for (const [i, vector] of vectors.entries()) {
  for (const [path, bytes] of await makeVector(vector)) {
    const file = `${home}${vector.folder}/${path}`
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, bytes)
  }
  if (process.stderr.isTTY) process.stderr.write(`\r${i + 1} of ${vectors.length} vectors`)
}
process.stderr.write(`\r${vectors.length} vectors in docs/spec/vectors\n`)
