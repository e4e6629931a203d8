import { t } from '@lingui/core/macro'
import { type Draft, type Problems, type WindowName, windowName } from './definition'
import { ChoiceField, Field } from './Field'

interface Props {
  window: Draft['window']
  problems: Problems
  onChange: (change: Partial<Draft['window']>) => void
}

function Figure(props: Props & { name: WindowName; help: string; placeholder?: string }) {
  const { window, problems, onChange, name, help, placeholder } = props
  return (
    <Field
      label={windowName(name)}
      value={window[name]}
      problem={problems[`window.${name}`]}
      help={help}
      {...(placeholder ? { placeholder } : {})}
      isNumber
      onChange={(text) => onChange({ [name]: text })}
    />
  )
}

/** How the stream is cut into windows. */
export function WindowFields(props: Props) {
  const { window, onChange } = props
  return (
    <div className="fields">
      <ChoiceField
        label={windowName('kind')}
        value={window.kind}
        options={[
          ['count', t`count: a record is a step`],
          ['time', t`time: a step is a span`],
        ]}
        help={t`By time, records between two steps are brought together.`}
        onChange={(kind) => onChange({ kind })}
      />
      <Figure {...props} name="size" help={t`steps in a full window, 8 to 65,536`} />
      <Figure
        {...props}
        name="hop"
        placeholder={t`the size`}
        help={t`steps between the beginnings of two windows; less than the size: they overlap`}
      />
      <Figure
        {...props}
        name="cadence_s"
        placeholder={t`as the records have it`}
        help={t`between two steps, where windows are cut by time`}
      />
      <Figure
        {...props}
        name="lateness_s"
        help={t`how long a window waits for late records, in event time`}
      />
      <Figure
        {...props}
        name="session_gap_s"
        placeholder={t`none`}
        help={t`a silence as long as this ends a session, and its window`}
      />
    </div>
  )
}
