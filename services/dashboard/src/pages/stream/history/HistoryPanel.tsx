import { Failure } from '../../../ui/states'
import { useHistory } from './queries'
import { Timeline } from './Timeline'
import type { Looked } from './useLooked'

/** The time slider of a stream, once its history has come. */
export function HistoryPanel({ stream, looked }: { stream: string; looked: Looked }) {
  const history = useHistory(stream)
  if (history.data) {
    return <Timeline history={history.data} moment={looked.moment} setMoment={looked.setMoment} />
  }
  if (history.error) return <Failure error={history.error} onRetry={() => history.refetch()} />
  return <div className="timeline timeline-waiting" aria-hidden="true" />
}
