import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { LiveFeed } from '../src/liveFeed.js'
import { Halted, type Sequencer } from '../src/sequencer.js'

const pace = 20

/** Elections that answer when and what the test wants, and how often they were asked. */
function elections(answer: (election: string) => Promise<string | undefined>) {
  const asked: string[] = []
  const read = async (election: string) => {
    asked.push(election)
    return { text: await answer(election) }
  }
  return { asked, feed: new LiveFeed({ read: read as unknown as Sequencer['read'] }, pace) }
}

async function until(so: () => boolean): Promise<void> {
  for (let i = 0; !so(); i++) {
    if (i > 500) throw new Error('waited in vain')
    await sleep(pace)
  }
}

it('asks once for all who come at once, and for all who watch', async () => {
  let size = 1
  const { asked, feed } = elections(async () => (await sleep(5), `${size}`))
  const many = Array.from({ length: 100 }, () => feed.now('a'))
  expect(new Set((await Promise.all(many)).map((found) => found?.text))).toEqual(new Set(['1']))
  expect(asked.length).toBe(1)
  const heard: string[] = []
  const leave = Array.from({ length: 100 }, () => feed.watch('a', (text) => heard.push(text)))
  await until(() => heard.length >= 100)
  expect(heard).toEqual(Array.from({ length: 100 }, () => '1'))
  size = 2
  await until(() => heard.length >= 200)
  expect(heard.slice(100)).toEqual(Array.from({ length: 100 }, () => '2'))
  // Known already.
  const { length } = asked
  expect(await Promise.all(many.map(() => feed.now('a')))).toEqual(many.map(() => ({ text: '2' })))
  expect(asked.length).toBeLessThan(length + 3)
  for (const end of leave) end()
  await sleep(2 * pace)
  const after = asked.length
  await sleep(3 * pace)
  expect(asked.length).toBe(after)
})

it('tells nothing that is not published, and of a halted board that it is halted', async () => {
  let state: 'open' | 'unpublished' | 'halted' = 'unpublished'
  const { feed } = elections(async () => {
    if (state === 'halted') throw new Halted('an older copy')
    return state === 'open' ? 'open' : undefined
  })
  const heard: string[] = []
  const leave = feed.watch('a', (text) => heard.push(text))
  await sleep(3 * pace)
  expect(heard).toEqual([])
  expect(await feed.now('a')).toEqual({ text: undefined })
  state = 'open'
  await until(() => heard.length > 0)
  expect(heard).toEqual(['open'])
  state = 'halted'
  await sleep(10 * pace)
  await expect(feed.now('a')).rejects.toThrow(Halted)
  leave()
})

it('does not let one that is slow keep others waiting', async () => {
  const { asked, feed } = elections((election) =>
    election === 'slow' ? new Promise(() => undefined) : Promise.resolve('1'),
  )
  const heard: string[] = []
  const leave = ['slow', 'quick'].map((election) => feed.watch(election, () => heard.push(election)))
  await until(() => asked.filter((election) => election === 'quick').length > 2)
  expect(heard).toEqual(['quick'])
  expect(asked.filter((election) => election === 'slow').length).toBe(1)
  for (const end of leave) end()
})
