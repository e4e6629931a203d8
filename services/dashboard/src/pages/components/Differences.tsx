import { t } from '@lingui/core/macro'
import { type Difference, inWords, nameOf } from './diff'
import { fieldId } from './schema'

/** What changes, leaf by leaf: what it was, and what it becomes. */
export function Differences({ of, caption }: { of: readonly Difference[]; caption: string }) {
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
        {of.map(({ path, before, after }) => (
          <tr key={fieldId(path)}>
            <th scope="row">{nameOf(path)}</th>
            <td>
              <del>{inWords(before)}</del>
            </td>
            <td>
              <ins>{inWords(after)}</ins>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
