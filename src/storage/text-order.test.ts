import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareText } from './text-order.ts'

test('text is ordered as its bytes in UTF-8 are', () => {
  const unit = fc.constantFrom('a', 'b', '\ud7ff', '\ue000', '\uff71', '\u{1f600}', '\u{10ffff}')
  const text = fc.array(fc.oneof(unit, fc.string({ unit: 'binary', maxLength: 1 })), {
    maxLength: 4,
  })
  fc.assert(
    fc.property(text, text, (one, other) => {
      const [a, b] = [one.join(''), other.join('')]
      const bytes = Buffer.compare(Buffer.from(a), Buffer.from(b))
      expect(Math.sign(compareText(a, b))).toBe(bytes)
    }),
    { numRuns: 2000 },
  )
})
