import { i18n } from '@lingui/core'
import { I18nProvider } from '@lingui/react'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { BrowserRouter, Route, Routes } from 'react-router'
import { Shell } from './app/Shell'
import { SessionProvider } from './app/session'
import { speak } from './i18n/language'
import { LiveProvider } from './live/LiveProvider'
import * as pages from './pages/lazy'
import { NotFoundPage } from './pages/NotFoundPage'
import './styles/tokens.css'
import './styles/base.css'
import './styles/frame.css'
import './styles/overview.css'
import './styles/stream.css'

function Dashboard() {
  return (
    <SessionProvider>
      <LiveProvider>
        <Routes>
          <Route element={<Shell />}>
            <Route index element={<pages.Overview />} />
            <Route path="streams" element={<pages.Streams />} />
            <Route path="streams/+new" element={<pages.NewStream />} />
            <Route path="streams/+upload" element={<pages.Upload />} />
            <Route path="streams/:id" element={<pages.Stream />} />
            <Route path="streams/:id/definition" element={<pages.Definition />} />
            <Route path="governor" element={<pages.Governor />} />
            <Route path="federation" element={<pages.Federation />} />
            <Route path="meta-learning" element={<pages.Meta />} />
            <Route path="components" element={<pages.Components />} />
            <Route path="components/:name" element={<pages.Component />} />
            <Route path="events" element={<pages.Events />} />
            <Route path="traces" element={<pages.Traces />} />
            <Route path="traces/:id" element={<pages.Trace />} />
            <Route path="dead-letters" element={<pages.DeadLetters />} />
            <Route path="keys" element={<pages.Keys />} />
            <Route path="*" element={<NotFoundPage />} />
          </Route>
        </Routes>
      </LiveProvider>
    </SessionProvider>
  )
}

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')
await speak()
createRoot(root).render(
  <StrictMode>
    <I18nProvider i18n={i18n}>
      <BrowserRouter>
        <Dashboard />
      </BrowserRouter>
    </I18nProvider>
  </StrictMode>,
)
