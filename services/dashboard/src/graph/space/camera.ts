/**
 * Where the reader looks at the unrolled graph from, and how far away that is. Pure.
 *
 * Axes: x to the right, y up, z towards the reader who stands right in front; angles in whole
 * degrees. From the left of the front (azimuth below 0) the past lies to the left of now.
 */

export interface Vector {
  x: number
  y: number
  z: number
}

export interface Camera {
  /** To the right of the front, -180 to 180. */
  azimuth: number
  /** Above the horizon, -85 to 85. */
  elevation: number
  /** 100 shows the whole graph, 200 from half as far. */
  zoom: number
}

/** The box that is to be seen: its middle, and half of its width, height and depth. */
export interface Frame {
  middle: Vector
  half: Vector
}

export const HOME: Camera = { azimuth: -34, elevation: 16, zoom: 100 }
/** Of the picture's height, in degrees. */
export const FIELD = 22

/** A little air around what is seen. */
const ROOM = 1.04
const STEEPEST = 85
const ZOOM = { least: 40, most: 800 }
const RADIANS = Math.PI / 180

const within = (low: number, value: number, high: number): number =>
  Math.min(high, Math.max(low, value))

const around = (azimuth: number): number => ((((azimuth + 180) % 360) + 360) % 360) - 180

export function turned({ azimuth, elevation, zoom }: Camera, right: number, up: number): Camera {
  return {
    azimuth: around(azimuth + right),
    elevation: within(-STEEPEST, elevation + up, STEEPEST),
    zoom,
  }
}

export function zoomed(camera: Camera, factor: number): Camera {
  return { ...camera, zoom: within(ZOOM.least, camera.zoom * factor, ZOOM.most) }
}

export function rounded({ azimuth, elevation, zoom }: Camera): Camera {
  return {
    azimuth: around(Math.round(azimuth)),
    elevation: Math.round(elevation),
    zoom: Math.round(zoom),
  }
}

export const sameCamera = (a: Camera, b: Camera): boolean =>
  a.azimuth === b.azimuth && a.elevation === b.elevation && a.zoom === b.zoom

/** "-34,16,100"; empty at home. */
export function writeCamera(camera: Camera | null): string {
  if (camera === null) return ''
  const said = rounded(camera)
  return sameCamera(said, HOME) ? '' : `${said.azimuth},${said.elevation},${said.zoom}`
}

/** Null where the text says no camera. */
export function readCamera(text: string | null): Camera | null {
  if (text === null || !/^-?\d{1,3},-?\d{1,2},\d{1,3}$/.test(text)) return null
  const [azimuth = 0, elevation = 0, zoom = 0] = text.split(',').map(Number)
  return zoomed(turned({ azimuth, elevation, zoom }, 0, 0), 1)
}

/** Unit vectors of the picture: to the right, upwards, and towards the reader. */
export function axes({ azimuth, elevation }: Camera): [Vector, Vector, Vector] {
  const [sinA, cosA] = [Math.sin(azimuth * RADIANS), Math.cos(azimuth * RADIANS)]
  const [sinE, cosE] = [Math.sin(elevation * RADIANS), Math.cos(elevation * RADIANS)]
  return [
    { x: cosA, y: 0, z: -sinA },
    { x: -sinE * sinA, y: cosE, z: -sinE * cosA },
    { x: cosE * sinA, y: sinE, z: cosE * cosA },
  ]
}

const dot = (a: Vector, b: Vector): number => a.x * b.x + a.y * b.y + a.z * b.z

/** How far from the middle one has to stand so that every corner is in a picture of that aspect. */
export function distance({ half }: Frame, camera: Camera, aspect: number): number {
  const [right, up, towards] = axes(camera)
  const reach = Math.tan((FIELD / 2) * RADIANS)
  const signs = [-1, 1]
  const corners = signs.flatMap((x) =>
    signs.flatMap((y) => signs.map((z) => ({ x: x * half.x, y: y * half.y, z: z * half.z }))),
  )
  const needed = corners.map((corner) => {
    const aside = Math.abs(dot(corner, right)) / (reach * aspect)
    const above = Math.abs(dot(corner, up)) / reach
    return dot(corner, towards) + Math.max(aside, above)
  })
  return ROOM * Math.max(...needed, 0.1)
}

export interface Size {
  width: number
  height: number
}

/** Where a point is in the picture, in pixels from its upper left; `depth` in units of length. */
export interface Seen {
  x: number
  y: number
  depth: number
}

/** What the reader stands at, and where from there every point is seen. */
export interface Lens {
  eye: Vector
  project: (point: Vector) => Seen
}

export function lens(frame: Frame, camera: Camera, { width, height }: Size): Lens {
  const [right, up, towards] = axes(camera)
  const { middle } = frame
  const far = distance(frame, camera, width / height) * (100 / camera.zoom)
  const eye = {
    x: middle.x + far * towards.x,
    y: middle.y + far * towards.y,
    z: middle.z + far * towards.z,
  }
  const pixels = height / 2 / Math.tan((FIELD / 2) * RADIANS)
  const project = ({ x, y, z }: Vector): Seen => {
    const from = { x: x - eye.x, y: y - eye.y, z: z - eye.z }
    const depth = -dot(from, towards)
    return {
      x: width / 2 + (pixels * dot(from, right)) / depth,
      y: height / 2 - (pixels * dot(from, up)) / depth,
      depth,
    }
  }
  return { eye, project }
}
