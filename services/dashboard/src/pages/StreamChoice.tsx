import { t } from '@lingui/core/macro'
import { useStreams } from '../live/queries'
import { Choice } from '../ui/Choice'

/** One of the streams that are there, or all; what an address names stays to be chosen. */
export function StreamChoice(props: {
  value: string | null
  onChange: (id: string | null) => void
}) {
  const { data } = useStreams()
  const known = data?.items.map(({ id }) => id) ?? []
  const all = props.value && !known.includes(props.value) ? [...known, props.value] : known
  return (
    <Choice
      label={t`Stream`}
      value={props.value ?? ''}
      options={[{ value: '', label: t`all` }, ...all.map((id) => ({ value: id, label: id }))]}
      onChange={(id) => props.onChange(id || null)}
    />
  )
}
