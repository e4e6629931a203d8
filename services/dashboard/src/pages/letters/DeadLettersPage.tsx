import { t } from '@lingui/core/macro'
import type { DeadLetter, LetterPage } from '../../api/letters'
import { useRefusal } from '../../app/session'
import { useTitle } from '../../app/useTitle'
import * as format from '../../format'
import { lettersNeed, useLetterLog } from '../../live/queries'
import { Older } from '../../ui/Older'
import { ScrollTable } from '../../ui/ScrollTable'
import { Empty, Loaded, Refused } from '../../ui/states'
import { useAddress } from '../../ui/useAddress'
import { useNow } from '../../ui/useNow'
import { Filters } from './Filters'
import { isFiltered, readFilter } from './filter'
import { Letter } from './Letter'
import { Became } from './Outcome'
import { SendAll } from './SendAll'
import '../../styles/log.css'

interface RowProps {
  letter: DeadLetter
  now: number
  isChosen: boolean
  onChoose: () => void
}

function Row({ letter, now, isChosen, onChoose }: RowProps) {
  const { origin_topic: topic, partition, offset } = letter
  return (
    <tr className={isChosen ? 'row-chosen' : ''}>
      <td title={letter.at}>{format.ago(letter.at, now)}</td>
      <th scope="row">
        <button type="button" className="link" aria-pressed={isChosen} onClick={onChoose}>
          {letter.reason}
        </button>
        <small>
          {topic}/{partition}/{offset}
        </small>
      </th>
      <td className="wrapping">{letter.key || '–'}</td>
      <td className="letter-message">
        {letter.message}
        {letter.preview && <code className="letter-preview">{letter.preview}</code>}
      </td>
      <td>
        <Became letter={letter} />
      </td>
    </tr>
  )
}

const heads = (): string[] => [t`when`, t`reason`, t`key`, t`message`, t`what became of it`]

interface TableProps {
  letters: readonly DeadLetter[]
  chosen: string | null
  onChoose: (id: string) => void
}

function Table({ letters, chosen, onChoose }: TableProps) {
  const now = useNow(5_000)
  return (
    <ScrollTable label={t`Dead letters`}>
      <table data-testid="letters">
        <caption className="visually-hidden">{t`Dead letters, newest first`}</caption>
        <thead>
          <tr>
            {heads().map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {letters.map((letter) => (
            <Row
              key={letter.id}
              letter={letter}
              now={now}
              isChosen={letter.id === chosen}
              onChoose={() => onChoose(letter.id)}
            />
          ))}
        </tbody>
      </table>
    </ScrollTable>
  )
}

function Nothing({ filtered }: { filtered: boolean }) {
  if (filtered)
    return <Empty title={t`None of the newest letters, of which 1000 are kept, matches.`} />
  return (
    <Empty title={t`No dead letters. Every record so far could be read.`}>
      <p>
        {t`A record that can never be read is kept here with its reason, and the stream goes on.`}
      </p>
    </Empty>
  )
}

function Letters() {
  const [params, change] = useAddress()
  const filter = readFilter(params)
  const log = useLetterLog(filter)
  const chosen = params.get('letter')
  const first = (pages: readonly LetterPage[]) => pages[0] as LetterPage
  return (
    <Loaded query={log}>
      {({ pages }) => {
        const letters = pages.flatMap(({ items }) => items)
        return (
          <>
            <Filters page={first(pages)} filter={filter} onChange={change} />
            {filter.reason && <SendAll key={filter.reason} reason={filter.reason} />}
            {chosen && <Letter key={chosen} id={chosen} onClose={() => change({ letter: null })} />}
            {letters.length === 0 ? (
              <Nothing filtered={isFiltered(filter)} />
            ) : (
              <div className="panel">
                <Table
                  letters={letters}
                  chosen={chosen}
                  onChoose={(letter) => change({ letter })}
                />
                <Older label={t`Older letters`} {...log} />
              </div>
            )}
          </>
        )
      }}
    </Loaded>
  )
}

export function DeadLettersPage() {
  useTitle(t`Dead letters`)
  const why = useRefusal(lettersNeed())
  return (
    <div className="plain-page">
      <h1>{t`Dead letters`}</h1>
      <p className="quiet">
        {t`Messages that could never be read, newest first, with the reason.`}
      </p>
      <Refused why={why && t`${why} They hold what producers sent.`} />
      {why === null && <Letters />}
    </div>
  )
}
