import { useSearchParams } from 'react-router'
import type { DeadLetter, DeadLetterPage } from '../api/client'
import { useTitle } from '../app/useTitle'
import * as format from '../format'
import { useDeadLetters } from '../live/queries'
import { ScrollTable } from '../ui/ScrollTable'
import { Empty, Loaded } from '../ui/states'
import { useNow } from '../ui/useNow'

/** The reason that the list is narrowed to, kept in the address. */
function useReason(): [string | null, (reason: string | null) => void] {
  const [params, setParams] = useSearchParams()
  return [params.get('reason'), (reason) => setParams(reason ? { reason } : {}, { replace: true })]
}

function Reasons(props: {
  counts: Record<string, number>
  chosen: string | null
  onChoose: (reason: string | null) => void
}) {
  const { counts, chosen, onChoose } = props
  return (
    <fieldset className="reasons">
      <legend className="visually-hidden">Reason</legend>
      {Object.entries(counts).map(([reason, n]) => (
        <button
          key={reason}
          type="button"
          className="chip"
          aria-pressed={chosen === reason}
          onClick={() => onChoose(chosen === reason ? null : reason)}
        >
          {reason} <strong>{format.count(n)}</strong>
        </button>
      ))}
    </fieldset>
  )
}

function Letter({ letter, now }: { letter: DeadLetter; now: number }) {
  return (
    <tr>
      <td title={letter.at}>{format.ago(letter.at, now)}</td>
      <td>{letter.reason}</td>
      <td>
        <code>
          {letter.origin_topic}/{letter.partition}/{letter.offset}
        </code>
      </td>
      <td>{letter.key ?? '–'}</td>
      <td className="letter-message">
        {letter.message}
        {letter.preview && (
          <details>
            <summary>what was sent</summary>
            <pre>{letter.preview}</pre>
          </details>
        )}
      </td>
    </tr>
  )
}

const HEADS = ['when', 'reason', 'topic / partition / offset', 'key', 'message']

function Letters({ page }: { page: DeadLetterPage }) {
  const now = useNow()
  const [reason, setReason] = useReason()
  if (page.items.length === 0) {
    return (
      <Empty title="No dead letters. Every record so far could be read.">
        <p>A record that can never be read is kept here with its reason, and the stream goes on.</p>
      </Empty>
    )
  }
  const shown = page.items.filter((letter) => !reason || letter.reason === reason)
  return (
    <>
      <Reasons counts={page.counts} chosen={reason} onChoose={setReason} />
      <div className="panel">
        <ScrollTable label="Dead letters">
          <table>
            <thead>
              <tr>
                {HEADS.map((head) => (
                  <th key={head} scope="col">
                    {head}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {shown.map((letter) => (
                <Letter key={letter.id} letter={letter} now={now} />
              ))}
            </tbody>
          </table>
        </ScrollTable>
        {shown.length === 0 && <Empty title="None of the newest letters has this reason." />}
      </div>
    </>
  )
}

export function DeadLettersPage() {
  useTitle('Dead letters')
  const letters = useDeadLetters()
  return (
    <div className="plain-page">
      <h1>Dead letters</h1>
      <p className="quiet">Records that could never be read, newest first, with the reason.</p>
      <Loaded query={letters}>{(page) => <Letters page={page} />}</Loaded>
    </div>
  )
}
