import { plural, t } from '@lingui/core/macro'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useNavigate } from 'react-router'
import { ApiError, isConflict } from '../../../api/problems'
import {
  type Definition,
  type DefinitionSchemas,
  define,
  type StreamDetails,
  streamNow,
} from '../../../api/streams'
import { useApi } from '../../../app/session'
import { keys } from '../../../live/queries'
import { Panel } from '../../../ui/small'
import { definitionAddress } from '../addresses'
import { isStreamName } from '../upload/words'
import {
  beginsEpoch,
  type Draft,
  differences,
  draftOf,
  EMPTY,
  gatewayProblems,
  type Problems,
  read,
} from './definition'
import { Field } from './Field'
import { ReviewPanel } from './ReviewPanel'
import { Inferred, VariableList } from './VariableList'
import { WindowFields } from './WindowFields'

/** Raised instead of saving over what somebody else has said since. */
class Overtaken extends Error {
  constructor(readonly version: number) {
    super()
  }
}

interface Props {
  /** Null where it is a new one. */
  stream: StreamDetails | null
  schemas: DefinitionSchemas
  disabled: boolean
}

function nameProblem(name: string): string | undefined {
  if (name === '' || isStreamName(name)) return undefined
  return t`letters, digits, dots, dashes, underscores and colons, at most 200`
}

/** What a reader began from. */
interface Base {
  draft: Draft
  /** Null where there was none. */
  version: number | null
}

interface Order {
  name: string
  definition: Definition
  base: Base
}

/** Saves a definition over what the reader has seen. That it was paused since is no matter. */
function useSaving(isNew: boolean) {
  const api = useApi()
  const client = useQueryClient()
  const navigate = useNavigate()
  /** The version of somebody else that the reader saves over knowingly. */
  const [known, setKnown] = useState<number | null>(null)
  return useMutation({
    mutationFn: async ({ name, definition, base }: Order) => {
      try {
        return await define(api, name, definition, known ?? base.version)
      } catch (error) {
        if (!isConflict(error)) throw error
        const now = await streamNow(api, name)
        const isOther = isNew || !now || differences(base.draft, draftOf(now)).length > 0
        if (isOther) throw new Overtaken(now?.version ?? 0)
        return define(api, name, definition, now.version)
      }
    },
    onSuccess: async ({ id, version }) => {
      await client.invalidateQueries({ queryKey: keys.streams })
      await client.invalidateQueries({ queryKey: keys.stream(id) })
      navigate(`${definitionAddress(id)}?saved=${version}`, { replace: !isNew })
    },
    onError: (error) => error instanceof Overtaken && setKnown(error.version),
  })
}

/** What is typed, and what it began from; that moves along as long as nothing is typed. */
function useDraft(stream: StreamDetails | null) {
  const newest = stream ? draftOf(stream) : EMPTY
  const version = stream?.version ?? null
  const [base, setBase] = useState<Base>({ draft: newest, version })
  const [draft, setDraft] = useState(base.draft)
  const changes = differences(base.draft, draft)
  if (changes.length === 0 && differences(base.draft, newest).length > 0) {
    setBase({ draft: newest, version })
    setDraft(newest)
  }
  return { base, draft, setDraft, changes }
}

export function DefinitionForm({ stream, schemas, disabled }: Props) {
  const { base, draft, setDraft, changes } = useDraft(stream)
  const [name, setName] = useState(stream?.id ?? '')
  const [isReviewed, setReviewed] = useState(false)
  const save = useSaving(stream === null)
  const { definition, problems: found } = read(draft, schemas, stream)
  const theirs: Problems =
    save.error instanceof ApiError && save.error.problem ? gatewayProblems(save.error.problem) : {}
  const problems = { ...theirs, ...found }
  const wrong = Object.keys(found).length + (isStreamName(name) ? 0 : 1)
  const isSame = stream !== null && changes.length === 0
  const absent = new Set(
    (stream?.variable_details ?? []).filter((one) => one.absent).map((one) => one.name),
  )
  const change = (next: Partial<Draft>) => {
    save.reset()
    setReviewed(false)
    setDraft({ ...draft, ...next })
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (wrong === 0) setReviewed(true)
  }
  const failure =
    save.error && !(save.error instanceof Overtaken)
      ? (theirs[''] ?? save.error.message)
      : undefined
  return (
    <>
      <form onSubmit={submit} data-testid="definition-form">
        <fieldset disabled={disabled} className="definition">
          <Panel title={t`The stream`}>
            <div className="fields">
              {stream === null && (
                <Field
                  label={t`Name`}
                  value={name}
                  problem={nameProblem(name)}
                  help={t`the address that its records are sent to; it stays`}
                  onChange={(text) => {
                    save.reset()
                    setReviewed(false)
                    setName(text)
                  }}
                />
              )}
              <Field
                label={t`Domain`}
                value={draft.domain}
                problem={problems.domain}
                help={t`what kind of system it is: streams of one domain learn from each other`}
                onChange={(domain) => change({ domain })}
              />
            </div>
          </Panel>
          <Panel title={t`Windows`}>
            <WindowFields
              window={draft.window}
              problems={problems}
              onChange={(window) => change({ window: { ...draft.window, ...window } })}
            />
          </Panel>
          <Panel
            title={t`Variables`}
            aside={
              !draft.isInferred && (
                <button
                  type="button"
                  className="button"
                  onClick={() => change({ isInferred: true })}
                >
                  {t`Leave them to the records`}
                </button>
              )
            }
          >
            {draft.isInferred ? (
              <Inferred variables={draft.variables} onName={() => change({ isInferred: false })} />
            ) : (
              <VariableList
                variables={draft.variables}
                problems={problems}
                absent={absent}
                onChange={(variables) => change({ variables })}
              />
            )}
          </Panel>
          <div className="form-end">
            <button type="submit" className="button button-primary" disabled={wrong > 0 || isSame}>
              {t`Review it`}
            </button>
            {changes.length > 0 && (
              <button type="button" className="button" onClick={() => change(base.draft)}>
                {t`Undo`}
              </button>
            )}
            <span role="status" className="quiet">
              {Object.keys(found).length > 0 &&
                t`${plural(Object.keys(found).length, { one: '# field', other: '# fields' })} cannot be used yet.`}
            </span>
          </div>
        </fieldset>
      </form>
      {isReviewed && (
        <ReviewPanel
          stream={name}
          isNew={stream === null}
          changes={changes}
          beginsEpoch={stream !== null && stream.windows > 0 && beginsEpoch(base.draft, draft)}
          overtaken={save.error instanceof Overtaken ? save.error.version : null}
          isPending={save.isPending}
          problem={failure}
          onSave={() => save.mutate({ name, definition, base })}
          onCancel={() => {
            save.reset()
            setReviewed(false)
          }}
        />
      )}
    </>
  )
}
