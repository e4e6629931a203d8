/** A file to be chosen or dropped, and how its text is cut into cells. */
import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { type DragEvent, useId, useState } from 'react'
import * as format from '../../../format'
import { Choice } from '../../../ui/Choice'
import { Panel } from '../../../ui/small'
import { type Dialect, SEPARATORS, type Separator } from './csv'
import type { Mapping } from './mapping'
import type { Opened } from './opening'
import { separatorName } from './words'

interface DropProps {
  file: File | null
  onFile: (file: File) => void
}

function Drop({ file, onFile }: DropProps) {
  const id = useId()
  const [isOver, setOver] = useState(false)
  const over = (event: DragEvent) => {
    event.preventDefault()
    setOver(true)
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    const [dropped] = event.dataTransfer.files
    if (dropped) onFile(dropped)
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is one way more; the input is for everybody
    <div
      className={isOver ? 'drop drop-over' : 'drop'}
      onDragOver={over}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <label htmlFor={id}>
        {file ? t`Another CSV file` : t`Choose a CSV file, or drop it here`}
      </label>
      <input
        id={id}
        type="file"
        accept=".csv,.tsv,.txt,text/csv,text/plain,text/tab-separated-values"
        onChange={(event) => {
          const [chosen] = event.target.files ?? []
          if (chosen) onFile(chosen)
        }}
      />
      <small>
        <Trans>
          It is read here in slices, as it is sent: it may be larger than the memory of this
          machine, and nothing leaves it before you say so.
        </Trans>
      </small>
    </div>
  )
}

interface Props {
  opened: Opened | null
  onFile: (file: File) => void
  onDialect: (change: Partial<Dialect>) => void
  onMapping: (change: Partial<Mapping>) => void
}

function Reading({ opened, onDialect, onMapping }: Props & { opened: Opened }) {
  const { dialect, mapping } = opened
  return (
    <search className="filters upload-reading" aria-label={t`How it is read`}>
      <Choice
        label={t`Separator`}
        value={dialect.separator}
        options={SEPARATORS.map((value) => ({ value, label: separatorName(value) }))}
        onChange={(value) => onDialect({ separator: value as Separator })}
      />
      <Choice
        label={t`Decimal sign`}
        value={mapping.decimal}
        options={[
          { value: '.', label: t`point: 1.5` },
          { value: ',', label: t`comma: 1,5` },
        ]}
        onChange={(value) => onMapping({ decimal: value === ',' ? ',' : '.' })}
      />
      <Choice
        label={t`First row`}
        value={mapping.hasHeader ? 'names' : 'data'}
        options={[
          { value: 'names', label: t`names the columns` },
          { value: 'data', label: t`is data` },
        ]}
        onChange={(value) => onMapping({ hasHeader: value === 'names' })}
      />
      <Choice
        label={t`Encoding`}
        value={dialect.encoding}
        options={[
          { value: 'utf-8', label: 'UTF-8' },
          { value: 'windows-1252', label: 'Windows-1252' },
          { value: 'utf-16le', label: 'UTF-16' },
        ]}
        onChange={(encoding) => onDialect({ encoding })}
      />
    </search>
  )
}

export function FilePanel(props: Props) {
  const { opened, onFile } = props
  return (
    <Panel
      title={t`The file`}
      aside={
        opened && (
          <span>
            <strong className="file-name">{opened.file.name}</strong>{' '}
            <small>{format.bytes(opened.file.size)}</small>
          </span>
        )
      }
    >
      <Drop file={opened?.file ?? null} onFile={onFile} />
      {opened && <Reading {...props} opened={opened} />}
    </Panel>
  )
}
