import { parseTracker } from '@cista/client'
import { useState } from 'preact/hooks'
import type { LookupCalls } from '../engine/start.js'
import type { AuditView, ElectionView } from '../engine/views.js'
import { Problems } from '../parts/Problems.js'
import { Busy, Title } from '../parts/Title.js'
import { type Collected, collect, nothingCollected } from '../qr/parts.js'
import { Scanner } from '../qr/Scanner.js'
import { useTexts } from '../text/texts.js'
import { failureOf } from '../worker/call.js'
import { Tested } from './Tested.js'

interface TestBallotProps {
  readonly lookup: LookupCalls
  readonly election: ElectionView
}
type State =
  /** @property problem the name of a sentence. */
  | { readonly at: 'tracker' | 'reveal'; readonly problem?: string; readonly busy?: boolean }
  | { readonly at: 'made'; readonly what: AuditView }

/** The second device: it gets the tracker first, then what makes the ballot, and makes it again. */
export function TestBallot({ lookup, election }: TestBallotProps) {
  const { t } = useTexts()
  const [state, setState] = useState<State>({ at: 'tracker' })
  const [tracker, setTracker] = useState('')
  const [reveal, setReveal] = useState('')
  const [collected, setCollected] = useState<Collected>(nothingCollected)
  const [round, setRound] = useState(0)
  const go = (next: State) => {
    setRound((n) => n + 1)
    setState(next)
  }
  function giveTracker(text: string) {
    setTracker(text)
    go('fault' in parseTracker(text) ? { at: 'tracker', problem: 'tracker_problem' } : { at: 'reveal' })
  }
  async function giveReveal(text: string) {
    go({ at: 'reveal', busy: true })
    try {
      go({ at: 'made', what: await lookup.audit(text, tracker) })
    } catch (error) {
      const { kind } = failureOf(error)
      go({ at: 'reveal', problem: kind === 'untrusted' ? 'reveal_problem' : kind })
    }
  }
  /** The camera sees many codes, that of this page's address among them. */
  function scannedTracker(text: string) {
    const written = parseTracker(text)
    if ('whole' in written && written.whole !== undefined) giveTracker(text)
  }
  function scanned(text: string) {
    const next = collect(collected, text)
    if (typeof next !== 'string') setCollected(next)
    // The camera may still see the tracker.
    else if (next.startsWith('{')) void giveReveal(next)
  }
  if (!election.opened) return <Title text={t('notOpened')} />
  if (state.at === 'made')
    return (
      <Tested
        election={election}
        what={state.what}
        digits={tracker.normalize('NFKC').replace(/[^0-9a-f]/gi, '').length}
        again={() => {
          setTracker('')
          setReveal('')
          setCollected(nothingCollected)
          go({ at: 'tracker' })
        }}
      />
    )
  const { at, busy = false } = state
  const first = at === 'tracker'
  const problem = state.problem === undefined ? undefined : t(state.problem)
  return (
    <>
      {problem !== undefined && <Problems key={round} text={problem} field={at} />}
      <Title key={at} text={t(first ? 'test_title' : 'reveal_title')} />
      <p>{t(first ? 'test' : 'reveal')}</p>
      {!first && (
        <p role="status">
          {collected.of > 0 && t('collected', { n: collected.parts.size, of: collected.of })}
        </p>
      )}
      {!busy && <Scanner key={`scan-${at}`} found={first ? scannedTracker : scanned} />}
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          if (busy) return
          if (first) giveTracker(tracker)
          else void giveReveal(reveal)
        }}
      >
        <label for={at}>{t(first ? 'tracker_label' : 'reveal_label')}</label>
        <p id="hint" class="hint">
          {t(first ? 'tracker_partHint' : 'reveal_hint')}
        </p>
        <textarea
          key={at}
          id={at}
          rows={first ? 3 : 8}
          value={first ? tracker : reveal}
          onInput={(e) => (first ? setTracker : setReveal)(e.currentTarget.value)}
          aria-describedby={problem === undefined ? 'hint' : 'hint problem'}
          aria-invalid={problem !== undefined}
          autocomplete="off"
          spellcheck={false}
        />
        {problem !== undefined && (
          <p id="problem" class="problem">
            {problem}
          </p>
        )}
        <button type="submit" aria-disabled={busy}>
          {t('continue')}
        </button>
        {busy && <Busy text={t('making')} />}
      </form>
    </>
  )
}
