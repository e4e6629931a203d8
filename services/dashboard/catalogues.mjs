/**
 * Says whether the catalogues hold exactly the texts of the source, each translated.
 * The exit code is 0 or 1; `npm run extract` brings them up to date.
 */
import { getCatalogs } from '@lingui/cli/api'
import { getConfig } from '@lingui/conf'

const config = getConfig()
const faults = []
for (const catalogue of await getCatalogs(config)) {
  const texts = await catalogue.collect()
  if (!texts) throw new Error('the texts could not be read from the source')
  for (const locale of config.locales) {
    const known = (await catalogue.read(locale)) ?? {}
    const say = (what, id) =>
      faults.push(`${catalogue.getFilename(locale)}: ${what} ${JSON.stringify(id)}`)
    for (const [id, { message }] of Object.entries(texts)) {
      if (!known[id]) say('lacks', message ?? id)
      else if (locale !== config.sourceLocale && !known[id].translation) {
        say('does not translate', message ?? id)
      }
    }
    for (const [id, { message }] of Object.entries(known)) {
      if (!texts[id]) say('still has', message ?? id)
    }
  }
}
for (const fault of faults) console.error(fault)
if (faults.length > 0) console.error('run `npm run extract`')
process.exitCode = faults.length > 0 ? 1 : 0
