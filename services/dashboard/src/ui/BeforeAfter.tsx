import { t } from '@lingui/core/macro'

export interface Changed {
  what: string
  before: string
  after: string
}

/** What changes, line by line: what it was, and what it becomes. */
export function BeforeAfter({ of, caption }: { of: readonly Changed[]; caption: string }) {
  return (
    <table className="differences">
      <caption className="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">{t`what`}</th>
          <th scope="col">{t`before`}</th>
          <th scope="col">{t`after`}</th>
        </tr>
      </thead>
      <tbody>
        {of.map(({ what, before, after }) => (
          <tr key={what}>
            <th scope="row">{what}</th>
            <td>
              <del>{before}</del>
            </td>
            <td>
              <ins>{after}</ins>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
