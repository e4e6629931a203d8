/** Small complete values of the contract, for tests to vary. */
import type {
  CausalGraph,
  Change,
  ColumnQuality,
  Edge,
  StreamSummary,
  VariableDetail,
} from '../src/api/client'
import type { Component, ComponentInstance } from '../src/api/components'

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
    rows: 640,
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
    regime: 0,
    parents: {},
    coverage: { tested: 36, possible: 36 },
    fresh: 0,
    budget: { every: 1, targets: null, most_parents: 8, nonlinear: true, single: false },
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
    origin: 'inferred',
    variables: ['x0', 'x1'],
    units: {},
    domain: 'demo',
    cadence_s: 0.05,
    measured_cadence_s: 0.05,
    window: {
      kind: 'count',
      size: 64,
      lateness_s: 0,
      cadence_s: null,
      hop: null,
      session_gap_s: null,
    },
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
    resample: 'last',
    low: null,
    high: null,
    absent: false,
    quality: quality && { ...usual, ...quality },
    ...rest,
  }
}

export function component(name: string, rest: Partial<Component> = {}): Component {
  return {
    name,
    enabled: true,
    status: 'up',
    detail: '',
    at: null,
    instances: [],
    wanted: { enabled: true, paused: false, settings: {}, version: 0, by: null, at: null },
    ...rest,
  }
}

export function instance(id: string, rest: Partial<ComponentInstance> = {}): ComponentInstance {
  return {
    id,
    state: 'running',
    since: '2026-01-31T12:00:00Z',
    last_heartbeat: '2026-01-31T12:00:00Z',
    version: '0.1.0',
    handled: 9,
    rate: 2,
    lag: 3,
    configured: 0,
    ...rest,
  }
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
    ci: [0.5, 0.7],
    previous_effect: null,
    imported: false,
    regime: 0,
    window_id: 'w1',
    trace_id: null,
  }
}
