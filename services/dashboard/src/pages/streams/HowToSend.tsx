/** How one's own records come in: a file, or a line for a shell with this very address. */
import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { useRef } from 'react'
import { Link } from 'react-router'
import { CopyButton } from '../../ui/Copy'
import { uploadAddress } from './addresses'

const RECORD = '{"ts": "2026-01-31T12:00:00Z", "values": {"pressure": 1.5, "flow": 0.8}}'

/** A line for a shell that sends a record to a stream. */
export const curlLine = (origin: string, stream: string): string =>
  [
    'curl -H "Authorization: Bearer $SCARCITY_TOKEN" -H "Content-Type: application/x-ndjson" \\',
    `     --data-binary '${RECORD}' \\`,
    `     ${origin}/api/v1/streams/${stream}/records`,
  ].join('\n')

export function HowToSend({ stream = 'plant-1' }: { stream?: string }) {
  const shown = useRef<HTMLPreElement>(null)
  const line = curlLine(window.location.origin, stream)
  return (
    <div className="how-to">
      <p>
        <Trans>
          <Link to={uploadAddress()}>Upload a CSV file</Link>, or send records from a program. No
          stream has to be made first: its name is in the address, its variables are read off the
          records.
        </Trans>
      </p>
      <figure className="json">
        <figcaption>
          {t`One record per line, over HTTP`}{' '}
          <CopyButton text={line} what={t`the line for a shell`} shown={shown} />
        </figcaption>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
        <pre ref={shown} tabIndex={0}>
          {line}
        </pre>
      </figure>
      <p className="quiet">
        <Trans>
          The token is the one that <code>scarcity up</code> prints, or a{' '}
          <Link to="/keys">key</Link> with the role operator. On Kafka, records go to the topic{' '}
          <code>scarcity.v1.raw</code>, with the stream as the key.
        </Trans>
      </p>
    </div>
  )
}
