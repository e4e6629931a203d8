/**
 * Curves as ribbons that face the reader, all of them drawn at once; smooth without multisampling.
 *
 * Each instance is one quadratic curve. Its last part widens into an arrowhead.
 */
import {
  DoubleSide,
  Float32BufferAttribute,
  InstancedBufferAttribute,
  InstancedBufferGeometry,
  Mesh,
  ShaderMaterial,
} from 'three'
import type { Vector } from './camera'
import type { Ink } from './ink'
import { type Curve, lengthOf } from './unroll'

export interface Ribbon {
  curve: Curve
  /** Units of length. */
  width: number
  ink: Ink
  alpha: number
  line: 'solid' | 'dashed' | 'dotted'
  head: 'full' | 'hollow' | 'none'
}

/** What all ribbons share from frame to frame. */
export interface Light {
  /** Size of a pixel at a depth of one unit. */
  uPixel: { value: number }
  /** How deep the wave is, and the colour that it lends. */
  uWave: { value: number }
  uFlash: { value: Ink }
}

const LINES = { solid: 0, dashed: 1, dotted: 2 }
const HEADS = { none: 0, full: 1, hollow: 2 }

const VERTEX = `
attribute float s;
attribute float side;
attribute float tip;
attribute vec3 from;
attribute vec3 via;
attribute vec3 to;
attribute vec3 ink;
attribute vec4 look;
attribute float span;
uniform float uPixel;
varying float vSide;
varying float vWide;
varying float vAlong;
varying float vTip;
varying float vZ;
varying vec3 vInk;
varying vec3 vLook;

void main() {
  float head = look.w > 0.0 ? min(0.5, (0.1 + 2.6 * look.x) / span) : 0.0;
  float t = tip < 0.0 ? s * (1.0 - head) : mix(1.0 - head, 1.0, tip);
  vec3 at = (1.0 - t) * (1.0 - t) * from + 2.0 * t * (1.0 - t) * via + t * t * to;
  vec3 way = (1.0 - t) * (via - from) + t * (to - via);
  vec4 seen = modelViewMatrix * vec4(at, 1.0);
  vec3 run = (modelViewMatrix * vec4(way, 0.0)).xyz;
  vec3 across = cross(normalize(run), normalize(-seen.xyz));
  across = length(across) > 1e-4 ? normalize(across) : vec3(1.0, 0.0, 0.0);
  float least = 0.75 * uPixel * -seen.z;
  float narrow = max(0.5 * look.x, least);
  float broad = max(0.045 + 1.25 * look.x, 4.0 * least);
  float wide = tip < 0.0 ? narrow : broad * (1.0 - tip);
  seen.xyz += across * side * (wide + least);
  vWide = (wide + least) / least;
  vSide = side * vWide;
  vAlong = t * span;
  vTip = tip;
  vZ = at.z;
  vInk = ink;
  vLook = look.yzw;
  gl_Position = projectionMatrix * seen;
}`

const FRAGMENT = `
uniform float uWave;
uniform vec3 uFlash;
varying float vSide;
varying float vWide;
varying float vAlong;
varying float vTip;
varying float vZ;
varying vec3 vInk;
varying vec3 vLook;

void main() {
  float inside = clamp(vWide - abs(vSide), 0.0, 1.0);
  float alpha = vLook.x * inside;
  if (vTip < 0.0) {
    float period = vLook.y > 1.5 ? 0.06 : 0.13;
    float drawn = vLook.y > 1.5 ? 0.45 : 0.6;
    if (vLook.y > 0.5 && fract(vAlong / period) > drawn) discard;
  } else if (vLook.z > 1.5 && vTip > 0.12 && abs(vSide) < vWide - 2.2) {
    discard;
  }
  float glow = exp(-pow((vZ - uWave) * 2.6, 2.0));
  gl_FragColor = vec4(mix(vInk, uFlash, 0.6 * glow), mix(alpha, inside, 0.7 * glow * vLook.x));
}`

const FLOATS = { from: 3, via: 3, to: 3, ink: 3, look: 4, span: 1 } as const
type Name = keyof typeof FLOATS

/** A strip of `pieces` along the body, and one triangle for the head. */
function strip(pieces: number): InstancedBufferGeometry {
  const rows = Array.from({ length: pieces + 1 }, (_, i) => [i / pieces, -1])
  const all = [...rows, [1, 0], [1, 1]]
  const geometry = new InstancedBufferGeometry()
  const both = all.flatMap(([s, tip]) => [-1, 1].map((side) => [s, side, tip] as const))
  const floats = (i: 0 | 1 | 2) =>
    new Float32BufferAttribute(
      both.map((v) => v[i] as number),
      1,
    )
  geometry.setAttribute('s', floats(0))
  geometry.setAttribute('side', floats(1))
  geometry.setAttribute('tip', floats(2))
  geometry.setIndex(
    all.flatMap((_, i) => {
      const a = 2 * i
      return i === pieces || i === pieces + 2 ? [] : [a, a + 1, a + 2, a + 2, a + 1, a + 3]
    }),
  )
  return geometry
}

const floatsOf = ({ x, y, z }: Vector): number[] => [x, y, z]

function valuesOf({ curve, width, ink, alpha, line, head }: Ribbon): Record<Name, number[]> {
  return {
    from: floatsOf(curve.from),
    via: floatsOf(curve.via),
    to: floatsOf(curve.to),
    ink: [...ink],
    look: [width, alpha, LINES[line], HEADS[head]],
    span: [Math.max(lengthOf(curve), 1e-3)],
  }
}

export class Ribbons {
  readonly mesh: Mesh<InstancedBufferGeometry, ShaderMaterial>
  #room = 0

  /** `pieces` is how finely a curve is cut; 1 draws straight lines. */
  constructor(light: Light, pieces: number, order: number) {
    const material = new ShaderMaterial({
      vertexShader: VERTEX,
      fragmentShader: FRAGMENT,
      uniforms: { ...light },
      transparent: true,
      depthWrite: false,
      side: DoubleSide,
    })
    this.mesh = new Mesh(strip(pieces), material)
    this.mesh.frustumCulled = false
    this.mesh.renderOrder = order
    this.#grow(1)
  }

  /** Draw these, in this order, in place of those before. */
  fill(ribbons: readonly Ribbon[]): void {
    if (ribbons.length > this.#room) this.#grow(ribbons.length)
    const { geometry } = this.mesh
    const values = ribbons.map(valuesOf)
    for (const name of Object.keys(FLOATS) as Name[]) {
      const attribute = geometry.getAttribute(name)
      values.forEach((each, i) => {
        ;(attribute.array as Float32Array).set(each[name], i * FLOATS[name])
      })
      attribute.needsUpdate = true
    }
    geometry.instanceCount = ribbons.length
    this.mesh.visible = ribbons.length > 0
  }

  dispose(): void {
    this.mesh.geometry.dispose()
    this.mesh.material.dispose()
  }

  /** Buffers cannot grow: a larger set comes with new ones. */
  #grow(wanted: number): void {
    this.#room = Math.max(32, 2 * wanted)
    const geometry = this.mesh.geometry.clone() as InstancedBufferGeometry
    this.mesh.geometry.dispose()
    for (const name of Object.keys(FLOATS) as Name[]) {
      const size = FLOATS[name]
      geometry.setAttribute(
        name,
        new InstancedBufferAttribute(new Float32Array(this.#room * size), size),
      )
    }
    this.mesh.geometry = geometry
  }
}
