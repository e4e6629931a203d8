/** The upload in words. Pure. */
import { t } from '@lingui/core/macro'
import type { TimeFormat } from './cells'
import type { Separator } from './csv'
import type { RoleOf, Wrong } from './mapping'
import type { Phase } from './sending'

export const separatorName = (separator: Separator): string =>
  ({ ',': t`comma`, ';': t`semicolon`, '\t': t`tab`, '|': t`bar` })[separator]

export const roleName = (role: RoleOf): string =>
  ({ time: t`the time`, variable: t`a variable`, out: t`left out` })[role]

export const timeFormatName = (format: TimeFormat): string =>
  ({
    iso: t`RFC 3339: 2026-01-31T12:00:00Z`,
    s: t`seconds since 1970`,
    ms: t`milliseconds since 1970`,
    us: t`microseconds since 1970`,
    dmy: t`day first: 31.01.2026 12:00:00`,
    mdy: t`month first: 01/31/2026 12:00:00`,
    ymd: t`year first: 2026/01/31 12:00:00`,
  })[format]

export const isWritten = (format: TimeFormat): boolean =>
  format === 'iso' || format === 'dmy' || format === 'mdy' || format === 'ymd'

export const wrongInWords = (wrong: Wrong): string =>
  ({
    nameless: t`a variable needs a name`,
    'too-long': t`at most 256 characters`,
    twice: t`another column is called so, too`,
    'no-variable': t`No column is a variable: choose at least one.`,
    'two-times': t`Two columns are the time: choose one.`,
  })[wrong]

export const phaseName = (phase: Phase): string =>
  ({
    sending: t`sending`,
    paused: t`paused`,
    waiting: t`waiting`,
    unsure: t`your word is needed`,
    failed: t`stopped`,
    cancelled: t`cancelled`,
    done: t`done`,
  })[phase]

/** What may be the name of a stream, as the gateway has it. */
export const isStreamName = (name: string): boolean =>
  /^[A-Za-z0-9._:-]{1,200}$/.test(name) && !/^\.+$/.test(name)

/** A name for a stream from the name of a file: "Plant 1 (new).csv" is "Plant-1-new". */
export const streamNameOf = (file: string): string =>
  file
    .replace(/\.[^.]*$/, '')
    .replace(/[^A-Za-z0-9._:-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 200)
