import { BeforeAfter } from '../../ui/BeforeAfter'
import { type Difference, inWords, nameOf } from './diff'

/** What changes in settings, leaf by leaf. */
export function Differences({ of, caption }: { of: readonly Difference[]; caption: string }) {
  const told = of.map(({ path, before, after }) => ({
    what: nameOf(path),
    before: inWords(before),
    after: inWords(after),
  }))
  return <BeforeAfter of={told} caption={caption} />
}
