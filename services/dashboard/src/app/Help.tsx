import { t } from '@lingui/core/macro'
import { Dialog } from './Dialog'
import { shortcuts } from './shortcuts'

/** All keys that do something. */
export function Help({ onClose }: { onClose: () => void }) {
  return (
    <Dialog label={t`Keyboard shortcuts`} className="help" onClose={onClose}>
      <header>
        <h2>{t`Keyboard shortcuts`}</h2>
        <button type="button" className="button" onClick={onClose}>
          {t`Close`}
        </button>
      </header>
      <dl>
        {shortcuts().map(([keys, what]) => (
          <div key={what}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
