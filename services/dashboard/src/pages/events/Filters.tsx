import { t } from '@lingui/core/macro'
import { EVENT_KINDS, type EventFilter, type EventKind } from '../../api/events'
import { covers } from '../../app/access'
import { useSession } from '../../app/session'
import { MomentField, TextField } from '../../ui/fields'
import { StreamChoice } from '../StreamChoice'
import { isFiltered, toggled, traceFault } from './filter'
import { kindsName } from './kinds'

type Change = (change: Record<string, string | readonly string[] | null>) => void

function Kinds(props: { chosen: readonly EventKind[]; onChange: (kinds: EventKind[]) => void }) {
  const { role } = useSession()
  const { chosen, onChange } = props
  const offered = EVENT_KINDS.filter((kind) => kind !== 'dead-letter' || covers(role, 'operator'))
  return (
    <fieldset className="reasons">
      <legend className="visually-hidden">{t`Kinds; none chosen is all`}</legend>
      {offered.map((kind) => (
        <button
          key={kind}
          type="button"
          className="chip"
          aria-pressed={chosen.includes(kind)}
          onClick={() => onChange(toggled(chosen, kind))}
        >
          {kindsName(kind)}
        </button>
      ))}
    </fieldset>
  )
}

const NONE = { type: null, stream: null, since: null, until: null, trace: null }

export function Filters({ filter, onChange }: { filter: EventFilter; onChange: Change }) {
  return (
    <search className="filters" aria-label={t`Filters`}>
      <Kinds chosen={filter.kinds} onChange={(kinds) => onChange({ type: kinds })} />
      <StreamChoice value={filter.stream} onChange={(stream) => onChange({ stream })} />
      <MomentField label={t`From`} value={filter.since} onChange={(since) => onChange({ since })} />
      <MomentField label={t`To`} value={filter.until} onChange={(until) => onChange({ until })} />
      <TextField
        label={t`Trace`}
        value={filter.trace}
        placeholder={t`32 digits`}
        fault={traceFault}
        onChange={(trace) => onChange({ trace })}
      />
      {isFiltered(filter) && (
        <button type="button" className="link" onClick={() => onChange(NONE)}>
          {t`All events`}
        </button>
      )}
    </search>
  )
}
