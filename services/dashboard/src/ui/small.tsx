import type { ReactNode } from 'react'

export type Tone = 'good' | 'warn' | 'bad' | 'quiet'

export function Dot({ tone }: { tone: Tone }) {
  return <span className={`dot dot-${tone}`} aria-hidden="true" />
}

export function Chip({ tone = 'quiet', children }: { tone?: Tone; children: ReactNode }) {
  return <span className={`chip chip-${tone}`}>{children}</span>
}

export function Stat({
  label,
  children,
  title,
}: {
  label: string
  children: ReactNode
  title?: string
}) {
  return (
    <div className="stat" title={title}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  )
}

export function Panel(props: {
  title: string
  aside?: ReactNode
  children: ReactNode
  id?: string
}) {
  const { title, aside, children, id } = props
  return (
    <section className="panel" aria-label={title} id={id}>
      <header>
        <h2>{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  )
}
