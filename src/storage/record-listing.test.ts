import fc from 'fast-check'
import { expect, test } from 'vitest'
import { after, type Listing, Listings } from './record-listing.ts'

const listingOf = (count: number): Listing => ({
  records: Array.from({ length: count }, (_, i) => ({
    id: `r${i}`,
    micros: count - i,
    bytes: 1,
  })),
  newestDeletion: '0',
})

test('pages of any size go through a listing, each record once, in order', () => {
  const ids = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 3 })
  const places = fc.tuple(fc.nat(3), ids)
  fc.assert(
    fc.property(fc.array(places), fc.integer({ min: 1, max: 5 }), (some, limit) => {
      const bytes = (id: string) => Buffer.from(id)
      const records = [...new Map(some.map((one) => [one.join(' '), one])).values()]
        .map(([micros, id]) => ({ micros, id, bytes: 1 }))
        .sort((a, b) => b.micros - a.micros || Buffer.compare(bytes(b.id), bytes(a.id)))
      const listing = { records, newestDeletion: '0' }
      const read = []
      for (let page = after(listing, null, limit); page.length > 0; ) {
        read.push(...page)
        page = after(listing, page.at(-1) ?? null, limit)
      }
      expect(read).toEqual(records)
    }),
  )
})

test('a listing is made once, and made anew when it failed or when others took its room', async () => {
  const made: string[] = []
  let isBroken = true
  const listings = new Listings(async (key) => {
    made.push(key)
    if (key === 'broken' && isBroken) throw new Error('no answer')
    return listingOf(200_000)
  })
  await Promise.all([listings.get('a'), listings.get('a'), listings.get('a')])
  expect(made).toEqual(['a'])
  await listings.get('b')
  await listings.get('b')
  await listings.get('a')
  expect(made).toEqual(['a', 'b', 'a'])
  await expect(listings.get('broken')).rejects.toThrow('no answer')
  isBroken = false
  expect((await listings.get('broken')).records).toHaveLength(200_000)
})

test('a listing that was forgotten while it was made takes no room from others', async () => {
  const made: string[] = []
  let end = (_: Listing) => {}
  const listings = new Listings((key) => {
    made.push(key)
    if (key !== 'slow') return Promise.resolve(listingOf(200_000))
    return new Promise((resolve) => {
      end = resolve
    })
  })
  const slow = listings.get('slow')
  for (const key of ['a', 'b']) await listings.get(key)
  end(listingOf(200_000))
  await slow
  await listings.get('b')
  expect(made).toEqual(['slow', 'a', 'b'])
})
