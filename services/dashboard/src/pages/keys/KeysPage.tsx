import { t } from '@lingui/core/macro'
import { useRefusal } from '../../app/session'
import { useTitle } from '../../app/useTitle'
import { useApiKeys } from '../../live/queries'
import { Panel } from '../../ui/small'
import { Empty, Loaded, Refused } from '../../ui/states'
import { IssueForm } from './IssueForm'
import { KeyTable } from './KeyTable'
import '../../styles/components.css'
import '../../styles/log.css'

function Keys() {
  const known = useApiKeys()
  return (
    <>
      <IssueForm />
      <Panel title={t`Keys that count`} aside={<small>{t`oldest first`}</small>}>
        <Loaded query={known}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty
                title={t`There is no key. Programs can come in with the access token alone.`}
              />
            ) : (
              <KeyTable items={items} />
            )
          }
        </Loaded>
      </Panel>
    </>
  )
}

export function KeysPage() {
  useTitle(t`Keys`)
  const why = useRefusal({ role: 'admin', what: t`Making keys`, isAboutAll: true })
  return (
    <div className="plain-page">
      <h1>{t`Keys`}</h1>
      <p className="quiet">
        {t`For programs, one for each. What is kept of a key is a hash; when it was last used is known to the gateway that answers, since it started.`}
      </p>
      <Refused why={why} />
      {why === null && <Keys />}
    </div>
  )
}
