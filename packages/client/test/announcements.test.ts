import { DecodeError } from '@cista/board'
import { readAnnouncements } from '@cista/client'
import { Simulation, memoryConnection } from '@cista/testkit'
import { describe, expect, it } from 'vitest'
import { lying, overHttp } from './support.js'

const later = '2026-01-06T00:00:00Z'

/** An election whose administrators say something of every kind. */
function talkative() {
  const s = new Simulation({ manifest: { closeOnRequest: true } })
    .post('notice', { text: 'We start\non Monday.' })
    .setUp()
    .post('extended', { closes: later, reason: 'snow' })
    .post('page-changed', { page: {}, reason: 'larger buttons' })
    .post('close-requested', { reason: 'all have voted' })
  return { s, honest: memoryConnection(s), id: s.definition.id }
}
const indexOf = (s: Simulation, kind: string) => s.log.findIndex((l) => l.kind === kind)

describe('announcements', () => {
  it('are read from the board, the newest first, in the administrators’ own words', async () => {
    const { s, honest, id } = talkative()
    const { connection } = overHttp(s, honest)
    const placed = (kind: string) => {
      const index = indexOf(s, kind)
      return { kind, index, at: s.log[index]!.entry.batchTime }
    }
    expect(await readAnnouncements(connection, id)).toEqual([
      { ...placed('close-requested'), text: 'all have voted' },
      { ...placed('page-changed'), text: 'larger buttons' },
      { ...placed('extended'), text: 'snow', closes: later },
      { ...placed('notice'), text: 'We start\non Monday.' },
    ])
  })

  it('are none where nothing was said', async () => {
    const s = new Simulation().setUp()
    expect(await readAnnouncements(memoryConnection(s), s.definition.id)).toEqual([])
  })

  it('are the latest twenty, and each once', async () => {
    const s = new Simulation()
    for (let i = 1; i <= 25; i++) s.post('notice', { text: `${i}` })
    const honest = memoryConnection(s)
    const announced = async () => [...(await honest.hints.announced()), 25, 25, 1_000]
    const read = await readAnnouncements(lying(honest, { hints: { announced } }), s.definition.id)
    expect(read.map(({ text }) => Number(text))).toEqual(Array.from({ length: 20 }, (_, i) => 25 - i))
  })

  it('are nobody else’s words, and no other entry', async () => {
    const { s, honest, id } = talkative()
    const announced = async () => [indexOf(s, 'opened')]
    const told = readAnnouncements(lying(honest, { hints: { announced } }), id)
    await expect(told).rejects.toThrow(/not an announcement/)
    const forged = new Simulation({
      edit: (p) => (p.kind === 'notice' ? { ...p, value: { ...p.value, text: 'do not vote' } } : undefined),
      resign: (p, _, simulation) =>
        p.kind === 'notice'
          ? [{ by: 'administrator-1', proof: simulation.log[0]!.entry.signatures[0]!.proof }]
          : undefined,
    }).post('notice', { text: 'vote' })
    const read = readAnnouncements(memoryConnection(forged), forged.definition.id)
    await expect(read).rejects.toThrow(DecodeError)
    await expect(read).rejects.toThrow(/signature/)
  })
})
