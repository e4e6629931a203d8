import { t } from '@lingui/core/macro'
import type { LetterFilter, LetterPage } from '../../api/letters'
import * as format from '../../format'
import { MomentField, TextField } from '../../ui/fields'
import { byCount, isFiltered } from './filter'

type Change = (change: Record<string, string | null>) => void

interface GroupProps {
  label: string
  counts: Record<string, number>
  chosen: string | null
  onChoose: (name: string | null) => void
}

/** All there were, grouped; one group may be chosen. */
function Group({ label, counts, chosen, onChoose }: GroupProps) {
  return (
    <fieldset className="reasons">
      <legend className="group-name">{label}</legend>
      {byCount(counts).map(([name, n]) => (
        <button
          key={name}
          type="button"
          className="chip"
          aria-pressed={chosen === name}
          onClick={() => onChoose(chosen === name ? null : name)}
        >
          {name} <strong>{format.count(n)}</strong>
        </button>
      ))}
    </fieldset>
  )
}

const NONE = { reason: null, origin: null, key: null, since: null, until: null }

export function Filters(props: { page: LetterPage; filter: LetterFilter; onChange: Change }) {
  const { page, filter, onChange } = props
  return (
    <search className="letter-filters" aria-label={t`Filters`}>
      <Group
        label={t`Reason`}
        counts={page.counts}
        chosen={filter.reason}
        onChoose={(reason) => onChange({ reason })}
      />
      <Group
        label={t`Topic`}
        counts={page.origins}
        chosen={filter.origin}
        onChoose={(origin) => onChange({ origin })}
      />
      <div className="filters">
        <TextField label={t`Key`} value={filter.key} onChange={(key) => onChange({ key })} />
        <MomentField
          label={t`From`}
          value={filter.since}
          onChange={(since) => onChange({ since })}
        />
        <MomentField label={t`To`} value={filter.until} onChange={(until) => onChange({ until })} />
        {isFiltered(filter) && (
          <button type="button" className="link" onClick={() => onChange(NONE)}>
            {t`All letters`}
          </button>
        )}
      </div>
    </search>
  )
}
