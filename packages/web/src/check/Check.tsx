import { type Tracked, parseTracker } from '@cista/client'
import { useState } from 'preact/hooks'
import type { LookupCalls } from '../engine/start.js'
import type { ElectionView } from '../engine/views.js'
import { download } from '../parts/download.js'
import { Hindered } from '../parts/Failed.js'
import { Problems } from '../parts/Problems.js'
import { Busy, Title } from '../parts/Title.js'
import { Tracker } from '../parts/Tracker.js'
import { Scanner } from '../qr/Scanner.js'
import { useTexts } from '../text/texts.js'
import { type FailureView, failureOf } from '../worker/call.js'

interface CheckProps {
  readonly lookup: LookupCalls
  readonly election: ElectionView
  /** A tracker from the link that led here; empty if there was none. */
  readonly given: string
}
/** @property receipt the file that the tracker is from, which was verified; undefined where it was typed or scanned. */
interface Asked {
  readonly tracker: string
  readonly receipt: string | undefined
}
type Field = 'tracker' | 'receipt'
type State =
  /** @property problem the field that is filled in wrongly. */
  | {
      readonly at: 'asking'
      readonly busy?: boolean
      readonly problem?: Field
      readonly failure?: FailureView
    }
  | ({ readonly at: 'found'; readonly what: Tracked } & Asked)

/** What has become of a ballot, by its tracker or by the receipt. */
export function Check({ lookup, election, given }: CheckProps) {
  const { t } = useTexts()
  const [state, setState] = useState<State>({ at: 'asking' })
  const [typed, setTyped] = useState(given)
  const [round, setRound] = useState(0)
  const [file, setFile] = useState<File>()
  const refuse = (problem: Field) => {
    setRound((n) => n + 1)
    setFile(undefined)
    setState({ at: 'asking', problem })
  }
  async function look({ tracker, receipt }: Asked) {
    setState({ at: 'asking', busy: true })
    try {
      setState({ at: 'found', what: await lookup.track(tracker), tracker, receipt })
    } catch (error) {
      setState({ at: 'asking', failure: failureOf(error) })
    }
  }
  function byTracker(text: string) {
    const written = parseTracker(text)
    // Looking up needs the whole of it.
    if ('fault' in written || written.whole === undefined) return refuse('tracker')
    void look({ tracker: written.whole, receipt: undefined })
  }
  async function byReceipt(chosen: File) {
    setState({ at: 'asking', busy: true })
    const receipt = await chosen.text()
    let tracker: string
    try {
      tracker = await lookup.trackerOf(receipt)
    } catch (error) {
      const failure = failureOf(error)
      if (failure.kind === 'untrusted') return refuse('receipt')
      return setState({ at: 'asking', failure })
    }
    await look({ tracker, receipt })
  }
  /** The camera sees many codes; only a tracker is looked up. */
  function scanned(text: string) {
    const written = parseTracker(text)
    if ('whole' in written && written.whole !== undefined) byTracker(text)
  }
  if (!election.opened) return <Title text={t('notOpened')} />
  if (state.at === 'found')
    return (
      <Found
        {...state}
        election={election}
        again={() => {
          setFile(undefined)
          setTyped('')
          setState({ at: 'asking' })
        }}
      />
    )
  const { busy = false, problem, failure } = state
  const invalid = (field: Field, hint = '') => {
    const wrong = problem === field
    const described = `${hint} ${wrong ? `${field}-problem` : ''}`.trim()
    return { 'aria-invalid': wrong, ...(described === '' ? {} : { 'aria-describedby': described }) }
  }
  return (
    <>
      {problem !== undefined && <Problems key={round} text={t(`${problem}_problem`)} field={problem} />}
      {failure !== undefined && <Hindered failure={failure} />}
      <Title key="asking" text={t('check_title')} />
      <p>{t('check')}</p>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          if (busy) return
          if (file === undefined) byTracker(typed)
          else void byReceipt(file)
        }}
      >
        <label for="receipt">{t('receipt_label')}</label>
        <input
          // Another one, without a file, where the file was none.
          key={round}
          id="receipt"
          type="file"
          accept=".json,application/json"
          onChange={(e) => setFile(e.currentTarget.files?.[0])}
          {...invalid('receipt')}
        />
        {problem === 'receipt' && (
          <p id="receipt-problem" class="problem">
            {t('receipt_problem')}
          </p>
        )}
        <p class="hint">{t('or')}</p>
        <label for="tracker">{t('tracker_label')}</label>
        <p id="tracker-hint" class="hint">
          {t('tracker_hint')}
        </p>
        <textarea
          id="tracker"
          rows={3}
          value={typed}
          onInput={(e) => setTyped(e.currentTarget.value)}
          {...invalid('tracker', 'tracker-hint')}
          autocomplete="off"
          spellcheck={false}
        />
        {problem === 'tracker' && (
          <p id="tracker-problem" class="problem">
            {t('tracker_problem')}
          </p>
        )}
        <button type="submit" aria-disabled={busy}>
          {t('look')}
        </button>
        {busy && <Busy text={t('looking')} />}
      </form>
      {!busy && <Scanner found={scanned} />}
    </>
  )
}

type FoundProps = Extract<State, { at: 'found' }> & {
  readonly election: ElectionView
  readonly again: () => void
}

function Found({ what, tracker, receipt, again }: FoundProps) {
  const { t, time } = useTexts()
  const kind = what.kind === 'missing' ? (receipt === undefined ? 'missing' : 'gone') : what.standing
  const good = kind === 'counted'
  return (
    <>
      <Title key="found" text={t(`${kind}_title`)} />
      <div class={good ? 'good' : kind === 'superseded' ? 'note' : 'alarm'}>
        <p>{t(kind)}</p>
      </div>
      {what.kind === 'on-board' && <p>{t('onBoard', { time: time(what.batchTime), entry: what.index })}</p>}
      <Tracker tracker={tracker} />
      <h2>{t('compared_title')}</h2>
      <p>{t(receipt === undefined ? 'compared_tracker' : 'compared_receipt')}</p>
      <p>{what.kind === 'missing' ? t('compared_missing') : t('compared_board')}</p>
      {receipt !== undefined && <ForOtherPrograms receipt={receipt} tracker={tracker} />}
      <button type="button" class="second" onClick={again}>
        {t('checkAnother')}
      </button>
    </>
  )
}

/** What other programs than ours read: the proof (C2SP tlog-proof), and the entry that it is a proof of. */
function ForOtherPrograms({ receipt, tracker }: { readonly receipt: string; readonly tracker: string }) {
  const { t } = useTexts()
  const { proof, entry } = JSON.parse(receipt) as { readonly proof: string; readonly entry: string }
  const files = { [`${tracker.slice(0, 8)}.tlog-proof`]: proof, [`${tracker.slice(0, 8)}.entry`]: entry }
  return (
    <details>
      <summary>{t('experts')}</summary>
      <p class="buttons">
        {Object.entries(files).map(([name, text]) => (
          <button key={name} type="button" class="second" onClick={() => download(name, text)}>
            {name}
          </button>
        ))}
      </p>
    </details>
  )
}
