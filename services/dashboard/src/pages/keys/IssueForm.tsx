import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useId, useState } from 'react'
import type { NewKey } from '../../api/keys'
import type { Role } from '../../api/session'
import { roleName } from '../../app/access'
import { useApi } from '../../app/session'
import { keys } from '../../live/queries'
import { Copy } from '../../ui/Copy'
import { Panel } from '../../ui/small'
import { EMPTY, faults, type KeyForm, wanted } from './wanted'

const ROLES: readonly Role[] = ['viewer', 'operator', 'admin']

function Field(props: {
  label: string
  help: string
  value: string
  fault: string | undefined
  onChange: (value: string) => void
}) {
  const { label, help, value, fault, onChange } = props
  const id = useId()
  const isWrong = fault !== undefined && value !== ''
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="text"
        autoComplete="off"
        spellCheck={false}
        value={value}
        aria-invalid={isWrong}
        aria-describedby={`${id}-help`}
        onChange={(event) => onChange(event.target.value)}
      />
      <small id={`${id}-help`} className={isWrong ? 'field-problem' : ''}>
        {isWrong ? fault : help}
      </small>
    </div>
  )
}

function RoleField({ value, onChange }: { value: Role; onChange: (role: Role) => void }) {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{t`Role`}</label>
      <select id={id} value={value} onChange={(event) => onChange(event.target.value as Role)}>
        {ROLES.map((role) => (
          <option key={role} value={role}>
            {roleName(role)}
          </option>
        ))}
      </select>
      <small>{t`A viewer reads; an operator also sends and pauses; an admin may do all.`}</small>
    </div>
  )
}

/** A key at the only moment when it can be seen. */
function Made({ made, onDone }: { made: NewKey; onDone: () => void }) {
  return (
    <div role="status" className="notice notice-good" data-testid="new-key">
      <p>
        <Trans>
          <strong>This is the key of {made.name}.</strong> Take it along now: it is stored nowhere,
          and not shown again.
        </Trans>
      </p>
      <Copy text={made.key} what={t`the key`} />
      <button type="button" className="button" onClick={onDone}>
        {t`I have it`}
      </button>
    </div>
  )
}

export function IssueForm() {
  const api = useApi()
  const client = useQueryClient()
  const [form, setForm] = useState<KeyForm>(EMPTY)
  const issue = useMutation({
    mutationFn: () => api.issue(wanted(form, Date.now())),
    // The answer holds the secret: it goes with the page.
    gcTime: 0,
    onSuccess: () => {
      setForm(EMPTY)
      return client.invalidateQueries({ queryKey: keys.apiKeys })
    },
  })
  const wrong = faults(form)
  const change = (next: Partial<KeyForm>) => setForm({ ...form, ...next })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    issue.mutate()
  }
  return (
    <Panel title={t`Make a key`}>
      {issue.data && <Made made={issue.data} onDone={issue.reset} />}
      <form onSubmit={submit}>
        <div className="fields">
          <Field
            label={t`Name`}
            help={t`what it is for; what it does is signed with it`}
            value={form.name}
            fault={wrong.name}
            onChange={(name) => change({ name })}
          />
          <RoleField value={form.role} onChange={(role) => change({ role })} />
          <Field
            label={t`Streams`}
            help={t`names, or beginnings with a *; empty is all, and what is about none`}
            value={form.streams}
            fault={wrong.streams}
            onChange={(streams) => change({ streams })}
          />
          <Field
            label={t`Days`}
            help={t`after which it ends; empty is until it is revoked`}
            value={form.days}
            fault={wrong.days}
            onChange={(days) => change({ days })}
          />
        </div>
        <div className="form-end">
          <button
            type="submit"
            className="button button-primary"
            disabled={issue.isPending || Object.keys(wrong).length > 0}
          >
            {issue.isPending ? t`Making it…` : t`Make the key`}
          </button>
          {issue.error && (
            <span role="alert" className="contrary">
              {issue.error.message}
            </span>
          )}
        </div>
      </form>
    </Panel>
  )
}
