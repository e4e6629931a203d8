/** Hand a blob to the browser as a file. */
export function save(blob: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  // The download has its own hold on the blob once the click is through.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
