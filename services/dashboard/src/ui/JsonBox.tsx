import { t } from '@lingui/core/macro'
import { useRef } from 'react'
import * as format from '../format'
import { CopyButton } from './Copy'

/** As much of a text as a page can show, in characters. */
const MOST = 100_000

/** A value as JSON, in a box that scrolls; of a very large one the beginning is shown. */
export function JsonBox({ value, label }: { value: unknown; label: string }) {
  const shown = useRef<HTMLPreElement>(null)
  const text = JSON.stringify(value, null, 2)
  return (
    <figure className="json">
      <figcaption>
        {label} <CopyButton text={text} what={label} shown={shown} />
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre ref={shown} tabIndex={0}>
        {text.slice(0, MOST)}
      </pre>
      {text.length > MOST && (
        <small>
          {t`The first ${format.count(MOST)} of ${format.count(text.length)} characters; all are copied.`}
        </small>
      )}
    </figure>
  )
}
