/** Arranges beside the page, which goes on answering meanwhile. */
import { arranged, type Wanted } from './arranging'

self.onmessage = ({ data }: MessageEvent<Wanted>) => self.postMessage(arranged(data))
