/** The page's colours as the shaders take them: red, green and blue from 0 to 1, as they are shown. */
import { Color, SRGBColorSpace } from 'three'
import type { Palette } from '../palette'

export type Ink = readonly [number, number, number]

export type Inks = Record<keyof Palette, Ink>

export function inkOf(css: string): Ink {
  const { r, g, b } = new Color(css).getRGB({ r: 0, g: 0, b: 0 }, SRGBColorSpace)
  return [r, g, b]
}

export function inksOf(palette: Palette): Inks {
  const all = Object.entries(palette).map(([name, css]) => [name, inkOf(css)])
  return Object.fromEntries(all) as Inks
}
