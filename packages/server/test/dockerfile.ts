import { execFileSync } from 'node:child_process'
import { cpSync, lstatSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { delimiter, join, relative, resolve } from 'node:path'

/** What a Dockerfile says, in the parts that ours is made of. */
interface Step {
  readonly instruction: string
  readonly words: readonly string[]
  readonly text: string
}
export interface User {
  readonly uid?: number
  readonly gid?: number
}

/** Lines that end in a backslash go on; comments are left out. */
export function parseDockerfile(text: string): Step[] {
  return text
    .replace(/^\s*#.*\n/gm, '')
    .replace(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, instruction, rest] = /^([A-Z]+)\s+(.*)$/.exec(line.trim())!
      return { instruction: instruction!, words: rest!.split(/\s+/), text: rest! }
    })
}

/** Whether the builder is not given a file: the last line that matches it, or a folder of its, decides. */
export function ignoredBy(text: string): (path: string) => boolean {
  const rules = text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const pattern = line
        .replace(/^!/, '')
        .replaceAll('.', '\\.')
        .replaceAll('**/', '(?:.+/)?')
        .replaceAll(/(?<![+)])\*/g, '[^/]*')
      return { keep: line.startsWith('!'), pattern: new RegExp(`^${pattern}(?:/.*)?$`) }
    })
  return (path) => rules.reduce((ignored, { keep, pattern }) => (pattern.test(path) ? !keep : ignored), false)
}

/** An image without a container: its root is a folder. */
export interface BuiltImage {
  readonly env: Readonly<Record<string, string>>
  readonly workdir: string
  readonly command: readonly string[]
  readonly healthcheck: readonly string[]
  readonly user: string | undefined
  readonly volumes: readonly string[]
  /** Where a path of the image is on this machine. */
  at(path: string): string
  /** The environment of its commands, as it is on this machine, where `path` is the PATH. */
  environment(path: string): Record<string, string>
}

/** Runs the steps of a Dockerfile as `user`, each stage in a folder of its own below `folder`, which is the user's. */
export function buildImage(
  dockerfile: string,
  context: string,
  folder: string,
  user: User,
  env: Readonly<Record<string, string | undefined>>,
): BuiltImage {
  const ignored = ignoredBy(readFileSync(`${dockerfile}.dockerignore`, 'utf8'))
  const stages = new Map<string, Stage>()
  let stage = new Stage(folder, 'none')
  for (const { instruction, words, text } of parseDockerfile(readFileSync(dockerfile, 'utf8'))) {
    switch (instruction) {
      case 'FROM':
        stage = new Stage(folder, words[2] ?? 'last')
        stages.set(stage.name, stage)
        break
      case 'WORKDIR':
        stage.workdir = text
        mkdirSync(stage.at(text), { recursive: true })
        own(stage, user)
        break
      case 'COPY': {
        const options = words.filter((word) => word.startsWith('--'))
        const paths = words.filter((word) => !word.startsWith('--'))
        const from = options.find((word) => word.startsWith('--from='))?.slice('--from='.length)
        const target = paths.pop()!
        for (const path of paths) {
          const source = from === undefined ? join(context, path) : stages.get(from)!.at(path)
          const isFolder = statSync(source).isDirectory()
          const to = stage.at(isFolder || !target.endsWith('/') ? target : join(target, path))
          const wanted = (name: string) => !isIgnored(ignored, relative(context, name), name)
          if (from === undefined)
            cpSync(source, to, { recursive: true, verbatimSymlinks: true, filter: wanted })
          else {
            mkdirSync(to, { recursive: true })
            execFileSync('cp', ['-RP', `${source}/.`, to])
          }
        }
        own(stage, user)
        break
      }
      case 'RUN':
        execFileSync('sh', ['-c', text], {
          cwd: stage.at('.'),
          ...user,
          env,
          stdio: 'pipe',
          timeout: 240_000,
        })
        break
      case 'ENV':
        for (const word of words) {
          const [name, value] = word.split(/=(.*)/s) as [string, string]
          stage.env[name] = value
        }
        break
      case 'CMD':
        stage.command = JSON.parse(text) as string[]
        break
      case 'HEALTHCHECK':
        stage.healthcheck = JSON.parse(text.slice(text.indexOf('['))) as string[]
        break
      case 'USER':
        stage.user = text
        break
      case 'VOLUME':
        stage.volumes.push(text)
        break
      case 'LABEL':
      case 'EXPOSE':
        break
      default:
        throw new Error(`the Dockerfile has an instruction that its test does not know: ${instruction}`)
    }
  }
  return stage
}

/** A folder is left out where all in it is. */
const isIgnored = (ignored: (path: string) => boolean, path: string, file: string): boolean =>
  !lstatSync(file).isDirectory() && ignored(path)

class Stage implements BuiltImage {
  readonly name: string
  readonly #root: string
  workdir = '/'
  readonly env: Record<string, string> = {}
  command: string[] = []
  healthcheck: string[] = []
  user: string | undefined
  readonly volumes: string[] = []

  constructor(folder: string, name: string) {
    this.name = name
    this.#root = join(folder, name)
  }

  at(path: string): string {
    return join(this.#root, resolve('/', this.workdir, path))
  }

  environment(path: string): Record<string, string> {
    const own = Object.entries(this.env).map(([name, value]) => [
      name,
      name === 'PATH'
        ? value
            .split(':')
            .map((part) => (part === '$PATH' ? path : this.at(part)))
            .join(delimiter)
        : value,
    ])
    return Object.fromEntries(own)
  }
}

/** Like a builder, which does all as root, we leave nothing that the image's commands could not write to while it is built. */
function own(stage: BuiltImage, { uid, gid }: User): void {
  if (uid !== undefined && gid !== undefined)
    execFileSync('chown', ['-R', '-h', `${uid}:${gid}`, stage.at('/')])
}
