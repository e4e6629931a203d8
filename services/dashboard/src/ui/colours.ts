/** The colour of a component, the same in the pipeline and in traces; unknown ones are grey. Pure. */
export function componentColour(name: string): string {
  const slug = name.toLowerCase().replace(/[^a-z0-9]+/g, '-')
  return `var(--component-${slug}, var(--text-muted))`
}
