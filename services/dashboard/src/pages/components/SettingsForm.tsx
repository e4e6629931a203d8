import { plural, t } from '@lingui/core/macro'
import { type FormEvent, useMemo, useState } from 'react'
import type { JsonObject, JsonSchema, Wanted } from '../../api/components'
import { Panel } from '../../ui/small'
import { FieldInput } from './FieldInput'
import { type Draft, draftOf, type Field, fieldId, fields, groups, read, valueAt } from './schema'

interface Props {
  schema: JsonSchema
  wanted: Wanted
  /** How it works now; null where instances do not tell, or differ. */
  inForce: JsonObject | null
  /** Whether it may be read only. */
  disabled: boolean
  /** `base`: what was wanted when the reader began to type. */
  onReview: (base: Wanted, settings: JsonObject) => void
}

interface GroupProps {
  name: string
  fields: readonly Field[]
  draft: Draft
  inForce: JsonObject | null
  problems: Record<string, string>
  onField: (id: string, text: string) => void
}

function Group(props: GroupProps) {
  const { name, fields: members, draft, inForce, problems, onField } = props
  const set = members.filter(({ path }) => draft[fieldId(path)] !== '').length
  return (
    <details className="field-group" open={set > 0 || name === ''}>
      <summary>
        {name || t`general`}{' '}
        <small>
          {t`${plural(members.length, { one: '# setting', other: '# settings' })}, ${set} set`}
        </small>
      </summary>
      <div className="fields">
        {members.map((field) => {
          const id = fieldId(field.path)
          return (
            <FieldInput
              key={id}
              field={field}
              text={draft[id] ?? ''}
              now={inForce ? valueAt(inForce, field.path) : undefined}
              problem={problems[id]}
              onChange={(text) => onField(id, text)}
            />
          )
        })}
      </div>
    </details>
  )
}

const isSame = (a: JsonObject, b: JsonObject): boolean => JSON.stringify(a) === JSON.stringify(b)

/** What is typed, and what it began from; that moves along as long as nothing is typed. */
function useDraft(wanted: Wanted, all: readonly Field[]) {
  const [base, setBase] = useState(wanted)
  const [draft, setDraft] = useState(() => draftOf(wanted.settings, all))
  const begin = () => {
    setBase(wanted)
    setDraft(draftOf(wanted.settings, all))
  }
  const meant = read(draft, all, base.settings)
  const wrong = Object.keys(meant.problems).length
  const same = wrong === 0 && isSame(meant.settings, base.settings)
  if (same && base.version !== wanted.version) begin()
  return { base, draft, setDraft, begin, meant, wrong, same }
}

/** Every setting that the component lets itself be told, from its JSON Schema. */
export function SettingsForm({ schema, wanted, inForce, disabled, onReview }: Props) {
  const all = useMemo(() => fields(schema), [schema])
  const { base, draft, setDraft, begin, meant, wrong, same } = useDraft(wanted, all)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (wrong === 0) onReview(base, meant.settings)
  }
  if (all.length === 0) {
    return (
      <Panel title={t`Settings`}>
        <p className="quiet">{t`It has no settings that could be changed while it runs.`}</p>
      </Panel>
    )
  }
  return (
    <Panel title={t`Settings`}>
      <p className="quiet">{t`What is left empty stays as the component was started.`}</p>
      <form onSubmit={submit} data-testid="settings-form">
        <fieldset disabled={disabled}>
          {groups(all).map(([name, members]) => (
            <Group
              key={name}
              name={name}
              fields={members}
              draft={draft}
              inForce={inForce}
              problems={meant.problems}
              onField={(id, text) => setDraft((now) => ({ ...now, [id]: text }))}
            />
          ))}
          <div className="form-end">
            <button type="submit" className="button button-primary" disabled={same || wrong > 0}>
              {t`Review the change`}
            </button>
            {!same && (
              <button type="button" className="button" onClick={begin}>
                {t`Undo`}
              </button>
            )}
            <span role="status">
              {wrong > 0 &&
                t`${plural(wrong, { one: '# setting', other: '# settings' })} cannot be read.`}{' '}
              {base.version !== wanted.version &&
                t`Somebody else has made version ${wanted.version} while you were typing.`}
            </span>
          </div>
        </fieldset>
      </form>
    </Panel>
  )
}
