import { componentColour } from '../ui/colours'
import { displayName } from './overview/stages'

/** A component by its name and colour. */
export function ComponentMark({ name }: { name: string }) {
  return (
    <span className="component-mark">
      <span aria-hidden="true" style={{ background: componentColour(name) }} />
      {displayName(name)}
    </span>
  )
}
