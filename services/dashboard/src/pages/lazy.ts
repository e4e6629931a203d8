/** The pages, each in a chunk of its own that comes when it is first looked at. */
import { type ComponentType, lazy } from 'react'

const page = <Name extends string>(load: () => Promise<Record<Name, ComponentType>>, name: Name) =>
  lazy(async () => ({ default: (await load())[name] }))

export const Overview = page(() => import('./overview/OverviewPage'), 'OverviewPage')
export const Streams = page(() => import('./streams/StreamsPage'), 'StreamsPage')
export const NewStream = page(() => import('./streams/define/DefinitionPage'), 'NewStreamPage')
export const Definition = page(() => import('./streams/define/DefinitionPage'), 'DefinitionPage')
export const Upload = page(() => import('./streams/upload/UploadPage'), 'UploadPage')
export const Stream = page(() => import('./stream/StreamPage'), 'StreamPage')
export const Governor = page(() => import('./governor/GovernorPage'), 'GovernorPage')
export const Federation = page(() => import('./federation/FederationPage'), 'FederationPage')
export const Meta = page(() => import('./meta/MetaPage'), 'MetaPage')
export const Components = page(() => import('./components/ComponentsPage'), 'ComponentsPage')
export const Component = page(() => import('./components/ComponentPage'), 'ComponentPage')
export const Events = page(() => import('./events/EventsPage'), 'EventsPage')
export const Traces = page(() => import('./traces/TracesPage'), 'TracesPage')
export const Trace = page(() => import('./traces/TracePage'), 'TracePage')
export const DeadLetters = page(() => import('./letters/DeadLettersPage'), 'DeadLettersPage')
export const Keys = page(() => import('./keys/KeysPage'), 'KeysPage')
