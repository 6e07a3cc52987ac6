import { expect } from 'vitest'
import type { Product } from '../support/product.ts'

/** The row of a span that a program told the id of. */
export const rowOf = async (product: Product, project_name: string, id: string) =>
  (await product.get(`/v1/spans/${id}`, { project_name })).body

/** The one call below a span. */
export async function modelCall(product: Product, project_name: string, id: string) {
  const calls = await modelCalls(product, project_name, id)
  expect(calls).toHaveLength(1)
  return calls[0]
}

/** The spans below one span: each as it stands in the trace, with its row and its metrics by name. */
export async function modelCalls(product: Product, project_name: string, id: string) {
  const { trace_id } = await rowOf(product, project_name, id)
  const { body } = await product.get(`/v1/traces/${trace_id}`, { project_name })
  const below = body.spans.filter((span: { parent_id: string | null }) => span.parent_id === id)
  return Promise.all(
    below.map(async (span: { id: string; metrics: { name: string; value: number }[] }) => ({
      span,
      row: await rowOf(product, project_name, span.id),
      metrics: Object.fromEntries(span.metrics.map(({ name, value }) => [name, value])),
    })),
  )
}

/** The bytes of an attachment that a row refers to, as text. */
export async function attached(
  product: Product,
  { key, filename, content_type }: Record<'key' | 'filename' | 'content_type', string>,
): Promise<string> {
  const { body } = await product.get('/attachment', { key, filename, content_type })
  if (body.status.upload_status !== 'done') throw new Error(JSON.stringify(body))
  return (await fetch(body.downloadUrl)).text()
}
