import { t } from '@lingui/core/macro'
import { Component, type ReactNode } from 'react'

interface State {
  error: Error | null
}

/** Says that a page could not be shown, instead of an empty window; `name` begins anew. */
export class Boundary extends Component<{ name: string; children: ReactNode }, State> {
  override state: State = { error: null }

  static getDerivedStateFromError(error: Error): State {
    return { error }
  }

  override componentDidUpdate(before: { name: string }): void {
    if (before.name !== this.props.name && this.state.error) this.setState({ error: null })
  }

  override render(): ReactNode {
    const { error } = this.state
    if (!error) return this.props.children
    return (
      <div className="notice notice-bad" role="alert">
        <p>
          <strong>{t`This page could not be shown.`}</strong> {error.message}
        </p>
        <button type="button" className="button" onClick={() => window.location.reload()}>
          {t`Load it again`}
        </button>
      </div>
    )
  }
}
