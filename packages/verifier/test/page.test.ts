import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { type ComparedPage, comparePage } from '../cli/pageCompare.js'
import { PageFetch, type PageLimits, pageLimits } from '../cli/pageFetch.js'
import { namesIn } from '../cli/pageNames.js'
import { type Answer, answersOf, hashOf, published, publishedHashes, servePages } from './pageServer.js'

const servers: Awaited<ReturnType<typeof servePages>>[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.stop()
})
async function serving(answers: Map<string, Answer>) {
  const server = await servePages(answers)
  servers.push(server)
  return server
}

async function compare(
  answers: Map<string, Answer>,
  hashes: Readonly<Record<string, string>> = publishedHashes,
  limits: PageLimits = pageLimits,
  folder = '/',
) {
  const { url, asked } = await serving(answers)
  const steps: string[] = []
  const page = await comparePage(hashes, new URL(folder, url), new PageFetch(limits), (done, all) =>
    steps.push(`${done}/${all}`),
  )
  return { page, asked, steps, url }
}
const outcomes = ({ files }: ComparedPage) => Object.fromEntries(files.map((f) => [f.path, f.outcome]))
const changed = (path: string, answer: Answer) => answersOf(published).set(`/${path}`, answer)
const allSame = { '': 'same', 'assets/vote.js': 'same', 'index.html': 'same', 'texts/vi.json': 'same' }

describe('a page', () => {
  it('is the same where every listed file is, and where browsers begin', async () => {
    const { page, asked, steps } = await compare(answersOf(published))
    expect(outcomes(page)).toEqual(allSame)
    expect(page.unlisted).toEqual([])
    expect(asked.sort()).toEqual(['/', '/assets/vote.js', '/index.html', '/texts/vi.json'])
    expect(steps).toEqual(['1/4', '2/4', '3/4', '4/4'])
  })

  it('may lie in a folder, packed or not', async () => {
    const answers = answersOf(published, '/vote/')
    answers.set('/vote/assets/vote.js', (_, response) => {
      response.setHeader('content-encoding', 'gzip')
      response.end(gzipSync(published['assets/vote.js']!))
    })
    expect(outcomes((await compare(answers, publishedHashes, pageLimits, '/vote/')).page)).toEqual(allSame)
  })

  it('differs by one changed byte, by one file that is missing, and by what browsers get first', async () => {
    const tampered = await compare(changed('assets/vote.js', 'const vote = 2\n'))
    expect(outcomes(tampered.page)).toEqual({ ...allSame, 'assets/vote.js': 'different' })
    const { why } = tampered.page.files.find(({ path }) => path === 'assets/vote.js')!
    expect(why).toBe(`listed ${publishedHashes['assets/vote.js']}, sent ${hashOf('const vote = 2\n')}`)
    const answers = answersOf(published)
    answers.delete('/texts/vi.json')
    const missing = await compare(answers)
    expect(outcomes(missing.page)).toEqual({ ...allSame, 'texts/vi.json': 'missing' })
    expect(missing.page.files.at(-1)!.why).toBe('status 404')
    expect(outcomes((await compare(changed('', 'another page'))).page)).toEqual({
      ...allSame,
      '': 'different',
    })
  })

  it('names what is not listed, whether it is loaded or only linked to', async () => {
    const html = `<script src="assets/vote.js"></script><script src="assets/extra.js?v=1#x"></script>
      <link rel=stylesheet href=./assets/vote.css><img src="data:image/png;base64,AAAA" srcset="a.png 1x, b.png 2x">
      <a href="guide.html">guide</a><a href="#top">up</a><a href="mailto:a@example.org">write</a>
      <a href="https://example.org/">elsewhere</a><script src="//cdn.example.org/x.js"></script><a href="./">start</a>
      <a href="guide.html">again</a>`
    const files = { ...published, 'index.html': html }
    const hashes = { ...publishedHashes, 'index.html': hashOf(html) }
    const { page } = await compare(answersOf(files), hashes)
    expect(outcomes(page)).toEqual(allSame)
    expect(page.unlisted.map(({ names, loads }) => `${loads ? 'loads' : 'links'} ${names}`).sort()).toEqual([
      'links guide.html',
      'loads a.png',
      'loads assets/extra.js',
      'loads assets/vote.css',
      'loads b.png',
      'loads http://cdn.example.org/x.js',
    ])
  })

  it('at other servers is none, and what sends on for ever is none either', async () => {
    const { url: other, asked } = await serving(answersOf(published))
    const to =
      (location: string): Answer =>
      (_, response) =>
        void response.writeHead(302, { location }).end()
    const away = await compare(changed('assets/vote.js', to(`${other}/assets/vote.js`)))
    expect(outcomes(away.page)).toEqual({ ...allSame, 'assets/vote.js': 'different' })
    expect(away.page.files.find(({ path }) => path === 'assets/vote.js')!.why).toContain(
      `sends on to ${other}`,
    )
    expect(asked).toEqual([])
    const around = await compare(changed('assets/vote.js', to('/assets/vote.js')))
    expect(outcomes(around.page)).toEqual({ ...allSame, 'assets/vote.js': 'different' })
    expect(around.asked.length).toBe(4 + pageLimits.redirects)
    // Within one server it is where the file is.
    const answers = changed('assets/vote.js', to('/build/vote.js')).set(
      '/build/vote.js',
      published['assets/vote.js']!,
    )
    expect(outcomes((await compare(answers)).page)).toEqual(allSame)
    expect(outcomes((await compare(changed('assets/vote.js', to('data:text/javascript,1')))).page)).toEqual({
      ...allSame,
      'assets/vote.js': 'different',
    })
  })

  it('may not be huge, packed small or without an end', async () => {
    let sent = 0
    const endless: Answer = (request, response) => {
      const block = Buffer.alloc(65_536, 'x')
      const more = () => {
        while (!response.destroyed && response.write(block)) sent += block.length
      }
      response.on('drain', more)
      request.on('close', () => response.destroy())
      more()
    }
    const bomb: Answer = (_, response) => {
      response.setHeader('content-encoding', 'gzip')
      response.end(gzipSync(Buffer.alloc(2 * pageLimits.file)))
    }
    for (const answer of [endless, bomb]) {
      const { page } = await compare(changed('assets/vote.js', answer))
      expect(outcomes(page)).toEqual({ ...allSame, 'assets/vote.js': 'different' })
      const { why } = page.files.find(({ path }) => path === 'assets/vote.js')!
      expect(why).toBe(`more than ${pageLimits.file} bytes, not compared`)
    }
    expect(sent).toBeLessThan(2 * pageLimits.file)
    const small = { ...pageLimits, all: 100 }
    const { page } = await compare(answersOf(published), publishedHashes, small)
    expect(page.files.map(({ why }) => why).join()).toContain('more than 100 bytes with the files before')
  })

  it('is not known where it does not come, in time or at all', async () => {
    const slow: Answer = (_, response) => void response.write('const')
    const busy: Answer = (_, response) => void response.writeHead(503).end()
    const cut: Answer = (_, response) => void response.destroy()
    for (const [answer, why] of [
      [slow, 'too slow'],
      [busy, 'status 503'],
      [cut, /./],
    ] as const) {
      const { page } = await compare(changed('assets/vote.js', answer), publishedHashes, {
        ...pageLimits,
        patience: 400,
      })
      expect(outcomes(page)).toEqual({ ...allSame, 'assets/vote.js': 'no-answer' })
      expect(page.files.find(({ path }) => path === 'assets/vote.js')!.why).toMatch(why)
    }
  })

  it('is asked for no path that leads out of its folder', async () => {
    const hashes = {
      '../secret': hashOf('x'),
      'a/./b': hashOf('x'),
      '..': hashOf('x'),
      'index.html': hashOf('y'),
    }
    const { page, asked } = await compare(new Map(), hashes, pageLimits, '/vote/')
    expect(new Set(page.files.map(({ outcome }) => outcome))).toEqual(new Set(['missing']))
    expect(asked.sort()).toEqual(['/vote/', '/vote/index.html'])
  })
})

describe('addresses in HTML', () => {
  const named = (html: string) => namesIn(html).map(({ address }) => address)
  it.each<[string, string[]]>([
    [`<A HREF='a'><iframe src=b></iframe><object data = "c">`, ['a', 'b', 'c']],
    ['<!-- <a href="a"> --><a href="b">', ['b']],
    ['<script>const x = "<a href=a>"</script><a href=b>', ['b']],
    ['<title><a href="a"></title><style><a href="b"></style><a href="c">', ['c']],
    ['<p title="<a href=a>"><a title=\'>\' href="b">', ['b']],
    ['<a href="a?x=1&amp;y=2">', ['a?x=1&y=2']],
    ['<video poster=p src=v><source srcset="s 2x,t 3x"></video><base href=/x/>', ['p', 'v', 's', 't', '/x/']],
    ['< a href=a><1 href=b></a href=c><a href><a href="">', ['']],
    ['<a href="never ends', ['"never']],
    ['<script src=a>', ['a']],
    ['<!-- <a href=a>', []],
  ])('of %s', (html, addresses) => expect(named(html)).toEqual(addresses))

  it('are found in time whatever a server sends', () => {
    const size = 300_000
    for (const part of [
      '<a ',
      '<a href="',
      "<a href='x",
      '<!--',
      '<script>',
      '</',
      '=',
      ' ',
      '<a b = ',
      '/',
      '<a\n\n',
    ]) {
      const started = performance.now()
      expect(namesIn(part.repeat(size)).length).toBeLessThanOrEqual(1_000)
      expect(performance.now() - started).toBeLessThan(2_000)
    }
  })
})
