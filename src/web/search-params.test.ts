import { expect, test } from 'vitest'
import { parseSearch, stringifySearch, tidyAddress } from './search-params.ts'
import { isTraceId, traceIdOf } from './traces/row-id.ts'

test('an id in the address stays the text it is, and comes back', () => {
  for (const oid of ['123', '1e5', 'true', '{"a":1}', 'a b&c=d', 'ü']) {
    expect(parseSearch(stringifySearch({ oid }))).toEqual({ oid })
  }
  expect(stringifySearch({ oid: undefined, status: '' })).toBe('')
})

test('an address glued together from an app URL and a bare project name is put right', () => {
  expect(tidyAddress('//app///default/')).toBe('/app/default/')
  expect(tidyAddress('/app/o/p/100% real/logs')).toBe('/app/o/p/100%25 real/logs')
  expect(tidyAddress('/app/o/p/a/b/logs?oid=x/y')).toBe('/app/o/p/a%2Fb/logs?oid=x/y')
  expect(tidyAddress('/app/o/p/a%2Fb/feedback')).toBe('/app/o/p/a%2Fb/feedback')
  const named = '/app/o/p/Who%3F%2F Me %231/logs?oid=x'
  expect(tidyAddress('//app/o/p/Who?/ Me #1/logs?oid=x')).toBe(named)
  expect(tidyAddress(named)).toBe(named)
  const filtered = '/app/o/p/a/logs?oid=x&filter=%23#/p/logs'
  expect(tidyAddress(filtered)).toBe(filtered)
})

test('a row id tells its trace only if it is one of ours', () => {
  const trace = '01a20aa29bc1741289c40cd1f04c4666'
  expect(traceIdOf(`${trace}-87d6372ba1aaf68e`)).toBe(trace)
  expect(traceIdOf('5b0e3c1e-7f0a-4a53-9d43-0c3f4b8a1111')).toBeNull()
  // The server asks such rows for their trace: another version, another variant, a year beyond 2200.
  for (const other of [
    '01a20aa29bc1441289c40cd1f04c4666',
    '01a20aa29bc17412c9c40cd1f04c4666',
    'ffffffffffff741289c40cd1f04c4666',
  ]) {
    expect(traceIdOf(`${other}-87d6372ba1aaf68e`)).toBeNull()
  }
  expect([isTraceId(trace), isTraceId('row')]).toEqual([true, false])
})
