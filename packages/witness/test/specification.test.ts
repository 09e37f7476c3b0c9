import { readFileSync } from 'node:fs'
import {
  addSignatureLines,
  cosignatureLine,
  decodeTile,
  openCheckpoint,
  parseAddCheckpoint,
  rootOf,
  sha256,
  tilePath,
  utf8,
  verifyConsistency,
} from '@cista/board'
import { verifierKeyOf } from '@cista/witness'
import { expect, it } from 'vitest'

const file = (path: string) => new URL(`../../../docs/spec/${path}`, import.meta.url)

it('the specification shows a request and an answer that hold', () => {
  const page = readFileSync(file('05-record.md'), 'utf8')
  const [, body] = /^```\n(old 14\n.*?)^```$/ms.exec(page) ?? []
  const { old, proof, note, checkpoint } = parseAddCheckpoint(body!)
  const leaves = decodeTile(new Uint8Array(readFileSync(file(`example/${tilePath(0, 0, 22)}`))), 22, 'tile')
  const from = { size: old, root: rootOf(leaves.slice(0, old)) }
  expect(verifyConsistency({ from, to: checkpoint, proof })).toBe(true)
  expect(note).toBe(readFileSync(file('example/checkpoint'), 'utf8'))

  const key = { name: 'witness.example/1', seed: sha256(utf8('test witness 1')) }
  expect(page).toContain(`\`${verifierKeyOf(key)}\``)
  const line = cosignatureLine(note, key.seed, key.name, 1_767_607_200)
  expect(page).toContain(`\`\`\`\n${line}\`\`\`\n`)
  const [, board] = /^(elections\.example\/test\+\S+)$/m.exec(page) ?? []
  const policy = { board: board!, witnesses: [verifierKeyOf(key)], quorum: 1 }
  expect(openCheckpoint(addSignatureLines(note, line), policy).checkpoint).toEqual(checkpoint)
})
