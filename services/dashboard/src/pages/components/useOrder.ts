/** A change on its way: proposed, reviewed, sent, and what became of it. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Command, ComponentDetail, Wanted, Wish } from '../../api/components'
import { isConflict } from '../../api/problems'
import { useApi } from '../../app/session'
import { keys } from '../../live/queries'
import { differences, order, rebased } from './diff'
import { newKey } from './words'

export interface Proposal {
  /** What was wanted when the change was thought of. */
  base: Wanted
  mine: Wish
  /** One for each proposal, so that sending it twice does it once. */
  key: string
}

export interface Conflict {
  proposal: Proposal
  theirs: Wanted
}

export type Done = { command: Command } | { command: null }

/** Everything that the page of a component needs to change it. */
export function useOrder(name: string) {
  const api = useApi()
  const client = useQueryClient()
  const [proposal, setProposal] = useState<Proposal | null>(null)
  const [conflict, setConflict] = useState<Conflict | null>(null)
  const [done, setDone] = useState<Done | null>(null)
  /** How many commands were obeyed: a form begins anew with each. */
  const [obeyed, setObeyed] = useState(0)

  const renew = () =>
    Promise.all([
      client.invalidateQueries({ queryKey: keys.component(name) }),
      client.invalidateQueries({ queryKey: keys.components }),
    ])

  const send = useMutation({
    mutationFn: ({ base, mine, key }: Proposal) =>
      api.configure(name, { wish: order(base, mine), version: base.version, key }),
    onSuccess: async (command) => {
      await renew()
      setProposal(null)
      setDone({ command })
      setObeyed((n) => n + 1)
    },
    onError: async (error, sent) => {
      if (!isConflict(error)) return
      await client.invalidateQueries({ queryKey: keys.component(name) })
      const detail = client.getQueryData<ComponentDetail>(keys.component(name))
      if (detail) setConflict({ proposal: sent, theirs: detail.wanted })
    },
  })

  const propose = (base: Wanted, mine: Wish) => {
    send.reset()
    setConflict(null)
    setDone(null)
    setProposal({ base, mine, key: newKey() })
  }
  const cancel = () => {
    send.reset()
    setConflict(null)
    setProposal(null)
  }
  /** Think of the same change again, from what somebody else wants by now. */
  const rebase = ({ proposal: { base, mine }, theirs }: Conflict) =>
    propose(theirs, rebased(theirs, differences(base, mine)))

  return { proposal, conflict, done, obeyed, send, propose, cancel, rebase }
}

export type Order = ReturnType<typeof useOrder>
