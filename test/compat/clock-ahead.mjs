// Imported before the product, this sets its clock ahead by TEST_CLOCK_AHEAD_MS.
const ahead = Number(process.env.TEST_CLOCK_AHEAD_MS)
const { now } = Date

globalThis.Date = class extends Date {
  constructor(...parts) {
    if (parts.length > 0) super(...parts)
    else super(now() + ahead)
  }

  static now() {
    return now() + ahead
  }
}
