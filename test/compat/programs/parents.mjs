// Spans below spans of elsewhere; prints the ids of their rows, and a slug for others to hang below.
const sdk = await import(process.env.COMPAT_SDK)

const projectName = process.env.COMPAT_PROJECT
const heedId = process.env.COMPAT_HEED_ID
const logger = sdk.initLogger({ projectName })
const ids = {}

/** The id of a Heed span as `parent` of the official SDKs, of any version. */
function asParent(heedId, projectName) {
  const [root_span_id, span_id] = heedId.split('-')
  const compute_object_metadata_args = { project_name: projectName }
  const fields = { compute_object_metadata_args, row_id: heedId, span_id, root_span_id }
  return Buffer.from(`\x03\x02\x00${JSON.stringify(fields)}`).toString('base64')
}

const root = logger.startSpan({ name: 'root' })
ids.root = root.id
const slug = await root.export()

function child(name, options) {
  const span = logger.startSpan({ name, ...options })
  span.log({ input: name })
  span.end()
  ids[name] = span.id
}

child('by slug', { parent: slug })
sdk.traced((span) => (ids['by slug of no logger'] = span.id), { name: 'global', parent: slug })
child('by logger slug', { parent: await logger.export() })
child('by heed id', { parent: asParent(heedId, projectName) })
child('by ids', { parentSpanIds: { spanId: root.spanId, rootSpanId: root.rootSpanId } })
if (root.inject) {
  const carrier = {}
  root.inject(carrier)
  if (carrier.traceparent)
    child('by header', { parent: sdk.extractTraceContextFromHeaders(carrier) })
  child('by heed header', { parent: { traceparent: `00-${heedId}-01` } })
}
root.end()
await logger.flush()
console.log(JSON.stringify({ ids, slug, loggerSlug: await logger.export() }))
