/** Variables as discs that face the reader, all of them drawn at once. */
import {
  Float32BufferAttribute,
  InstancedBufferAttribute,
  InstancedBufferGeometry,
  Mesh,
  ShaderMaterial,
} from 'three'
import type { Vector } from './camera'
import type { Ink } from './ink'
import type { Light } from './ribbons'

export interface Dot {
  at: Vector
  radius: number
  fill: Ink
  rim: Ink
}

const VERTEX = `
attribute vec2 corner;
attribute vec4 at;
attribute vec3 fill;
attribute vec3 rim;
uniform float uPixel;
varying vec2 vCorner;
varying float vRadius;
varying vec3 vFill;
varying vec3 vRim;

void main() {
  vec4 seen = modelViewMatrix * vec4(at.xyz, 1.0);
  float pixel = uPixel * -seen.z;
  float radius = max(at.w, 2.5 * pixel);
  seen.xy += corner * (radius + pixel);
  vRadius = radius / pixel;
  vCorner = corner * (vRadius + 1.0);
  vFill = fill;
  vRim = rim;
  gl_Position = projectionMatrix * seen;
}`

const FRAGMENT = `
varying vec2 vCorner;
varying float vRadius;
varying vec3 vFill;
varying vec3 vRim;

void main() {
  float far = length(vCorner);
  float inside = clamp(vRadius + 0.5 - far, 0.0, 1.0);
  if (inside <= 0.0) discard;
  float rim = clamp(far - vRadius + 2.2, 0.0, 1.0);
  gl_FragColor = vec4(mix(vFill, vRim, rim), inside);
}`

const FLOATS = { at: 4, fill: 3, rim: 3 } as const

export class Dots {
  readonly mesh: Mesh<InstancedBufferGeometry, ShaderMaterial>

  constructor({ uPixel }: Light, order: number) {
    const material = new ShaderMaterial({
      vertexShader: VERTEX,
      fragmentShader: FRAGMENT,
      uniforms: { uPixel },
      transparent: true,
    })
    this.mesh = new Mesh(new InstancedBufferGeometry(), material)
    this.mesh.frustumCulled = false
    this.mesh.renderOrder = order
  }

  /** Draw these, in this order, in place of those before. */
  fill(dots: readonly Dot[]): void {
    const values = {
      at: dots.flatMap(({ at, radius }) => [at.x, at.y, at.z, radius]),
      fill: dots.flatMap(({ fill }) => [...fill]),
      rim: dots.flatMap(({ rim }) => [...rim]),
    }
    const geometry = new InstancedBufferGeometry()
    geometry.setAttribute('corner', new Float32BufferAttribute([-1, -1, 1, -1, 1, 1, -1, 1], 2))
    geometry.setIndex([0, 1, 2, 0, 2, 3])
    for (const name of Object.keys(FLOATS) as (keyof typeof FLOATS)[]) {
      const floats = new Float32Array(values[name])
      geometry.setAttribute(name, new InstancedBufferAttribute(floats, FLOATS[name]))
    }
    geometry.instanceCount = dots.length
    this.mesh.geometry.dispose()
    this.mesh.geometry = geometry
    this.mesh.visible = dots.length > 0
  }

  dispose(): void {
    this.mesh.geometry.dispose()
    this.mesh.material.dispose()
  }
}
