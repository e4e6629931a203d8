/** Small complete values of the contract, for tests to vary. */
import type {
  CausalGraph,
  Change,
  ColumnQuality,
  Edge,
  StreamSummary,
  VariableDetail,
} from '../src/api/client'
import type { Component } from '../src/api/components'

export function edge(source: string, target: string, lag: number, rest: Partial<Edge> = {}): Edge {
  return {
    source,
    target,
    lag,
    effect: 0.3,
    se: 0.01,
    ci: [0.28, 0.32],
    p_value: 1e-9,
    q_value: 1e-8,
    score: 20,
    stability: 0.95,
    state: 'accepted',
    oriented: true,
    windows: 10,
    first_seen: null,
    last_seen: null,
    form: 'linear',
    imported: false,
    prior: null,
    ...rest,
  }
}

export function graph(edges: Edge[], variables = ['x0', 'x1', 'x2', 'x3']): CausalGraph {
  return {
    stream: 'world',
    version: 1,
    as_of: '2026-01-31T12:00:00Z',
    rows: 640,
    windows: 10,
    variables,
    max_lag: 3,
    coverage: { tested: 36, possible: 36 },
    edges,
    paths: [],
    hyperedges: [],
    priors: [],
  }
}

export function stream(id: string, rest: Partial<StreamSummary> = {}): StreamSummary {
  return {
    id,
    version: 1,
    variables: ['x0', 'x1'],
    domain: 'demo',
    cadence_s: 0.05,
    window: { kind: 'count', size: 64 },
    state: 'running',
    epoch: 0,
    change: '',
    records: 640,
    windows: 10,
    rate: 20,
    flaws: {},
    late: 0,
    last_record_at: null,
    last_window_at: null,
    edges: 1,
    truth: false,
    ...rest,
  }
}

export function variable(
  name: string,
  quality: Partial<ColumnQuality> | null = {},
  rest: Partial<VariableDetail> = {},
): VariableDetail {
  const usual = {
    missing: 0,
    location: 1,
    scale: 0.1,
    drift: 0.2,
    out_of_range: 0,
    stuck: false,
  }
  return {
    name,
    unit: '',
    kind: 'numeric',
    absent: false,
    quality: quality && { ...usual, ...quality },
    ...rest,
  }
}

export function component(name: string, rest: Partial<Component> = {}): Component {
  return { name, status: 'up', instances: [], detail: '', ...rest }
}

export function change(id: string): Change {
  return {
    id,
    type: 'EdgeChanged',
    at: '2026-01-31T12:00:00Z',
    stream: 'world',
    summary: 'x0 now drives x1 at lag 1 (+0.30)',
    change: 'appeared',
    source: 'x0',
    target: 'x1',
    lag: 1,
    effect: 0.3,
  }
}
