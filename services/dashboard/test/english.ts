/** The pure parts say their words in English. */
import { i18n } from '@lingui/core'
import { messages } from '../src/i18n/en.po'

i18n.loadAndActivate({ locale: 'en', messages })
