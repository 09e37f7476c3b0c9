import { readFile, stat } from 'node:fs/promises'
import { DecodeError } from '@cista/board'
import { type Boards, parseElections } from '@cista/witness'
import { Failure, messageOf } from './failure.js'

/** The list of witnessed elections, which its operator may change at any time. */
export class ElectionsFile {
  readonly #path: string
  #seen = ''

  constructor(path: string) {
    this.#path = path
  }

  /** @throws {Failure} where it cannot be read, or a line of it is no board's key. */
  async load(): Promise<Boards> {
    this.#seen = await this.#stamp()
    try {
      return parseElections(await readFile(this.#path, 'utf8'), this.#path)
    } catch (error) {
      if (error instanceof DecodeError) throw new Failure(error.message)
      throw new Failure(`${this.#path} cannot be read: ${messageOf(error)}`)
    }
  }

  /** Whether it looks different from when it was loaded last. */
  async changed(): Promise<boolean> {
    return (await this.#stamp()) !== this.#seen
  }

  async #stamp(): Promise<string> {
    try {
      const { mtimeMs, size, ino } = await stat(this.#path)
      return `${mtimeMs} ${size} ${ino}`
    } catch {
      return 'missing'
    }
  }
}
