/** Faint panes, one for each step of time. */
import { DoubleSide, InstancedMesh, Matrix4, MeshBasicMaterial, PlaneGeometry } from 'three'
import type { Frame } from './camera'

const MOST = 65
const FAINT = 0.07

export class Sheets {
  readonly mesh: InstancedMesh<PlaneGeometry, MeshBasicMaterial>

  constructor() {
    const material = new MeshBasicMaterial({
      transparent: true,
      opacity: FAINT,
      depthWrite: false,
      side: DoubleSide,
    })
    this.mesh = new InstancedMesh(new PlaneGeometry(), material, MOST)
    this.mesh.frustumCulled = false
  }

  /** So many, `gap` behind each other, the first in front. */
  fill(count: number, gap: number, { middle, half }: Frame, colour: string): void {
    this.mesh.count = Math.min(count, MOST)
    const sheet = new Matrix4()
    for (let lag = 0; lag < this.mesh.count; lag += 1) {
      sheet.makeScale(2 * half.x, 2 * half.y, 1).setPosition(middle.x, middle.y, -lag * gap)
      this.mesh.setMatrixAt(lag, sheet)
    }
    this.mesh.instanceMatrix.needsUpdate = true
    this.mesh.material.color.set(colour)
  }

  dispose(): void {
    this.mesh.dispose()
    this.mesh.geometry.dispose()
    this.mesh.material.dispose()
  }
}
