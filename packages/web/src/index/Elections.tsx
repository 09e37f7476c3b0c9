import { useEffect, useState } from 'preact/hooks'
import { electionOf, pageAddress } from '../parts/address.js'
import { Failed } from '../parts/Failed.js'
import { Frame } from '../parts/Frame.js'
import { Title } from '../parts/Title.js'
import { Own, useTexts } from '../text/texts.js'
import { type FailureView, whyOf } from '../worker/call.js'

interface Item {
  readonly id: string
  readonly title: Readonly<Record<string, string>>
  readonly stage: string
  readonly closes: string
}

/** The elections of this server, as it names them. */
export function Elections({ server }: { readonly server: string }) {
  const { t, time } = useTexts()
  const [state, setState] = useState<{ readonly items?: readonly Item[]; readonly failure?: FailureView }>({})
  function load() {
    setState({})
    listOf(server).then(
      (items) => setState({ items }),
      (error: unknown) => setState({ failure: { kind: 'unreachable', why: whyOf(error) } }),
    )
  }
  useEffect(load, [])
  const { items, failure } = state
  return (
    <Frame page="index" election={undefined} title={undefined}>
      {failure !== undefined ? (
        <Failed failure={failure} retry={load} />
      ) : items === undefined ? (
        <Title key="loading" text={t('loading')} class="busy" />
      ) : (
        <>
          <Title text={t('elections_title')} />
          {items.length === 0 && <p>{t('elections_none')}</p>}
          <ul class="cards" role="list">
            {items.map(({ id, title, stage, closes }) => (
              <li key={id}>
                <a href={pageAddress('index', id)}>
                  <Own text={title} />
                </a>
                <span class="hint">{t('listed', { stage, closes: time(closes) })}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </Frame>
  )
}

async function listOf(server: string): Promise<readonly Item[]> {
  const answer = await fetch(`${server}/api/elections`)
  if (!answer.ok) throw new Error(`status ${answer.status}`)
  const { elections } = (await answer.json()) as { readonly elections: unknown }
  return Array.isArray(elections) ? elections.filter(isItem) : []
}

/** What a page can show: nothing else that a server says is worth more than none. */
function isItem(value: unknown): value is Item {
  if (typeof value !== 'object' || value === null) return false
  const { id, title, stage, closes } = value as Record<string, unknown>
  return (
    electionOf({ search: `?election=${String(id)}` }) === id &&
    typeof title === 'object' &&
    title !== null &&
    Object.values(title).every((text) => typeof text === 'string') &&
    stages.some((known) => known === stage) &&
    typeof closes === 'string' &&
    !Number.isNaN(Date.parse(closes))
  )
}

const stages = ['setup', 'open', 'closed', 'tallied', 'ended']
