import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { BrowserRouter, Route, Routes } from 'react-router'
import { Shell } from './app/Shell'
import { SessionProvider } from './app/session'
import { LiveProvider } from './live/LiveProvider'
import { ComponentsPage } from './pages/ComponentsPage'
import { DeadLettersPage } from './pages/DeadLettersPage'
import { NotFoundPage } from './pages/NotFoundPage'
import { OverviewPage } from './pages/overview/OverviewPage'
import { StreamPage } from './pages/stream/StreamPage'
import './styles/tokens.css'
import './styles/base.css'
import './styles/overview.css'
import './styles/stream.css'

function Dashboard() {
  return (
    <SessionProvider>
      <LiveProvider>
        <Routes>
          <Route element={<Shell />}>
            <Route index element={<OverviewPage />} />
            <Route path="streams/:id" element={<StreamPage />} />
            <Route path="components" element={<ComponentsPage />} />
            <Route path="dead-letters" element={<DeadLettersPage />} />
            <Route path="*" element={<NotFoundPage />} />
          </Route>
        </Routes>
      </LiveProvider>
    </SessionProvider>
  )
}

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')
createRoot(root).render(
  <StrictMode>
    <BrowserRouter>
      <Dashboard />
    </BrowserRouter>
  </StrictMode>,
)
