const PNG_MARGIN = 60

/** The picture with a margin, which cytoscape does not leave. */
export async function framed(picture: Blob, background: string): Promise<Blob> {
  const bitmap = await createImageBitmap(picture)
  const sheet = new OffscreenCanvas(bitmap.width + 2 * PNG_MARGIN, bitmap.height + 2 * PNG_MARGIN)
  const context = sheet.getContext('2d')
  if (!context) return picture
  context.fillStyle = background
  context.fillRect(0, 0, sheet.width, sheet.height)
  context.drawImage(bitmap, PNG_MARGIN, PNG_MARGIN)
  return sheet.convertToBlob({ type: 'image/png' })
}
