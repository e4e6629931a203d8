/** Steps that several ways take. */

const MOST_TABS = 120

/** Press Tab until the keyboard is in an element. */
export async function tabTo(page, wanted, what) {
  for (let pressed = 0; pressed < MOST_TABS; pressed += 1) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`${what} is not reached by Tab`)
}
