import { t } from '@lingui/core/macro'
import { useState } from 'react'
import type { ColumnQuality, StreamDetail, VariableDetail } from '../../api/client'
import * as format from '../../format'
import { Chip, Panel } from '../../ui/small'
import { badges, foremost, hasDrifted } from './concern'

const SHOWN = 12

function Usual({ quality, unit }: { quality: ColumnQuality; unit: string }) {
  if (quality.location === null) return <small>{t`no value`}</small>
  return (
    <small title={t`Median of the last window, and the usual distance from it`}>
      {format.figure(quality.location)} ± {format.figure(quality.scale)} {unit}
    </small>
  )
}

function Missing({ share }: { share: number }) {
  return (
    <div className="missing" title={t`Share of the last window without a value`}>
      <span className="missing-track" aria-hidden="true">
        <span className="missing-bar" style={{ width: `${100 * share}%` }} />
      </span>
      {format.percent(share)}
    </div>
  )
}

function Row({ variable }: { variable: VariableDetail }) {
  const { name, unit, quality } = variable
  return (
    <tr>
      <th scope="row">
        <span className="variable-name">{name}</span>
        {quality && <Usual quality={quality} unit={unit} />}
        <span className="variable-badges">
          {badges(variable).map(({ tone, text, help }) => (
            <span key={text} title={help}>
              <Chip tone={tone}>{text}</Chip>
            </span>
          ))}
        </span>
      </th>
      <td>{quality ? <Missing share={quality.missing} /> : '–'}</td>
      <td className={hasDrifted(variable) ? 'variable-drifted' : ''}>
        {format.decimal(quality?.drift, 1)}
      </td>
    </tr>
  )
}

/** How each variable did in the last window: what was missing, how far it moved, what is odd. */
export function Variables({ stream }: { stream: StreamDetail }) {
  const [all, setAll] = useState(false)
  const variables = stream.variable_details
  if (variables.length === 0) return null
  const shown = all ? variables : foremost(variables, SHOWN)
  return (
    <Panel title={t`The variables`} aside={<small>{t`last window`}</small>}>
      <table className="variables" data-testid="variables">
        <thead>
          <tr>
            <th scope="col">{t`variable`}</th>
            <th scope="col">{t`missing`}</th>
            <th scope="col" title={t`Distance from what is usual for the stream, in usual scales`}>
              {t`drift`}
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((variable) => (
            <Row key={variable.name} variable={variable} />
          ))}
        </tbody>
      </table>
      {variables.length > SHOWN && (
        <button type="button" className="link" onClick={() => setAll(!all)}>
          {all ? t`Only those of most concern` : t`All ${format.count(variables.length)}`}
        </button>
      )}
    </Panel>
  )
}
