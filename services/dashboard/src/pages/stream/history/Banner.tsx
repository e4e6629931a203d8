import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import * as format from '../../../format'
import { useNow } from '../../../ui/useNow'
import { LIVE } from './moment'
import { delayInWords } from './paths'
import type { Looked } from './useLooked'
import { clock } from './words'

function Said({ looked }: { looked: Looked }) {
  const now = useNow()
  const { moment, error } = looked
  if (error) return <span role="alert">{error.message}</span>
  if (moment.kind === 'past') {
    const at = clock(moment.at, now)
    return (
      <span>
        <Trans>
          As it was at <strong>{at}</strong>, {format.ago(moment.at, now)}
        </Trans>
      </span>
    )
  }
  if (moment.kind === 'live') return null
  const [from, to] = [clock(moment.from, now), clock(moment.to, now)]
  return (
    <span>
      <Trans>
        What differs between <strong>{from}</strong> and <strong>{to}</strong>
      </Trans>
    </span>
  )
}

/** Says, above the graph, that it is not the one that lives, or not all of it. */
export function Banner({ looked, cadence }: { looked: Looked; cadence: number | null }) {
  const { moment, path, setMoment, setWay } = looked
  if (moment.kind !== 'live') {
    return (
      <p className="moment-banner" data-testid="moment">
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d="M4 12a8 8 0 1 1 2.6 5.9M4 12V6.500M4 12h5.500M12 7.500V12l3 2" />
        </svg>
        <Said looked={looked} />
        <button type="button" className="button" onClick={() => setMoment(LIVE)}>
          {t`Live again`}
        </button>
      </p>
    )
  }
  if (!path) return null
  return (
    <p className="moment-banner path-banner" data-testid="path">
      <span>
        <strong>{path.variables.join(' → ')}</strong>{' '}
        {t`${format.signed(path.effect)} sd, ${delayInWords(path.delay, cadence)}`}
      </span>
      <button type="button" className="button" onClick={() => setWay(null)}>
        {t`The whole graph`}
      </button>
    </p>
  )
}
