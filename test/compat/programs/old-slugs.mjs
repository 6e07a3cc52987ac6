// Spans below a span that an older SDK exported, in the formats of before, and changes of it; prints what was given.
const { initLogger, startSpan, updateSpan, flush } = await import(process.env.COMPAT_SDK)
const slugsOf = await import(`${process.env.COMPAT_SDK}/util`)

const { project_id, project_name, row } = JSON.parse(process.env.COMPAT_SPAN)
const ids = { rowId: row.id, spanId: row.span_id, rootSpanId: row.root_span_id }
const objectType = slugsOf.SpanObjectTypeV2.PROJECT_LOGS
const second = (container) => {
  const rowIds = new slugsOf.SpanRowIdsV2(ids)
  return new slugsOf.SpanComponentsV2({ objectType, ...container, rowIds }).toStr()
}
const first = { objectType: slugsOf.SpanObjectTypeV1.PROJECT_LOGS, objectId: project_id }
const slugs = {
  one: new slugsOf.SpanComponentsV1({ ...first, rowIds: new slugsOf.SpanRowIdsV1(ids) }).toStr(),
  two: second({ objectId: project_id }),
  named: second({ computeObjectMetadataArgs: { project_name } }),
  logger: new slugsOf.SpanComponentsV1(first).toStr(),
}

const logger = initLogger({ projectName: project_name })
const spans = {}
for (const [name, parent] of Object.entries(slugs)) {
  const below = [logger.startSpan({ name, parent }), startSpan({ name, parent })]
  for (const span of below) span.end()
  spans[name] = below.map(({ id }) => id)
  if (name !== 'logger') updateSpan({ exported: parent, metadata: { [name]: 'changed' } })
}
await logger.flush()
await flush()
console.log(JSON.stringify({ slugs, spans }))
