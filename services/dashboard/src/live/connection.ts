import { createContext, useContext } from 'react'
import type { ConnectionState } from './sse'

export const ConnectionContext = createContext<ConnectionState>('reconnecting')

export const useConnection = (): ConnectionState => useContext(ConnectionContext)
