import { t } from '@lingui/core/macro'
import type { Accuracy } from '../../api/client'
import * as format from '../../format'
import { Panel } from '../../ui/small'
import { Empty } from '../../ui/states'
import { AccuracyChart } from './AccuracyChart'

function Figure(props: {
  label: string
  value: number
  help: string
  testid: string
  tone: string
}) {
  const { label, value, help, testid, tone } = props
  return (
    <div className={`figure figure-${tone}`} title={help}>
      <dd data-testid={testid}>{format.share(value)}</dd>
      <dt>{label}</dt>
    </div>
  )
}

/** How right the graph is, where the true graph is known. */
export function AccuracyPanel({ accuracy }: { accuracy: Accuracy | null }) {
  if (!accuracy) {
    return (
      <Panel title={t`Against the known truth`}>
        <Empty title={t`Measured as soon as there is a first graph.`} />
      </Panel>
    )
  }
  return (
    <Panel title={t`Against the known truth`}>
      <dl className="figures">
        <Figure
          label={t`precision`}
          value={accuracy.precision}
          help={t`Share of the edges found that are true`}
          testid="accuracy-precision"
          tone="precision"
        />
        <Figure
          label={t`recall`}
          value={accuracy.recall}
          help={t`Share of the true edges that are found`}
          testid="accuracy-recall"
          tone="recall"
        />
        <Figure
          label="F1"
          value={accuracy.f1}
          help={t`Harmonic mean of precision and recall`}
          testid="accuracy-f1"
          tone="f1"
        />
      </dl>
      <AccuracyChart history={accuracy.history} />
    </Panel>
  )
}
