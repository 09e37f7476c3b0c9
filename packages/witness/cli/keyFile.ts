import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { DecodeError, isKeyName } from '@cista/board'
import { type WitnessKey, formatSecretKey, parseSecretKey, verifierKeyOf } from '@cista/witness'
import { Failure, codeOf, messageOf } from './failure.js'
import { writeNew } from './files.js'

/** Makes a key and its file. @returns the verifier key. @throws {Failure} if the file is there already: it may be somebody's only one. */
export async function makeKeyFile(path: string, name: string): Promise<string> {
  if (!isKeyName(name))
    throw new Failure(
      `“${name}” cannot name a witness: choose something like witness.example/ada, without spaces, plus signs and letters beyond ASCII`,
    )
  const key = { name, seed: new Uint8Array(randomBytes(32)) }
  let written
  try {
    written = await writeNew(path, formatSecretKey(key))
  } catch (error) {
    throw new Failure(`${path} cannot be written: ${messageOf(error)}`)
  }
  if (!written) throw new Failure(`${path} is there already: choose another name with --file`)
  return verifierKeyOf(key)
}

/** @throws {Failure} */
export async function keyFromFile(path: string): Promise<WitnessKey> {
  try {
    return parseSecretKey(await readFile(path, 'utf8'), path)
  } catch (error) {
    if (error instanceof DecodeError) throw new Failure(error.message)
    if (codeOf(error) === 'ENOENT') throw new Failure(`there is no file ${path}: make one with “key new”`)
    throw new Failure(`${path} cannot be read: ${messageOf(error)}`)
  }
}
