import { expect, test } from 'vitest'
import { parseSlug } from './slug.ts'

const UUID = '00112233-4455-6677-8899-aabbccddeeff'
const bytesOf = (uuid: string) => Buffer.from(uuid.replaceAll('-', ''), 'hex')
const slug = (...parts: (number[] | Buffer)[]) =>
  Buffer.concat(parts.map((part) => Buffer.from(part))).toString('base64')

test('version 4 holds hex ids, and others as JSON', () => {
  const text =
    'BAICA/7cuph2VDIQBAARIjNEVWZ3iJmqu8zd7v97Im9iamVjdF9pZCI6IjAwMTEyMjMzLTQ0NTUtNjY3Ny04ODk5LWFhYmJjY2RkZWVmZiIsInJvd19pZCI6IjAxMjM0NTY3ODlhYmNkZWYifQ=='
  expect(parseSlug(text)).toEqual({
    spanId: 'fedcba9876543210',
    traceId: '00112233445566778899aabbccddeeff',
  })
  const named = Buffer.from('{"span_id":"s","root_span_id":"r","row_id":"x"}')
  expect(parseSlug(slug([4, 1, 0], named))).toEqual({ spanId: 's', traceId: 'r' })
})

test('version 3 holds UUIDs, with or without JSON behind them', () => {
  const text =
    'AwIEAQARIjNEVWZ3iJmqu8zd7v8CABEiM0RVZneImaq7zN3u/wMAESIzRFVmd4iZqrvM3e7/BAARIjNEVWZ3iJmqu8zd7v97fQ=='
  expect(parseSlug(text)).toEqual({ spanId: UUID, traceId: UUID })
  const bare = slug([3, 2, 2], [3], bytesOf(UUID), [4], bytesOf(UUID))
  expect(parseSlug(bare)).toEqual({ spanId: UUID, traceId: UUID })
})

test('version 2 and 1 hold the span behind what comes first', () => {
  const other = bytesOf('ffeeddcc-bbaa-9988-7766-554433221100')
  const args = Buffer.from('{"project_name":"acme"}')
  const length = [0, 0, 0, args.length]
  const expected = { spanId: UUID, traceId: UUID }
  const ids = [bytesOf(UUID), bytesOf(UUID), other]
  expect(parseSlug(slug([2, 2, 1, 0, 1, 1], other, ...ids))).toEqual(expected)
  expect(parseSlug(slug([2, 2, 0, 1, 1, 1], length, args, ...ids))).toEqual(expected)
  expect(parseSlug(slug([1, 2, 1, 1], other, ...ids))).toEqual(expected)
})

test('a slug of a logger names no span', () => {
  expect(parseSlug('AwIBAQARIjNEVWZ3iJmqu8zd7v97fQ==')).toBeNull()
  expect(
    parseSlug('BAIAeyJvYmplY3RfaWQiOiIwMDExMjIzMy00NDU1LTY2NzctODg5OS1hYWJiY2NkZGVlZmYifQ=='),
  ).toBeNull()
  expect(parseSlug(slug([1, 2, 0, 0], bytesOf(UUID)))).toBeNull()
  expect(parseSlug(slug([4, 2, 0]))).toBeNull()
})

test('what is no slug, or one cut short, is told apart', () => {
  for (const text of ['', 'message-17', UUID, '0123456789abcdef', 'BAICA/7c', 'CQIA']) {
    expect(parseSlug(text)).toBeUndefined()
  }
})
