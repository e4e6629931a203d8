import type { StreamSummary } from '../../api/client'
import { codeName } from '../../codes'
import { Chip, Dot } from '../../ui/small'

/** Whether a stream runs. */
export function StateChip({ state }: Pick<StreamSummary, 'state'>) {
  const tone = state === 'running' ? 'good' : 'warn'
  return (
    <Chip tone={tone}>
      <Dot tone={tone} /> {codeName(state)}
    </Chip>
  )
}
