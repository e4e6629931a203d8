/** Sending one dead letter again: tried first, done once. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { LetterDetails } from '../../api/letters'
import { useApi } from '../../app/session'
import { keys } from '../../live/queries'
import { newKey } from '../components/words'
import { type Draft, draftOf, editOf } from './edit'

export function useReplay(letter: LetterDetails) {
  const api = useApi()
  const client = useQueryClient()
  const [draft, setDraft] = useState(() => draftOf(letter))
  /** One for each text: a request that is sent twice is done once. */
  const [key, setKey] = useState(newKey)
  const edit = editOf(letter, draft)

  const rehearse = useMutation({ mutationFn: () => api.rehearse(letter.id, edit) })
  const send = useMutation({
    mutationFn: () => api.replay(letter.id, edit, key),
    onSuccess: () => {
      setKey(newKey())
      return Promise.all([
        client.invalidateQueries({ queryKey: keys.letter(letter.id) }),
        client.invalidateQueries({ queryKey: keys.letterLog }),
      ])
    },
  })
  const change = (next: Partial<Draft>) => {
    rehearse.reset()
    send.reset()
    setDraft({ ...draft, ...next })
    setKey(newKey())
  }
  return { draft, edit, change, rehearse, send, undo: () => change(draftOf(letter)) }
}

export type Replay = ReturnType<typeof useReplay>
