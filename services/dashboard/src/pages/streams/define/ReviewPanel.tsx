import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { useEffect, useRef } from 'react'
import { BeforeAfter, type Changed } from '../../../ui/BeforeAfter'

/** What saving it does to windows and graph. */
function Effect({ isNew, beginsEpoch }: { isNew: boolean; beginsEpoch: boolean }) {
  if (isNew) return t`It holds from the first record on.`
  if (!beginsEpoch) {
    return t`Windows stay as they are: no new epoch begins. It holds from the next record on.`
  }
  return (
    <Trans>
      <strong>A new epoch begins:</strong> what is open is closed as it is, windows are counted from
      0 again, and the graph is learnt anew. What was learnt stays in the past.
    </Trans>
  )
}

interface Props {
  stream: string
  isNew: boolean
  changes: readonly Changed[]
  beginsEpoch: boolean
  /** The version that somebody else made meanwhile; null where none was. */
  overtaken: number | null
  isPending: boolean
  problem: string | undefined
  onSave: () => void
  onCancel: () => void
}

/** What a definition changes, and what that does; takes the keyboard as it asks for a decision. */
export function ReviewPanel(props: Props) {
  const { stream, isNew, changes, overtaken, isPending, problem, onSave, onCancel } = props
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  const title = isNew ? t`Define ${stream}?` : t`Change what ${stream} is?`
  return (
    <section className="panel review" aria-label={title}>
      <h2 ref={heading} tabIndex={-1}>
        {title}
      </h2>
      {changes.length > 0 ? (
        <BeforeAfter of={changes} caption={t`What would change`} />
      ) : (
        <p>{t`All of it is as it is anyway.`}</p>
      )}
      <p className="review-effect">
        <Effect isNew={isNew} beginsEpoch={props.beginsEpoch} />
      </p>
      {overtaken !== null && (
        <p className="contrary" role="alert">
          {isNew
            ? t`There is a stream of this name already, in version ${overtaken}. To save would put this in the place of what it is said to be.`
            : t`Somebody else has made it version ${overtaken} meanwhile. To save would put yours in its place; reload the page to see theirs.`}
        </p>
      )}
      {problem && (
        <p className="contrary" role="alert">
          {problem}
        </p>
      )}
      <div className="form-end">
        <button
          type="button"
          className="button button-primary"
          disabled={isPending}
          onClick={onSave}
        >
          {overtaken === null ? t`Save it` : t`Save it all the same`}
        </button>
        <button type="button" className="button" onClick={onCancel}>
          {t`Cancel`}
        </button>
      </div>
    </section>
  )
}
