/** Ways through the dashboard: what people do there, step by step. Each returns what was wrong. */
import { makeKey, narrow, roles } from './access.mjs'
import { frame, keyboard, menu } from './frame.mjs'
import { changeComponent, followEvents, mendLetter } from './operating.mjs'
import { backInTime, compareAndFind } from './past.mjs'
import { space, spaceless } from './space.mjs'
import { defineStream, keepStreams } from './streams.mjs'
import { brokenUpload, uploadFile } from './uploads.mjs'

export const WAYS = {
  frame,
  menu,
  keyboard,
  roles,
  narrow,
  'in-space': space,
  'without-webgl': spaceless,
  'change-component': changeComponent,
  'mend-letter': mendLetter,
  'make-key': makeKey,
  'follow-events': followEvents,
  'back-in-time': backInTime,
  'compare-and-find': compareAndFind,
  'upload-file': uploadFile,
  'broken-upload': brokenUpload,
  'define-stream': defineStream,
  'keep-streams': keepStreams,
}
