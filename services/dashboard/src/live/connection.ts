import { i18n, type MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { createContext, useContext } from 'react'
import type { ConnectionState } from './sse'

export const ConnectionContext = createContext<ConnectionState>('reconnecting')

const NAMES: Record<ConnectionState, MessageDescriptor> = {
  live: msg`live`,
  reconnecting: msg`reconnecting`,
  asking: msg`asking`,
  offline: msg`offline`,
}

export const connectionName = (state: ConnectionState): string => i18n._(NAMES[state])

export const useConnection = (): ConnectionState => useContext(ConnectionContext)
