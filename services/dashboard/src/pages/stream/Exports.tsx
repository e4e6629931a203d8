import { useState } from 'react'
import type { CausalGraph, ExportFormat } from '../../api/client'
import { useApi } from '../../app/session'
import { save } from '../../ui/save'

interface Props {
  stream: string
  graph: CausalGraph
  /** Null where no picture is drawn. */
  png: (() => Promise<Blob>) | null
}

const FORMATS: readonly ExportFormat[] = ['graphml', 'dot', 'csv']
const LABEL = { graphml: 'GraphML', dot: 'DOT', csv: 'CSV' }

export function Exports({ stream, graph, png }: Props) {
  const api = useApi()
  const [failure, setFailure] = useState('')
  const name = (ending: string) => `${stream}-v${graph.version}.${ending}`
  const run = (make: () => Promise<Blob>, ending: string) => async () => {
    setFailure('')
    try {
      save(await make(), name(ending))
    } catch (error) {
      setFailure(error instanceof Error ? error.message : 'The file could not be made.')
    }
  }
  const json = async () => new Blob([JSON.stringify(graph, null, 2)], { type: 'application/json' })
  return (
    <div className="exports" role="toolbar" aria-label="Save the graph as a file">
      <span>Save as</span>
      {png && (
        <button type="button" onClick={run(png, 'png')}>
          PNG
        </button>
      )}
      {FORMATS.map((format) => (
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
