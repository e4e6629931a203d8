import { t } from '@lingui/core/macro'
import { useState } from 'react'
import type { ExportFormat } from '../../api/client'
import { useApi } from '../../app/session'
import { save } from '../../ui/save'
import { madeHere } from './history/saved'
import type { Looked } from './history/useLooked'

interface Props {
  stream: string
  looked: Looked
  /** Null where no picture is drawn. */
  png: (() => Promise<Blob>) | null
  /** Null where the picture is not made of lines. */
  svg: (() => string) | null
}

const FORMATS: readonly ExportFormat[] = ['graphml', 'dot', 'csv']
const LABEL = { graphml: 'GraphML', dot: 'DOT', csv: 'CSV' }

const asFile = (text: string, type: string): Blob => new Blob([text], { type })

/** What is shown, as files: the newest graph as the gateway writes it, others as made here. */
export function Exports({ stream, looked, png, svg }: Props) {
  const api = useApi()
  const [failure, setFailure] = useState('')
  const made = madeHere(stream, looked)
  const base = made?.name ?? `${stream}-v${looked.graph.version}`
  const name = (ending: string) => `${base}.${ending}`
  const run = (make: () => Promise<Blob>, ending: string) => async () => {
    setFailure('')
    try {
      save(await make(), name(ending))
    } catch (error) {
      setFailure(error instanceof Error ? error.message : t`The file could not be made.`)
    }
  }
  if (!made && looked.moment.kind !== 'live') return null
  const json = async () =>
    asFile(JSON.stringify(made?.json ?? looked.graph, null, 2), 'application/json')
  return (
    <div className="exports" role="toolbar" aria-label={t`Save the graph as a file`}>
      <span>{t`Save as`}</span>
      {png && (
        <button type="button" onClick={run(png, 'png')}>
          PNG
        </button>
      )}
      {svg && (
        <button type="button" onClick={run(async () => asFile(svg(), 'image/svg+xml'), 'svg')}>
          SVG
        </button>
      )}
      {made && (
        <button
          type="button"
          onClick={run(async () => asFile(made.graphml, 'application/xml'), 'graphml')}
        >
          {LABEL.graphml}
        </button>
      )}
      {(made ? [] : FORMATS).map((format) => (
        <button
          key={format}
          type="button"
          onClick={run(() => api.download(stream, format), format)}
        >
          {LABEL[format]}
        </button>
      ))}
      <button type="button" onClick={run(json, 'json')}>
        JSON
      </button>
      {failure && <span role="alert">{failure}</span>}
    </div>
  )
}
